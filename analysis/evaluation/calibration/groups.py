"""Calibration: do accounts that were given a risk of 5% churn at 5%?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.evaluation.frames import CALIBRATION

FEWEST_GROUPS, MOST_GROUPS = 3, 10
EVENTS_A_GROUP = 8
"""With fewer, the share of a group says little."""


def calibration_table(
    event: NDArray[np.bool_], risk: NDArray[np.float64], n_groups: int = 10, level: float = 0.95, min_cell: int = 1
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
    min_cell : int
        Rows that a group has at least: a smaller one is joined with the next.

    Returns
    -------
    DataFrame
        group (from 1, lowest risk), n_rows, n_events, predicted (mean risk), observed, conf_low, conf_high.

    Notes
    -----
    Wilson (1927), J. Am. Stat. Assoc. 22, 209.

    Examples
    --------
    Ten accounts that were given a risk of 5%, of which one churned:

    >>> import numpy as np
    >>> table = calibration_table(np.arange(10) == 0, np.full(10, 0.05))
    >>> table[["predicted", "observed", "conf_low", "conf_high"]].round(3).to_numpy().tolist()
    [[0.05, 0.1, 0.018, 0.404]]
    """
    from statsmodels.stats.proportion import proportion_confint  # statsmodels brings polars: only who asks waits

    edges = np.unique(np.quantile(risk, np.linspace(0, 1, n_groups + 1)[1:-1], method="inverted_cdf"))
    _, apart = np.unique(np.searchsorted(edges, risk, side="left"), return_inverse=True)
    group = _joined(np.bincount(apart), min_cell)[apart]
    n_rows = np.bincount(group)
    n_events = np.bincount(group, event).astype(int)
    observed = n_events / n_rows
    low, high = proportion_confint(n_events, n_rows, alpha=1 - level, method="wilson")
    return pd.DataFrame(
        {
            "group": np.arange(1, len(n_rows) + 1),
            "n_rows": n_rows,
            "n_events": n_events,
            "predicted": np.bincount(group, risk) / n_rows,
            "observed": observed,
            # Where none or all churned a bound is the share itself, which rounding misses by 1e-18.
            "conf_low": np.minimum(low, observed),
            "conf_high": np.maximum(high, observed),
        }
    )


def _joined(sizes: NDArray[np.int64], min_cell: int) -> NDArray[np.int64]:
    """Number groups anew, neighbours joined until each has `min_cell` rows; what is left over joins the last."""
    number, held, numbers = 0, 0, []
    for size in sizes:
        numbers.append(number)
        held += int(size)
        if held >= min_cell:
            number, held = number + 1, 0
    joined = np.array(numbers, dtype=np.int64)
    return np.minimum(joined, number - 1) if held and number else joined


def number_of_groups(n_events: int) -> int:
    """Return into how many groups calibration is divided: as many as have `EVENTS_A_GROUP` events on average."""
    return min(MOST_GROUPS, max(FEWEST_GROUPS, n_events // EVENTS_A_GROUP))


def calibrations(predictions: pd.DataFrame, models: Sequence[str], min_cell: int = 1) -> pd.DataFrame:
    """Return the calibration tables of several models, each on the rows of the folds in which it was fitted.

    Parameters
    ----------
    predictions : DataFrame
        As `analysis.evaluation.frames.PREDICTIONS`.
    models : sequence of str
        Fitted in one fold at least.
    min_cell : int
        As in `calibration_table`.

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
        tables.append(calibration_table(event[known], risk[known], groups, min_cell=min_cell).assign(model=model))
    return CALIBRATION.checked(pd.concat(tables, ignore_index=True))
