# Coefficients, standard errors and degrees of freedom of a Cox model (Breslow's ties) as the Poisson model with a factor
# for each risk set that it is: Rscript cluster_errors.R, in this folder. R 4.2.2, clubSandwich 0.5.8; five minutes.
suppressMessages(library(clubSandwich))

as_poisson <- function(d, start, stop, event) {
  times <- sort(unique(d[[stop]][d[[event]] == 1]))
  do.call(rbind, lapply(seq_along(times), function(j) {
    at_risk <- d[d[[start]] < times[j] & d[[stop]] >= times[j], ]
    at_risk$set <- j
    at_risk$dies <- as.integer(at_risk[[event]] == 1 & at_risk[[stop]] == times[j])
    at_risk
  }))
}

reference <- function(name, d, start, stop, event, columns, cluster) {
  e <- as_poisson(d, start, stop, event)
  formula <- reformulate(c(columns, "factor(set)", "-1"), "dies")
  fit <- glm(formula, family = poisson, data = e, control = glm.control(epsilon = 1e-14, maxit = 100))
  found <- coef_test(fit, vcov = vcovCR(fit, cluster = e[[cluster]], type = "CR2"), test = "Satterthwaite", coefs = columns)
  line <- function(x) paste(sprintf("%.10f", x), collapse = ", ")
  cat(sprintf('  "%s": {"beta": [%s], "se": [%s], "df": [%s]}', name, line(found$beta), line(found$SE), line(found$df_Satt)))
}

lung <- read.csv("lung.csv")
lung <- lung[complete.cases(lung[, c("inst", "age", "sex", "ph_ecog")]), ]
lung$start <- -1
heart <- read.csv("heart.csv")
heart$surgeon <- heart$id %% 9
cat(sprintf('{\n  "clubSandwich": "%s",\n', packageVersion("clubSandwich")))
reference("lung", lung, "start", "stop", "event", c("age", "sex", "ph_ecog"), "inst")
cat(",\n")
reference("heart", heart, "start", "stop", "event", c("age", "year", "surgery"), "surgeon")
cat("\n}\n")
