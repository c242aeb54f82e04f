# Writes competing_risks.json, and the tables mgus_causes.csv and bladder1.csv that it needs. Run in this folder:
#   Rscript competing_risks.R
# Needs R with the package survival only; reads the tables beside it. Numbers have 15 significant digits.

library(survival)

# JSON: named lists are objects; matrices are objects of columns; everything else is a list.
json <- function(x) {
  if (is.list(x)) {
    return(paste0("{", paste0('"', names(x), '": ', vapply(x, json, ""), collapse = ",\n"), "}"))
  }
  if (is.matrix(x)) {
    return(json(lapply(setNames(seq_len(ncol(x)), colnames(x)), function(column) x[, column])))
  }
  if (is.character(x)) {
    return(paste0("[", paste0('"', x, '"', collapse = ", "), "]"))
  }
  cells <- formatC(unname(x), digits = 15, format = "g", width = 1)
  cells[is.na(x)] <- "null"
  paste0("[", paste(cells, collapse = ", "), "]")
}

spread <- function(n, most = 12) unique(round(seq(1, n, length.out = min(n, most))))

# Cumulative hazard with its standard error, at some of the event times.
hazard_numbers <- function(fit) {
  rows <- which(fit$n.event > 0)
  rows <- rows[spread(length(rows))]
  list(
    time = fit$time[rows], n_risk = fit$n.risk[rows], cumulative_hazard = fit$cumhaz[rows],
    std_error = fit$std.chaz[rows]
  )
}

# Cumulative incidence of each cause, at some of the times at which any happens.
incidence_numbers <- function(fit) {
  causes <- setdiff(fit$states, "(s0)")
  rows <- which(rowSums(fit$n.event) > 0)
  rows <- rows[spread(length(rows))]
  of <- function(values) {
    values <- values[rows, match(causes, fit$states), drop = FALSE]
    colnames(values) <- causes
    values
  }
  list(
    time = fit$time[rows], n_risk = fit$n.risk[rows, 1], estimate = of(fit$pstate), std_error = of(fit$std.err),
    conf_low = of(fit$lower), conf_high = of(fit$upper)
  )
}

# survfit of survival 3.5-3 leaves `cluster` out of the errors of several states: they are made of its influences here.
clustered_errors <- function(fit, cluster) {
  errors <- apply(fit$influence.pstate, 3, function(influence) sqrt(colSums(rowsum(influence, cluster)^2)))
  colnames(errors) <- fit$states
  errors[-1, -1]  # without the start, and without the share still alive
}

# Mean number of recurrent events with leaving as an end: survival before t times the increase of the cumulative hazard
# of recurrences. Its change with each subject's weight follows, time by time, from those of survival and hazard.
mean_number <- function(d) {
  # The data in the call itself, where `resid` looks for them.
  fit <- function(formula) do.call(survfit, list(formula, data = d, id = quote(id)))
  ends <- fit(Surv(start, stop, status >= 2) ~ 1)
  recurrences <- fit(Surv(start, stop, status == 1) ~ 1)
  times <- sort(unique(d$stop[d$status > 0]))
  before <- function(x) cbind(0, x[, -ncol(x), drop = FALSE])
  survival <- c(1, summary(ends, times = times)$surv[-length(times)])
  increase <- diff(c(0, summary(recurrences, times = times)$cumhaz))
  by_survival <- before(resid(ends, times = times, type = "pstate"))
  hazard_influence <- resid(recurrences, times = times, type = "cumhaz")
  by_increase <- hazard_influence - before(hazard_influence)
  influence <- t(apply(
    sweep(by_survival, 2, increase, "*") + sweep(by_increase, 2, survival, "*"), 1, cumsum
  ))
  kept <- spread(length(times))
  list(
    time = times[kept], estimate = cumsum(survival * increase)[kept], std_error = sqrt(colSums(influence^2))[kept]
  )
}

