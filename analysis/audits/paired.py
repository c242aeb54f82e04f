"""Paired changes: how coefficients differ between two fits to the same rows, their errors shared."""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.cox.fit import CoxFit
from analysis.cox.residuals import dfbeta
from analysis.errors import ModelError
from analysis.inference.multiplicity import holm


def paired_changes(
    before: CoxFit, after: CoxFit, *, widening: float = 1.0, df: float = np.inf, level: float = 0.95
) -> pd.DataFrame:
    """Return how each coefficient changes from one fit to another of the same rows with other covariates.

    Parameters
    ----------
    before, after : CoxFit
        With the same columns; row i of both is the same interval of the same lifetime.
    widening, df, level : float
        As in `coefficient_table`.

    Returns
    -------
    DataFrame
        term, before, after (log hazard ratios), change (after - before), std_error, conf_low, conf_high, p_value,
        p_holm (over all terms).

    Raises
    ------
    ModelError
        If the fits have other columns, or other rows.

    Notes
    -----
    The variance of a change is the sum over clusters of the squared difference of the two fits' influences (dfbeta):
    the sandwich of the stacked estimating equations (Wei, Lin and Weissfeld 1989, J. Am. Stat. Assoc. 84, 1065).
    """
    if before.names != after.names:
        raise ModelError("Paired changes need two fits with the same columns.")
    one, other = before.rows, after.rows
    if len(one) != len(other) or not np.array_equal(one.stop, other.stop) or not np.array_equal(one.event, other.event):
        raise ModelError("Paired changes need two fits to the same rows in the same order.")
    change = after.coefficients - before.coefficients
    influence = dfbeta(after, by="cluster") - dfbeta(before, by="cluster")
    std_error = widening * np.sqrt((influence**2).sum(axis=0))
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
            "p_holm": holm(p_value),
        }
    )
