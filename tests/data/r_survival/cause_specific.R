# Incidence of competing causes by cause-specific Cox models on thirteen parts of a horizon of 65 months, and by R's own
# multi-state fit. Writes cause_specific.json: Rscript cause_specific.R in this folder (survival 3.5-3).
library(survival)

rows <- read.csv("mgus2.csv")
horizon <- 65
rows$part <- ceiling(pmin(rows$stop, horizon) / (horizon / 13))
rows$end <- ifelse(rows$stop <= horizon, rows$cause, 0)
rows$state <- factor(rows$end, 0:2, c("censored", "progression", "death"))
patterns <- data.frame(age = c(45, 70, 88), male = c(0, 1, 1))

cumulative_hazard <- function(which_end) {
  fit <- coxph(Surv(part, end == which_end) ~ age + male, data = rows, ties = "efron")
  summary(survfit(fit, newdata = patterns), times = 1:13, extend = TRUE)$cumhaz
}
increments <- lapply(1:2, function(which_end) diff(rbind(0, cumulative_hazard(which_end))))
shares <- lapply(increments, function(hazard) 1 - exp(-hazard))
there <- apply(1 - shares[[1]] - shares[[2]], 2, cumprod)
before <- rbind(1, there[-13, ])
efron <- lapply(shares, function(share) apply(before * share, 2, cumsum))

# Named, ties = "breslow" or "efron" give Breslow's fit of several causes; left out, survfit's hazards are another fit's.
states <- coxph(Surv(part, state) ~ age + male, data = rows, id = id, ties = "breslow")
multistate <- survfit(states, newdata = patterns)


json <- function(m) {
  lines <- apply(m, 1, function(line) paste0("[", paste(sprintf("%.15g", line), collapse = ", "), "]"))
  paste0("[", paste(lines, collapse = ", "), "]")
}
writeLines(c(
  "{",
  '  "r_call": "coxph(Surv(part, end == which_end) ~ age + male, ties = \\"efron\\"), put together; survfit(coxph(Surv(part, state) ~ age + male, id = id, ties = \\"breslow\\"), newdata)",',
  '  "patterns": [[45, 0], [70, 1], [88, 1]],',
  paste0('  "efron": {"progression": ', json(efron[[1]]), ', "death": ', json(efron[[2]]), "},"),
  paste0('  "multistate": {"progression": ', json(multistate$pstate[, , 2]), ', "death": ', json(multistate$pstate[, , 3]), "}"),
  "}"
), "cause_specific.json")
