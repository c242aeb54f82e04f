"""Versions: one time-varying Cox model fitted to the same rows with the covariates seen in several ways."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import pandas as pd

from analysis.cox.fit import CoxFit
from analysis.cox.identifiability import NotEstimableError
from analysis.design.matrix import Column, Covariate
from analysis.inference.fit import fit_inference, least_needed, refit

T = TypeVar("T")


def fit_versions(
    versions: Mapping[str, Callable[[], pd.DataFrame]],
    covariates: Sequence[Covariate],
    read: Callable[[CoxFit, Sequence[Column]], T],
) -> dict[str, T]:
    """Fit the same columns to each version of the same counting-process rows.

    The design is learned on the first version and replayed on the others, so that a coefficient means the same in all.
    A column that one version cannot estimate is left out of all.

    Parameters
    ----------
    versions : mapping of str to callable
        By name, what returns a version: the same intervals in the same order, with other values of the covariates. Each
        is asked for when it is fitted, so that no two need be held at once.
    covariates : sequence of Covariate
    read : callable
        Returns what is wanted of a fit and its columns, so that the fit itself need not be kept.

    Returns
    -------
    dict
        What was read of the fit of each version, by name.
    """
    first = next(iter(versions))
    inference = fit_inference(versions[first](), covariates)
    gone = set[str]()
    found = {first: read(inference.fit, inference.columns)}
    while len(found) < len(versions):
        name = next(name for name in versions if name not in found)
        matrix = inference.matrix(versions[name]()).without(gone)
        try:
            fit = refit(inference.fit, matrix)
        except NotEstimableError as error:
            found = {}
            gone.add(least_needed(matrix.columns, error).name)
        else:
            found[name] = read(fit, matrix.columns)
    return found
