"""Multiplicity: p values of several tests, adjusted so that the chance of any false alarm is bounded."""

import numpy as np
from numpy.typing import NDArray
from statsmodels.stats.multitest import multipletests


def holm(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Adjust p values by Holm's method; missing ones stay missing and count for nothing.

    Parameters
    ----------
    p_values : ndarray, shape (k,)

    Notes
    -----
    Holm (1979), Scandinavian Journal of Statistics 6, 65.

    Examples
    --------
    Three tests were made: the smallest p value is taken three times, the next twice.

    >>> import numpy as np
    >>> holm(np.array([0.9, 0.01, np.nan, 0.02])).round(3).tolist()
    [0.9, 0.03, nan, 0.04]
    """
    known = ~np.isnan(p_values)  # statsmodels would count a missing one as a test
    adjusted = np.full(len(p_values), np.nan)
    adjusted[known] = multipletests(p_values[known], method="holm")[1]
    return adjusted
