"""One rule of CSV for whatever writes one: nothing in it runs, no control is sent, and every reader reads it back."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from nasty_strings import CONTROLS, FORMULAS, NASTY

from analysis.engine.opening import open_engine
from analysis.written.csv_text import as_csv

Writer = Callable[[pd.DataFrame, Path], None]
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def by_frame(table: pd.DataFrame, path: Path) -> None:
    path.write_bytes(as_csv(table).encode("utf-8"))


def by_engine(table: pd.DataFrame, path: Path) -> None:
    with open_engine(":memory:", 1) as engine, engine.showing(given=table):
        engine.write_csv("select * from given", path)


@pytest.fixture(params=[by_frame, by_engine])
def write(request: pytest.FixtureRequest) -> Writer:
    return request.param


def written(write: Writer, table: pd.DataFrame, folder: Path) -> list[list[str]]:
    write(table, folder / "x.csv")
    text = (folder / "x.csv").read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text(write: Writer, text: str, tmp_path: Path) -> None:
    (_, (cell, _)) = written(write, pd.DataFrame({"name": [text], "n": [1]}), tmp_path)
    assert cell.startswith("'") == (text != '"=1+1"')
    assert cell.lstrip("'").startswith(("\\x00", "\\x1b")) or text in {cell, cell[1:]}


@pytest.mark.parametrize("text", CONTROLS)
def test_a_control_is_written_out(write: Writer, text: str, tmp_path: Path) -> None:
    (_, (cell, _)) = written(write, pd.DataFrame({"name": [text], "n": [1]}), tmp_path)
    assert not CONTROL.search(cell)


@pytest.mark.parametrize("text", ["a", "-5", "-12.5", "a=b", "2024-01-01", "1+1", "é=", "株式会社", "'quoted"])
def test_what_runs_nothing_is_left_alone(write: Writer, text: str, tmp_path: Path) -> None:
    assert written(write, pd.DataFrame({"name": [text], "n": [1]}), tmp_path)[1][0] == text


@pytest.mark.parametrize("text", ["=1+1", "\t=x", "a\rb", "\x1bname", "-"])
def test_a_name_of_a_column_is_text_too(write: Writer, text: str, tmp_path: Path) -> None:
    ((name, _), _) = written(write, pd.DataFrame({text: ["a"], "n": [1]}), tmp_path)
    assert name.startswith("'") == (text != "a\rb")
    assert not CONTROL.search(name)


def test_numbers_days_and_what_is_missing_are_what_they_were(write: Writer, tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "n": [-5, 7], "x": [-0.25, float("nan")], "day": pd.to_datetime(["2024-01-31", None]),
            "name": [None, "b"], "is": [True, False],
        }
    )  # fmt: skip
    head, first, second = written(write, table, tmp_path)
    assert head == list(table.columns)
    assert first[:2] == ["-5", "-0.25"]
    assert first[2].startswith("2024-01-31")
    assert first[3] == second[1] == second[2] == ""
    assert [first[4].lower(), second[4].lower()] == ["true", "false"]
    assert pd.read_csv(tmp_path / "x.csv")["x"].dtype == float


def test_text_of_any_dtype_is_put_to_the_rule(tmp_path: Path) -> None:
    for dtype in (object, "string", "category"):
        table = pd.DataFrame({"name": pd.Series(["=1+1", "b"]).astype(dtype)})
        assert written(by_frame, table, tmp_path)[1] == ["'=1+1"]


def test_every_reader_reads_the_same_back(write: Writer, tmp_path: Path) -> None:
    # pandas takes some words for missing values unless told otherwise.
    table = pd.DataFrame({"place": [str(place) for place in range(len(NASTY))], "name": NASTY})
    by_python = [tuple(row) for row in written(write, table, tmp_path)[1:]]
    assert [row[0] for row in by_python] == list(table["place"])
    path = tmp_path / "x.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert list(frame.itertuples(index=False, name=None)) == by_python
    by_duckdb = duckdb.sql(
        f"from read_csv('{path}', all_varchar=true, header=true, quote='\"', escape='\"', delim=',', nullstr='\\N')"
    )
    assert by_duckdb.columns == ["place", "name"]
    assert by_duckdb.fetchall() == by_python
