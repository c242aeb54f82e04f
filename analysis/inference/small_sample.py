"""Small samples: how much room the events of a fitted Cox model leave, and by how much that widens its errors."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.cox.fit import CoxFit
from analysis.design.matrix import Column


@dataclass(frozen=True, slots=True)
class Room:
    """Events, and how many of them are left over once each column has taken one.

    With few events a column, the robust covariance is too small: chi-square tests reject true null hypotheses too
    often, and normal intervals are too narrow. Hence tests and intervals take it `widening` squared times as large, and
    F and t distributions with `spare` degrees of freedom, so that the test of one column is that of its interval.
    """

    events: int
    spare: int

    @property
    def widening(self) -> float:
        """The factor of standard errors."""
        return math.sqrt(self.events / self.spare)


def room(fit: CoxFit, columns: Sequence[Column]) -> Room:
    """Count what is left of the events, one at least.

    Indicators of missing values are not counted among the columns: most set few lifetimes apart and use up next to no
    information.
    """
    events = fit.rows.n_subjects_with_event
    return Room(events, max(events - sum(not column.marks_missing for column in columns), 1))
