"""When tables are logged: as declared, or as the silences between their rows tell."""

import datetime as dt

import numpy as np
import pytest

from analysis.declared.parameters import log_parameters
from analysis.errors import StudyError
from analysis.ingest.measured.logs import (
    CHANCE,
    LEAST_RATIO,
    SHORTEST_DAYS,
    Customers,
    chance_of_silence,
    customers_of,
    silences,
)

BEGINS, ENDS = dt.date(2023, 1, 1), dt.date(2024, 1, 1)
ALWAYS = customers_of([(dt.date(2020, 1, 1), 10)])


def days(*parts: tuple[str, str], every: int = 1) -> np.ndarray:
    """Return days with rows: one in so many of each part ``[from, until)``."""
    return np.concatenate([np.arange(since, until, every, dtype="datetime64[D]") for since, until in parts])


def found(rows: np.ndarray, customers: Customers = ALWAYS) -> list[tuple[str, str]]:
    return [(str(one.begins), str(one.ends)) for one in silences(rows, customers, BEGINS, ENDS)]


class TestChance:
    @pytest.mark.parametrize(("n", "ratio", "chance"), [(2, 1, 1.0), (2, 3, 2 / 4), (3, 3, 2 * 3 / (4 * 5)), (9, 1, 1)])
    def test_by_hand(self, n, ratio, chance):
        assert chance_of_silence(n, ratio) == pytest.approx(chance)

    @pytest.mark.parametrize(("n", "ratio"), [(5, 2.0), (20, 1.5), (20, 2.0), (200, 1.5)])
    def test_it_is_that_of_exponential_silences(self, n, ratio):
        drawn = np.sort(np.random.default_rng(5).exponential(size=(100_000, n)), axis=1)
        share = (drawn[:, -1] > ratio * drawn[:, -2]).mean()
        expected = chance_of_silence(n, ratio)
        assert share == pytest.approx(expected, abs=4 * np.sqrt(expected / 100_000))


class TestSilences:
    def test_a_log_of_every_day_has_none(self):
        assert found(days(("2023-01-01", "2024-01-01"))) == []

    def test_weekends_holidays_and_a_week_that_is_still_to_come_are_none(self):
        weekdays = [day for day in days(("2023-01-01", "2023-12-22")) if day.item().weekday() < 5]
        assert found(np.array(weekdays)) == []

    @pytest.mark.parametrize(
        ("parts", "expected"),
        [
            ([("2023-01-01", "2023-10-01")], [("2023-10-01", "2024-01-01")]),
            ([("2023-04-01", "2024-01-01")], [("2023-01-01", "2023-04-01")]),
            ([("2023-01-01", "2023-05-01"), ("2023-08-01", "2024-01-01")], [("2023-05-01", "2023-08-01")]),
            (
                [("2023-02-01", "2023-05-01"), ("2023-08-01", "2023-10-01")],
                [("2023-01-01", "2023-02-01"), ("2023-05-01", "2023-08-01"), ("2023-10-01", "2024-01-01")],
            ),
        ],
        ids=["an end", "a beginning", "a hole", "all three"],
    )
    def test_months_without_a_row_in_a_log_of_every_day(self, parts, expected):
        assert found(days(*parts)) == expected

    @pytest.mark.parametrize(("last", "expected"), [("2023-12-18", []), ("2023-12-17", [("2023-12-17", "2024-01-01")])])
    def test_two_weeks_are_too_short(self, last, expected):
        """Fourteen days from 18 December on, fifteen from the 17th."""
        assert SHORTEST_DAYS == 14
        assert found(days(("2023-01-01", last))) == expected

    def test_campaigns_are_as_silent_between_as_ever(self):
        quarters = [(f"2023-{month:02d}-01", f"2023-{month:02d}-11") for month in (1, 4, 7, 10)]
        assert found(days(*quarters)) == []

    def test_few_rows_tell_little(self):
        assert found(days(("2023-01-01", "2023-09-01"), every=60)) == []
        assert found(days(("2023-01-01", "2023-09-01"), every=5)) == [("2023-08-30", "2024-01-01")]

    def test_no_row_at_all_tells_nothing(self):
        assert found(np.array([], dtype="datetime64[D]")) == []

    def test_a_silence_counts_by_the_customers_who_might_have_broken_it(self):
        """A book of one customer for half a year, whose log is silent for months, is no book of a hundred that is."""
        rows = np.concatenate([days(("2023-01-01", "2023-03-01"), every=10), days(("2023-07-01", "2024-01-01"))])
        grows = customers_of([(dt.date(2023, 1, 1), 1), (dt.date(2023, 6, 28), 999)])
        assert found(rows) == [("2023-02-21", "2023-07-01")]
        assert found(rows, grows) == [("2023-02-21", "2023-07-01")]
        shrinks = customers_of([(dt.date(2022, 1, 1), 1000), (dt.date(2023, 2, 21), -999)])
        assert found(rows, shrinks) == []

    def test_rows_at_random_hardly_ever_have_one(self):
        """Of 400 logs, each of rows that come at random, on one day in so many."""
        rng, alarms = np.random.default_rng(8), 0
        for every in (2, 5, 15, 40):
            for _ in range(100):
                rows = days(("2023-01-01", "2024-01-01"))[rng.random(365) < 1 / every]
                alarms += bool(found(rows))
        assert LEAST_RATIO >= 3
        assert alarms <= 1, f"at {CHANCE} a log there should be none among 400"


def test_what_is_declared_must_be_of_the_contract():
    with pytest.raises(StudyError, match="observed_until names 'usage', which is no table of the contract"):
        log_parameters({}, {"usage": dt.date(2024, 1, 1)})
