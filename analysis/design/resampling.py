"""Resampling: accounts drawn with replacement."""

import numpy as np
from numpy.typing import NDArray


def cluster_resamples(cluster_place: NDArray[np.intp], n_resamples: int, seed: int) -> NDArray[np.int64]:
    """Draw clusters with replacement and return how often each row was drawn, shape (n_resamples, n).

    All rows of a cluster share its count. Of one cluster every draw is the same, and tells of no other: there is none,
    shape (0, n), and no interval (`percentile_interval`).

    Parameters
    ----------
    cluster_place : ndarray of int, shape (n,)
        Number of each row's cluster, from 0 (`analysis.cohort.content.places`): the draw depends on it and the seed.
    n_resamples, seed : int
    """
    n_clusters = int(cluster_place.max(initial=-1)) + 1
    if n_clusters < 2:
        return np.empty((0, len(cluster_place)), dtype=np.int64)
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(n_clusters, np.full(n_clusters, 1 / n_clusters), size=n_resamples)
    return draws[:, cluster_place]


def percentile_interval(resampled: NDArray[np.float64], level: float = 0.95) -> tuple[float, float]:
    """Return the percentile interval of resampled values, without those that could not be computed (NaN)."""
    known = resampled[np.isfinite(resampled)]
    if len(known) == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
