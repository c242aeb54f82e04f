"""Kaplan-Meier cells: the incidence of each segment and kind of term, without any model."""

from collections.abc import Iterator, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from analysis.design.matrix import Column, DesignMatrix
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.models.base import require_answerable, require_landmark_clock, require_same_rows
from analysis.models.timing import kaplan_meier_incidence, parts_by

SEGMENT = "segment_in_force"
"""The covariate that says in which segment an account was on the landmark; today's is no covariate
(rule 3 of ``queries/rules_of_time.md``)."""
_WORTH_OF_ABOVE = 30.0
"""A cell is as strongly drawn to the one above it as if so many lifetimes more had ended as those there did."""

_Cell = tuple[str, ...]


class KaplanMeierCells:
    """One minus Kaplan-Meier's survival of all training rows of the same kind of term and segment.

    A segment counts where the design has it as of the landmark, the dated covariate `SEGMENT`; else kinds of term stand
    alone. Each cell is drawn to all rows of its kind of term, and those to all rows, the more the fewer lifetimes it
    has; a cell that training never saw has the incidence of the one above it.

    Attributes
    ----------
    columns_ : tuple of Column, length p
    incidence_ : dict of tuple of str to ndarray, shape (14,)
        By each thirteenth of the horizon, from 0 to 13: of all rows ``()``, of a kind of term ``(kind,)``, and of a
        segment in it ``(kind, segment)``.
    """

    def fit(self, design: DesignMatrix, outcome: Outcome) -> Self:
        """Take the incidence of every cell from the rows in it.

        Raises
        ------
        ModelError
            If the rows are on another clock, there is no event, or the rows carry no term_kind.
        """
        require_same_rows(design, outcome)
        require_landmark_clock(outcome, "KaplanMeierCells")
        if "term_kind" not in design.rows:
            raise ModelError("KaplanMeierCells needs the rows' term_kind; this design was made from rows without it.")
        self.columns_: tuple[Column, ...] = design.columns
        cells = _cells(design)
        self.incidence_: dict[_Cell, NDArray[np.float64]] = {(): kaplan_meier_incidence(outcome)}
        for depth in range(1, max(map(len, cells)) + 1):
            of_depth = np.array(["\0".join(cell[:depth]) for cell in cells], dtype=object)
            for name in sorted(set(of_depth)):
                inside = outcome.take(of_depth == name)
                weight = len(set(inside.lifetime))
                cell = tuple(name.split("\0"))
                above = self.incidence_[cell[:-1]]
                own = kaplan_meier_incidence(inside)
                self.incidence_[cell] = (weight * own + _WORTH_OF_ABOVE * above) / (weight + _WORTH_OF_ABOVE)
        return self

    def predict_incidence(
        self, design: DesignMatrix, times: Sequence[float], cause: str = "churn"
    ) -> NDArray[np.float64]:
        """Return the incidence of each row's cell by each time, shape (n_rows, n_times).

        Times are thirteenths of each row's own horizon; between grid points the last one before holds.
        """
        require_answerable(self.columns_, design.columns, cause)
        part = parts_by(times)
        known = {cell: next(one for one in _upwards(cell) if one in self.incidence_) for cell in set(_cells(design))}
        return np.array([self.incidence_[known[cell]][part] for cell in _cells(design)]).reshape(len(design), len(part))


def _cells(design: DesignMatrix) -> list[_Cell]:
    """Return the kind of term of each row and, where it is known, its segment."""
    kinds = design.rows["term_kind"].astype(str)
    levels = [k for k, column in enumerate(design.columns) if column.covariate == SEGMENT]
    if not levels:
        return [(kind,) for kind in kinds]
    # The commonest level has no column.
    names = ["commonest", *(design.columns[k].name for k in levels)]
    segment = (design.values[:, levels] > 0.0) @ np.arange(1, len(names))
    return [(kind, names[k]) for kind, k in zip(kinds, segment, strict=True)]


def _upwards(cell: _Cell) -> Iterator[_Cell]:
    return (cell[:depth] for depth in range(len(cell), -1, -1))
