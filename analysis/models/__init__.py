"""Models: forecasts of three months, each `fit(design, outcome)` and `predict_incidence(design, times)`."""
