"""The steps of G: when rows of each group are censored, who is at risk of it then, and Kaplan-Meier's G."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class CensoringSteps:
    """The times at which rows of a group are censored, K in all, in order within their group.

    Every group has a line before its first step, so that its sums have somewhere to begin: L = K + groups lines.

    Attributes
    ----------
    passed : ndarray of int, shape (n,)
        The line of the last step at which a row is at risk of censoring: a row with an end is so before its end, one
        that is censored up to its own step.
    is_censored : ndarray of bool, shape (n,)
    openings : ndarray of int, shape (groups + 1,)
        The lines of group g are openings[g], ..., openings[g + 1] - 1.
    """

    passed: NDArray[np.intp]
    is_censored: NDArray[np.bool_]
    openings: NDArray[np.intp]

    @property
    def n_lines(self) -> int:
        """Lines of all groups."""
        return int(self.openings[-1])

    @property
    def all_censored_at_the_last(self) -> NDArray[np.intp]:
        """Groups of which no row is at risk after the last step; of a later time nothing is known there."""
        one = np.ones(len(self.passed))
        last = self.openings[1:] - 1
        return np.flatnonzero(self.at_risk(one)[last] == self.censored(one)[last])

    def at_risk(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum values over the rows at risk at each line, shape (L,)."""
        total = np.bincount(self.passed, values, self.n_lines).astype(np.float64, copy=False)
        return self._in_groups(total, lambda part: np.cumsum(part[::-1])[::-1])

    def censored(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum values over the rows censored at each line, shape (L,)."""
        of = self.is_censored
        return np.bincount(self.passed[of], values[of], self.n_lines).astype(np.float64, copy=False)

    def up_to(self, increments: NDArray[np.float64]) -> NDArray[np.float64]:
        """Cumulate over the lines of each group, shape (L,)."""
        return self._in_groups(increments, np.cumsum)

    def product(self, factors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Multiply up over the lines of each group, shape (L,)."""
        return self._in_groups(factors, np.cumprod)

    def _in_groups(self, lines: NDArray[np.float64], cumulate: Callable[[NDArray], NDArray]) -> NDArray[np.float64]:
        return np.concatenate([cumulate(part) for part in np.split(lines, self.openings[1:-1])])


def censoring_steps(
    time: NDArray[np.float64], is_censored: NDArray[np.bool_], group: NDArray[np.intp]
) -> CensoringSteps:
    """Find the steps of every group, and how far each row passes.

    Parameters
    ----------
    time : ndarray, shape (n,)
    is_censored : ndarray of bool, shape (n,)
        Censored before the horizon. Of the others it does not matter when they end after the last step.
    group : ndarray of int, shape (n,)
        Codes from 0.
    """
    passed = np.zeros(len(time), dtype=np.intp)
    openings = [0]
    for of in _rows_by_group(group):
        mine = of[np.argsort(time[of])]  # in order of time: searches jump about otherwise
        in_order = time[mine]
        steps = np.unique(in_order[is_censored[mine]])
        before = np.searchsorted(steps, in_order, side="left")  # at a tie, ends come before censoring
        passed[mine] = openings[-1] + before + is_censored[mine]
        openings.append(openings[-1] + len(steps) + 1)
    return CensoringSteps(passed, is_censored, np.array(openings, dtype=np.intp))


def _rows_by_group(group: NDArray[np.intp]) -> Sequence[NDArray[np.intp]]:
    return np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1])


@dataclass(frozen=True, slots=True, eq=False)
class KaplanMeierCensoring:
    """Kaplan-Meier's G of each group (`analysis.evaluation.measures.censoring.CensoringModel`)."""

    steps: CensoringSteps

    def survival(self, counts: NDArray | None = None) -> NDArray[np.float64]:
        """Return each row's G, shape (n,), or (n_resamples, n) where rows are counted."""
        if counts is None:
            return self._curve(np.ones(len(self.steps.passed)))[self.steps.passed]
        return np.stack([self._curve(line)[self.steps.passed] for line in counts])

    def influence(self, sensitivity: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each row adds to a score by its part in G, shape (n,).

        Notes
        -----
        With d of Y at risk censored at a step, log G changes there by -(dN - Y_i d / Y) / (Y - d) for a row i counted
        more often: the derivative of the product, not of its limit in continuous time.
        """
        steps, one = self.steps, np.ones(len(self.steps.passed))
        at_risk, censored = steps.at_risk(one), steps.censored(one)
        stay = at_risk - censored  # where none stays, nothing depends on the step
        reach = np.divide(steps.at_risk(sensitivity), stay, out=np.zeros(steps.n_lines), where=stay > 0)
        expected = steps.up_to(np.divide(reach * censored, at_risk, out=np.zeros(steps.n_lines), where=at_risk > 0))
        return np.where(steps.is_censored, reach[steps.passed], 0.0) - expected[steps.passed]

    def _curve(self, counts: NDArray) -> NDArray[np.float64]:
        at_risk, censored = self.steps.at_risk(counts), self.steps.censored(counts)
        stay = np.divide(at_risk - censored, at_risk, out=np.ones(self.steps.n_lines), where=at_risk > 0)
        return self.steps.product(stay)
