"""Floors: from how many lifetimes with event on anything is concluded."""

from dataclasses import dataclass
from enum import StrEnum

from analysis.declared.study import Report
from analysis.wording.remarks import Remark, remark


class Question(StrEnum):
    """What needs events to be answered."""

    FORECAST = "forecast"
    CONTEST = "contest"


_LACKING = {
    Question.FORECAST: "declared.too_few_for_forecast",
    Question.CONTEST: "declared.too_few_for_contest",
}


@dataclass(frozen=True, slots=True)
class Floor:
    """How many lifetimes with event a question needs, and how many there are."""

    question: Question
    needed: int
    found: int

    @property
    def is_reached(self) -> bool:
        """Whether there are enough."""
        return self.found >= self.needed

    @property
    def obstacle(self) -> Remark | None:
        """That there are too few; None where there are enough."""
        if self.is_reached:
            return None
        return remark(_LACKING[self.question], needed=self.needed, found=self.found)


def floors(report: Report, n_events: int) -> dict[Question, Floor]:
    """Return the floor of each question in a study.

    Parameters
    ----------
    report
        What the study asks for.
    n_events
        Distinct lifetimes that churned while under observation.
    """
    return {
        Question.FORECAST: Floor(Question.FORECAST, report.forecast_from_events, n_events),
        Question.CONTEST: Floor(Question.CONTEST, report.contest_from_events, n_events),
    }