veteran_rows <- read.csv("veteran.csv")
heart_rows <- read.csv("heart.csv")
mgus_rows <- read.csv("mgus.csv")
mgus2_rows <- read.csv("mgus2.csv")
mgus2_rows$end <- factor(mgus2_rows$cause, 0:2, c("censored", "progression", "death"))
bladder2_rows <- read.csv("bladder2.csv")

# Age at progression, or at death without it, from the age at diagnosis on.
progressed <- !is.na(mgus$pctime)
mgus_causes <- data.frame(
  id = mgus$id, start = mgus$age, stop = mgus$age + ifelse(progressed, mgus$pctime, mgus$futime) / 365.25,
  cause = ifelse(progressed, "progression", ifelse(mgus$death == 1, "death", ""))
)
mgus_causes$stop <- signif(mgus_causes$stop, 15)  # as the file will hold it
write.csv(mgus_causes, "mgus_causes.csv", row.names = FALSE, quote = FALSE)
mgus_causes$end <- factor(mgus_causes$cause, c("", "progression", "death"), c("censored", "progression", "death"))

# Two at risk at the first end decide the error of that whole curve; at the first end after 60 there are 87.
from_60 <- transform(subset(mgus_causes, stop > 60), start = pmax(start, 60))
from_60_fit <- survfit(Surv(start, stop, end) ~ 1, data = from_60, id = id, conf.type = "log-log", influence = TRUE)
kept <- spread(length(from_60_fit$time))
stopifnot(all.equal(clustered_errors(from_60_fit, from_60$id), from_60_fit$std.err[, -1], check.attributes = FALSE))

# Recurrences (1) until death (2, 3) or censoring (0); two subjects without follow-up are left out.
bladder1_rows <- bladder1[bladder1$start < bladder1$stop, c("id", "start", "stop", "status")]
write.csv(bladder1_rows, "bladder1.csv", row.names = FALSE, quote = FALSE)

# Every second subject comes under observation at 5.25 months only.
entering_late <- function(d) {
  d$start <- ifelse(d$id %% 2 == 1, pmax(d$start, 5.25), d$start)
  d[d$start < d$stop, ]
}

writeLines(json(list(
  R = R.version.string, survival = as.character(packageVersion("survival")),
  nelson_aalen = list(
    veteran = hazard_numbers(survfit(Surv(stop, event) ~ 1, data = veteran_rows)),
    heart = hazard_numbers(survfit(Surv(start, stop, event) ~ 1, data = heart_rows)),
    mgus = hazard_numbers(survfit(Surv(start, stop, event) ~ 1, data = mgus_rows))
  ),
  incidence = list(
    mgus2 = incidence_numbers(survfit(Surv(stop, end) ~ 1, data = mgus2_rows, conf.type = "log-log")),
    mgus2_female = incidence_numbers(
      survfit(Surv(stop, end) ~ 1, data = mgus2_rows, subset = male == 0, conf.type = "log-log")
    ),
    mgus2_male = incidence_numbers(
      survfit(Surv(stop, end) ~ 1, data = mgus2_rows, subset = male == 1, conf.type = "log-log")
    ),
    mgus_causes = incidence_numbers(
      survfit(Surv(start, stop, end) ~ 1, data = mgus_causes, id = id, conf.type = "log-log")
    ),
    mgus_causes_from_60 = incidence_numbers(from_60_fit),
    mgus_causes_from_60_clustered = list(
      time = from_60_fit$time[kept], std_error = clustered_errors(from_60_fit, unique(from_60$id) %% 40)[kept, ]
    )
  ),
  recurrent = list(
    bladder2 = hazard_numbers(survfit(Surv(start, stop, event) ~ 1, data = bladder2_rows, id = id)),
    bladder2_late = hazard_numbers(
      survfit(Surv(start, stop, event) ~ 1, data = entering_late(bladder2_rows), id = id, robust = TRUE)
    ),
    bladder1 = mean_number(bladder1_rows),
    bladder1_late = mean_number(entering_late(bladder1_rows))
  )
)), "competing_risks.json")
