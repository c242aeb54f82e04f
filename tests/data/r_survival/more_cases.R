# Writes more_cases.json: reference numbers for cases that the copied results do not hold. Run in this folder:
#   Rscript more_cases.R
# Needs R with the package survival only; reads the tables beside it. Numbers have 15 significant digits.

library(survival)
library(splines)

exact <- coxph.control(iter.max = 50, eps = 1e-12, toler.chol = 1e-13)
transforms <- c("km", "rank", "identity", "log")

# Weights and offsets are a rule of the row's position (from 1), so that a test can make the same ones.
case_weights <- function(n) 0.5 + (37 * seq_len(n)) %% 11 / 8
row_offsets <- function(n) (seq_len(n) %% 5 - 2) / 8

read_table <- function(name) {
  d <- read.csv(paste0(name, ".csv"))
  d$weight <- case_weights(nrow(d))
  d$shift <- row_offsets(nrow(d))
  d
}

# JSON: named lists are objects; matrices are lists of rows; numbers alone are scalars unless wrapped in I().
json <- function(x) {
  if (is.list(x)) {
    return(paste0("{", paste0('"', names(x), '": ', vapply(x, json, ""), collapse = ",\n"), "}"))
  }
  if (is.matrix(x)) {
    return(paste0("[", paste(apply(x, 1, function(row) json(I(unname(row)))), collapse = ",\n"), "]"))
  }
  cells <- if (is.character(x)) {
    paste0('"', gsub('"', '\\\\"', x), '"')
  } else {
    formatC(unclass(unname(x)), digits = 15, format = "g", width = 1)
  }
  cells[is.na(x)] <- "null"
  if (length(x) == 1 && !inherits(x, "AsIs")) cells else paste0("[", paste(cells, collapse = ", "), "]")
}

head_rows <- function(x, n = 8) head(as.matrix(x), n)

spread <- function(n, most = 10) unique(round(seq(1, n, length.out = min(n, most))))

zph_numbers <- function(fit) {
  numbers <- lapply(transforms, function(transform) {
    z <- cox.zph(fit, transform = transform)
    list(
      chisq = I(z$table[, "chisq"]), df = I(z$table[, "df"]), p = I(z$table[, "p"]), x = I(head(z$x, 8))
    )
  })
  setNames(numbers, transforms)
}

# Curves for one row of covariates, each stratum's at some of its event times: the cumulative hazard, its standard
# error, and limits of the survival on both scales. Beside an offset, `newdata` needs a row a stratum, the rest alike.
curve_numbers <- function(fit, newdata) {
  whole <- survfit(fit, newdata = newdata)
  loglog <- survfit(fit, newdata = newdata, conf.type = "log-log")
  one <- function(rows) {
    rows <- rows[whole$n.event[rows] > 0]
    rows <- rows[spread(length(rows))]
    list(
      time = I(whole$time[rows]), n_risk = I(whole$n.risk[rows]), n_event = I(whole$n.event[rows]),
      cumulative_hazard = I(whole$cumhaz[rows]), std_error = I(whole$std.err[rows]),
      survival_low = I(whole$lower[rows]), survival_high = I(whole$upper[rows]),
      loglog_low = I(loglog$lower[rows]), loglog_high = I(loglog$upper[rows])
    )
  }
  strata <- if (is.null(whole$strata)) c(all = length(whole$time)) else whole$strata
  ends <- cumsum(strata)
  curves <- Map(function(from, to) one(seq(from, to)), ends - strata + 1, ends)
  list(newdata = as.list(newdata[1, ]), curves = setNames(curves, names(strata)))
}

# Tied events in an order that does not depend on how they were sorted.
order_of <- function(z) {
  stratum <- if (is.null(z$strata)) 0 * z$time else as.integer(z$strata)
  order(stratum, z$time, z$y[, 1])
}

# The robust score test at coefficients zero. coxph's own rscore is the same where there is no offset, and leaves an
# offset out where there is one (survival 3.5-3), so that it is taken from the residuals here.
robust_score <- function(null, cluster, rscore, has_offset) {
  slopes <- residuals(null, type = "score", weighted = TRUE, collapse = cluster)
  slope <- colSums(slopes)
  statistic <- drop(slope %*% solve(crossprod(slopes), slope))
  stopifnot(has_offset || abs(statistic / rscore - 1) < 1e-9)
  statistic
}

