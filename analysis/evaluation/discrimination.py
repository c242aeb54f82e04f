"""Discrimination: are those who churn ranked above those who stay?"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray


def auc(
    event: NDArray[np.bool_],
    risk: NDArray[np.float64],
    weights: NDArray | None = None,
    group: NDArray | None = None,
) -> NDArray[np.float64]:
    """Return the share of (churned, stayed) pairs in which the churned row had the higher predicted risk.

    For rows followed to the horizon: nobody is censored, so no censoring weights are needed (G = 1).

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
        Churned within the horizon.
    risk : ndarray, shape (n,)
        Predicted risk (higher = worse), not survival. Equal risks count one half.
    weights : ndarray, shape (n_resamples, n), optional
        How often each row counts, one line a resample.
    group : ndarray, shape (n,), optional
        Pairs are formed within a group only (a landmark: accounts are ranked against each other on the
        same day, and a forecast that only knows the quarter scores 0.5).

    Returns
    -------
    ndarray, shape (n_resamples,)
        NaN where there is no pair.

    Examples
    --------
    Of four pairs of a churned and a stayed account, the churned one is ranked higher in three.

    >>> import numpy as np
    >>> auc(np.array([True, False, False, True]), np.array([0.9, 0.8, 0.1, 0.4])).tolist()
    [0.75]
    """
    counts = np.ones((1, len(event)), dtype=np.int64) if weights is None else np.asarray(weights)
    _, group_code = np.unique(np.zeros(len(event)) if group is None else group, return_inverse=True)
    place = _places(group_code, risk)
    stayers = np.flatnonzero(~event)[np.argsort(place[~event], kind="stable")]
    stayed_before = np.zeros((len(counts), len(stayers) + 1), dtype=counts.dtype)
    np.cumsum(counts[:, stayers], axis=1, out=stayed_before[:, 1:])

    def count_up_to(keys: NDArray, of_stayers: NDArray, side: Literal["left", "right"]) -> NDArray:
        return stayed_before[:, np.searchsorted(of_stayers, keys, side=side)]

    lower = count_up_to(place[event], place[stayers], "left")
    not_higher = count_up_to(place[event], place[stayers], "right")
    opening = count_up_to(group_code[event], group_code[stayers], "left")
    closing = count_up_to(group_code[event], group_code[stayers], "right")
    concordant = (counts[:, event] * ((lower + not_higher) / 2 - opening)).sum(axis=1)
    pairs = (counts[:, event] * (closing - opening)).sum(axis=1)
    return np.divide(concordant, pairs, out=np.full(len(counts), np.nan), where=pairs > 0)


def _places(group_code: NDArray[np.intp], risk: NDArray[np.float64]) -> NDArray[np.intp]:
    """Number the distinct (group, risk) in order, shape (n,); equal risks in a group share a place."""
    order = np.lexsort((risk, group_code))
    is_new = (np.diff(group_code[order]) > 0) | (np.diff(risk[order]) > 0)
    place = np.empty(len(risk), dtype=np.intp)
    place[order] = np.cumsum(np.r_[False, is_new])
    return place
