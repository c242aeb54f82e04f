"""Resampling: accounts drawn with replacement."""

import numpy as np
from numpy.typing import NDArray


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