# Everything about one fit. `naive` is the same fit without robust errors.
fit_numbers <- function(fit, naive, null, cluster, newdata) {
  schoenfeld <- residuals(fit, type = "schoenfeld")
  z <- cox.zph(fit)
  grouped <- residuals(fit, type = "dfbeta", collapse = cluster)
  baseline <- function(centered) {
    b <- basehaz(naive, centered = centered)
    b <- b[c(TRUE, diff(b$hazard) != 0), ]
    b <- b[spread(nrow(b)), ]
    out <- list(time = I(b$time), cumulative_hazard = I(b$hazard))
    if (!is.null(b$strata)) out$stratum <- I(as.character(b$strata))
    out
  }
  list(
    loglik = fit$loglik, coef = I(coef(fit)), se = I(sqrt(diag(naive$var))), vcov = naive$var,
    robust_se = I(sqrt(diag(fit$var))), robust_vcov = fit$var,
    wald = naive$wald.test, score = naive$score, likelihood_ratio = 2 * diff(fit$loglik),
    robust_wald = fit$wald.test, 
    robust_score = robust_score(null, cluster, fit$rscore, !is.null(attr(terms(fit), "offset"))),
    martingale_head = I(head(residuals(fit, type = "martingale"), 12)),
    score_residual_head = head_rows(residuals(fit, type = "score")),
    dfbeta_head = head_rows(residuals(fit, type = "dfbeta")),
    dfbeta_cluster = list(label = I(head(rownames(grouped), 8)), values = head_rows(grouped)),
    schoenfeld_head = list(time = I(as.numeric(head(rownames(schoenfeld), 8))), values = head_rows(schoenfeld)),
    zph = zph_numbers(fit), zph_time = I(head(z$time, 8)), zph_y = head_rows(z$y[order_of(z), ]), zph_var = z$var,
    means = I(fit$means),
    baseline_at_zero = baseline(FALSE), baseline_at_means = baseline(TRUE),
    survfit_model_based = curve_numbers(naive, newdata), survfit_robust = curve_numbers(fit, newdata)
  )
}

# A fit for both ties, with robust errors and without, and with no step taken from coefficients zero.
fit_case <- function(table, formula, cluster, newdata, weighted = TRUE) {
  d <- read_table(table)
  d$cluster <- d[[cluster]]
  if (!weighted) d$weight <- 1
  environment(formula) <- environment()  # where residuals() and cox.zph() look for the data again
  one <- function(ties) {
    robust <- coxph(formula, data = d, weights = weight, cluster = cluster, ties = ties, control = exact, x = TRUE)
    naive <- coxph(formula, data = d, weights = weight, ties = ties, robust = FALSE, control = exact, x = TRUE)
    null <- coxph(
      formula, data = d, weights = weight, ties = ties, robust = FALSE, x = TRUE,
      init = 0 * coef(naive), control = coxph.control(iter.max = 0)
    )
    fit_numbers(robust, naive, null, d$cluster, newdata)
  }
  list(
    table = table, cluster = cluster,
    r_call = paste0(
      "coxph(", deparse1(formula), ", data, ", if (weighted) "weights = weight, ", "cluster = ", cluster,
      ", ties = ties)"
    ),
    efron = one("efron"), breslow = one("breslow")
  )
}

curve_case <- function(table, formula, newdata) {
  d <- read_table(table)
  environment(formula) <- environment()
  one <- function(ties) curve_numbers(coxph(formula, data = d, ties = ties, control = exact), newdata)
  list(
    table = table, covariates = names(newdata),
    r_call = paste0("survfit(coxph(", deparse1(formula), ", data, ties = ties), newdata)"),
    efron = one("efron"), breslow = one("breslow")
  )
}

# Tests of a block: the fit without it gives where the others stand; a step of no length from there gives the score.
block_case <- function(table, outcome, others, block) {
  d <- read_table(table)
  here <- environment()
  formula <- function(columns) reformulate(columns, outcome, env = here)
  small <- coxph(formula(others), data = d, control = exact)
  full <- coxph(formula(c(others, block)), data = d, control = exact)
  there <- coxph(
    formula(c(others, block)), data = d, init = c(coef(small), numeric(length(block))),
    control = coxph.control(iter.max = 0), x = TRUE
  )
  slopes <- rowsum(residuals(there, type = "score"), d$id)
  information <- solve(there$var)
  r <- seq_along(others)
  b <- length(others) + seq_along(block)
  nuisance <- information[b, r, drop = FALSE] %*% solve(information[r, r])
  own <- slopes[, b, drop = FALSE] - slopes[, r, drop = FALSE] %*% t(nuisance)
  slope <- colSums(own)
  analysis <- anova(small, full)
  list(
    table = table, covariates = c(others, block), block = I(block),
    r_call = "anova(small, full); coxph(full, init = c(coef(small), 0), iter.max = 0)$score",
    likelihood_ratio = analysis$Chisq[2], df = length(block), p = analysis[["Pr(>|Chi|)"]][2],
    score = there$score, robust_score = drop(slope %*% solve(crossprod(own), slope))
  )
}

