"""Trial: a covariate of an analyst's own, looked at from all sides before it is kept."""
