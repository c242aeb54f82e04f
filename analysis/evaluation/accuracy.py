"""Accuracy: how far are predicted probabilities from what happened?"""

import numpy as np
from numpy.typing import NDArray


def brier_score(
    event: NDArray[np.bool_], risk: NDArray[np.float64], weights: NDArray | None = None
) -> NDArray[np.float64]:
    """Return the mean squared difference between predicted risk and outcome, shape (n_resamples,).

    For rows followed to the horizon (G = 1), so it is the plain mean squared error.

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
    risk : ndarray, shape (n,)
        Probability of churn within the horizon.
    weights : ndarray, shape (n_resamples, n), optional
        How often each row counts.

    Examples
    --------
    >>> import numpy as np
    >>> brier_score(np.array([True, False]), np.array([0.9, 0.3])).round(3).tolist()
    [0.05]
    """
    return weighted_mean((risk - event) ** 2, weights)


def index_of_prediction_accuracy(
    event: NDArray[np.bool_],
    risk: NDArray[np.float64],
    weights: NDArray | None = None,
    group: NDArray | None = None,
) -> NDArray[np.float64]:
    """Return 1 - Brier / Brier of the scored rows' own churn rate, shape (n_resamples,).

    Zero: no better than knowing the quarter's rate beforehand (which nobody does); one: certainty.

    Parameters
    ----------
    event, risk, weights
        As in `brier_score`.
    group : ndarray, shape (n,), optional
        The rate is each group's (landmark's) own.

    Notes
    -----
    Kattan and Gerds (2018), Diagnostic and Prognostic Research 2, 7.
    """
    null = null_brier_score(event, weights, group)
    model = brier_score(event, risk, weights)
    return 1.0 - np.divide(model, null, out=np.full(len(model), np.nan), where=null > 0)


def null_brier_score(
    event: NDArray[np.bool_], weights: NDArray | None = None, group: NDArray | None = None
) -> NDArray[np.float64]:
    """Return the Brier score of predicting for every row the churn rate of its group, shape (n_resamples,).

    With everyone followed to the horizon that is the Aalen-Johansen estimate of the rows. Resamples keep
    the rates of the sample: refitted to each resample, the rate would be a better forecast than it is.
    """
    names, code = np.unique(np.zeros(len(event)) if group is None else group, return_inverse=True)
    rate = np.bincount(code, event, len(names)) / np.bincount(code, minlength=len(names))
    return weighted_mean((rate[code] - event) ** 2, weights)


def weighted_mean(values: NDArray[np.float64], weights: NDArray | None = None) -> NDArray[np.float64]:
    """Return the mean of `values`, shape (n,), under each line of weights, shape (n_resamples,)."""
    if weights is None:
        return np.array([values.mean()])
    return (weights * values).sum(axis=1) / weights.sum(axis=1)
