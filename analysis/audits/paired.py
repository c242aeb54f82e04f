"""Paired changes: how coefficients differ between two fits to the same rows, their errors shared."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.cox.cluster_errors import cluster_errors
from analysis.cox.fit import CoxFit
from analysis.cox.rows import CountingRows
from analysis.errors import ModelError


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """What a change between two fits needs of each of them, a small part of the fit.

    Attributes
    ----------
    names : tuple of str, length p
    coefficients : ndarray, shape (p,)
    by_cluster : ndarray, shape (clusters, p)
        What each cluster adds to the coefficients, its leverage given back.
    df : ndarray, shape (p,)
        Degrees of freedom of each coefficient.
    rows : CountingRows
        Those fitted.
    """

    names: tuple[str, ...]
    coefficients: NDArray[np.float64]
    by_cluster: NDArray[np.float64]
    df: NDArray[np.float64]
    rows: CountingRows


def influence_on(fit: CoxFit) -> Influence:
    """Return the influence of each cluster on the coefficients of a fit."""
    errors = cluster_errors(fit)
    return Influence(fit.names, errors.estimates, errors.influence, errors.df, fit.rows)


def paired_changes(before: Influence, after: Influence, *, level: float = 0.95) -> pd.DataFrame:
    """Return how each coefficient changes from one fit to another of the same rows with other covariates.

    Parameters
    ----------
    before, after : Influence
        With the same columns; row i of both is the same interval of the same lifetime.
    level : float
        Of the intervals.

    Returns
    -------
    DataFrame
        term, before, after (log hazard ratios), change (after - before), std_error, conf_low, conf_high, p_value.

    Raises
    ------
    ModelError
        If the fits have other columns, or other rows.

    Notes
    -----
    The variance of a change is the sum over clusters of the squared difference of the two fits' influences: the
    sandwich of the stacked estimating equations (Wei, Lin and Weissfeld 1989, J. Am. Stat. Assoc. 84, 1065), with the
    leverage of each fit given back. Its degrees of freedom are the fewer of both fits'.
    """
    if before.names != after.names:
        raise ModelError("Paired changes need two fits with the same columns.")
    one, other = before.rows, after.rows
    if len(one) != len(other) or not np.array_equal(one.stop, other.stop) or not np.array_equal(one.event, other.event):
        raise ModelError("Paired changes need two fits to the same rows in the same order.")
    change = after.coefficients - before.coefficients
    df = np.minimum(before.df, after.df)
    std_error = np.sqrt(((after.by_cluster - before.by_cluster) ** 2).sum(axis=0))
    statistic = np.divide(np.abs(change), std_error, out=np.zeros_like(change), where=std_error > 0)
    p_value = 2 * stats.t.sf(statistic, df)
    half = stats.t.isf((1 - level) / 2, df) * std_error
    return pd.DataFrame(
        {
            "term": before.names,
            "before": before.coefficients,
            "after": after.coefficients,
            "change": change,
            "std_error": std_error,
            "conf_low": change - half,
            "conf_high": change + half,
            "p_value": p_value,
        }
    )
