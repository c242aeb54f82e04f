"""Shrunk weights: weights learned from outcomes, none negative, drawn to the published ones as far as folds ask for."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.special import expit

from analysis.health_score.definition import FULL

PENALTIES = (0.0, 10.0, 30.0, 100.0, 300.0, 1000.0, np.inf)
"""On the squared distance of the effects, per 100 points, from the published proportions; infinite: these stay."""
STEP = 5.0
"""People use weights in fives."""
_MOST_STEPS, _CONVERGED, _FLOOR = 30, 1e-6, 1e-9
_TRACE = 1e-3
"""Of a penalty on the free columns: keeps quarters in which nobody left finite."""


def learn_effects(
    points: NDArray[np.float64],
    free: NDArray[np.float64],
    event: NDArray[np.bool_],
    published: NDArray[np.float64],
    penalty: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return effects that are not negative, shape (k,), and coefficients of the free columns, shape (q,).

    Parameters
    ----------
    points : ndarray, shape (n, k)
    free : ndarray, shape (n, q)
        Columns that are not shrunk: from `free_columns`.
    event : ndarray of bool, shape (n,)
    published : ndarray, shape (k,)
    penalty : float
        Times half the squared length of the part of the effects that is not along the published weights.

    Notes
    -----
    Newton's method; each step minimises its quadratic over effects that are not negative, free columns profiled out,
    by non-negative least squares (Lawson and Hanson 1974, Solving Least Squares Problems, chapter 23).
    """
    k = len(published)
    along = published / np.linalg.norm(published)
    basis = along[:, None] if np.isinf(penalty) else np.eye(k)
    shrink = np.zeros((1, 1)) if np.isinf(penalty) else penalty * (np.eye(k) - np.outer(along, along))
    own = -(points / FULL) @ basis
    effects, others = np.zeros(basis.shape[1]), np.zeros(free.shape[1])
    for _ in range(_MOST_STEPS):
        risk = expit(own @ effects + free @ others)
        weight, residual = risk * (1 - risk), event - risk
        across = own.T @ (weight[:, None] * free)
        inner = free.T @ (weight[:, None] * free) + _TRACE * np.eye(free.shape[1])
        back = np.linalg.solve(inner, np.column_stack([across.T, free.T @ residual - _TRACE * others]))
        schur = own.T @ (weight[:, None] * own) + shrink - across @ back[:, :-1]
        target = own.T @ residual - shrink @ effects - across @ back[:, -1]
        upper = np.linalg.cholesky(schur + _FLOOR * np.trace(schur) * np.eye(len(schur))).T
        step = nnls(upper, np.linalg.solve(upper.T, target) + upper @ effects)[0] - effects
        shift = back[:, -1] - back[:, :-1] @ step
        effects, others = effects + step, others + shift
        if max(np.abs(step).max(), np.abs(shift).max()) < _CONVERGED:
            break
    return basis @ effects, others


def free_columns(beside: NDArray[np.float64], quarter: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return what the contract says and a mark for each quarter, shape (n, q)."""
    return np.column_stack([beside, quarter[:, None] == np.arange(quarter.max() + 1)]).astype(np.float64)


def choose_penalty(
    points: NDArray[np.float64],
    free: NDArray[np.float64],
    event: NDArray[np.bool_],
    published: NDArray[np.float64],
    fold: NDArray[np.intp],
) -> float:
    """Return the one of `PENALTIES` by which fits without a fold of clusters give its rows the greatest likelihood."""
    found = []
    for penalty in PENALTIES:
        total = 0.0
        for k in np.unique(fold):
            held = fold == k
            effects, others = learn_effects(points[~held], free[~held], event[~held], published, penalty)
            log_odds = free[held] @ others - points[held] @ effects / FULL
            total += float((event[held] * log_odds - np.logaddexp(0.0, log_odds)).sum())
        found.append(total)
    return PENALTIES[int(np.argmax(found))]


def weights_of(effects: NDArray[np.float64], published: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return weights of 100 in sum; the published ones where no component has an effect."""
    total = effects.sum()
    return FULL * effects / total if total > 0 else published.copy()


def in_fives(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round weights to multiples of five that are 100 in sum, by largest remainders.

    Examples
    --------
    >>> in_fives(np.array([33.0, 26.0, 41.0])).tolist()
    [35.0, 25.0, 40.0]
    """
    units = weights / STEP
    whole = np.floor(units + _FLOOR)
    missing = round(FULL / STEP - whole.sum())
    whole[np.argsort(whole - units, kind="stable")[:missing]] += 1
    return whole * STEP
