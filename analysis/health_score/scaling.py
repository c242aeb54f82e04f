"""Scaling: how a value becomes points of a health score, from 0 (worst) to 100 (best)."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from analysis.errors import StudyError

BEST = 100.0
Way = Literal["as_published", "bands", "linear", "percentile"]


@dataclass(frozen=True, slots=True)
class Scaling:
    """How a value becomes points.

    Attributes
    ----------
    way
        ``as_published``: the value is points already, held between 0 and 100. ``bands``: each band between `edges` has
        its points. ``linear``: straight lines through `points_at`, level beyond the first and the last. ``percentile``:
        the share of accounts at risk on the same day that have less, half of the equal ones counted.
    edges
        Where bands end, rising; a value on an edge belongs to the band above.
    points
        Of each band, one more than edges.
    points_at
        Pairs of a value and its points, values rising.
    higher_is_worse
        Of percentiles: 100 less the share.
    """

    way: Way = "as_published"
    edges: tuple[float, ...] = ()
    points: tuple[float, ...] = ()
    points_at: tuple[tuple[float, ...], ...] = ()
    higher_is_worse: bool = False

    def check(self, where: str) -> None:
        """Refuse a scaling that cannot be used.

        Raises
        ------
        StudyError
            If what it needs is missing, not rising, or not between 0 and 100.
        """
        if self.way == "bands":
            if not self.edges or len(self.points) != len(self.edges) + 1 or not _rise(self.edges):
                raise StudyError(
                    f"{where}: bands need 'edges' that rise and one more of 'points' than edges; "
                    f"edges {list(self.edges)} and points {list(self.points)} arrived."
                )
        elif self.way == "linear":
            if len(self.points_at) < 2 or any(len(pair) != 2 for pair in self.points_at):
                raise StudyError(f"{where}: linear needs 'points_at': two pairs [value, points] or more.")
            if not _rise([pair[0] for pair in self.points_at]):
                raise StudyError(f"{where}: the values of 'points_at' must rise; {_listed(self.points_at)} arrived.")
        told = self.points if self.way == "bands" else [pair[1] for pair in self.points_at]
        if any(not 0 <= one <= BEST for one in told):
            raise StudyError(f"{where}: points lie between 0 and 100; {list(told)} arrived.")

    def apply(self, value: NDArray[np.float64], day: NDArray) -> NDArray[np.float64]:
        """Return points, shape (n,); NaN where the value is.

        Parameters
        ----------
        value : ndarray, shape (n,)
        day : ndarray, shape (n,)
            Rows of one day are ranked among themselves.
        """
        known = np.isfinite(value)
        points = np.full(len(value), np.nan)
        if self.way == "as_published":
            points[known] = np.clip(value[known], 0.0, BEST)
        elif self.way == "bands":
            points[known] = np.asarray(self.points)[np.searchsorted(self.edges, value[known], side="right")]
        elif self.way == "linear":
            at, given = np.asarray(self.points_at, dtype=np.float64).T
            points[known] = np.interp(value[known], at, given)
        else:
            for one in np.unique(day[known]):
                rows = known & (day == one)
                share = (rankdata(value[rows]) - 0.5) / rows.sum() * BEST
                points[rows] = BEST - share if self.higher_is_worse else share
        return points


def _rise(values: list[float] | tuple[float, ...]) -> bool:
    return all(low < high for low, high in pairwise(values))


def _listed(pairs: tuple[tuple[float, ...], ...]) -> list[list[float]]:
    return [list(pair) for pair in pairs]
