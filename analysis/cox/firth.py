"""Firth: a column's hazard ratio where whoever has the event is always at one end of it: an estimate, and limits."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from analysis.cox.identifiability import COLLINEAR
from analysis.cox.maximise import maximise
from analysis.cox.one_thread import one_thread
from analysis.cox.partial_likelihood import PartialLikelihood, Ties
from analysis.cox.risk_sets import risk_sets
from analysis.cox.rows import CountingRows
from analysis.errors import ModelError

FARTHEST = 60.0
"""Log hazard ratio, between the ends of the column, beyond which nothing is looked for."""


@dataclass(frozen=True, slots=True)
class FirthLimits:
    """A log hazard ratio per unit of a column by Firth's penalised partial likelihood.

    Attributes
    ----------
    estimate : float
    conf_low, conf_high : float
        Limits by the profile of the penalised likelihood.
    p_value : float
        Of the penalised likelihood ratio test against zero.
    """

    estimate: float
    conf_low: float
    conf_high: float
    p_value: float


@one_thread
def firth_limits(
    column: NDArray[np.float64],
    rows: CountingRows,
    beside: NDArray[np.float64] | None = None,
    *,
    ties: Ties = "efron",
    level: float = 0.95,
    widening: float = 1.0,
) -> FirthLimits:
    """Estimate the effect of one column by penalised partial likelihood: finite where no other maximum is.

    Parameters
    ----------
    column : ndarray, shape (n,)
    rows : CountingRows
    beside : ndarray, shape (n, q), optional
        Columns to adjust for; their own effects are those of the partial likelihood at each value of the first one's.
    ties : {'efron', 'breslow'}
    level : float
        Of the limits.
    widening : float
        By what the likelihood ratio statistic is divided, 1 or more, where rows depend on each other.

    Raises
    ------
    ModelError
        If the column never differs among those at risk at an event, or copies the others; if these cannot be fitted; or
        if a limit lies beyond `FARTHEST`.

    Notes
    -----
    Heinze and Schemper (2001), Biometrics 57, 114: log-likelihood + log |information| / 2, maximised, with limits where
    twice its fall from the maximum is the quantile of chi-square. With columns beside, the information is that of the
    first one given them (its Schur complement): theirs is left out of the penalty, since it is for columns that many
    events tell of, whose penalty hardly changes. Without any it is their method exactly.

    Examples
    --------
    Two groups of four and six are at risk at each of five events, none of them in the first: the penalty adds half an
    event to either, 4/6 x ratio = 0.5/5.5.

    >>> import numpy as np
    >>> from analysis.cox.rows import counting_rows
    >>> start = np.r_[np.zeros(4), np.zeros(5), np.arange(5)]
    >>> stop = np.r_[np.full(9, 5.0), np.arange(1, 6)]
    >>> rows = counting_rows(start, stop, event=np.arange(14) >= 9)
    >>> found = firth_limits((np.arange(14) < 4).astype(float), rows)
    >>> float(np.exp(found.estimate).round(4)), round(0.5 / 5.5 * 6 / 4, 4)
    (0.1364, 0.1364)
    """
    reach = float(np.ptp(column))
    if not reach > 0 or widening < 1:
        raise ModelError("A column needs two values, and a widening 1 or more, for limits of its effect.")
    objective = _objective(column, rows, beside, ties)
    top = _highest(objective, 1.0 / reach, FARTHEST / reach)
    highest = objective(top)
    fall = widening * float(stats.chi2.ppf(level, 1)) / 2

    def above(effect: float) -> float:
        return objective(effect) - highest + fall

    low, high = (_crossing(above, top, sign / reach, FARTHEST / reach) for sign in (-1.0, 1.0))
    statistic = max(2 * (highest - objective(0.0)), 0.0) / widening
    return FirthLimits(top, low, high, float(stats.chi2.sf(statistic, 1)))


def _objective(
    column: NDArray[np.float64], rows: CountingRows, beside: NDArray[np.float64] | None, ties: Ties
) -> Callable[[float], float]:
    """Return the penalised log-likelihood of the column's effect, the other columns' effects at their best for it."""
    sets = risk_sets(rows)
    others = np.empty((len(rows), 0)) if beside is None else _standardised(beside)
    names = tuple(f"column {k} beside" for k in range(others.shape[1]))
    centred = np.ascontiguousarray(column - column.mean(), dtype=np.float64)
    whole = PartialLikelihood(np.column_stack([centred, others]), rows, sets, ties)
    at_zero = whole.information(whole.evaluate(np.zeros(len(names) + 1)))
    alone = float(sets.deaths.sum()) * float(np.square(centred).mean())
    if not (at_zero[0, 0] > COLLINEAR * alone and _own(at_zero) > COLLINEAR * at_zero[0, 0]):
        raise ModelError(
            "The column never differs among those at risk at an event, or only as the columns beside it do."
        )

    def objective(effect: float) -> float:
        coefficients = np.r_[effect, np.zeros(others.shape[1])]
        if len(names):
            held = PartialLikelihood(others, replace(rows, offset=rows.offset + effect * centred), sets, ties)
            coefficients[1:] = maximise(held, np.zeros(len(names)), names).end.coefficients
        at = whole.evaluate(coefficients)
        own = _own(whole.information(at))
        if not own > 0:
            raise ModelError("The information of the column, given those beside it, is lost in rounding.")
        return float(at.log_likelihood + 0.5 * np.log(own))

    return objective


def _own(information: NDArray[np.float64]) -> float:
    """Return the information of the first column, given the others."""
    shared = information[0, 1:]
    return float(information[0, 0] - shared @ np.linalg.solve(information[1:, 1:], shared))


def _standardised(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    centred = columns - columns.mean(axis=0)
    return np.ascontiguousarray(centred / centred.std(axis=0))


def _highest(objective: Callable[[float], float], step: float, farthest: float) -> float:
    """Climb from zero in steps that double until the objective falls, and close in on the maximum between."""
    sign = 1.0 if objective(0.1 * step) >= objective(-0.1 * step) else -1.0
    before, here, ahead = -0.1 * sign * step, 0.0, sign * step
    while objective(ahead) > objective(here):
        before, here, ahead = here, ahead, ahead + 2 * (ahead - here)
        if abs(ahead) > farthest:
            raise ModelError("The penalised likelihood of the column has no maximum within reach.")
    low, high = sorted((before, ahead))
    found = optimize.minimize_scalar(
        lambda effect: -objective(effect), bounds=(low, high), method="bounded", options={"xatol": 1e-7 * step}
    )
    return float(found.x)


def _crossing(above: Callable[[float], float], top: float, step: float, farthest: float) -> float:
    """Return where a function that is positive at the top crosses zero on one side of it."""
    inner, outer = top, top + step
    while above(outer) > 0:
        inner, outer = outer, outer + 2 * (outer - inner)
        if abs(outer) > farthest:
            raise ModelError("A limit of the column's effect lies beyond reach.")
    return float(optimize.brentq(above, inner, outer, xtol=1e-10 * max(1.0, abs(step))))
