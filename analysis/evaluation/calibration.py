"""Calibration: do accounts that were given a risk of 5% churn at 5%?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.evaluation.frames import CALIBRATION

FEWEST_GROUPS, MOST_GROUPS = 3, 10
EVENTS_A_GROUP = 8
"""With fewer, the share of a group says little."""


def calibration_table(
    event: NDArray[np.bool_], risk: NDArray[np.float64], n_groups: int = 10, level: float = 0.95
) -> pd.DataFrame:
    """Compare predicted and observed shares within groups of rows ordered by predicted risk.

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
    risk : ndarray, shape (n,)
    n_groups : int
        Groups of about equal size; rows of equal risk stay together, so there may be fewer.
    level : float
        Of the Wilson interval of the observed share (rows taken as independent).

    Returns
    -------
    DataFrame
        group (from 1, lowest risk), n_rows, n_events, predicted (mean risk), observed, conf_low, conf_high.
    """
    edges = np.unique(np.quantile(risk, np.linspace(0, 1, n_groups + 1)[1:-1], method="inverted_cdf"))
    _, group = np.unique(np.searchsorted(edges, risk, side="left"), return_inverse=True)
    n_rows = np.bincount(group)
    n_events = np.bincount(group, event).astype(int)
    low, high = wilson_interval(n_events, n_rows, level)
    return pd.DataFrame(
        {
            "group": np.arange(1, len(n_rows) + 1),
            "n_rows": n_rows,
            "n_events": n_events,
            "predicted": np.bincount(group, risk) / n_rows,
            "observed": n_events / n_rows,
            "conf_low": low,
            "conf_high": high,
        }
    )


def number_of_groups(n_events: int) -> int:
    """Return into how many groups calibration is divided: as many as have `EVENTS_A_GROUP` events on average."""
    return min(MOST_GROUPS, max(FEWEST_GROUPS, n_events // EVENTS_A_GROUP))


def calibrations(predictions: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    """Return the calibration tables of several models, each on the rows of the folds in which it was fitted.

    Parameters
    ----------
    predictions : DataFrame
        As `analysis.evaluation.frames.PREDICTIONS`.
    models : sequence of str
        Fitted in one fold at least.

    Returns
    -------
    DataFrame
        As `analysis.evaluation.frames.CALIBRATION`.
    """
    event = predictions["event"].to_numpy(bool)
    groups = number_of_groups(int(event.sum()))
    tables = []
    for model in models:
        risk = predictions[model].to_numpy(np.float64)
        known = ~np.isnan(risk)
        tables.append(calibration_table(event[known], risk[known], groups).assign(model=model))
    return CALIBRATION.checked(pd.concat(tables, ignore_index=True))


def wilson_interval(
    n_events: NDArray[np.int64], n_rows: NDArray[np.int64], level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Wilson's score interval of each share.

    Notes
    -----
    Wilson (1927), J. Am. Stat. Assoc. 22, 209.
    """
    z = stats.norm.isf((1 - level) / 2)
    share = n_events / n_rows
    centre = (share + z**2 / (2 * n_rows)) / (1 + z**2 / n_rows)
    half = z / (1 + z**2 / n_rows) * np.sqrt(share * (1 - share) / n_rows + z**2 / (4 * n_rows**2))
    # At 0 and n events a bound is the share itself, which rounding would miss by 1e-18.
    return np.where(n_events == 0, 0.0, centre - half), np.where(n_events == n_rows, 1.0, centre + half)
