"""Stretches: the times over which enough rows are at risk without a break; beyond them nothing is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.errors import ModelError


@dataclass(frozen=True, slots=True)
class Stretch:
    """Times ``(begin, end]`` over which enough rows are at risk.

    What is estimated over it is conditional on being there at `begin`: of those who had left before, or came after
    `end`, it says nothing.
    """

    begin: float
    end: float

    def holds(self, time: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say which times lie in it."""
        return (self.begin < time) & (time <= self.end)

    def clipped(
        self, start: NDArray[np.float64], stop: NDArray[np.float64]
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
        """Return which rows reach into it, shape (n,), and the starts and stops of these, cut where it begins and ends.

        An event at the `stop` of a row counts only where that lies in the stretch (`holds`).
        """
        reaches = (stop > self.begin) & (start < self.end)
        return reaches, np.maximum(start[reaches], self.begin), np.minimum(stop[reaches], self.end)


def stretches(start: NDArray[np.float64], stop: NDArray[np.float64], least: int = 1) -> NDArray[np.float64]:
    """Return the longest unbroken times ``(begin, end]`` with at least so many rows at risk, in order, shape (m, 2).

    Parameters
    ----------
    start, stop : ndarray, shape (n,)
        Rows at risk on ``(start, stop]``; start may be -inf.
    least : int
        With 1, what lies between two stretches is a hole: nobody was at risk there.
    """
    time, at_risk = _at_risk_between(start, stop)
    edges = np.flatnonzero(np.diff(np.r_[False, at_risk >= least, False]))
    return np.column_stack([time[edges[::2]], time[edges[1::2]]])


def lies_in_one(spans: NDArray[np.float64], begin: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which of the times ``(begin, end]`` lie wholly in one of the stretches, shape that of `begin` and `end`.

    Parameters
    ----------
    spans : ndarray, shape (m, 2)
        As `stretches` gives them.
    begin, end : ndarray
        Of one shape, or shapes that broadcast.
    """
    if len(spans) == 0:
        return np.zeros(np.broadcast_shapes(np.shape(begin), np.shape(end)), dtype=bool)
    at = np.searchsorted(spans[:, 0], begin, side="right") - 1
    return (at >= 0) & (end <= spans[np.maximum(at, 0), 1])


def stretch_to_show(
    start: NDArray[np.float64], stop: NDArray[np.float64], enough: int, least: int = 1
) -> Stretch | None:
    """Return the times over which a curve may be drawn; None where there are none.

    Of the unbroken times with at least `least` at risk in which `enough` are at risk at some time, the one with most
    time at risk; it begins where `enough` are at risk first. Where nobody enters late it begins with all, however few:
    later there are fewer.

    Parameters
    ----------
    start, stop : ndarray, shape (n,)
        Rows at risk on ``(start, stop]``.
    enough : int
        At risk where it begins: one early leaver of one would make a survival curve 0 for ever.
    least : int
        At risk throughout, at most `enough`.

    Raises
    ------
    ModelError
        If either number is less than 1.

    Notes
    -----
    A Kaplan-Meier curve from a later time is that of R's ``survfit(..., start.time = begin)``. Why it must not begin
    where few are at risk: Klein and Moeschberger (2003), Survival Analysis, 4.6.

    Examples
    --------
    One lifetime is seen from its day 0 on and leaves on day 2; three enter on day 5.

    >>> stretch_to_show(np.array([0.0, 5, 5, 5]), np.array([2.0, 8, 9, 9]), enough=3)
    Stretch(begin=5.0, end=9.0)
    """
    if min(enough, least) < 1:
        raise ModelError(f"A curve needs at least 1 at risk; {min(enough, least)} arrived.")
    time, at_risk = _at_risk_between(start, stop)
    if (start == time[0]).all():
        enough = least
    found, most = None, 0.0
    for begin, end in stretches(start, stop, least):
        first, last = np.searchsorted(time, (begin, end))
        many = np.flatnonzero(at_risk[first:last] >= enough)
        if len(many) == 0:
            continue
        exposure = float((at_risk[first:last] * np.diff(time[first : last + 1])).sum())
        if exposure > most:
            found, most = Stretch(float(time[first + many[0]]), float(end)), exposure
    return found


def _at_risk_between(
    start: NDArray[np.float64], stop: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the distinct starts and stops, shape (k,), and how many are at risk between neighbours, shape (k - 1,)."""
    time, position = np.unique(np.concatenate([start, stop]), return_inverse=True)
    change = np.bincount(position[: len(start)], minlength=len(time))
    change -= np.bincount(position[len(start) :], minlength=len(time))
    return time, np.cumsum(change)[:-1]
