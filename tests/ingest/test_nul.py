"""NUL in a text: an error that names table, row and column, from whatever kind of source; so is what is no letter."""

import json
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from mutant_source import rows_of, small_files, text, write_files
from read_source import reading, write_source

from reports.cli.commands import main

SAID = "Column '{}' must be text, in which the sign NUL (\\x00) does not occur"


def test_nul_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = small_files()
    faults = {"accounts.account_id": "A000\x00", "accounts.segment": "a\x00b", "touchpoints.kind": "\x00"}
    for name, value in faults.items():
        table, column = name.split(".")
        rows = rows_of(files[f"{table}.csv"])
        rows[3][rows[0].index(column)] = value
        files[f"{table}.csv"] = text(rows)
    study = write_files(tmp_path / "source", files)
    assert main(["check", "--study", str(study), "--out", str(tmp_path / "out")]) == 1
    said = " ".join(capsys.readouterr().out.split())
    for name, value in faults.items():
        assert f"{SAID.format(name)}, but is not: 1 row, among them row 4 {value!r}" in said


@pytest.mark.parametrize("kind", ["parquet", "jsonl", "duckdb"])
def test_nul_is_an_error_in_a_source_of_another_kind(kind: str, tmp_path: Path) -> None:
    source = write_source(tmp_path / "data", accounts=None)
    frame = pd.DataFrame({"account_id": ["a1", "a2"], "name": ["Ann", "a\x00b"]})
    if kind == "parquet":
        frame.to_parquet(source / "accounts.parquet")
    elif kind == "jsonl":
        lines = "\n".join(json.dumps(row) for row in frame.to_dict("records"))
        (source / "accounts.jsonl").write_text(lines, encoding="utf-8")
    else:
        with duckdb.connect(str(tmp_path / "source.duckdb")) as con:
            con.register("given", frame)
            con.execute("create table accounts as from given")
            con.execute(f"create table subscriptions as from '{source}/subscriptions.csv'")
        source = tmp_path / "source.duckdb"
    with reading(source) as read:
        (error,) = read.errors
    assert SAID.format("accounts.name") in error
    assert repr("a\x00b") in error


@pytest.mark.parametrize(
    ("column", "content"), [("name", b"a\xff\xfeb"), ("name", b"a\xed\xa0\x80b"), ("account_id", b"\xc3")]
)
def test_what_is_no_letter_is_an_error(column: str, content: bytes, tmp_path: Path) -> None:
    # Other lines are UTF-8 beyond ASCII, so that the file is in no other encoding.
    cells = [b"a3", b"Cleo"]
    cells[["account_id", "name"].index(column)] = content
    others = [f"a{number},w\u00e9b\u682a".encode() for number in (1, 2, *range(4, 40))]
    accounts = b"\n".join([b"account_id,name", *others[:2], b",".join(cells), *others[2:]]) + b"\n"
    with reading(write_source(tmp_path / "data", accounts=accounts)) as read:
        (error,) = (error for error in read.errors if "cannot be read" in error)
    assert "the file accounts.csv cannot be read: it is UTF-8, but line 4 is not" in error
