# Scores of rows of which some are censored: Rscript censored_scores.R in this folder writes censored_scores.json.
# Packages survival, prodlim and pROC. The scores of competing risks are written out: weights from prodlim's reverse
# Kaplan-Meier, in which censoring follows the events of its day.

suppressPackageStartupMessages({library(survival); library(prodlim); library(pROC)})

listed <- function(numbers) paste(sprintf("%.15g", numbers), collapse = ", ")
entry <- function(name, call, ...) {
  values <- list(...)
  fields <- vapply(names(values), function(field) sprintf('"%s": [%s]', field, listed(values[[field]])), "")
  sprintf('"%s": {"r_call": "%s", %s}', name, call, paste(fields, collapse = ", "))
}

uno <- function(data, score, taus) {
  value <- function(...) sapply(taus, function(tau) {
    concordance(Surv(stop, event) ~ score, data = data, reverse = TRUE, ymax = tau, ...)$concordance
  })
  error <- sapply(taus, function(tau) {
    sqrt(concordance(Surv(stop, event) ~ score, data = data, reverse = TRUE, ymax = tau)$var)
  })
  list(tau = taus, uno = value(timewt = "n/G2"), harrell = value(), harrell_se = error)
}

delong <- function(data, score) {
  curve <- roc(data$event, score, direction = "<", levels = c(0, 1), quiet = TRUE)
  list(auc = as.numeric(auc(curve)), variance = var(curve, method = "delong"))
}

competing <- function(data, times) {
  risk <- 1 / (1 + exp(4 - data$age / 40 - data$male / 4))
  censoring <- prodlim(Hist(stop, cause) ~ 1, data = data, reverse = TRUE)
  ends <- sort(unique(data$stop))
  # Times are whole: just before each is half a unit earlier.
  before_end <- predict(censoring, times = ends - 0.5, type = "surv")[match(data$stop, ends)]
  score <- function(t) {
    after <- predict(censoring, times = t, type = "surv")
    weight <- ifelse(data$stop > t, 1 / after, ifelse(data$cause > 0, 1 / before_end, 0))
    case <- data$stop <= t & data$cause == 1
    control <- data$stop > t | data$cause == 2
    w <- outer(weight[case], weight[control])
    higher <- outer(risk[case], risk[control], ">") + outer(risk[case], risk[control], "==") / 2
    c(mean(weight * (risk - case)^2), sum(w * higher) / sum(w))
  }
  scores <- sapply(times, score)
  curve <- survfit(Surv(stop, factor(cause, 0:2)) ~ 1, data = data)
  list(times = times, brier = scores[1, ], auc = scores[2, ], rate = summary(curve, times = times)$pstate[, 2])
}

pbc <- read.csv("pbc.csv")
churn <- read.csv("churn.csv")
mgus2 <- read.csv("mgus2.csv")
pbc_365 <- read.csv("pbc_365.csv")
pbcseq_182 <- read.csv("pbcseq_182.csv")
of <- function(name, call, values) do.call(entry, c(list(name, call), values))
c_call <- "concordance(Surv(stop, event) ~ score, reverse = TRUE, ymax = tau), and with timewt = 'n/G2'"
text <- c(
  of("pbc", paste0("score: logbili; ", c_call), uno(pbc, pbc$logbili, c(730, 1461, 2922))),
  of("churn", paste0("score: 10 - csat_score; ", c_call), uno(churn, 10 - churn$csat_score, c(3, 6, 9))),
  of("mgus2", "competing() of censored_scores.R", competing(mgus2, c(60, 120, 240))),
  of("delong_pbc_365", "roc(event, small); var(method = 'delong')", delong(pbc_365, pbc_365$small)),
  of("delong_pbcseq_182", "roc(event, cox); var(method = 'delong')", delong(pbcseq_182, pbcseq_182$cox))
)
versions <- sprintf(
  "R %s, survival %s, prodlim %s, pROC %s", getRversion(), packageVersion("survival"), packageVersion("prodlim"),
  packageVersion("pROC")
)
writeLines(sprintf('{"about": "%s",\n%s}', versions, paste(text, collapse = ",\n")), "censored_scores.json")
