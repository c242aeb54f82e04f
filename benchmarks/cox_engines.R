# One of R's fits of one panel, timed: Rscript cox_engines.R inner|coxph FOLDER prints JSON, as cox_engines.py does.

suppressPackageStartupMessages(library(survival))

arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[2]
n <- file.size(file.path(folder, "stop.f64")) / 8
column <- function(name) readBin(file.path(folder, paste0(name, ".f64")), "double", n)
width <- file.size(file.path(folder, "x_by_column.f64")) / 8 / n
x <- readBin(file.path(folder, "x_by_column.f64"), "double", n * width)
dim(x) <- c(n, width)
response <- Surv(column("start"), column("stop"), column("event"))
account <- column("account")

resident <- function(what) {
  if (!file.exists("/proc/self/status")) return(NA)
  line <- grep(paste0("^", what, ":"), readLines("/proc/self/status"), value = TRUE)
  1024 * as.numeric(gsub("[^0-9]", "", line))
}

ones <- rep(1, n)
zeros <- rep(0, n)
labels <- as.character(seq_len(n))
control <- coxph.control()
fits <- list(
  inner = function() survival:::agreg.fit(
    x, response, NULL, zeros, rep(0, width), control, ones, "efron", labels, resid = FALSE, nocenter = NULL
  ),
  coxph = function() coxph(response ~ x, cluster = account)
)

invisible(gc())
if (file.exists("/proc/self/clear_refs")) cat("5", file = "/proc/self/clear_refs")
before <- resident("VmRSS")
cpus <- walls <- numeric()
peak <- NA
while (length(walls) < 2 || (length(walls) < 4 && sum(walls) < 6)) {
  spent <- system.time(fit <- fits[[arguments[1]]](), gcFirst = FALSE)
  cpus <- c(cpus, spent[["user.self"]] + spent[["sys.self"]])
  walls <- c(walls, spent[["elapsed"]])
  if (is.na(peak)) peak <- resident("VmHWM")
}
extra <- (peak - before) / (8 * n * width)
listed <- function(numbers) paste(sprintf("%.17g", numbers), collapse = ", ")
cat(sprintf(
  '{"version": "R %s, survival %s", "cpu_s": [%s], "wall_s": [%s], "extra_memory_of_matrix": %s, "coefficients": [%s]}\n',
  getRversion(), packageVersion("survival"), listed(cpus[-1]), listed(walls[-1]),
  ifelse(is.na(extra), "NaN", format(extra)), listed(fit$coefficients)
))
