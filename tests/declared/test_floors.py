"""From how many events on anything is concluded, and what stands in the way."""

import pytest

from analysis.declared.floors import Question, floors
from analysis.declared.study import Report
from analysis.errors import DesignError, ModelError, StudyError, obstacle_to
from analysis.wording.remarks import remark

REPORT = Report(forecast_from_events=10, contest_from_events=30)


@pytest.mark.parametrize(
    ("n_events", "forecast", "contest"), [(9, False, False), (10, True, False), (29, True, False), (30, True, True)]
)
def test_a_question_is_asked_from_its_floor_on(n_events, forecast, contest):
    found = floors(REPORT, n_events)
    assert found[Question.FORECAST].is_reached == forecast
    assert found[Question.CONTEST].is_reached == contest


def test_below_its_floor_it_says_how_many_are_needed_and_how_many_there_are():
    found = floors(REPORT, 9)
    assert found[Question.FORECAST].obstacle == remark("declared.too_few_to_forecast", needed=10, found=9)
    assert found[Question.CONTEST].obstacle == remark("declared.too_few_to_compare", needed=30, found=9)
    assert floors(REPORT, 30)[Question.CONTEST].obstacle is None


class TestWhatStandsInTheWay:
    def test_is_that_of_the_error_and_its_words_are_told(self):
        told = []

        def compute() -> None:
            raise ModelError(remark("cox.no_event", rows=3))

        assert obstacle_to("no forecast", told.append, compute) == remark("cox.no_event", rows=3)
        assert told == ["no forecast: A Cox model needs at least one event; none is among the 3 rows."]

    def test_of_an_error_without_a_code_is_its_own_words(self):
        def compute() -> None:
            raise DesignError("text where numbers are required.")

        expected = remark("wording.untold", told="text where numbers are required.")
        assert obstacle_to("no forecast", lambda message: None, compute) == expected

    def test_is_nothing_where_there_is_a_result(self):
        told = []
        assert obstacle_to("no forecast", told.append, lambda: 1) is None
        assert told == []

    def test_is_no_excuse_for_a_mistake_in_the_study(self):
        def compute() -> None:
            raise StudyError("no such column.")

        with pytest.raises(StudyError):
            obstacle_to("no forecast", lambda message: None, compute)
