"""Resampling: training rows purged by calendar, and accounts drawn with replacement."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import ModelError

_PURGE_COLUMNS = ("risk_date", "horizon_ends_on", "is_followed")


def purged_training_rows(
    landmarks: pd.DataFrame, test_landmark: pd.Timestamp, allowed_gap_days: int = 0
) -> NDArray[np.bool_]:
    """Mark the landmark rows whose outcome was settled by the test landmark, shape (n,).

    Rule 19 of ``queries/rules_of_time.md``.

    Parameters
    ----------
    landmarks : DataFrame
        risk_date, horizon_ends_on, is_followed.
    test_landmark : Timestamp
        The date on which the forecast would have been made.
    allowed_gap_days : int
        Days an account may be away without having left: only after them is an end known to be one.

    Returns
    -------
    ndarray of bool
        True where horizon_ends_on + allowed gap <= test landmark and the row was fully followed.

    Raises
    ------
    ModelError
        If a column is missing.
    """
    missing = [column for column in _PURGE_COLUMNS if column not in landmarks]
    if missing:
        raise ModelError(f"Purging needs the columns {', '.join(_PURGE_COLUMNS)}; missing: {', '.join(missing)}.")
    settled_on = landmarks["horizon_ends_on"] + pd.Timedelta(days=allowed_gap_days)
    settled = settled_on.to_numpy("datetime64[D]") <= np.datetime64(test_landmark, "D")
    return settled & landmarks["is_followed"].to_numpy(bool)


def cluster_resamples(cluster: NDArray, n_resamples: int, seed: int) -> NDArray[np.int64]:
    """Draw clusters with replacement and return how often each row was drawn, shape (n_resamples, n).

    All rows of a cluster share its count. The draw depends on the clusters' names and the seed, not on
    the order of the rows.
    """
    names, code = np.unique(cluster.astype(str), return_inverse=True)
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=n_resamples)
    return draws[:, code]


def percentile_interval(resampled: NDArray[np.float64], level: float = 0.95) -> tuple[float, float]:
    """Return the percentile interval of resampled values, without those that could not be computed (NaN)."""
    known = resampled[np.isfinite(resampled)]
    if len(known) == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
