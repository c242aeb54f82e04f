"""Models of churn: one interface, `fit(design, outcome)` and `predict_incidence(design, times)`."""
