"""Quarter logit: a logistic regression on a few columns with a free intercept for each quarter, made to be refitted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

MOST_STEPS, MOST_HALVES = 30, 20
CONVERGED = 1e-9
MOST_LOG_ODDS = 30.0
"""Per standard deviation of a column: a coefficient beyond is on its way to infinity."""


@dataclass(frozen=True, slots=True)
class QuarterLogit:
    """A fitted regression.

    Attributes
    ----------
    coefficients : ndarray, shape (k,)
        Log odds per unit of each column; NaN where the likelihood has no maximum.
    intercepts : ndarray, shape (q,)
        Of each quarter; minus infinity where nobody left in it, infinity where all did.
    """

    coefficients: NDArray[np.float64]
    intercepts: NDArray[np.float64]

    @property
    def is_found(self) -> bool:
        """Whether the likelihood has a maximum."""
        return bool(np.isfinite(self.coefficients).all())


def fit_quarter_logit(
    values: NDArray[np.float64],
    event: NDArray[np.bool_],
    quarter: NDArray[np.intp],
    weights: NDArray[np.int64] | None = None,
    start: QuarterLogit | None = None,
) -> QuarterLogit:
    """Maximise the likelihood by Newton's method, the intercepts profiled out of each step.

    The information of the intercepts is diagonal, so that a step costs one Gram matrix of the few columns, however many
    quarters there are. A step that would lower the likelihood is halved.

    Parameters
    ----------
    values : ndarray, shape (n, k)
    event : ndarray of bool, shape (n,)
    quarter : ndarray of int, shape (n,)
        Number of each row's quarter, from 0.
    weights : ndarray of int, shape (n,), optional
        How often each row counts.
    start : QuarterLogit, optional
        Coefficients to begin at.

    Examples
    --------
    Of ten accounts with a mark four left, of ten without it one: the log odds ratio is log(4/6) - log(1/9).

    >>> mark = np.repeat([1.0, 0.0], 10)[:, None]
    >>> left = np.isin(np.arange(20), [0, 1, 2, 3, 10])
    >>> fit_quarter_logit(mark, left, np.zeros(20, dtype=int)).coefficients.round(3).tolist()
    [1.792]
    """
    n_quarters = int(quarter.max(initial=-1)) + 1
    count = np.ones(len(event)) if weights is None else weights.astype(np.float64)
    own, left = np.bincount(quarter, count, n_quarters), np.bincount(quarter, count * event, n_quarters)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(own > 0, left / own, 0.0)
    told = (rate > 0) & (rate < 1)
    kept = told[quarter] & (count > 0)
    intercepts = logit(rate)
    n_columns = values.shape[1]
    if n_columns == 0 or not told.any():
        return QuarterLogit(np.full(n_columns, np.nan), intercepts)
    x, y, count, place = values[kept], event[kept].astype(np.float64), count[kept], quarter[kept]
    scale = np.maximum(x.std(axis=0), 1e-12)
    x = x / scale
    slope = np.zeros(n_columns) if start is None or not start.is_found else start.coefficients * scale
    level = np.where(told, intercepts, 0.0)
    likelihood = _log_likelihood(x, y, count, place, slope, level)
    for _ in range(MOST_STEPS):
        risk = expit(level[place] + x @ slope)
        residual, spread = count * (y - risk), count * risk * (1 - risk)
        bend = np.maximum(np.bincount(place, spread, n_quarters), 1e-300)
        score = np.bincount(place, residual, n_quarters)
        weighted = spread[:, None] * x
        across = np.column_stack([np.bincount(place, column, n_quarters) for column in weighted.T])
        try:
            step = np.linalg.solve(
                x.T @ weighted - across.T @ (across / bend[:, None]), x.T @ residual - across.T @ (score / bend)
            )
        except np.linalg.LinAlgError:
            break
        shift = np.where(told, (score - across @ step) / bend, 0.0)
        for _ in range(MOST_HALVES):
            reached = _log_likelihood(x, y, count, place, slope + step, level + shift)
            if reached >= likelihood - 1e-9 * abs(likelihood):
                break
            step, shift = step / 2, shift / 2
        slope, level, likelihood = slope + step, level + shift, reached
        if np.abs(slope).max() > MOST_LOG_ODDS or not np.isfinite(slope).all():
            break
        if np.abs(step).max() < CONVERGED and np.abs(shift).max() < CONVERGED:
            return QuarterLogit(slope / scale, np.where(told, level, intercepts))
    return QuarterLogit(np.full(n_columns, np.nan), intercepts)


def _log_likelihood(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    count: NDArray[np.float64],
    place: NDArray[np.intp],
    slope: NDArray[np.float64],
    level: NDArray[np.float64],
) -> float:
    log_odds = level[place] + x @ slope
    return float(count @ (y * log_odds - np.logaddexp(0.0, log_odds)))
