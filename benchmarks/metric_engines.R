# Concordance in R, timed once: Rscript metric_engines.R harrell|uno FOLDER TAU prints JSON.

suppressPackageStartupMessages(library(survival))

arguments <- commandArgs(trailingOnly = TRUE)
n <- file.size(file.path(arguments[2], "time.f64")) / 8
column <- function(name) readBin(file.path(arguments[2], paste0(name, ".f64")), "double", n)
response <- Surv(column("time"), column("event"))
risk <- column("risk")
weights <- if (arguments[1] == "uno") "n/G2" else "n"
spent <- system.time(
  found <- concordance(response ~ risk, reverse = TRUE, ymax = as.numeric(arguments[3]), timewt = weights)
)
cat(sprintf(
  '{"version": "R %s, survival %s", "cpu_s": %.6g, "wall_s": %.6g, "value": %.15g}\n', getRversion(),
  packageVersion("survival"), spent[["user.self"]] + spent[["sys.self"]], spent[["elapsed"]], found$concordance
))
