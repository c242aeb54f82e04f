"""Floors: from how many lifetimes with event, and clusters that they fall into, anything is concluded."""

from dataclasses import dataclass
from enum import StrEnum

from analysis.declared.study_parts import Report
from analysis.wording.remarks import Remark, remark


class Question(StrEnum):
    """What needs events to be answered, the least first."""

    FORECAST = "forecast"
    FAMILY = "family"
    """Does a family, by itself beside the contract, go with leaving?"""
    CONTEST = "contest"


_LACKING = {
    Question.FORECAST: "declared.too_few_for_forecast",
    Question.FAMILY: "declared.too_few_for_family",
    Question.CONTEST: "declared.too_few_for_contest",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there is to learn from.

    Attributes
    ----------
    events
        Distinct lifetimes that churned while under observation.
    clusters
        Parent accounts that they belong to: so many at most are independent of each other.
    """

    events: int
    clusters: int


@dataclass(frozen=True, slots=True)
class Floor:
    """How many lifetimes with event, and clusters of them, a question needs, and how many there are."""

    question: Question
    needed: int
    found: Evidence

    @property
    def is_reached(self) -> bool:
        """Whether there are enough."""
        return min(self.found.events, self.found.clusters) >= self.needed

    @property
    def obstacle(self) -> Remark | None:
        """That there are too few; None where there are enough."""
        if self.is_reached:
            return None
        if self.found.events < self.needed:
            return remark(_LACKING[self.question], needed=self.needed, found=self.found.events)
        return remark("declared.too_few_clusters", needed=self.needed, found=self.found.clusters)


def floors(report: Report, found: Evidence) -> dict[Question, Floor]:
    """Return the floor of each question in a study."""
    needed = {
        Question.FORECAST: report.forecast_from_events,
        Question.FAMILY: report.family_from_events,
        Question.CONTEST: report.contest_from_events,
    }
    return {question: Floor(question, number, found) for question, number in needed.items()}
