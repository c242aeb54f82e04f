"""Intervals: how many of those forecast will leave, and how much of what they pay in a year."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.errors import ModelError
from analysis.forecast.quarter_shift import QuarterShift
from analysis.forecast.totals import Total, count_distribution, sum_distribution

LEVELS = (0.8, 0.95)
"""Of the intervals that are told, rising."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A central interval that should hold what comes with probability `level`, or a little more."""

    level: float
    low: float
    high: float

    def holds(self, number: float) -> bool:
        """Tell whether a number lies in it, its ends included."""
        return self.low <= number <= self.high


@dataclass(frozen=True, slots=True)
class ExpectedCount:
    """How many accounts a model expects to leave, and from how many to how many it may come to be.

    Attributes
    ----------
    expected
        The sum of the probabilities.
    intervals
        One for each of `LEVELS`: of chance, of the level as it was estimated, and of the variation between quarters.
    by_chance
        The 95% interval of chance alone.
    between
        Standard deviation between quarters, in log-odds.
    n_quarters
        Past quarters that it was learned from.
    rests_on_prior
        Whether those are too few to say much of it.
    """

    model: str
    expected: float
    intervals: tuple[Interval, ...]
    by_chance: Interval
    between: float
    n_quarters: int
    rests_on_prior: bool

    @property
    def low(self) -> int:
        """Lower end of the widest interval."""
        return int(self.intervals[-1].low)

    @property
    def high(self) -> int:
        """Upper end of the widest interval."""
        return int(self.intervals[-1].high)


@dataclass(frozen=True, slots=True)
class ExpectedLoss:
    """How much is expected to leave with the accounts, of those whose price is known.

    Attributes
    ----------
    at_stake, expected
        What they pay together in a year, and what is expected to leave of it, in the currency of the source.
    intervals
        As those of a count.
    n_known, n_unknown
        Accounts whose price is known, and those for which it is not: of what these pay nothing is said.
    """

    at_stake: float
    expected: float
    intervals: tuple[Interval, ...]
    n_known: int
    n_unknown: int


def expected_count(model: str, probabilities: NDArray[np.float64], shift: QuarterShift) -> ExpectedCount:
    """Return how many of the accounts are expected to leave, shape (n,), if the quarter may be shifted as a whole.

    Examples
    --------
    Fifty accounts with a risk of 10% each: five are expected to leave. Chance alone makes 1 to 9 of it, and what
    quarters may have of their own, as long as none has been seen, 1 to 11.

    >>> from analysis.forecast.quarter_shift import learn_shift
    >>> found = expected_count("cox", np.full(50, 0.1), learn_shift([], 0.01))
    >>> found.by_chance, found.intervals[-1]
    (Interval(level=0.95, low=1.0, high=9.0), Interval(level=0.95, low=1.0, high=11.0))
    """
    return ExpectedCount(
        model=model,
        expected=float(np.sort(probabilities).sum()),
        intervals=_intervals(count_distribution(probabilities, shift)),
        by_chance=Interval(LEVELS[-1], *count_distribution(probabilities).interval(LEVELS[-1])),
        between=shift.between,
        n_quarters=shift.n_quarters,
        rests_on_prior=shift.rests_on_prior,
    )


def expected_loss(
    probabilities: NDArray[np.float64], yearly: NDArray[np.float64], shift: QuarterShift
) -> ExpectedLoss | None:
    """Return how much of what accounts pay in a year is expected to leave; None where nobody's price is known.

    Parameters
    ----------
    probabilities, yearly
        Shape (n,); the price of a year, NaN where it is not known.
    shift
        Of the quarter.

    Raises
    ------
    ModelError
        If a price is negative.
    """
    if (yearly < 0).any():
        raise ModelError(f"What accounts pay in a year must be 0 or more; the least is {np.nanmin(yearly)}.")
    known = ~np.isnan(yearly)
    p, size = probabilities[known], yearly[known]
    if not size.any():
        return None
    return ExpectedLoss(
        at_stake=float(np.sort(size).sum()),
        expected=float(np.sort(p * size).sum()),
        intervals=_intervals(sum_distribution(p, size, shift)),
        n_known=len(size),
        n_unknown=int(np.count_nonzero(~known)),
    )


def _intervals(total: Total) -> tuple[Interval, ...]:
    return tuple(Interval(level, *total.interval(level)) for level in LEVELS)
