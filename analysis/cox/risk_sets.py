"""RiskSets: the distinct event times of every stratum, and the rows at risk at each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cox import kernels
from analysis.cox.rows import CountingRows

STEEP = 1e4
"""Where a risk total falls short of a later one by more than this factor, rounding errors of the difference count."""


@dataclass(frozen=True, slots=True, eq=False)
class RiskSets:
    """The m distinct pairs (stratum, event time), in order, and who is at risk at each.

    Attributes
    ----------
    stratum : ndarray of int, shape (m,)
    time : ndarray of float, shape (m,)
    deaths : ndarray of int, shape (m,)
        Events at that time in that stratum.
    death_weight : ndarray of float, shape (m,)
        The sum of their case weights.
    openings : ndarray of int, shape (number of strata + 1,)
        The pairs of stratum s are openings[s], ..., openings[s + 1] - 1.
    first, last : ndarray of int, shape (n,)
        Row i is at risk at the pairs first[i], ..., last[i] - 1: those with start < time <= stop in its own stratum.
    event_rows : ndarray of int
        Rows that end in an event, in their order; the pair of such a row is last - 1.
    """

    stratum: NDArray[np.intp]
    time: NDArray[np.float64]
    deaths: NDArray[np.intp]
    death_weight: NDArray[np.float64]
    openings: NDArray[np.intp]
    first: NDArray[np.intp]
    last: NDArray[np.intp]
    event_rows: NDArray[np.intp]

    @property
    def death_pairs(self) -> NDArray[np.intp]:
        """The pair of each event row, in the order of `event_rows`."""
        return self.last[self.event_rows] - 1

    def sums(self, values: NDArray[np.float64], risk: NDArray[np.float64], rows: CountingRows) -> NDArray[np.float64]:
        """Sum risk, and risk times each column of `values`, over the rows at risk at each pair, shape (m, p + 1)."""
        return self.sums_and_fall(values, risk, rows)[0]

    def sums_and_fall(
        self, values: NDArray[np.float64], risk: NDArray[np.float64], rows: CountingRows
    ) -> tuple[NDArray[np.float64], float]:
        """Return `sums`, and the largest factor by which a risk total falls short of one after it in its stratum."""
        return self._summed(values, risk, self.first, self.last, rows.stratum)

    def sums_of(
        self,
        chosen: NDArray[np.intp],
        values: NDArray[np.float64],
        risk: NDArray[np.float64],
        rows: CountingRows,
    ) -> NDArray[np.float64]:
        """Return `sums` over the chosen rows alone, from all rows' values and risks."""
        ends = self.first[chosen], self.last[chosen]
        return self._summed(values[chosen], risk[chosen], *ends, rows.stratum[chosen])[0]

    def _summed(
        self,
        values: NDArray[np.float64],
        risk: NDArray[np.float64],
        first: NDArray[np.intp],
        last: NDArray[np.intp],
        stratum: NDArray[np.intp],
    ) -> tuple[NDArray[np.float64], float]:
        total = np.empty((len(self.time), values.shape[1] + 1))
        fall = kernels.risk_set_sums(values, risk, first, last, stratum, self.openings, total)
        if fall > STEEP:
            tree = np.empty((2 * len(total), total.shape[1]))
            kernels.risk_set_sums_by_tree(values, risk, first, last, tree, total)
        return total, fall

    def death_sums(self, values: NDArray[np.float64], risk: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum the same over the deaths at each pair, and append their case weights, shape (m, p + 2)."""
        total = np.zeros((len(self.time), values.shape[1] + 2))
        kernels.death_sums(values, risk, self.event_rows, self.last, total)
        total[:, -1] = self.death_weight
        return total

    def cumulate(self, increments: NDArray[np.float64]) -> NDArray[np.float64]:
        """Cumulate increments at the pairs, shape (m,) or (m, p), within each stratum.

        Every stratum has a line of zeros before its first pair: what row i passed through is
        ``total[last[i] + stratum[i]] - total[first[i] + stratum[i]]``.
        """
        lines = increments.reshape(len(increments), -1)
        total = np.empty((len(lines) + len(self.openings) - 1, lines.shape[1]))
        kernels.cumulate(lines, self.openings, total)
        return total.reshape(-1, *increments.shape[1:])

    def passed_by_tree(self, increments: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of increments at each row's pairs, shape (n,) or (n, p), without subtracting anything."""
        columns = increments.reshape(len(increments), -1)
        between = np.empty((len(self.first), columns.shape[1]))
        tree = np.empty((2 * len(columns), columns.shape[1]))
        kernels.passed_by_tree(columns, self.first, self.last, tree, between)
        return between.reshape(-1, *increments.shape[1:])

    def passed(self, total: NDArray[np.float64], rows: CountingRows) -> NDArray[np.float64]:
        """Return what each row passed through at risk of a `total` from `cumulate`, shape (n,) or (n, p)."""
        columns = total.reshape(len(total), -1)
        between = np.empty((len(rows), columns.shape[1]))
        kernels.passed(columns, self.first, self.last, rows.stratum, between)
        return between.reshape(-1, *total.shape[1:])


def risk_sets(rows: CountingRows) -> RiskSets:
    """Find the distinct event times of every stratum and the rows at risk at each."""
    event_rows = np.flatnonzero(rows.event)
    stratum, time = rows.stratum[event_rows], rows.stop[event_rows]
    one_stratum = len(rows.strata) == 1
    order = np.argsort(time, kind="stable") if one_stratum else np.lexsort((time, stratum))
    is_new = np.r_[True, (np.diff(stratum[order]) != 0) | (np.diff(time[order]) != 0)]
    pair = np.cumsum(is_new) - 1
    kept = order[is_new]
    openings = np.searchsorted(stratum[kept], np.arange(len(rows.strata) + 1)).astype(np.intp)
    first, last = np.empty(len(rows), dtype=np.intp), np.empty(len(rows), dtype=np.intp)
    event_times = time[kept]
    if one_stratum and (rows.start == -np.inf).all():
        first[:] = 0
        by_time = np.argsort(rows.stop)  # a search far from the last one would wait for memory
        last[by_time] = np.searchsorted(event_times, rows.stop[by_time], side="right")
    else:
        kernels.locate(rows.stratum, rows.start, rows.stop, openings, event_times, first, last)
    return RiskSets(
        stratum=stratum[kept],
        time=event_times,
        deaths=np.bincount(pair).astype(np.intp),
        death_weight=np.bincount(pair, rows.weights[event_rows[order]]).astype(np.float64),
        openings=openings,
        first=first,
        last=last,
        event_rows=event_rows,
    )
