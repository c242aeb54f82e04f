"""What of a source was read, and how it lies against the lifetimes: small sources whose numbers are counted by hand."""

from pathlib import Path

import pandas as pd
import pytest
from small_source import USAGE, write_small_source

from analysis.cohort.source_check import SourceCheck, check_source
from analysis.cohort.source_overview import SourceOverview, note_rows_by_day, source_overview
from analysis.declared.study import read_study
from analysis.engine.opening import open_engine
from analysis.ingest.files.files_read import FileRead
from analysis.progress import quiet

ODD = """a1,2022-12-30,search,1
a2,2023-05-02,search,1
a9,2023-03-05,search,1
a3,2023-07-09,quote,1
"""
"""Before the first paid day of a1; after the end of a2; of nobody; after the snapshot, and a3 is still there."""


def checked(folder: Path, **tables: str | None) -> SourceCheck:
    (folder / "rows").mkdir()
    return check_source(read_study(write_small_source(folder, **tables)), folder, quiet, rows=folder / "rows")


def overview(folder: Path, **tables: str | None) -> SourceOverview:
    found = checked(folder, **tables).overview
    assert found is not None
    return found


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> SourceOverview:
    return overview(tmp_path_factory.mktemp("odd"), usage_daily=USAGE + ODD)


def test_tables_are_counted_as_they_were_read(odd: SourceOverview) -> None:
    usage = odd.tables.set_index("table").loc["usage_daily"]
    assert usage[["day", "columns", "rows", "set_apart", "not_yet_known", "undated", "outside"]].tolist() == [
        *("used_on", 4, 9, 1, 1, 0, 2),
    ]
    assert (usage["first_day"], usage["last_day"]) == (pd.Timestamp("2022-12-30"), pd.Timestamp("2023-07-09"))
    assert [(file.name, file.table) for file in odd.files] == [
        ("accounts.csv", "accounts"),
        ("subscriptions.csv", "subscriptions"),
        ("usage_daily.csv", "usage_daily"),
    ]


def test_rows_by_month_say_what_lies_in_no_lifetime(odd: SourceOverview) -> None:
    usage = odd.months[odd.months["table"] == "usage_daily"]
    counted = {f"{row.month:%Y-%m}": (row.rows, row.outside, row.set_apart) for row in usage.itertuples()}
    assert counted == {
        "2022-12": (1, 1, 0),
        "2023-01": (2, 0, 0),
        "2023-02": (1, 0, 0),
        "2023-03": (1, 0, 1),
        "2023-05": (1, 1, 0),
        "2023-06": (1, 0, 0),
        "2023-07": (1, 0, 0),
    }


def test_of_tables_that_make_lifetimes_nothing_lies_outside(odd: SourceOverview) -> None:
    made = odd.tables.set_index("table")
    assert made.loc[["accounts", "subscriptions"], "outside"].isna().all()
    assert pd.isna(made.loc["accounts", "day"])


def test_lifetimes_at_risk_by_month(odd: SourceOverview) -> None:
    """a1 from 5 January on, a2 from 10 January to 10 April, a3 from 1 February on; ends are settled up to 1 June."""
    assert odd.at_risk is not None
    assert {f"{row.month:%m}": row.lifetimes for row in odd.at_risk.itertuples()} == {
        "01": 2,
        "02": 3,
        "03": 3,
        "04": 3,
        "05": 2,
    }
    assert odd.ends is not None
    assert dict(zip(odd.ends["cause"].fillna("stays"), odd.ends["lifetimes"], strict=True)) == {"churn": 1, "stays": 2}


def test_what_lasts_lies_in_a_lifetime_that_it_overlaps(tmp_path: Path) -> None:
    users = "user_id,account_id,created_on,deactivated_on\nu1,a1,2022-06-01,\nu2,a1,2022-06-01,2022-07-01\nu3,a2,,\n"
    found = overview(tmp_path, users=users).tables.set_index("table").loc["users"]
    assert found[["rows", "undated", "outside"]].tolist() == [3, 1, 1]


@pytest.mark.parametrize("day", ["0005-01-23", "9999-12-31", "2262-05-01"])
def test_days_that_no_business_has_are_counted_where_they_are(day: str) -> None:
    with open_engine(":memory:") as engine:
        engine.run(f"create table tickets as select 'a1' as account_id, date '{day}' as opened_on")
        given = {"tickets": ("account_id", "opened_on")}
        note_rows_by_day(engine, given)
        found = source_overview(engine, (), given, ())
    assert [str(found.tables[name][0].date()) for name in ("first_day", "last_day")] == [day, day]
    assert [str(month.date()) for month in found.months["month"]] == [f"{day[:7]}-01"]


def test_a_table_without_rows_is_told_as_such() -> None:
    with open_engine(":memory:") as engine:
        engine.run("create table tickets as select 'a1' as account_id, null::date as opened_on where false")
        given = {"tickets": ("account_id", "opened_on")}
        note_rows_by_day(engine, given)
        found = source_overview(engine, (), given, ())
    assert found.tables[["rows", "set_apart", "undated"]].to_numpy().tolist() == [[0, 0, 0]]
    assert found.tables[["first_day", "last_day"]].isna().all(axis=None)
    assert found.months.empty


def test_without_lifetimes_nothing_is_said_of_them() -> None:
    with open_engine(":memory:") as engine:
        engine.run("create table tickets as select 'a1' as account_id, date '2024-01-31' as opened_on")
        engine.run("create table quarantine_tickets as select 'r' as rule, 'a9' as account_id, null as opened_on")
        given = {"tickets": ("account_id", "opened_on")}
        note_rows_by_day(engine, given)
        found = source_overview(engine, (FileRead("tickets.csv", "tickets", 1, "utf-8", ","),), given, ())
    assert (found.at_risk, found.ends) == (None, None)
    assert found.tables[["table", "rows", "set_apart"]].to_numpy().tolist() == [["tickets", 2, 1]]
    assert found.tables["outside"].isna().all()
    assert found.months[["rows", "set_apart"]].to_numpy().tolist() == [[1, 0]]
    assert found.months["outside"].isna().all()


def test_a_check_without_a_page_makes_no_overview(tmp_path: Path) -> None:
    found = check_source(read_study(write_small_source(tmp_path)), tmp_path, quiet)
    assert (found.overview, found.row_files) == (None, ())
