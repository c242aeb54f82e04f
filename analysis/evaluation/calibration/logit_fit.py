"""Logit fit: a small logistic regression whose errors hold when rows of a cluster are dependent."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit

MOST_STEPS = 50
CLOSE = 1e-10
FARTHEST = 30.0
"""A coefficient in units of its column's spread beyond which the rows are taken as separated: it has no estimate."""


@dataclass(frozen=True, slots=True, eq=False)
class LogitFit:
    """Coefficients of a logistic regression.

    Attributes
    ----------
    coefficients : ndarray, shape (p,)
        Log odds ratios.
    covariance : ndarray, shape (p, p)
        By the jackknife over clusters.
    df : float
        Degrees of freedom of the t distribution of (estimate - truth) / error.
    """

    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    df: float

    def interval(self, weights: NDArray[np.float64], level: float = 0.95) -> NDArray[np.float64]:
        """Return estimate, lower and upper end of weighted sums of the coefficients, shape (3, k).

        Parameters
        ----------
        weights : ndarray, shape (k, p)
        level : float
        """
        estimate = weights @ self.coefficients
        reach = stats.t.ppf((1 + level) / 2, self.df) * self.errors(weights)
        return np.stack([estimate, estimate - reach, estimate + reach])

    def errors(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the standard errors of the same sums, shape (k,)."""
        return np.sqrt(((weights @ self.covariance) * weights).sum(axis=1))


def fit_logit(
    values: NDArray[np.float64],
    event: NDArray[np.bool_],
    cluster: NDArray,
    offset: NDArray[np.float64] | None = None,
) -> LogitFit | None:
    """Maximise the likelihood; None where it has no maximum.

    Parameters
    ----------
    values : ndarray, shape (n, p)
        Columns; a column of ones is the intercept.
    event : ndarray of bool, shape (n,)
    cluster : ndarray, shape (n,)
        Rows that share one are dependent.
    offset : ndarray, shape (n,), optional
        Log odds to start from.

    Notes
    -----
    The covariance is the jackknife that leaves out one cluster at a time, one Newton step each: the sandwich with each
    cluster's leverage given back (Bell and McCaffrey 2002, their second estimator; Lipsitz, Dear and Zhao 1994,
    Biometrics 50, 842). It errs on the wide side where events are few. Degrees of freedom are one less than the
    clusters in which somebody churned: those of the rarer outcome carry what is known.
    """
    start = np.zeros(len(event)) if offset is None else offset
    spread = np.maximum(np.sqrt((values**2).mean(axis=0)), 1e-300)
    columns = values / spread
    beta = _maximum(columns, event, start)
    if beta is None:
        return None
    fitted = expit(start + columns @ beta)
    code = pd.factorize(cluster)[0]  # by first appearance: other names change no digit
    score = _sums(columns * (event - fitted)[:, None], code)
    information = _sums((columns[:, :, None] * columns[:, None, :]) * (fitted * (1 - fitted))[:, None, None], code)
    without = information.sum(axis=0) - information
    if not (np.linalg.eigvalsh(without)[:, 0] > 0).all():
        return None
    moved = np.linalg.solve(without, score[:, :, None])[:, :, 0]
    covariance = moved.T @ moved * (len(moved) - 1) / len(moved)
    rarer = min(len(np.unique(code[event])), len(np.unique(code[~event])))
    return LogitFit(beta / spread, covariance / np.outer(spread, spread), float(max(rarer - 1, 1)))


def _maximum(
    columns: NDArray[np.float64], event: NDArray[np.bool_], offset: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Climb by Newton steps, halved where they overshoot; None where there is no top."""
    beta = np.zeros(columns.shape[1])
    height = _log_likelihood(columns, event, offset, beta)
    for _ in range(MOST_STEPS):
        fitted = expit(offset + columns @ beta)
        score = columns.T @ (event - fitted)
        information = (columns * (fitted * (1 - fitted))[:, None]).T @ columns
        if np.linalg.matrix_rank(information, hermitian=True) < len(beta):
            return None
        step = np.linalg.solve(information, score)
        if np.abs(step).max() < CLOSE:
            return beta
        reached = _log_likelihood(columns, event, offset, beta + step)
        while reached < height - 1e-9 * abs(height):
            step = step / 2
            reached = _log_likelihood(columns, event, offset, beta + step)
        beta, height = beta + step, reached
        if np.abs(beta).max() > FARTHEST:
            return None
    return None


def _log_likelihood(
    columns: NDArray[np.float64], event: NDArray[np.bool_], offset: NDArray[np.float64], beta: NDArray[np.float64]
) -> float:
    odds = offset + columns @ beta
    return float((event * odds - np.logaddexp(0, odds)).sum())


def _sums(values: NDArray[np.float64], code: NDArray[np.intp]) -> NDArray[np.float64]:
    """Add up rows within clusters coded from 0, shape (number of clusters, ...)."""
    order = np.argsort(code, kind="stable")
    return np.add.reduceat(values[order], np.flatnonzero(np.diff(code[order], prepend=-1)), axis=0)
