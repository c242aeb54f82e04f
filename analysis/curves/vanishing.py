"""Vanishing hazard: many are at risk after the last event, and by the rate before it more should have come."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEAST_EXPECTED = 10.0
"""Events that should have come after the last, from which on their absence says something."""
LEVEL = 0.001


@dataclass(frozen=True, slots=True)
class Vanishing:
    """What is at risk after the last event.

    Attributes
    ----------
    last
        Time of the last event.
    n_after
        Subjects at risk after it.
    time_after
        Their time at risk after it, in the unit of the rows.
    expected
        Events that would have come in it at the rate of the later half of the events, by stratum.
    p_value
        Of none coming, if each stratum's rate had gone on.
    """

    last: float
    n_after: int
    time_after: float
    expected: float
    p_value: float

    @property
    def is_shown(self) -> bool:
        """Whether the hazard is shown to have vanished."""
        return self.expected >= LEAST_EXPECTED and self.p_value < LEVEL


def vanishing(
    start: ArrayLike,
    stop: ArrayLike,
    event: ArrayLike,
    *,
    subject: ArrayLike | None = None,
    stratum: ArrayLike | None = None,
) -> Vanishing | None:
    """Compare the time at risk after the last event with the rate of the later half of the events.

    Of n events in c units of time at risk since the median event, and d units after the last event, in each of which an
    event is as likely, all n fall into the first with probability (c / (c + d)) to the power of n: the order of events
    in operational time is that of uniform draws. The rate is that of the later half, so that a hazard that falls is not
    taken for one that vanishes; by stratum, so that a chance that comes once a year is not taken for one of every day.
    A stratum that nobody was in since the median event is taken to be like the others.

    Parameters
    ----------
    start, stop : array-like, shape (n,)
        Intervals ``(start, stop]``.
    event : array-like of bool, shape (n,)
        Whether one happened at `stop`.
    subject : array-like, shape (n,), optional
        Whose row it is; each its own by default.
    stratum : array-like of int, shape (n,), optional
        Rows of one have one rate; all by default.

    Returns
    -------
    Vanishing or None
        None where there is no event.
    """
    starts, stops = np.asarray(start, dtype=np.float64), np.asarray(stop, dtype=np.float64)
    happened = np.asarray(event, dtype=bool)
    if not happened.any():
        return None
    groups = np.zeros(len(starts), dtype=np.int64) if stratum is None else np.asarray(stratum, dtype=np.int64)
    names = np.arange(len(starts)) if subject is None else np.asarray(subject)
    times = np.sort(stops[happened])
    last, since = times[-1], times[(len(times) - 1) // 2]
    since = since if since < last else -np.inf
    before, after = _time_within(starts, stops, since, last), _time_within(starts, stops, last, np.inf)
    n_groups = int(groups.max()) + 1
    n = np.bincount(groups[happened & (stops > since)], minlength=n_groups)
    c, d = (np.bincount(groups, weights=weights, minlength=n_groups) for weights in (before, after))
    d = np.where(c > 0, d, 0.0) + d[c == 0].sum() * c / c.sum()
    told = (n > 0) & (c > 0)
    return Vanishing(
        last=float(last),
        n_after=len(np.unique(names[after > 0])),
        time_after=float(after.sum()),
        expected=float((n[told] * d[told] / c[told]).sum()),
        p_value=float(np.exp((n[told] * np.log(c[told] / (c[told] + d[told]))).sum())),
    )


def _time_within(
    start: NDArray[np.float64], stop: NDArray[np.float64], since: float, until: float
) -> NDArray[np.float64]:
    return np.clip(np.minimum(stop, until) - np.maximum(start, since), 0.0, None)
