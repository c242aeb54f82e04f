"""Settled: the rows that a score is judged on, those of them without a score counted apart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.declared.floors import Evidence, Question, floors
from analysis.declared.study_parts import Report
from analysis.health_score.scored import Scored
from analysis.wording.remarks import Remark, remark

NO_SCORE = "none"
"""The group of rows without a score: it is neither green nor red."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many rows there are to judge a score on.

    Attributes
    ----------
    n_landmarks, n_rows
        Settled landmarks, and the rows on them.
    n_without
        Of the rows, without a score.
    n_leavers, n_leavers_without
        Distinct lifetimes that churned within the horizon of a row; those of them that had no score on any such row.
    n_open
        Rows, on as many kinds of landmark, that are not settled yet.
    """

    n_landmarks: int
    n_rows: int
    n_without: int
    n_leavers: int
    n_leavers_without: int
    n_open: int

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Say what is not judged; nothing where all is."""
        found = []
        if self.n_without:
            found.append(
                remark(
                    "health_score.without_score",
                    rows=self.n_without,
                    of=self.n_rows,
                    leavers=self.n_leavers_without,
                    all=self.n_leavers,
                )
            )
        if self.n_open:
            found.append(remark("health_score.not_settled", rows=self.n_open))
        return tuple(found)


def settled_rows(scored: Scored, every_landmark: bool = False) -> Scored:
    """Return the rows whose outcome is settled, those without a score among them.

    Parameters
    ----------
    scored
        All landmark rows.
    every_landmark
        All landmarks in place of the first days of quarters: more rows, which repeat accounts and their leaving.
    """
    return scored.take(scored.is_settled & _on_kind(scored, every_landmark))


def coverage(scored: Scored, every_landmark: bool = False) -> Coverage:
    """Count what a score is judged on; as `settled_rows` takes it."""
    own = settled_rows(scored, every_landmark)
    lifetime = own.rows["lifetime_id"].to_numpy(object)
    leavers, seen = set(lifetime[own.event]), set(lifetime[own.event & own.has_score])
    return Coverage(
        n_landmarks=own.rows["risk_date"].nunique(),
        n_rows=len(own.rows),
        n_without=int((~own.has_score).sum()),
        n_leavers=len(leavers),
        n_leavers_without=len(leavers - seen),
        n_open=int((~scored.is_settled & _on_kind(scored, every_landmark)).sum()),
    )


def _on_kind(scored: Scored, every_landmark: bool) -> NDArray[np.bool_]:
    return scored.rows["is_quarter_start"].to_numpy(bool) | every_landmark


def evidence(rows: Scored) -> Evidence:
    """Count distinct lifetimes that churned within the horizon of a row, and their parent accounts."""
    left = rows.rows[rows.event]
    return Evidence(left["lifetime_id"].nunique(), left["cluster_id"].nunique())


def too_few(report: Report, found: Evidence) -> Remark | None:
    """Say that there are too few leavers for any verdict; None where there are enough."""
    floor = floors(report, found)[Question.FAMILY]
    if floor.is_reached:
        return None
    return remark("health_score.too_few_leavers", needed=floor.needed, found=found.events, clusters=found.clusters)


def is_thin(report: Report, found: Evidence) -> bool:
    """Whether leavers are so few that a verdict is never to be quoted without its interval."""
    return not floors(report, found)[Question.CONTEST].is_reached
