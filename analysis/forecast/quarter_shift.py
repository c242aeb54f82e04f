"""Quarter shift: how far a whole quarter may lie off its forecast, on the scale of log-odds.

Every account of a quarter is moved by one and the same number: by what the model's level is off, and by what the
quarter has of its own (a season, a price rise, a rival). Past quarters tell how large that is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.special import ndtr

from analysis.errors import ModelError

PRIOR_SPREAD = 0.25
"""Before any quarter is seen, the standard deviation between quarters is half-normal with this scale: churn that is a
quarter higher or lower than forecast is nothing unusual, twice as high is."""
ENOUGH_QUARTERS = 6
"""With fewer, what is said of the variation between quarters rests on the prior more than on the past."""

_BETWEEN = np.arange(0.0125, 1.5, 0.025)
"""Standard deviations between quarters that are looked at: midpoints of cells."""
_COARSE, _FINE = np.linspace(-4.0, 4.0, 81), np.linspace(-4.0, 4.0, 1601)
_FURTHEST = 2.5e-4
"""Of the shift's probability so much may lie beyond the nodes, on both sides together."""


@dataclass(frozen=True, slots=True, eq=False)
class PastQuarter:
    """A quarter that has passed, and what it says of the variation between quarters.

    Attributes
    ----------
    observed : int
        Accounts that left.
    expected : float
        By a model.
    log_likelihood : ndarray, shape (k,)
        Of so many having left, for each standard deviation between quarters that is looked at, up to a constant.
    """

    observed: int
    expected: float
    log_likelihood: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class QuarterShift:
    """What is known of the shift of a quarter to come: a mixture of normal distributions around zero.

    Attributes
    ----------
    deviations, weights : ndarray, shape (k,)
        Standard deviation of each, in log-odds, and how likely it is.
    between : float
        Standard deviation between quarters, as likely to be larger as smaller.
    n_quarters : int
        Past quarters that it was learned from.
    """

    deviations: NDArray[np.float64]
    weights: NDArray[np.float64]
    between: float
    n_quarters: int

    @property
    def rests_on_prior(self) -> bool:
        """Whether there are too few quarters to say much of the variation between them."""
        return self.n_quarters < ENOUGH_QUARTERS

    def nodes(self, number: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return shifts, the middles of `number` cells of equal width, and the probability of each; they sum to 1."""
        far = _COARSE[_COARSE > 0]
        beyond = 2 * ndtr(-far[:, None] / self.deviations) @ self.weights
        reach = float(far[min(int(np.count_nonzero(beyond > _FURTHEST)), len(far) - 1)])
        edges = np.linspace(-reach, reach, number + 1)
        below = ndtr(edges[:, None] / self.deviations) @ self.weights
        below[0], below[-1] = 0.0, 1.0
        return (edges[1:] + edges[:-1]) / 2, np.diff(below)


def past_quarter(observed: int, probabilities: NDArray[np.float64], level_variance: float) -> PastQuarter:
    """Compare a quarter that has passed with its forecast.

    Parameters
    ----------
    observed
        Accounts that left.
    probabilities
        Forecast of each account, shape (n,).
    level_variance
        As `level_variance`, of the rows that the model had learned from.

    Raises
    ------
    ModelError
        If a probability is none, more left than there were, or the variance is negative.

    Notes
    -----
    Given the shift s, accounts leave independently; that so many of them do has, as a function of s, the likelihood
    exp(s x observed) / prod(1 - p + p e^s). The shift is integrated out as a sum over fixed points.
    """
    if not ((probabilities >= 0) & (probabilities <= 1)).all() or not 0 <= observed <= len(probabilities):
        raise ModelError(
            "A past quarter needs probabilities from 0 to 1, and no more accounts that left than there were; it has "
            f"{observed} of {len(probabilities)}, with probabilities from {probabilities.min(initial=1.0)} to "
            f"{probabilities.max(initial=0.0)}."
        )
    _require_variance(level_variance)
    partition = CubicSpline(_COARSE, log_partition(probabilities, _COARSE))(_FINE)
    log_likelihood = _FINE * observed - partition
    likelihood = np.exp(log_likelihood - log_likelihood.max())
    spread = np.sqrt(level_variance + _BETWEEN**2)[:, None]
    density = np.exp(-0.5 * (_FINE / spread) ** 2) / spread
    return PastQuarter(
        observed=observed,
        expected=float(np.sort(probabilities).sum()),
        log_likelihood=np.log(density @ likelihood),
    )


def learn_shift(past: Sequence[PastQuarter], level_variance: float) -> QuarterShift:
    """Learn from past quarters how far the next one may lie off its forecast.

    Parameters
    ----------
    past
        Settled by the day of the forecast, all forecast by the model that is quoted.
    level_variance
        As `level_variance`, of the rows that the forecast was learned from.

    Raises
    ------
    ModelError
        If the variance is negative.

    Notes
    -----
    The shift of a quarter is normal around zero with variance v + tau^2: v is that of the level as it was estimated,
    tau is common to all quarters, half-normal beforehand (Gelman 2006, Bayesian Analysis 1, 515), and averaged over.
    Whatever else spreads the counts of quarters, parents whose accounts leave together, say, is part of tau.
    """
    _require_variance(level_variance)
    log_weight = -0.5 * (_BETWEEN / PRIOR_SPREAD) ** 2
    for quarter in past:
        log_weight = log_weight + quarter.log_likelihood
    weights = np.exp(log_weight - log_weight.max())
    weights /= weights.sum()
    return QuarterShift(
        deviations=np.sqrt(level_variance + _BETWEEN**2),
        weights=weights,
        between=float(np.interp(0.5, np.cumsum(weights) - weights / 2, _BETWEEN)),
        n_quarters=len(past),
    )


def log_partition(probabilities: NDArray[np.float64], shifts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log E exp(s N) of the number N that leave of independent accounts, at each shift s, shape of `shifts`.

    It is what puts the distribution of N right once every account's log-odds are moved by s: P_s(k) = P(k) e^(s k) / E
    e^(s N), an exponential family.
    """
    ordered = np.sort(probabilities)
    return np.array([np.log1p(ordered * np.expm1(shift)).sum() for shift in shifts])


def level_variance(event: NDArray[np.bool_], cluster_place: NDArray[np.intp]) -> float:
    """Return the variance of the log-odds of churn over all rows: what a fit can be off in its level by chance.

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
        Of the rows that are learned from.
    cluster_place : ndarray of int, shape (n,)
        Number of each row's parent account: an event that several landmarks tell of counts once.

    Raises
    ------
    ModelError
        If all rows have an event, or none has.

    Notes
    -----
    The sandwich of a logistic regression with an intercept alone, by clusters with the factor C / (C - 1). A model's
    covariates explain a part of it, so that it is a little large.
    """
    n, n_events = len(event), int(np.count_nonzero(event))
    if n_events in (0, n):
        raise ModelError(f"The level of churn has no variance: {n_events} of {n} rows have an event.")
    rate = n_events / n
    rows = np.bincount(cluster_place)
    off = np.sort(np.bincount(cluster_place, weights=event) - rows * rate)
    clusters = int(np.count_nonzero(rows))
    scale = clusters / (clusters - 1) if clusters > 1 else 1.0
    return float(scale * (off @ off) / (n * rate * (1 - rate)) ** 2)


def _require_variance(level_variance: float) -> None:
    if not (np.isfinite(level_variance) and level_variance >= 0):
        raise ModelError(f"The variance of a level must be 0 or more; {level_variance} arrived.")
