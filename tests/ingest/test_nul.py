"""NUL in a text: an error that names table, row and column, from whatever kind of source; so is what is no letter."""

import json
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from mutant_source import rows_of, small_files, text, write_files

from reports.cli.commands import main


def study_of(kind: str, table: str, column: str, value: str, folder: Path) -> Path:
    files = small_files()
    for name in [name for name in files if name.endswith(".csv")]:
        rows = rows_of(files[name])
        if name == f"{table}.csv":
            rows[3][rows[0].index(column)] = value
            files[name] = text(rows)
        if kind == "csv":
            continue
        del files[name]
        stem, frame = name.removesuffix(".csv"), pd.DataFrame(rows[1:], columns=rows[0]).replace("", None)
        if kind == "parquet":
            files[f"{stem}.parquet"] = frame.to_parquet()
        elif kind == "jsonl":
            files[f"{stem}.jsonl"] = "\n".join(json.dumps(row) for row in frame.to_dict("records")).encode()
        else:
            with duckdb.connect(str(folder / "source.duckdb")) as con:
                con.register("given", frame)
                con.execute(f"create table {stem} as from given")
    if kind == "duckdb":
        files["study.toml"] = files["study.toml"].replace(b'"data"', b'"../source.duckdb"')
    return write_files(folder / "source", files)


@pytest.mark.parametrize(
    ("kind", "table", "column", "value"),
    [
        ("csv", "accounts", "segment", "a\x00b"),
        ("csv", "accounts", "account_id", "A000\x00"),
        ("csv", "touchpoints", "kind", "\x00"),
        ("parquet", "accounts", "segment", "a\x00b"),
        ("jsonl", "users", "department", "a\x00b"),
        ("duckdb", "accounts", "segment", "a\x00b"),
    ],
)
def test_nul_is_an_error(
    kind: str, table: str, column: str, value: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = study_of(kind, table, column, value, tmp_path)
    assert main(["check", "--study", str(study), "--out", str(tmp_path / "out")]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert f"Column '{table}.{column}' must be text, in which the sign NUL (\\x00) does not occur" in said
    assert repr(value) in said
    assert "row 4 " in said or kind != "csv"


@pytest.mark.parametrize(
    ("column", "content"), [("segment", b"a\xff\xfeb"), ("segment", b"a\xed\xa0\x80b"), ("account_id", b"\xc3")]
)
def test_what_is_no_letter_is_an_error(
    column: str, content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Other lines are UTF-8 beyond ASCII, so that the file is in no other encoding.
    files = small_files()
    lines = files["accounts.csv"].replace(b"web", "w\u00e9b\u682a".encode()).splitlines()
    cells = lines[3].split(b",")
    cells[["account_id", "segment"].index(column)] = content
    files["accounts.csv"] = b"\n".join([*lines[:3], b",".join(cells), *lines[4:]]) + b"\n"
    study = write_files(tmp_path / "source", files)
    assert main(["check", "--study", str(study), "--out", str(tmp_path / "out")]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "the file accounts.csv cannot be read: it is UTF-8, but line 4 is not" in said