# A column that is nothing but zero in one stratum: no estimate of its path comes from there.
men_only_case <- function() {
  d <- read_table("lung")
  d$ecog_men <- d$ph_ecog * (d$sex == 1)
  fit <- coxph(Surv(stop, event) ~ age + ecog_men + strata(sex), data = d, control = exact)
  z <- cox.zph(fit)
  women <- z$strata == "sex=2"
  list(
    table = "lung", covariates = names(coef(fit)),
    r_call = "cox.zph(coxph(Surv(stop, event) ~ age + I(ph_ecog * (sex == 1)) + strata(sex), data))",
    zph = zph_numbers(fit), zph_var = z$var, time_women = I(head(z$time[women], 8)), y_women = head_rows(z$y[women, ])
  )
}

# The smooth of plot(cox.zph(fit)): scaled Schoenfeld residuals on a natural spline of the transformed time. The plot
# takes the knots from quantiles of events and grid together (`plotted`); here also from the distinct events alone.
path_case <- function(table, formula, term, transform) {
  d <- read_table(table)
  environment(formula) <- environment()
  fit <- coxph(formula, data = d, control = exact)
  z <- cox.zph(fit, transform = transform)
  grid <- seq(min(z$x), max(z$x), length.out = 40)
  smooth <- function(basis) {
    at <- basis[1:40, ]
    events <- basis[-(1:40), ]
    estimate <- drop(at %*% qr.coef(qr(events), z$y[, term]))
    position <- match(term, names(coef(fit)))
    list(
      estimate = I(estimate),
      std_error = I(sqrt(z$var[position, position] * rowSums((at %*% solve(crossprod(events))) * at)))
    )
  }
  knots <- quantile(unique(z$x), c(1, 2) / 3)
  list(
    table = table, term = term, transform = transform, covariates = names(coef(fit)),
    r_call = paste0("plot(cox.zph(coxph(", deparse1(formula), ", data), \"", transform, "\")[\"", term, "\"])"),
    x = I(grid),
    knots_of_events = smooth(ns(c(grid, z$x), knots = knots, intercept = TRUE, Boundary.knots = range(z$x))),
    plotted = smooth(ns(c(grid, z$x), df = 4, intercept = TRUE))
  )
}

ridge_case <- function(formula, covariates, theta) {
  d <- read_table("veteran")
  environment(formula) <- environment()
  fit <- coxph(formula, data = d, control = exact)
  list(
    table = "veteran", covariates = covariates, theta = I(theta),
    r_call = paste0("coxph(", deparse1(formula), ", data)"),
    loglik = fit$loglik, coef = I(coef(fit)), vcov = fit$var, information_sandwich = fit$var2
  )
}

# Competing causes in one multi-state model, for which coxph takes Breslow's ties whatever it is asked.
multi_state_case <- function() {
  d <- read_table("mgus2")
  d$state <- factor(d$cause, 0:2, c("censored", "pcm", "death"))
  newdata <- data.frame(age = c(60, 80), male = c(0, 1))
  times <- c(3, 6, 12, 24, 60, 120, 240)
  fit <- coxph(Surv(stop, state) ~ age + male, data = d, id = id, ties = "breslow", control = exact)
  curves <- survfit(fit, newdata = newdata)
  later <- survfit(fit, newdata = newdata, start.time = 24)
  at <- findInterval(times, curves$time)
  after <- findInterval(24 + times, later$time)
  list(
    table = "mgus2", covariates = names(newdata), newdata = as.matrix(newdata), times = times,
    r_call = "survfit(coxph(Surv(stop, state) ~ age + male, data, id = id, ties = \"breslow\"), newdata)",
    coef = I(coef(fit)), pcm = curves$pstate[at, , 2], death = curves$pstate[at, , 3],
    cumulative_hazard_pcm = curves$cumhaz[at, , 1], cumulative_hazard_death = curves$cumhaz[at, , 2],
    start = 24, pcm_from_start = later$pstate[after, , 2], death_from_start = later$pstate[after, , 3]
  )
}

