"""Hazard ratios: what each column goes with, all others held."""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.models.cox import Cox


def hazard_ratios(cox: Cox, level: float = 0.95) -> pd.DataFrame:
    """Tabulate a fitted Cox model with cluster-robust standard errors.

    Returns
    -------
    DataFrame
        One row a column, in the order of the design: term, covariate, family, marks_missing, estimate (log hazard
        ratio), std_error (robust), statistic, p_value (two-sided normal), hazard_ratio, conf_low, conf_high (of the
        hazard ratio).
        Per standard deviation for numeric columns, against absence for indicators.
    """
    estimate = cox.coefficients_
    std_error = np.sqrt(np.diag(cox.robust_covariance_))
    statistic = estimate / std_error
    half = stats.norm.isf((1 - level) / 2) * std_error
    return pd.DataFrame(
        {
            "term": [column.name for column in cox.columns_],
            "covariate": [column.covariate for column in cox.columns_],
            "family": [column.family for column in cox.columns_],
            "marks_missing": [column.marks_missing for column in cox.columns_],
            "estimate": estimate,
            "std_error": std_error,
            "statistic": statistic,
            "p_value": 2 * stats.norm.sf(np.abs(statistic)),
            "hazard_ratio": np.exp(estimate),
            "conf_low": np.exp(estimate - half),
            "conf_high": np.exp(estimate + half),
        }
    )
