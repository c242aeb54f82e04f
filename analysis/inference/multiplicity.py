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
    Holm (1979), Scandinavian Journal of Statistics 6, 65: the smallest of k p values times k, the next times k - 1, and
    so on, none below one before it. statsmodels gives the same bits, but tidies the memory of the whole process each
    time, which takes longer than the tests whose p values these are.

    Examples
    --------
    Three tests were made: the smallest p value is taken three times, the next twice.

    >>> import numpy as np
    >>> holm(np.array([0.9, 0.01, np.nan, 0.02])).round(3).tolist()
    [0.9, 0.03, nan, 0.04]
    """
    adjusted = np.full(len(p_values), np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    rising = known[np.argsort(p_values[known], kind="stable")]
    times = p_values[rising] * np.arange(len(rising), 0, -1)
    adjusted[rising] = np.minimum(np.maximum.accumulate(times), 1.0)
    return adjusted
