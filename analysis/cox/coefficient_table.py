"""Coefficient table: estimates with standard errors, intervals and tests, and the hazard ratios they mean."""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.cox.cluster_errors import ClusterErrors
from analysis.cox.fit import CoxFit


def coefficient_table(
    fit: CoxFit, *, robust: bool | None = None, level: float = 0.95, errors: ClusterErrors | None = None
) -> pd.DataFrame:
    """Tabulate a fitted Cox model, a line a column.

    Parameters
    ----------
    fit : CoxFit
    robust : bool, optional
        Robust standard errors or model-based ones; by default those that the rows call for
        (`CoxFit.is_robust`).
    level : float
        Of the intervals.
    errors : ClusterErrors, optional
        Estimates, each let be by a ridge, their standard errors, and degrees of freedom of the t distribution of
        intervals and tests, instead of the fit's own, the robust or model-based errors and the normal distribution.

    Returns
    -------
    DataFrame
        term, estimate (log hazard ratio per unit), std_error, conf_low, conf_high, statistic, df (with `errors`),
        p_value (two-sided), hazard_ratio, hazard_ratio_low, hazard_ratio_high.
    """
    if errors is None:
        std_error, df = np.sqrt(np.diag(fit.covariance_of(robust))), np.full(len(fit.names), np.inf)
        estimate = fit.coefficients
    else:
        estimate, std_error, df = errors.estimates, errors.std_errors, errors.df
    statistic = estimate / std_error
    half = stats.t.isf((1 - level) / 2, df) * std_error
    low, high = estimate - half, estimate + half
    with np.errstate(over="ignore"):  # per unit of a column of tiny values a ratio may be more than a float holds
        ratio, ratio_low, ratio_high = np.exp(estimate), np.exp(low), np.exp(high)
    table = pd.DataFrame(
        {
            "term": fit.names,
            "estimate": estimate,
            "std_error": std_error,
            "conf_low": low,
            "conf_high": high,
            "statistic": statistic,
            "df": df,
            "p_value": 2 * stats.t.sf(np.abs(statistic), df),
            "hazard_ratio": ratio,
            "hazard_ratio_low": ratio_low,
            "hazard_ratio_high": ratio_high,
        }
    )
    return table.drop(columns="df") if errors is None else table
