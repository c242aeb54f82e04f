"""Paired changes: how coefficients differ between two fits to the same rows, their errors shared."""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.cox.fit import CoxFit
from analysis.cox.residuals import dfbeta
from analysis.effects.multiplicity import holm
from analysis.errors import ModelError
from analysis.nonparametric import normal_quantile

Z = normal_quantile(0.95)


def paired_changes(before: CoxFit, after: CoxFit) -> pd.DataFrame:
    """Return how each coefficient changes from one fit to another of the same rows with other covariates.

    Parameters
    ----------
    before, after : CoxFit
        With the same columns; row i of both is the same interval of the same lifetime.

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
    std_error = np.sqrt((influence**2).sum(axis=0))
    p_value = 2 * stats.norm.sf(np.divide(np.abs(change), std_error, out=np.zeros_like(change), where=std_error > 0))
    return pd.DataFrame(
        {
            "term": before.names,
            "before": before.coefficients,
            "after": after.coefficients,
            "change": change,
            "std_error": std_error,
            "conf_low": change - Z * std_error,
            "conf_high": change + Z * std_error,
            "p_value": p_value,
            "p_holm": holm(p_value),
        }
    )
