"""From how many events on anything is concluded, and what stands in the way of a result."""

import pytest

from analysis.declared.floors import Evidence, Question, floors
from analysis.declared.study_parts import Report
from analysis.errors import DesignError, ModelError, StudyError, obstacle_to
from analysis.wording.remarks import remark

REPORT = Report(forecast_from_events=10, contest_from_events=30)


@pytest.mark.parametrize(
    ("n_events", "forecast", "contest"), [(9, False, False), (10, True, False), (29, True, False), (30, True, True)]
)
def test_a_question_is_asked_from_its_floor_on(n_events, forecast, contest):
    found = floors(REPORT, Evidence(n_events, n_events))
    assert found[Question.FORECAST].is_reached == found[Question.FAMILY].is_reached == forecast
    assert found[Question.CONTEST].is_reached == contest


def test_many_events_of_few_parents_are_few():
    found = floors(REPORT, Evidence(events=300, clusters=15))
    assert found[Question.FAMILY].is_reached
    assert found[Question.CONTEST].obstacle == remark("declared.too_few_clusters", needed=30, found=15)


def test_below_its_floor_it_says_how_many_are_needed_and_how_many_there_are():
    found = floors(REPORT, Evidence(9, 8))
    assert found[Question.FORECAST].obstacle == remark("declared.too_few_for_forecast", needed=10, found=9)
    assert found[Question.CONTEST].obstacle == remark("declared.too_few_for_contest", needed=30, found=9)
    assert found[Question.FAMILY].obstacle == remark("declared.too_few_for_family", needed=10, found=9)
    assert floors(REPORT, Evidence(30, 30))[Question.CONTEST].obstacle is None


class TestWhatStandsInTheWay:
    def test_is_that_of_the_error_and_its_words_are_told(self):
        told = []

        def compute() -> None:
            raise ModelError(remark("models.no_event", rows=3))

        assert obstacle_to("no forecast", told.append, compute) == remark("models.no_event", rows=3)
        assert told == [f"no forecast: {remark('models.no_event', rows=3)}"]

    def test_of_an_error_in_plain_words_is_told_in_english_alone(self):
        def compute() -> None:
            raise DesignError("text where numbers are required.")

        told = remark("wording.untold", told="text where numbers are required.")
        assert obstacle_to("no forecast", lambda message: None, compute) == told

    def test_is_nothing_where_there_is_a_result(self):
        told = []
        assert obstacle_to("no forecast", told.append, lambda: 1) is None
        assert told == []

    def test_is_no_excuse_for_a_mistake_in_the_study(self):
        def compute() -> None:
            raise StudyError("no such column.")

        with pytest.raises(StudyError):
            obstacle_to("no forecast", lambda message: None, compute)
