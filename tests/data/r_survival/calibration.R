# Logistic recalibration, and a natural spline of it, of the one-year forecasts in pbc_365.csv: makes calibration.json.
# Rows of three neighbours count as a cluster. CR3 is the jackknife over clusters, one step each, without (G - 1) / G.
library(splines)
library(clubSandwich)
rows <- read.csv("pbc_365.csv")
rows$cluster <- (seq_len(nrow(rows)) - 1) %/% 3
at <- c(0.01, 0.03, 0.1, 0.3, 0.6)
knots <- qlogis(c(0.01, 0.05, 0.2, 0.5))
written <- function(x) paste0("[", paste(formatC(x, digits = 15, format = "g"), collapse = ", "), "]")
robust <- function(fit) as.matrix(vcovCR(fit, rows$cluster, type = "CR3"))
parts <- sapply(c("small", "full"), function(model) {
  rows$odds <- qlogis(rows[[model]])
  slope <- glm(event ~ odds, binomial, rows, epsilon = 1e-14)
  level <- glm(event ~ 1, binomial, rows, offset = odds, epsilon = 1e-14)
  curve <- glm(event ~ ns(odds, knots = knots[2:3], Boundary.knots = knots[c(1, 4)]), binomial, rows, epsilon = 1e-14)
  basis <- cbind(1, predict(ns(rows$odds, knots = knots[2:3], Boundary.knots = knots[c(1, 4)]), qlogis(at)))
  V <- robust(curve)
  paste0('  "', model, '": {\n',
    '    "slope": ', written(coef(slope)), ',\n    "slope_cov": ', written(robust(slope)),
    ',\n    "intercept": ', written(coef(level)), ',\n    "intercept_cov": ', written(robust(level)),
    ',\n    "curve": ', written(plogis(basis %*% coef(curve))),
    ',\n    "curve_error": ', written(sqrt(diag(basis %*% V %*% t(basis)))), "\n  }")
})
cat('{\n  "r_call": "Rscript calibration.R; R 4.2.2, clubSandwich ', as.character(packageVersion("clubSandwich")),
  '",\n  "at": ', written(at), ',\n  "knots": ', written(knots), ",\n", paste(parts, collapse = ",\n"), "\n}\n",
  sep = "", file = "calibration.json")
