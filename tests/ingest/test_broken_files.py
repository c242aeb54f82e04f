"""Files that cannot be read: the message says which, in which line, and what to do; no output is touched."""

import os
from pathlib import Path

import duckdb
import pytest
from refused import refused
from small_source import ACCOUNTS, STUDY, SUBSCRIPTIONS, USAGE, write_small_source

from reports.cli.commands import main


def test_column_that_stands_twice(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """DuckDB would rename the second one to ended_on_1, and nothing would read it."""
    twice = SUBSCRIPTIONS.replace("term_months", " Ended_On ")
    message = refused(write_small_source(tmp_path, subscriptions=twice), out, capsys)
    assert "subscriptions.csv cannot be read: its columns 5 and 6 are both called 'ended_on'" in message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is empty. Its first line must hold the column names"),
        ("\n \n", "its first lines are empty, but one must hold the column names"),
        (USAGE.replace("feature", "used_on"), "its columns 2 and 3 are both called 'used_on'"),
        (
            USAGE.replace("search,2", "search"),
            "line 3 holds 3 values where the header names 4 columns: 'a1,2023-02-06,search'",
        ),
        (USAGE.replace("search,2", "search,2,2"), "line 3 holds 5 values where the header names 4 columns"),
        (USAGE.replace("quote,7", '"quote,7'), "line 5 has a quotation mark that is not closed"),
    ],
    ids=["0 bytes", "empty lines", "column twice", "too short", "too long", "open quote"],
)
def test_broken_csv(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], text: str, says: str) -> None:
    study = write_small_source(tmp_path)
    (tmp_path / "data" / "usage_daily.csv").write_bytes(text.encode())
    message = refused(study, out, capsys)
    assert "usage_daily.csv cannot be read: " in message
    assert says in message
    assert message.count("\n") == 2
    assert main(["check", "--study", str(study)]) == 1
    assert " ".join(says.split()) in " ".join(capsys.readouterr().out.split())


def test_line_that_a_sample_does_not_reach_is_named(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = USAGE + "a1,2023-03-01,search,1\n" * 30_000 + "a1,2023-03-01\n"
    message = refused(write_small_source(tmp_path, usage_daily=lines), out, capsys)
    assert "usage_daily.csv cannot be read: line 30007 holds 2 values" in message


def test_csv_in_no_known_encoding(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path)
    (tmp_path / "data" / "accounts.csv").write_bytes(ACCOUNTS.encode() + b"a4,\x81 \n")
    message = refused(study, out, capsys)
    assert "accounts.csv cannot be read: it is neither UTF-8 nor cp932 nor cp1252 (line 5)" in message


def test_unreadable_csv(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path, usage_daily='account_id,used_on,feature,events\na1,"2023,x\n1,2\n')
    message = refused(study, out, capsys)
    assert "usage_daily.csv cannot be read" in message


def test_unreadable_parquet(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path, usage_daily=None)
    (tmp_path / "data" / "usage_daily.parquet").write_bytes(b"this is no Parquet file")
    assert "usage_daily.parquet cannot be read" in refused(study, out, capsys)


def test_table_that_a_database_holds_twice(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path)
    with duckdb.connect(str(tmp_path / "company.duckdb")) as con:
        con.execute("create schema crm")
        con.execute("create table accounts (account_id varchar)")
        con.execute('create table crm."Accounts" as select * from main.accounts')
    study.write_text(STUDY.replace('path = "data"', 'path = "company.duckdb"'), encoding="utf-8")
    message = refused(study, out, capsys)
    assert "accounts: several files hold table 'accounts' (crm.Accounts, main.accounts)" in message


def test_broken_database(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path)
    (tmp_path / "company.duckdb").write_bytes(b"this is no database")
    study.write_text(STUDY.replace('path = "data"', 'path = "company.duckdb"'), encoding="utf-8")
    assert "company.duckdb cannot be read" in refused(study, out, capsys)


@pytest.mark.parametrize("command", [["check"], ["build"]], ids=" ".join)
@pytest.mark.parametrize("name", ["accounts.csv", "touchpoints.csv", "notes.txt"])
def test_a_pipe_in_the_source(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], name: str, command: list[str]
) -> None:
    """Whoever opened it to read would wait for ever."""
    study = write_small_source(tmp_path)
    (tmp_path / "data" / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / "data" / name)
    message = refused(study, out, capsys, *command)
    assert f"{tmp_path / 'data' / name} is a pipe, a socket or a device, and no file" in message


def test_a_pipe_as_a_study(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "study.toml")
    assert "study.toml is a pipe, and no file" in refused(tmp_path / "study.toml", out, capsys)
