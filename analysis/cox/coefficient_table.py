"""Coefficient table: estimates with standard errors, intervals and tests, and the hazard ratios they mean."""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.cox.fit import CoxFit


def coefficient_table(
    fit: CoxFit, *, robust: bool = True, level: float = 0.95, widening: float = 1.0, df: float = np.inf
) -> pd.DataFrame:
    """Tabulate a fitted Cox model, a line a column.

    Parameters
    ----------
    fit : CoxFit
    robust : bool
        Cluster-robust standard errors (the default) or model-based ones.
    level : float
        Of the intervals.
    widening : float
        Factor of the standard errors.
    df : float
        Degrees of freedom of the t distribution of intervals and tests; the normal one by default.

    Returns
    -------
    DataFrame
        term, estimate (log hazard ratio per unit), std_error, conf_low, conf_high, statistic, p_value
        (two-sided), hazard_ratio, hazard_ratio_low, hazard_ratio_high.
    """
    std_error = widening * (fit.robust_std_errors if robust else fit.std_errors)
    statistic = fit.coefficients / std_error
    half = stats.t.isf((1 - level) / 2, df) * std_error
    low, high = fit.coefficients - half, fit.coefficients + half
    with np.errstate(over="ignore"):  # per unit of a column of tiny values a ratio may be more than a float holds
        ratio, ratio_low, ratio_high = np.exp(fit.coefficients), np.exp(low), np.exp(high)
    return pd.DataFrame(
        {
            "term": fit.names,
            "estimate": fit.coefficients,
            "std_error": std_error,
            "conf_low": low,
            "conf_high": high,
            "statistic": statistic,
            "p_value": 2 * stats.t.sf(np.abs(statistic), df),
            "hazard_ratio": ratio,
            "hazard_ratio_low": ratio_low,
            "hazard_ratio_high": ratio_high,
        }
    )
