"""Declared: what files say: studies, the contract, kinds of source, factor families, covariates, claims."""
