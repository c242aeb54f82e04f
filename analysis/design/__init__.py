"""Design: rows for models: raw covariates, transforms that remember, design matrix, outcome, population, resampling."""
