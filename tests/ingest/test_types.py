"""Numbers, truths and moments: read strictly, and the same on every machine."""

# ruff: noqa: RUF001 - letters as people and editors write them are what is read here

import datetime as dt
import os
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from read_source import reading, write_source


def told(folder: Path, column: str, *values: str) -> tuple[list, list[str]]:
    rows = "".join(f's{n},a1,2023-01-05,"{value}"\n' for n, value in enumerate(values))
    text = f"subscription_id,account_id,started_on,{column}\n{rows}"
    with reading(write_source(folder / "data", subscriptions=text)) as read:
        return [
            value for (value,) in read.rows(f"select {column} from subscriptions order by subscription_id")
        ], read.errors


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("mrr", "1234.5", Decimal("1234.5")),
        ("mrr", " 12 ", Decimal(12)),
        ("mrr", "-.5", Decimal("-0.5")),
        ("mrr", "1e3", Decimal(1000)),
        ("mrr", "", None),
        ("seats", "3.0", 3),
        ("seats", "7", 7),
        ("seats", " +7 ", 7),
        ("seats", "1e3", 1000),
        ("notice_period_days", "30.0", 30),
        ("auto_renew", "TRUE", True),
        ("auto_renew", "n", False),
        ("auto_renew", "1.0", True),
    ],
)
def test_what_is_read(tmp_path: Path, column: str, text: str, value: object) -> None:
    assert told(tmp_path, column, text) == ([value], [])


@pytest.mark.parametrize(
    ("column", "text", "must_be"),
    [
        *(
            ("mrr", text, "a number such as 1234.5")
            for text in ("1,234.50", "1.234,5", "1 234", "$5", "5%", "(5)", "1_0")
        ),
        *(("mrr", text, "a number such as 1234.5") for text in ("NaN", "inf", "0x10", "1e99", "n/a", "１２", "1'234")),
        *(("seats", text, "a whole number such as 1234") for text in ("4.5", "0x10", "1,000", "9" * 20, "five")),
        ("notice_period_days", "3000000000", "a whole number of days"),
        *(("auto_renew", text, "true or false (or yes and no, 1 and 0)") for text in ("2", "ja", "x", "-")),
    ],
)
def test_what_is_refused(tmp_path: Path, column: str, text: str, must_be: str) -> None:
    values, (error,) = told(tmp_path, column, "1", text)
    assert values[1] is None
    assert f"Column 'subscriptions.{column}' must be {must_be}" in error
    is_of_thousands = text in {"1,234.50", "1.234,5", "1 234", "1'234", "1,000"}
    mend = f"If {text!r} is 1" if is_of_thousands else "Correct the cells, or leave them empty."
    assert f"but is not: 1 row, among them row 3 {text!r}. {mend}" in error


class TestZones:
    @pytest.fixture(params=["UTC", "Asia/Tokyo", "America/New_York"])
    def machine(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
        """A machine that stands somewhere."""
        monkeypatch.setitem(os.environ, "TZ", request.param)
        time.tzset()
        yield request.param
        monkeypatch.undo()
        time.tzset()

    @pytest.mark.parametrize(
        ("zone", "days"),
        [("UTC", (5, 5, 6)), ("Asia/Tokyo", (5, 6, 6)), ("America/New_York", (4, 5, 5))],
    )
    def test_a_moment_falls_on_the_day_of_the_study_s_zone(
        self, tmp_path: Path, machine: str, zone: str, days: tuple[int, ...]
    ) -> None:
        moments = ("2023-01-05 03:00:00+00", "2023-01-05 20:00:00+00", "2023-01-06 03:00:00+00")
        source = write_source(tmp_path / "data", subscriptions=None)
        values = ", ".join(f"('s{n}', 'a1', timestamptz '{moment}')" for n, moment in enumerate(moments))
        rows = f"from (values {values}) as t(subscription_id, account_id, started_on)"
        duckdb.sql(f"copy ({rows}) to '{source}/subscriptions.parquet'")
        written = ("2023-01-05T03:00:00Z", "2023-01-06 05:00:00.5+09:00", "2023-01-05 22:00:00 -0500")
        usage = "".join(f"a1,{moment},search,1\n" for moment in written)
        (source / "usage_daily.csv").write_text(f"account_id,used_on,feature,events\n{usage}")
        with reading(source, zone) as read:
            expected = [(dt.date(2023, 1, day),) for day in days]
            assert read.rows("select started_on from subscriptions order by subscription_id") == expected
            assert read.rows("select used_on from usage_daily order by all") == sorted(expected)
            assert read.errors == []

    @pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
    def test_a_time_without_a_zone_stands_as_it_is(self, tmp_path: Path, machine: str, zone: str) -> None:
        source = write_source(tmp_path / "data", subscriptions=None)
        duckdb.sql(
            "copy (select 's1' as subscription_id, 'a1' as account_id, timestamp '2023-01-05 23:59:59' as started_on, "
            f"'2023-02-05 00:00:01' as ended_on) to '{source}/subscriptions.parquet'"
        )
        with reading(source, zone) as read:
            found = read.rows("select started_on, ended_on from subscriptions")
            assert found == [(dt.date(2023, 1, 5), dt.date(2023, 2, 5))]
