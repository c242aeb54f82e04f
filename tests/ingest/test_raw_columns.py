"""Raw columns: the type that is declared, or that all values have; codes stay text, and what does not fit is told."""

import datetime as dt
from pathlib import Path

import pytest

from analysis.declared.declaration import Declaration
from analysis.engine.opening import open_engine
from analysis.engine.query import Query
from analysis.ingest.files.opening import open_raw
from analysis.ingest.files.raw_files import locate_files
from analysis.ingest.findings import Finding
from analysis.ingest.tables.raw_columns import give_types

TOKYO = "Asia/Tokyo"


def typed(
    folder: Path, text: str, declared: dict[str, str] | None = None, *, needed: tuple[str, ...] = (), sql: str = ""
) -> tuple[dict[str, str], list[tuple], list[Finding]]:
    """Return the types and rows of a raw table of one file, and what was found."""
    (folder / "scratch").mkdir(exist_ok=True)
    (folder / "raw").mkdir(exist_ok=True)
    (folder / "raw" / "own.csv").write_text(text, encoding="utf-8")
    declaration = Declaration(
        kind="own",
        description="",
        files={"own": "own.csv"},
        columns={"own": declared or {}},
        needed={"own": needed},
        queries=(Query("accounts", "own", f"select {sql or '*'} from raw.own"),),
    )
    located = locate_files(declaration, folder / "raw", {})
    with open_engine(":memory:") as engine:
        engine.live_in(TOKYO)
        opened = open_raw(engine, located, folder / "scratch")
        give_types(engine, declaration, located, opened, "YYYY-MM-DD")
        columns = engine.columns("raw.own")
        shown = ", ".join(f'cast("{name}" as varchar)' if kind.startswith("TIME") else f'"{name}"'
                          for name, kind in columns.items())  # fmt: skip
        return columns, engine.rows(f"select {shown} from raw.own"), opened.findings


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (("1", "-20", ""), "BIGINT"),
        (("1", "2.5"), "DECIMAL(18,6)"),
        (("2024-02-29", "2023-01-01"), "DATE"),
        (("2024-02-29T23:30:00.000+0000",), "TIMESTAMP WITH TIME ZONE"),
        (("2024-02-29 08:30",), "TIMESTAMP WITH TIME ZONE"),
        (("true", "False"), "BOOLEAN"),
        (("01234", "98765"), "VARCHAR"),  # a postal code
        (("1234567890123456789012",), "VARCHAR"),  # digits that no number keeps
        (("1", "one"), "VARCHAR"),
        (("2024-02-30",), "VARCHAR"),  # no day
        (("", ""), "VARCHAR"),
    ],
)
def test_the_narrowest_type_that_fits_every_value_is_found(tmp_path: Path, values: tuple[str, ...], kind: str) -> None:
    columns, _, _ = typed(tmp_path, "n,own\n" + "".join(f"x,{value}\n" for value in values))
    assert columns["own"] == kind


def test_one_value_at_the_end_of_a_long_file_decides(tmp_path: Path) -> None:
    """No sample is taken: what a reader of a few thousand rows would take for numbers is text."""
    columns, rows, _ = typed(tmp_path, "own\n" + "7\n" * 30_000 + "07\n")
    assert columns["own"] == "VARCHAR"
    assert rows[-1] == ("07",)


def test_declared_types_are_given_and_moments_fall_on_the_day_of_the_study(tmp_path: Path) -> None:
    header, row = (
        "Id,at,seconds,millis,paid,amount,is_on",
        "007,2024-03-31T20:00:00Z,1711915200,1711915200000,2024-04-01,9.5,1",
    )
    declared = {
        "id": "text",  # whatever the case
        "at": "moment",
        "seconds": "epoch_seconds",
        "millis": "epoch_milliseconds",
        "paid": "date",
        "amount": "number",
        "is_on": "boolean",
    }
    _, rows, findings = typed(tmp_path, f"{header}\n{row}\n", declared)
    moment = "2024-04-01 05:00:00+09"
    assert rows == [("007", moment, moment, moment, dt.date(2024, 4, 1), pytest.approx(9.5), True)]
    assert findings == []


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("date", "2024-01-01", "01.02.2024"),
        ("integer", "5", "5.5"),
        ("boolean", "true", "maybe"),
        ("moment", "2024-01-01T00:00:00Z", "yesterday"),
        ("epoch_seconds", "1711915200", "1711915200000"),  # milliseconds
        ("epoch_milliseconds", "1711915200000", "1711915200"),
    ],
)
def test_a_value_that_is_not_what_is_declared_is_an_error_with_file_column_and_row(
    tmp_path: Path, kind: str, good: str, bad: str
) -> None:
    _, _, (error,) = typed(tmp_path, f"own\n{good}\n{bad}\n", {"own": kind})
    assert (error.name, error.table, error.severity, error.rows) == ("raw_type_does_not_hold", "own.csv", "error", 1)
    assert "column 'own' is declared to hold" in error.message()
    assert f"row 3 '{bad}'" in error.message()
    assert "[columns.own] in source.toml" in error.message()


def test_types_found_are_told_of_columns_that_a_query_names_alone(tmp_path: Path) -> None:
    _, _, (notice,) = typed(tmp_path, "id,zip,other\n1,01,x\n", sql="id, Zip")
    assert (notice.name, notice.severity) == ("raw_types_found", "notice")
    assert "'id' whole numbers, 'zip' text." in notice.message()


@pytest.mark.parametrize(
    ("sql", "is_told"),
    [
        ("name from raw.other as zip", False),  # a word of the text, and no column of the file
        ("zip from raw.other", False),
        ("other.zip from raw.own inner join raw.other as other on own.id = other.id", False),
        ("1 as zip from raw.own", False),
        ("own.ZIP from raw.own inner join raw.other as other on own.id = other.id", True),
        ("o.zip from (select z.zip from raw.own as z) as o", True),
        ("1 from raw.other as a where exists (select 1 from raw.own where zip = a.zip)", True),
        ("zip from o", True),  # of a table that takes all columns of the file
    ],
)
def test_a_type_is_told_where_a_query_reads_the_column_of_this_very_file(tmp_path: Path, sql: str, is_told: bool):
    """An export has a hundred columns whose names are words of queries on other files."""
    text = f"with o as (select * from raw.own) select {sql}" if sql.endswith("from o") else f"select {sql}"
    queries = (Query("accounts", "own", text),)
    declaration = Declaration(kind="own", description="", files={"own": "own.csv", "other": "o.csv"}, queries=queries)
    assert declaration.reads("Zip", "own") is is_told


def test_a_declared_column_that_is_not_there_is_empty_unless_it_is_needed(tmp_path: Path) -> None:
    declared = {"id": "text", "left_on": "date"}
    columns, rows, (notice,) = typed(tmp_path, "id\n1\n", declared)
    assert columns == {"id": "VARCHAR", "left_on": "DATE"}
    assert rows == [("1", None)]
    assert "it has no column 'left_on'; it is read as empty" in notice.message()
    _, _, (error,) = typed(tmp_path, "id,left\n1,2\n", declared, needed=("left_on",))
    assert error.severity == "error"
    assert "lacks the column 'left_on'" in error.message()
