"""Fiscal quarters: named, begun and over as the company counts them; a report stands on the first day after one."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.declared.quarters import Quarter, quarter_named, quarter_of
from analysis.declared.source import Source
from analysis.declared.study import Study
from analysis.declared.study_parts import Time
from analysis.errors import StudyError

STUDY = Study("s", Source("contract", None), Time(dt.date(2023, 1, 1), dt.date(2026, 2, 15)))  # type: ignore[arg-type]


@given(day=st.dates(dt.date(1980, 1, 1), dt.date(2078, 12, 31)), start_month=st.integers(1, 12))
def test_a_day_lies_in_one_quarter_whose_name_tells_it(day: dt.date, start_month: int) -> None:
    quarter = quarter_of(day, start_month)
    assert quarter.begins_on <= day < quarter.is_over_on == quarter.following.begins_on
    assert quarter_of(quarter.is_over_on - dt.timedelta(days=1), start_month) == quarter
    assert quarter_named(str(quarter), start_month) == quarter
    assert quarter.months[0] == quarter.begins_on
    assert (quarter.begins_on.month - start_month) % 3 == 0


def test_a_fiscal_year_is_named_for_the_year_in_which_it_begins() -> None:
    third = quarter_named("2026q3", start_month=4)
    assert (third.begins_on, third.is_over_on) == (dt.date(2026, 10, 1), dt.date(2027, 1, 1))
    assert Quarter(2026, 4, 4).begins_on == dt.date(2027, 1, 1)


@pytest.mark.parametrize("name", ["2026", "Q3", "2026Q5", "26Q3", "2026-Q3", "0001Q1", ""])
def test_what_names_no_quarter_is_refused(name: str) -> None:
    with pytest.raises(StudyError, match="such as 2026Q3"):
        quarter_named(name)


def test_a_report_stands_on_the_first_day_after_its_quarter() -> None:
    assert STUDY.reporting_on(quarter_named("2025Q3")).time.snapshot == dt.date(2025, 10, 1)


def test_a_quarter_that_is_not_over_is_reported_on_as_far_as_the_data_reach() -> None:
    assert STUDY.reporting_on(quarter_named("2026Q1")).time.snapshot == dt.date(2026, 2, 15)


def test_a_quarter_without_data_is_refused() -> None:
    with pytest.raises(StudyError, match=r"no report on 2026Q2 yet: it begins on 2026-04-01"):
        STUDY.reporting_on(quarter_named("2026Q2"))
    with pytest.raises(StudyError, match=r"no report on 2022Q4: it is over on 2023-01-01"):
        STUDY.reporting_on(quarter_named("2022Q4"))
