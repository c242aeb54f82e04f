"""Resampled: an estimate with the interval that its spread over resamples gives."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

NORMAL = float(stats.norm.isf(0.025))
"""Standard errors to either end of a 95% interval."""


@dataclass(frozen=True, slots=True)
class Resampled:
    """An estimate with its interval of the normal distribution.

    Attributes
    ----------
    estimate
        Of the data as they are.
    low, high
        Ends of its 95% interval; NaN where there are fewer than two resamples.
    p_value
        That it is none; NaN where it does not vary.
    """

    estimate: float
    low: float
    high: float
    p_value: float


def resampled(estimate: float, drawn: Sequence[float]) -> Resampled:
    """Return an estimate with the interval by its standard deviation over resamples.

    Parameters
    ----------
    estimate
        Of the data as they are.
    drawn
        The same of each resample.
    """
    error = float(np.std(drawn, ddof=1)) if len(drawn) > 1 else float("nan")
    p_value = float(2 * stats.norm.sf(abs(estimate) / error)) if error > 0 else float("nan")
    return Resampled(estimate, estimate - NORMAL * error, estimate + NORMAL * error, p_value)