# What a subject still alive at a landmark may expect: the curve from there, with limits.
landmark_case <- function(landmark, windows) {
  d <- read_table("pbcseq")
  fit <- coxph(Surv(start, stop, event) ~ logbili + logprotime, data = d, control = exact)
  rows <- head(d[d$start < landmark & d$stop >= landmark, ], 12)
  times <- landmark + windows
  from <- summary(survfit(fit, newdata = rows, start.time = landmark), times = times)
  whole <- summary(survfit(fit, newdata = rows), times = c(landmark, times))$surv
  loglog <- summary(survfit(fit, newdata = rows, start.time = landmark, conf.type = "log-log"), times = times)
  list(
    table = "pbcseq", covariates = c("logbili", "logprotime"), landmark = landmark, windows = windows,
    r_call = "survfit(coxph(Surv(start, stop, event) ~ logbili + logprotime, data), rows, start.time = landmark)",
    values = as.matrix(rows[, c("logbili", "logprotime")]),
    probability = 1 - sweep(whole[-1, ], 2, whole[1, ], "/"),
    conditional_survival = from$surv, survival_std_error = from$std.err,
    survival_low = from$lower, survival_high = from$upper,
    loglog_low = loglog$lower, loglog_high = loglog$upper
  )
}

summary_case <- function() {
  d <- read_table("heart")
  fit <- coxph(Surv(start, stop, event) ~ age + year + surgery + transplant, data = d, cluster = id, control = exact)
  lines <- summary(fit, conf.int = 0.9)
  list(
    table = "heart", covariates = names(coef(fit)), level = 0.9,
    r_call = "summary(coxph(..., cluster = id), conf.int = 0.9)",
    coefficients = lines$coefficients, conf_int = lines$conf.int,
    coefficient_columns = colnames(lines$coefficients), conf_int_columns = colnames(lines$conf.int)
  )
}

heart_outcome <- "Surv(start, stop, event)"
heart_formula <- Surv(start, stop, event) ~ age + year + surgery + transplant
heart_row <- data.frame(age = 5, year = 2, surgery = 1, transplant = 0)

cases <- list(
  R = paste(R.version$major, R.version$minor, sep = "."),
  survival = as.character(packageVersion("survival")),
  heart_weighted = fit_case("heart", heart_formula, "id", heart_row),
  lung_everything = fit_case(
    "lung", Surv(stop, event) ~ age + ph_ecog + strata(sex) + offset(shift), "inst",
    data.frame(age = 60, ph_ecog = 1, shift = 0, sex = 1:2)
  ),
  bladder2_everything = fit_case(
    "bladder2", Surv(start, stop, event) ~ size + number + strata(rx) + offset(shift), "id",
    data.frame(size = 2, number = 3, shift = 0, rx = 1:2)
  ),
  churn_weighted = fit_case(
    "churn", Surv(stop, event) ~ storage_log2 + payroll_active + csat_score, "id",
    data.frame(storage_log2 = 10, payroll_active = 1, csat_score = 9)
  ),
  lung_stratified = fit_case(
    "lung", Surv(stop, event) ~ age + ph_ecog + strata(sex), "inst", data.frame(age = 60, ph_ecog = 1),
    weighted = FALSE
  ),
  lung_men_only = men_only_case(),
  mgus_curve = curve_case(
    "mgus", Surv(start, stop, event) ~ male + hgb + creat, data.frame(male = 1, hgb = 12, creat = 1.5)
  ),
  ridge_some = ridge_case(
    Surv(stop, event) ~ trt2 + ridge(karno, age, theta = 5, scale = FALSE), c("trt2", "karno", "age"), c(0, 5, 5)
  ),
  ridge_each = ridge_case(
    Surv(stop, event) ~ ridge(trt2, theta = 20, scale = FALSE) + ridge(karno, theta = 0.5, scale = FALSE) + age,
    c("trt2", "karno", "age"), c(20, 0.5, 0)
  ),
  mgus2_states = multi_state_case(),
  pbcseq_365 = landmark_case(365, c(91, 182, 365, 730)),
  pbcseq_730 = landmark_case(730, c(91, 182, 365, 730)),
  veteran_block = block_case(
    "veteran", "Surv(stop, event)", c("trt2", "karno", "diagtime", "age", "prior10"), c("smallcell", "adeno", "large")
  ),
  heart_block = block_case("heart", heart_outcome, c("age", "year"), c("surgery", "transplant")),
  bladder2_block = block_case("bladder2", heart_outcome, "rx", c("size", "number")),
  heart_path = path_case("heart", heart_formula, "age", "km"),
  veteran_path = path_case("veteran", Surv(stop, event) ~ trt2 + karno + age, "karno", "log"),
  heart_summary = summary_case()
)
writeLines(json(cases), "more_cases.json")
