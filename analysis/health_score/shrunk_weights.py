"""Shrunk weights: weights learned from outcomes, none negative, drawn to those in use as far as folds ask for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.special import expit, logit

from analysis.errors import ModelError
from analysis.health_score.cluster_logit import likeliest
from analysis.health_score.definition import FULL
from analysis.wording.remarks import remark

PENALTIES = (0.0, 3.0, 10.0, 30.0, 100.0, 300.0, np.inf)
"""On the squared distance of the effects, per 100 points, from the proportions in use; infinite: these stay."""
STEP = 5.0
"""People use weights in fives."""
_FLOOR = 1e-9
_TRACE = 1e-3
"""Of a penalty on the intercepts of quarters and the components: keeps quarters in which nobody left finite."""


@dataclass(frozen=True, slots=True, eq=False)
class Learning:
    """What rows say of the effects of components: the likelihood near its maximum, other columns profiled out.

    Attributes
    ----------
    effects : ndarray, shape (k,)
        By how much 100 points of each component lower the log odds, unshrunk, signs free.
    information : ndarray, shape (k, k)
    others : ndarray, shape (q,)
        Coefficients of the other columns there.
    follow : ndarray, shape (q, k)
        By how much these move with each effect.
    """

    effects: NDArray[np.float64]
    information: NDArray[np.float64]
    others: NDArray[np.float64]
    follow: NDArray[np.float64]

    def shrunk(self, published: NDArray[np.float64], penalty: float) -> NDArray[np.float64]:
        """Return effects that are not negative, drawn to the proportions in use, shape (k,).

        Parameters
        ----------
        published : ndarray, shape (k,)
        penalty : float
            Times half the squared length of the part of the effects that is not along the weights in use.

        Notes
        -----
        The minimum of the likelihood's quadratic at its maximum, by non-negative least squares (Lawson and Hanson 1974,
        Solving Least Squares Problems, chapter 23).
        """
        along = published / np.linalg.norm(published)
        if np.isinf(penalty):
            slope = float(along @ self.information @ self.effects / (along @ self.information @ along))
            return max(slope, 0.0) * along
        shrink = penalty * (np.eye(len(along)) - np.outer(along, along))
        upper = np.linalg.cholesky(self.information + shrink).T
        return np.asarray(nnls(upper, np.linalg.solve(upper.T, self.information @ self.effects))[0])

    def log_odds(
        self, effects: NDArray[np.float64], points: NDArray[np.float64], free: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the log odds of rows by some effects, the other columns following, shape (n,)."""
        return free @ (self.others + self.follow @ (effects - self.effects)) - points @ effects / FULL


def learn(
    points: NDArray[np.float64], free: NDArray[np.float64], event: NDArray[np.bool_], ridge: NDArray[np.float64]
) -> Learning:
    """Fit rows, unshrunk.

    Parameters
    ----------
    points : ndarray, shape (n, k)
    free, ridge : ndarray, shape (n, q) and (q,)
        Other columns, and the penalty on each: from `free_columns`.
    event : ndarray of bool, shape (n,)

    Raises
    ------
    ModelError
        If the likelihood has no maximum.
    """
    k = points.shape[1]
    columns = np.column_stack([-points / FULL, free])
    penalty = np.r_[np.full(k, _TRACE), ridge]
    is_mark = ridge == _TRACE
    left = free[:, is_mark].T @ event + 0.5
    found = likeliest(columns, event, penalty, logit(left / (free[:, is_mark].sum(axis=0) + 1.0)))
    if found is None:
        raise ModelError(remark("health_score.no_maximum", rows=len(event), events=int(event.sum())))
    risk = expit(columns @ found)
    information = columns.T @ ((risk * (1 - risk))[:, None] * columns) + np.diag(penalty)
    follow = -np.linalg.solve(information[k:, k:], information[k:, :k])
    own = information[:k, :k] + information[:k, k:] @ follow
    return Learning(found[:k], own + _FLOOR * np.trace(own) * np.eye(k), found[k:], follow)


def free_columns(
    contract: NDArray[np.float64], quarter: NDArray[np.intp], ridge: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the contract's columns and a mark for each quarter, shape (n, q), and the penalty on each, shape (q,)."""
    marks = quarter[:, None] == np.arange(quarter.max() + 1)
    penalty = np.r_[np.full(contract.shape[1], ridge), np.full(marks.shape[1], _TRACE)]
    return np.column_stack([contract, marks]).astype(np.float64), penalty


def choose_penalty(
    points: NDArray[np.float64],
    free: NDArray[np.float64],
    event: NDArray[np.bool_],
    ridge: NDArray[np.float64],
    published: NDArray[np.float64],
    fold: NDArray[np.intp],
) -> float:
    """Return the one of `PENALTIES` by which fits without a fold of clusters give its rows the greatest likelihood.

    Raises
    ------
    ModelError
        If the likelihood has no maximum without some fold.
    """
    total = np.zeros(len(PENALTIES))
    for k in np.unique(fold):
        held = fold == k
        learned = learn(points[~held], free[~held], event[~held], ridge)
        for place, penalty in enumerate(PENALTIES):
            log_odds = learned.log_odds(learned.shrunk(published, penalty), points[held], free[held])
            total[place] += float((event[held] * log_odds - np.logaddexp(0.0, log_odds)).sum())
    return PENALTIES[int(np.argmax(total))]


def weights_of(effects: NDArray[np.float64], published: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return weights of 100 in sum; those in use where no component has an effect."""
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
