"""Whether there can be a forecast and a contest at all, and if not, why not."""

import dataclasses
import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.declared.source import Source
from analysis.declared.study import Study
from analysis.declared.study_parts import Report, Time
from analysis.errors import DesignError, FrameError, ModelError
from analysis.wording.remarks import remark
from analysis.workbench import Workbench

STUDY = Study(
    name="one",
    source=Source("contract", Path("data")),
    time=Time(observation_start=dt.date(2022, 1, 1), snapshot=dt.date(2024, 1, 1)),
    report=Report(forecast_from_events=10, contest_from_events=30),
)
NOT_SETTLED = remark("forecast.nothing_to_learn", landmark=pd.Timestamp("2024-01-01"))
FORECAST, CONTEST = "declared.too_few_for_forecast", "declared.too_few_for_contest"


class Stub(Workbench):
    """A workbench in which everything has been computed, with some number of events."""

    def __init__(self, n_events: int, **computed: object) -> None:
        super().__init__(STUDY, Path("none.duckdb"), {}, lambda message: None)
        lifetimes = range(n_events)
        self.counting_process = pd.DataFrame({"lifetime_id": lifetimes, "event": 1, "cluster_id": lifetimes})
        for name in ("skill", "reading", "drift"):
            self.__dict__[name] = computed.get(name)
        self.__dict__["contest"] = SimpleNamespace(brief=SimpleNamespace(ranking=None))


class CannotForecast(Stub):
    """One whose forecast the rows cannot support."""

    @property
    def skill(self) -> None:
        raise ModelError(NOT_SETTLED)


class Unranked:
    """A contest whose design cannot be learned."""

    @property
    def ranking(self) -> None:
        raise DesignError("text in a column.")


class CannotCompare(Stub):
    """One whose contest fails on its design."""

    def __init__(self, n_events: int) -> None:
        super().__init__(n_events)
        self.__dict__["contest"] = SimpleNamespace(brief=Unranked())


@pytest.mark.parametrize(
    ("n_events", "no_forecast", "no_contest"),
    [
        (9, FORECAST, CONTEST),
        (10, None, CONTEST),
        (29, None, CONTEST),
        (30, None, None),
    ],
)
def test_both_need_events(n_events, no_forecast, no_contest):
    tenure = Stub(n_events)
    assert (tenure.no_forecast and tenure.no_forecast.code) == no_forecast
    assert (tenure.no_contest and tenure.no_contest.code) == no_contest


def test_a_model_that_cannot_be_fitted_is_the_reason_for_both():
    """Families are compared by what forecasts gain by them."""
    tenure = CannotForecast(30)
    assert tenure.no_forecast == tenure.no_contest == NOT_SETTLED


def test_too_few_events_for_a_contest_are_told_even_where_the_forecast_fails_too():
    tenure = CannotForecast(29)
    assert tenure.no_forecast == NOT_SETTLED
    assert tenure.no_contest == remark(CONTEST, needed=30, found=29)


def test_a_contest_may_fail_where_the_forecast_stands():
    tenure = CannotCompare(30)
    assert tenure.no_forecast is None
    assert tenure.no_contest == remark("wording.untold", told="text in a column.")


def test_the_label_by_which_results_are_told_apart_is_one_that_the_source_gives():
    tenure = Stub(30)
    tenure.given = frozenset({"accounts.segment"})
    assert tenure.segment == "segment"
    tenure.study = dataclasses.replace(STUDY, report=Report(segment="region"))
    assert tenure.segment is None


def test_a_table_of_the_cohort_that_is_not_as_declared_is_refused(monkeypatch):
    tenure = Stub(30)
    frame = pd.DataFrame({"step": [1], "what": ["accounts"], "number": ["many"]})
    monkeypatch.setattr(tenure, "query", lambda sql: frame)
    with pytest.raises(FrameError, match=r"frame attrition .* 'number' must hold whole numbers; it holds object"):
        tenure.table("attrition")
