"""The dictionary: what can be measured, by which covariates and tables, and which claims could be judged."""
