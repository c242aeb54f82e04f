"""Shares of rows with an event, with intervals that let the rows of a cluster depend on one another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its interval.

    Attributes
    ----------
    n, n_events
        Rows, and those with the event.
    estimate, conf_low, conf_high
        Between 0 and 1; NaN without rows. The interval is NaN where all rows are of one cluster.
    """

    n: int
    n_events: int
    estimate: float
    conf_low: float
    conf_high: float


def cluster_share(event: NDArray[np.bool_], cluster: NDArray[np.intp], level: float = 0.95) -> Share:
    """Return the share of rows with an event, and a Clopper-Pearson interval of as many rows as the clusters amount to.

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
    cluster : ndarray of int, shape (n,)
        Code of each row's cluster.
    level : float

    Notes
    -----
    Korn and Graubard (1998, Survey Methodology 24, 193), as R's ``survey::svyciprop(method = "beta")``: the number of
    rows is taken to be p (1 - p) / variance, the variance being that between the clusters' totals, and made smaller as
    t distributions with few degrees of freedom are wide. Rows that depend on one another never count for more than
    they are, and where all have the event, or none, each cluster counts once.

    Examples
    --------
    >>> found = cluster_share(np.array([True, True, False, False, False, False]), np.array([0, 0, 1, 1, 2, 3]))
    >>> round(found.estimate, 3), round(found.conf_low, 3), round(found.conf_high, 3)
    (0.333, 0.0, 0.979)
    """
    n, n_events = len(event), int(event.sum())
    if not n:
        return Share(0, 0, *[float("nan")] * 3)
    estimate = n_events / n
    codes, place = np.unique(cluster, return_inverse=True)
    if len(codes) < 2:
        return Share(n, n_events, estimate, float("nan"), float("nan"))
    amount = _amount(event, place.reshape(-1), estimate, level)
    with_event, without = amount * estimate, amount * (1 - estimate)
    low = 0.0 if n_events == 0 else float(stats.beta.ppf((1 - level) / 2, with_event, without + 1))
    high = 1.0 if n_events == n else float(stats.beta.ppf((1 + level) / 2, with_event + 1, without))
    return Share(n, n_events, estimate, low, high)


def _amount(event: NDArray[np.bool_], cluster: NDArray[np.intp], estimate: float, level: float) -> float:
    """Return how many independent rows tell as much."""
    n, n_clusters = len(event), int(cluster.max()) + 1
    if estimate in (0.0, 1.0):
        return float(n_clusters)
    parts = np.bincount(cluster, event - estimate) / n
    variance = n_clusters / (n_clusters - 1) * float((parts**2).sum())
    if variance <= 0:
        return float(n_clusters)
    wide = stats.t.ppf((1 + level) / 2, n - 1) / stats.t.ppf((1 + level) / 2, n_clusters - 1)
    return min(float(n), estimate * (1 - estimate) / variance * float(wide) ** 2)
