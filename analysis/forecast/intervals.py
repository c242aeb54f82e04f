"""Intervals of counts: how many of those forecast will leave."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ExpectedCount:
    """How many accounts a model expects to leave, and from how many to how many chance alone may make of it."""

    model: str
    expected: float
    low: int
    high: int


def expected_counts(accounts: pd.DataFrame, models: Sequence[str]) -> tuple[ExpectedCount, ...]:
    """Return what each model expects, with 95% intervals.

    Parameters
    ----------
    accounts
        As `analysis.forecast.frames.ACCOUNTS`, with a column of probabilities for each model.
    models
        In the order wanted.
    """
    return tuple(
        ExpectedCount(name, float(accounts[name].sum()), *poisson_binomial_interval(accounts[name].to_numpy()))
        for name in models
    )


def poisson_binomial_interval(probabilities: NDArray[np.float64], level: float = 0.95) -> tuple[int, int]:
    """Return the central interval of the number of events among independent rows.

    It holds sampling variation only: that the probabilities themselves are estimates widens it.

    Parameters
    ----------
    probabilities
        Shape (n,).
    level
        Probability that the interval covers at least.

    Notes
    -----
    Exact, by convolution of the n Bernoulli distributions (Chen and Liu 1997, Statistica Sinica 7, 875).

    Examples
    --------
    Fifty accounts with a risk of 10% each: five are expected to leave.

    >>> import numpy as np
    >>> poisson_binomial_interval(np.full(50, 0.1))
    (1, 9)
    """
    distribution = np.ones(1)
    for probability in probabilities:
        distribution = np.convolve(distribution, [1 - probability, probability])
    cumulative = np.cumsum(distribution)
    tail = (1 - level) / 2
    return int(np.searchsorted(cumulative, tail)), int(np.searchsorted(cumulative, 1 - tail))
