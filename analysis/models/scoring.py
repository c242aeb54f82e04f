"""Scoring: by what models are chosen while they are fitted."""

import numpy as np
from numpy.typing import NDArray

NEVER_SURER = 1e-6
"""A probability counts as at least so far from 0 and 1: what was thought impossible would score without end."""


def mean_log_score(event: NDArray[np.bool_], risk: NDArray[np.float64]) -> float:
    """Return the mean negative log likelihood of outcomes, lower is better; NaN where nothing was forecast.

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
    risk : ndarray, shape (n,)
        Probability of the event; rows without one (NaN) count for nothing.

    Examples
    --------
    >>> round(mean_log_score(np.array([True, False]), np.array([0.5, 0.5])), 4)
    0.6931
    """
    known = np.isfinite(risk)
    if not known.any():
        return float("nan")
    likelihood = np.where(event[known], risk[known], 1.0 - risk[known])
    return float(-np.log(np.clip(likelihood, NEVER_SURER, 1.0)).mean())
