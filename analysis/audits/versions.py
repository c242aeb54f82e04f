"""Versions: one time-varying Cox model fitted to the same rows with the covariates seen in several ways."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.identifiability import NotEstimableError
from analysis.design.matrix import Column, Covariate
from analysis.inference.fit import fit_inference, least_needed


def fit_versions(
    versions: Mapping[str, Callable[[], pd.DataFrame]], covariates: Sequence[Covariate]
) -> tuple[dict[str, CoxFit], tuple[Column, ...]]:
    """Fit the same columns to each version of the same counting-process rows.

    The design is learned on the first version and replayed on the others, so that a coefficient means the same in all.
    A column that one version cannot estimate is left out of all.

    Parameters
    ----------
    versions : mapping of str to callable
        By name, what returns a version: the same intervals in the same order, with other values of the covariates. Each
        is asked for when it is fitted, so that no two need be held at once.
    covariates : sequence of Covariate

    Returns
    -------
    fits : dict of str to CoxFit
    columns : tuple of Column
        Of every fit, in order.
    """
    first = next(iter(versions))
    inference = fit_inference(versions[first](), covariates)
    fits, rows, gone = {first: inference.fit}, inference.fit.rows, set[str]()
    while len(fits) < len(versions):
        name = next(name for name in versions if name not in fits)
        matrix = inference.matrix(versions[name]()).without(gone)
        try:
            fits[name] = fit_cox(matrix.values, rows, names=matrix.names)
        except NotEstimableError as error:
            fits = {}
            gone.add(least_needed(matrix.columns, error).name)
    return fits, tuple(column for column in inference.columns if column.name not in gone)
