"""Multiplicity: p values of several tests, adjusted so that the chance of any false alarm is bounded."""

import numpy as np
from numpy.typing import NDArray


def holm(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Adjust p values by Holm's method; missing ones stay missing and count for nothing.

    Parameters
    ----------
    p_values : ndarray, shape (k,)

    Notes
    -----
    Holm (1979), Scandinavian Journal of Statistics 6, 65.
    """
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    adjusted = np.full(len(p_values), np.nan)
    factors = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1.0)
    return adjusted
