"""Totals: the distribution of how many accounts leave, and of what they pay, if a quarter may be shifted as a whole."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.forecast.quarter_shift import QuarterShift, log_partition

_SHIFTS_OF_COUNTS, _SHIFTS_OF_SUMS = 201, 41
_TILTED_AT_MOST = 30.0
"""Standard deviations of the count, from one convolution to the next: far out its probabilities are too small to be
held as floats."""
_STEPS = 2048
"""Of equal width, into which a sum is divided."""
_ROUNDED_UP = 64
"""Steps kept free for sizes that are rounded up: a sum that passes the last step would begin again at 0."""
_COUNT_NEVER, _SUM_NEVER = 1e-10, 1e-6
"""A total that is less likely than this to be passed is as good as the largest."""


@dataclass(frozen=True, slots=True, eq=False)
class Total:
    """A distribution on steps of equal width from 0 on.

    Attributes
    ----------
    step : float
        1 of a count.
    probability : ndarray, shape (m,)
        Of each multiple of the step, from 0.
    """

    step: float
    probability: NDArray[np.float64]

    def interval(self, level: float) -> tuple[float, float]:
        """Return the central interval that holds the total with probability `level` at least."""
        cumulative = np.cumsum(self.probability)
        tail = (1 - level) / 2 * cumulative[-1]
        low, high = np.searchsorted(cumulative, [tail, cumulative[-1] - tail])
        return float(low * self.step), float(high * self.step)


def count_distribution(probabilities: NDArray[np.float64], shift: QuarterShift | None = None) -> Total:
    """Return the distribution of the number of accounts that leave.

    Parameters
    ----------
    probabilities
        Shape (n,).
    shift
        Of the quarter as a whole; None for what chance alone makes of it.

    Notes
    -----
    Given the shift the accounts leave independently: a Poisson-binomial distribution (Chen and Liu 1997, Statistica
    Sinica 7, 875), whose convolution is exact. Those of other shifts are the same one, tilted (`log_partition`).
    """
    shifts, weights = shift.nodes(_SHIFTS_OF_COUNTS) if shift else (np.zeros(1), np.ones(1))
    most = int(_as_good_as_all(probabilities, np.ones(len(probabilities)), shifts[-1], _COUNT_NEVER))
    deviation = np.sqrt(
        max(float(np.sum(own * (1 - own))) for own in (_shifted(probabilities, s) for s in shifts[::20]))
    )
    n_anchors = 1 + int((shifts[-1] - shifts[0]) * deviation / _TILTED_AT_MOST)
    total = np.zeros(most + 1)
    for near in np.array_split(np.arange(len(shifts)), n_anchors):
        anchor = shifts[near[len(near) // 2]]
        away, own = shifts[near] - anchor, _shifted(probabilities, anchor)
        with np.errstate(divide="ignore"):
            log_probability = np.log(_poisson_binomial(own, most))
        tilted = np.outer(away, np.arange(most + 1)) - log_partition(own, away)[:, None]
        total += weights[near] @ np.exp(log_probability + tilted)
    return Total(1.0, total)


def sum_distribution(
    probabilities: NDArray[np.float64], sizes: NDArray[np.float64], shift: QuarterShift | None = None
) -> Total:
    """Return the distribution of the sum of the sizes of those that leave.

    Parameters
    ----------
    probabilities, sizes
        Shape (n,); sizes are 0 or more, and not all 0.
    shift
        As in `count_distribution`.

    Notes
    -----
    A size between two steps is divided among them so that its mean is kept (mass dispersal: Gerber 1982, Insurance:
    Mathematics and Economics 1, 13); the distribution is then the inverse Fourier transform of the product of the
    accounts' characteristic functions.
    """
    order = np.lexsort((sizes, probabilities))
    p, size = probabilities[order], sizes[order]
    shifts, weights = shift.nodes(_SHIFTS_OF_SUMS) if shift else (np.zeros(1), np.ones(1))
    step = _as_good_as_all(p, size, shifts[-1], _SUM_NEVER) / (_STEPS - 2 - min(len(p), _ROUNDED_UP))
    whole = np.floor(size / step).astype(np.int64)
    part = size / step - whole
    roots = np.exp(-2j * np.pi * np.arange(_STEPS) / _STEPS)
    frequency = np.arange(_STEPS // 2 + 1)
    product = np.ones((len(shifts), len(frequency)), dtype=np.complex128)
    for probability, steps, beyond in zip(p, whole, part, strict=True):
        at = roots[frequency * steps % _STEPS] * (1 - beyond + beyond * roots[frequency])
        product *= 1 + _shifted(probability, shifts)[:, None] * (at - 1)
    probability_of_steps = np.fft.irfft(weights @ product, _STEPS)
    return Total(step, np.maximum(probability_of_steps, 0.0))


def _as_good_as_all(
    probabilities: NDArray[np.float64], sizes: NDArray[np.float64], shift: NDArray[np.float64], never: float
) -> float:
    """Return a sum that is hardly ever passed even where all log-odds are moved by a shift (Bernstein's inequality)."""
    p = np.sort(_shifted(probabilities, shift))
    own = sizes[np.argsort(probabilities, kind="stable")]
    variance, largest, logs = float(p * (1 - p) @ own**2), float(own.max(initial=0.0)), -np.log(never)
    beyond = largest * logs / 3 + np.sqrt((largest * logs / 3) ** 2 + 2 * variance * logs)
    return min(float(own.sum()), float(np.ceil(p @ own + beyond)))


def _poisson_binomial(probabilities: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    """Return the probability of each count up to `most`, shape (most + 1,), by convolution."""
    distribution = np.zeros(most + 1)
    distribution[0] = 1.0
    for probability in np.sort(probabilities):
        distribution[1:] = distribution[1:] * (1 - probability) + distribution[:-1] * probability
        distribution[0] *= 1 - probability
    return distribution


def _shifted(probability: NDArray[np.float64], shift: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities whose log-odds are moved by a shift."""
    odds = np.exp(shift)
    return probability * odds / (1 - probability + probability * odds)
