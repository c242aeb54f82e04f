"""Same time: times that differ by rounding only are one, in the rows of a fit and in what is asked of it."""

import numpy as np
from numpy.typing import NDArray

SAME_TIME = float(np.sqrt(np.finfo(np.float64).eps))
"""Times closer than this (absolutely, or as a share of the mean time) are one, as R's ``coxph(timefix = TRUE)``."""


def one_time_where_nearly_equal(
    start: NDArray[np.float64], stop: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Move times that differ by rounding only onto one another, so that ties are ties.

    Parameters
    ----------
    start, stop : ndarray, shape (n,)
        Start may be -inf.

    Notes
    -----
    As R's ``aeqSurv``.

    Examples
    --------
    >>> one_time_where_nearly_equal(np.array([0.0, 0.0]), np.array([0.8, 0.7 + 0.1]))[1].tolist()
    [0.7999999999999999, 0.7999999999999999]
    """
    if _whole(start) and _whole(stop):
        return start, stop
    distinct = _distinct(start, stop)
    apart = np.r_[True, np.diff(distinct) > _rounding(distinct)]
    if apart.all():
        return start, stop
    moving = np.flatnonzero(~apart)
    target = distinct[apart][np.cumsum(apart)[moving] - 1]
    return _moved(start, distinct[moving], target), _moved(stop, distinct[moving], target)


def as_known(times: NDArray[np.float64], start: NDArray[np.float64], stop: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move times that differ by rounding only from a start or stop of the rows onto it; shape of `times`.

    What is asked from .7 for .1 ends where a row that ends at .8 does.

    Parameters
    ----------
    times : ndarray
        Of any shape.
    start, stop : ndarray, shape (n,)
        Of rows that `one_time_where_nearly_equal` has gone over.
    """
    distinct = _distinct(start, stop)
    after = np.clip(np.searchsorted(distinct, times), 1, len(distinct) - 1) if len(distinct) > 1 else 0
    low, high = distinct[np.maximum(after - 1, 0)], distinct[after]
    nearest = np.where(times - low <= high - times, low, high)
    return np.where(np.abs(nearest - times) <= _rounding(distinct), nearest, times)


def _distinct(start: NDArray[np.float64], stop: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.unique(np.concatenate([start[np.isfinite(start)], stop]))


def _rounding(distinct: NDArray[np.float64]) -> float:
    """Return up to what difference two times are one."""
    return SAME_TIME * max(1.0, float(np.abs(distinct).mean()))


def _moved(times: NDArray[np.float64], origin: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    at = np.minimum(np.searchsorted(origin, times), len(origin) - 1)
    return np.where(origin[at] == times, target[at], times)


def _whole(times: NDArray[np.float64]) -> bool:
    """Whether all times are whole numbers of a size at which neighbours are far apart."""
    return bool((np.floor(times) == times).all() and np.abs(times[np.isfinite(times)]).max(initial=0) < 1e7)
