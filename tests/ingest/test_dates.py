"""Dates: one declared format a source; what is not written so is told, with its row and what would fit."""

import datetime as dt
from pathlib import Path

import duckdb
import pytest
from read_source import reading, write_source

from analysis.declared.date_format import USUAL, date_format
from analysis.errors import StudyError

FIFTH = dt.date(2023, 1, 5)


def subscriptions(*days: str) -> str:
    rows = "".join(f's{n},a1,"{day}"\n' for n, day in enumerate(days, start=1))
    return "subscription_id,account_id,started_on\n" + rows


def days_of(folder: Path, *days: str, **source: str) -> tuple[list[dt.date], list[str]]:
    with reading(write_source(folder / "data", subscriptions=subscriptions(*days)), **source) as read:
        return [
            day for (day,) in read.rows("select started_on from subscriptions order by subscription_id")
        ], read.errors


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("2023-01-05", "YYYY-MM-DD"),
        ("2023/01/05", "YYYY/MM/DD"),
        ("20230105", "YYYYMMDD"),
        ("05/01/2023", "DD/MM/YYYY"),
        ("01/05/2023", "MM/DD/YYYY"),
        ("05.01.2023", "DD.MM.YYYY"),
        ("05-01-2023", "dd-mm-yyyy"),
        ("5/1/2023", "D/M/YYYY"),
        ("1/5/2023", "M/D/YYYY"),
        ("05012023", "DDMMYYYY"),
        ("2023年1月5日", "YYYY年M月D日"),
        ("2023-01-05T23:59:59.999999", "YYYY-MM-DD"),
        ("2023-01-05 23:59", "YYYY-MM-DD"),
        ("5/1/2023 9:05", "D/M/YYYY"),
        ("1/5/2023 11:59:59 PM", "M/D/YYYY"),
        ("2023-01-05 00:00:00 UTC", "YYYY-MM-DD"),
        (" 2023-01-05\u00a0", "YYYY-MM-DD"),
    ],
)
def test_a_declared_format_is_read(tmp_path: Path, text: str, format: str) -> None:
    assert days_of(tmp_path, text, date_format=format) == ([FIFTH], [])


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("05/01/23", "Write years with four digits."),
        ("23-01-05", "Write years with four digits."),
        ("16-10-24", "Write years with four digits."),
        ("16.10.24 10:00", "Write years with four digits."),
        ("45000", "These are a spreadsheet's serial numbers"),
        ("45000.5", "These are a spreadsheet's serial numbers"),
        ("1672876800", "These count seconds since 1970"),
        ("1672876800000", "These count seconds since 1970"),
        ("2023-W01-4", "A week is no day"),
        ("2023-01", "A month is no day"),
        ("infinity", "Leave the cell empty where there is no such day"),
        ("0023-01-05", "Correct the cells"),
        ("1899-12-31", "Correct the cells"),
        ("2023-02-30", "Correct the cells"),
        ("2023-01-05 25:00", "Correct the cells"),
        ("2023-01-05x", "Correct the cells"),
        ("5 Jan 2023", "Correct the cells"),
        ("2023-1-5", 'set date_format = "YYYY-M-D"'),
        ("13/01/2023", 'set date_format = "DD/MM/YYYY"'),
        ("01/13/2023", 'set date_format = "MM/DD/YYYY"'),
        ("20230105", 'set date_format = "YYYYMMDD"'),
        ("13.1.2023", 'set date_format = "D.M.YYYY"'),
        ("2023/01/05 10:00", "each of 'YYYY/MM/DD', 'YYYY/DD/MM'"),
        ("05/01/2023", "each of 'DD/MM/YYYY', 'MM/DD/YYYY'"),
    ],
)
def test_anything_else_is_told_with_its_row_and_what_it_is(tmp_path: Path, text: str, mend: str) -> None:
    days, (error,) = days_of(tmp_path, text)
    assert days == []
    start = "subscriptions: Column 'subscriptions.started_on' must be a date written YYYY-MM-DD, but is not: 1 row"
    assert error.startswith(f"{start}, among them row 2 '{text}'. ")
    assert mend in error
    assert error.endswith("(rule subscriptions.started_on_is_of_its_type)")


def test_a_format_is_proposed_only_if_all_values_would_fit(tmp_path: Path) -> None:
    _, (error,) = days_of(tmp_path, "2023-01-05", "13/01/2023", "14/01/2023")
    assert "2 rows, among them row 3 '13/01/2023'; row 4 '14/01/2023'. Correct the cells" in error


def test_rows_with_a_wrong_required_date_are_left_out_and_wrong_optional_ones_are_empty(tmp_path: Path) -> None:
    text = "subscription_id,account_id,started_on,ended_on\ns1,a1,2023-01-05,soon\ns2,a2,soon,2023-02-01\ns3,a2,,\n"
    with reading(write_source(tmp_path / "data", subscriptions=text)) as read:
        assert [error.partition(" must")[0] for error in read.errors] == [
            "subscriptions: Column 'subscriptions.started_on'",
            "subscriptions: Column 'subscriptions.ended_on'",
        ]
        found = read.rows("select subscription_id, started_on, ended_on from subscriptions order by all")
        assert found == [("s1", FIFTH, None), ("s3", None, None)]


def test_dates_of_a_database_or_of_parquet_need_no_format_but_a_plausible_year(tmp_path: Path) -> None:
    folder = write_source(tmp_path / "data", subscriptions=None)
    duckdb.sql(
        "copy (select 's' || n as subscription_id, 'a1' as account_id, cast(day as date) as started_on from (values "
        "(1, '2023-01-05'), (2, '0023-01-05'), (3, 'infinity'), (4, '9999-12-31')) as t(n, day)) "
        f"to '{folder}/subscriptions.parquet'"
    )
    with reading(folder, date_format="DD/MM/YYYY") as read:
        # the last day there is stands for none in many exports: the rules of the contract say so
        assert read.rows("select cast(started_on as varchar) from subscriptions order by all") == [
            (str(FIFTH),),
            ("9999-12-31",),
        ]
        (error,) = read.errors
    assert "2 rows, among them row 2 '0023-01-05'; row 3 'infinity'" in error


@pytest.mark.parametrize("text", ["YY-MM-DD", "DD/MM", "%Y-%m-%d", "YYYYMD", "iso", "", "YYYY-MM-MM", "YYYYxMMxDD"])
def test_a_format_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(StudyError, match=r"must be made of YYYY, MM and DD .* Years have four digits"):
        date_format(text)


def test_the_usual_formats_are_formats() -> None:
    assert [date_format(text).text for text in USUAL] == list(USUAL)
