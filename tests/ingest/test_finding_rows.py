"""All rows of a finding as CSV: right in a spreadsheet, harmless there, and the same when they are read again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.engine.engine import Engine
from analysis.engine.opening import open_engine
from analysis.ingest.files.csv_files import open_csv
from analysis.ingest.files.encodings import encodings_of
from analysis.ingest.findings import Finding
from analysis.ingest.rules.finding_rows import write_rows
from analysis.wording.remarks import remark


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(":memory:") as engine:
        engine.run(
            "create table kept as select * from (values "
            "('a2', '解約, \"株\"', date '2024-01-31', cast(-1.5 as decimal(18, 6)), true), "
            "('a1', '=1+1', null, 2, null), ('-a', null, date '2024-02-01', null, false)"
            ") as t (account_id, name, day, mrr, auto_renew)"
        )
        yield engine


def finding(name: str, table: str, rows_sql: str) -> Finding:
    said = remark("ingest.no_rows.says")
    return Finding(name, table, "notice", said, said, rows=3, rows_sql=rows_sql)


def test_every_row_stands_in_the_file(engine: Engine, tmp_path: Path) -> None:
    found = finding("accounts.name_is_odd", "accounts", "select * from kept order by all")
    assert write_rows(engine, [found], tmp_path) == ("accounts.name_is_odd.csv",)
    assert (tmp_path / "accounts.name_is_odd.csv").read_bytes().decode("utf-8") == (
        "\ufeffaccount_id,name,day,mrr,auto_renew\n"
        "'-a,,2024-02-01,,false\n"
        "a1,'=1+1,,2.000000,\n"
        'a2,"解約, ""株""",2024-01-31,-1.500000,true\n'
    )


def test_our_own_reader_takes_it_back(engine: Engine, tmp_path: Path) -> None:
    write_rows(engine, [finding("x", "accounts", "select * from kept")], tmp_path)
    path = tmp_path / "accounts.x.csv"
    assert encodings_of([path])[path] == "utf-8-sig"
    names = open_csv(path, tmp_path / "scratch", (), ()).names
    assert names == ("account_id", "name", "day", "mrr", "auto_renew")


def test_no_rows_is_a_header(engine: Engine, tmp_path: Path) -> None:
    write_rows(engine, [finding("x", "accounts", "select * from kept where false")], tmp_path)
    assert (tmp_path / "accounts.x.csv").read_text(encoding="utf-8-sig") == "account_id,name,day,mrr,auto_renew\n"


def test_each_file_has_a_name_of_its_own_that_any_system_takes(engine: Engine, tmp_path: Path) -> None:
    sql = "select account_id from kept"
    found = [
        finding("usage_daily.events_is_odd", "usage_daily", sql),
        finding("rows_are_odd", "usage_daily", sql),
        finding("rows_are_odd", "tickets", sql),
        finding("Rows_are_odd", "tickets", sql),
        finding("unread_file", "a/b:c.csv", ""),
        finding("odd", "a/b:c.csv", sql),
    ]
    names = write_rows(engine, found, tmp_path)
    assert names == (
        "usage_daily.events_is_odd.csv",
        "usage_daily.rows_are_odd.csv",
        "tickets.rows_are_odd.csv",
        "tickets.Rows_are_odd-2.csv",
        "",
        "a_b_c.csv.odd.csv",
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(filter(None, names))
