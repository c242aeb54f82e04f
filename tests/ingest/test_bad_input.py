"""Bad input: the message says what, where, which rows and what to do; and no output is touched."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from small_source import ACCOUNTS, STUDY, SUBSCRIPTIONS, USAGE, content_of, write_small_source

from analysis.engine.engine import Engine
from analysis.engine.refusals import refusal
from analysis.errors import EngineError
from reports.cli.commands import main


@pytest.fixture(scope="module")
def good_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    assert main(["build", "--no-audits", "--study", str(write_small_source(folder)), "--out", str(folder / "out")]) == 0
    return folder


@pytest.fixture
def out(tmp_path: Path, good_build: Path) -> Path:
    """An output folder with a good build in it, made of ``good/study.toml``, which no failure may touch."""
    shutil.copytree(good_build, tmp_path / "good")
    return (tmp_path / "good" / "out").rename(tmp_path / "out")


def refused(study: Path, out: Path, capsys: pytest.CaptureFixture[str], *command: str) -> str:
    """Run a command that must fail without touching the output, and return its message."""
    before = content_of(out)
    assert main([*(command or ("build",)), "--study", str(study), "--out", str(out)]) == 1
    assert content_of(out) == before
    message = capsys.readouterr().err
    assert message.startswith("tenure: ")
    assert "Traceback" not in message
    return message


def test_missing_table(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(write_small_source(tmp_path, subscriptions=None), out, capsys)
    assert "Required table 'subscriptions' is missing" in message
    assert "There: accounts, usage_daily" in message


def test_missing_column_names_the_nearest(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    renamed = SUBSCRIPTIONS.replace("started_on", "start_on", 1)
    message = refused(write_small_source(tmp_path, subscriptions=renamed), out, capsys)
    assert "Table 'subscriptions' lacks its required column 'started_on'" in message
    assert "(rename 'start_on'?)" in message


def test_wrong_type_shows_the_values(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = SUBSCRIPTIONS.replace("2023-01-10", "10 Jan")
    message = refused(write_small_source(tmp_path, subscriptions=wrong), out, capsys)
    assert "Column 'subscriptions.started_on' must be a date written YYYY-MM-DD, but is not: 1 row" in message
    assert "among them row 3 '10 Jan'" in message


def test_fraction_in_a_whole_number_is_a_wrong_type(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cast would round 4.5 to 4 or 5 without a word."""
    wrong = SUBSCRIPTIONS.replace(",10,200", ",4.5,200")
    message = refused(write_small_source(tmp_path, subscriptions=wrong), out, capsys)
    assert "Column 'subscriptions.seats' must be a whole number such as 1234" in message
    assert "but is not: 1 row, among them row 3 '4.5'" in message


def test_empty_required_value(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = SUBSCRIPTIONS.replace("s2,a2,2023-01-10", "s2,a2,")
    message = refused(write_small_source(tmp_path, subscriptions=wrong), out, capsys)
    assert "subscriptions: started_on is empty: 1 row, among them account_id=a2, subscription_id=s2" in message


def test_duplicate_key(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twice = ACCOUNTS + "a2,shop\n"
    message = refused(write_small_source(tmp_path, accounts=twice), out, capsys)
    assert "accounts: several rows share one key (account_id): 2 rows, among them account_id=a2" in message


def test_unknown_account_in_subscriptions(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    orphan = SUBSCRIPTIONS + "s9,a9,2023-03-01,,,1,5,100\n"
    message = refused(write_small_source(tmp_path, subscriptions=orphan), out, capsys)
    assert (
        "subscriptions: account_id is not in table accounts: 1 row, among them account_id=a9, subscription_id=s9"
        in message
    )
    assert "or add it to accounts" in message


def test_unknown_account_in_usage_is_set_apart_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path, usage_daily=USAGE + "a9,2023-03-01,search,4\na9,2023-03-02,search,4\n")
    assert main(["build", "--no-audits", "--study", str(study), "--out", str(tmp_path / "out")]) == 0
    assert "usage_daily: account_id is not in table accounts: 2 rows" in capsys.readouterr().out
    cohort = next((tmp_path / "out" / "small").glob("cohort-*.duckdb"))
    with duckdb.connect(str(cohort), read_only=True) as con:
        assert con.execute("select rows, severity from rule_findings").fetchall() == [(2, "quarantine")]
        assert con.execute("select account_id, events from quarantine_usage_daily").fetchall() == [("a9", 4)] * 2
        assert con.execute("select count(*) from usage_daily").fetchone() == (5,)


def test_end_before_start(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = SUBSCRIPTIONS.replace("2023-04-10", "2023-01-09")
    message = refused(write_small_source(tmp_path, subscriptions=wrong), out, capsys)
    assert "ended_on lies before started_on (ended_on < started_on): 1 row" in message
    assert "subscription_id=s2, started_on=2023-01-10" in message


def test_all_broken_rules_are_told_at_once(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = SUBSCRIPTIONS.replace("2023-04-10", "2023-01-09") + "s9,a9,2023-03-01,,,1,5,100\n"
    message = refused(write_small_source(tmp_path, subscriptions=wrong), out, capsys)
    assert "is not in table accounts" in message
    assert "ended_on lies before started_on" in message


def test_lowered_rule_sets_the_rows_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = SUBSCRIPTIONS.replace("2023-04-10", "2023-01-09")
    study = write_small_source(tmp_path, subscriptions=wrong)
    study.write_text('lowered_rules = ["subscriptions.ended_on_is_not_before_started_on"]\n' + STUDY, encoding="utf-8")
    assert main(["build", "--no-audits", "--study", str(study), "--out", str(tmp_path / "out")]) == 0
    assert "quarantine: subscriptions: ended_on lies before started_on" in capsys.readouterr().out


def test_lowering_an_unknown_rule(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path)
    study.write_text('lowered_rules = ["no_such_rule"]\n' + STUDY, encoding="utf-8")
    assert "lowered_rules names an unknown rule 'no_such_rule'" in refused(study, out, capsys)


def test_unknown_study_key_names_the_nearest(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path)
    study.write_text(STUDY.replace("snapshot", "snapshat"), encoding="utf-8")
    assert "unknown key 'snapshat'. The nearest known key is 'snapshot'" in refused(study, out, capsys)


SUBSCRIPTIONS_IN_TWO_CURRENCIES = (
    SUBSCRIPTIONS.replace("seats,mrr", "seats,mrr,currency")
    .replace(",5,100", ",5,100,EUR")
    .replace(",10,200", ",10,200,USD")
).replace(",25,450", ",25,450,EUR")


def test_several_currencies(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path, subscriptions=SUBSCRIPTIONS_IN_TWO_CURRENCIES)
    message = refused(study, out, capsys)
    assert "subscriptions: prices are in several currencies: 3 rows" in message
    assert "Convert mrr to one currency" in message


@pytest.mark.parametrize(("good", "bad"), [(",10,200", ",-10,200"), (",10,200", ",10,-200")], ids=["seats", "mrr"])
def test_negative_seats_or_price(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], good: str, bad: str
) -> None:
    message = refused(write_small_source(tmp_path, subscriptions=SUBSCRIPTIONS.replace(good, bad)), out, capsys)
    assert "is below 0: 1 row, among them account_id=a2, subscription_id=s2" in message


def test_required_table_without_rows(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    header = SUBSCRIPTIONS.splitlines()[0]
    for text in (header, f"{header}\n"):
        message = refused(write_small_source(tmp_path, subscriptions=text), out, capsys)
        assert "subscriptions: the required table has no rows. Fill it in." in message


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


def test_missing_source_folder(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path)
    study.write_text(STUDY.replace('path = "data"', 'path = "elsewhere"'), encoding="utf-8")
    message = refused(study, out, capsys)
    assert "elsewhere does not exist. Set source.path in the study or use --source" in message


def test_folder_without_any_table_names_what_is_there(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = write_small_source(tmp_path, accounts=None, subscriptions=None, usage_daily=None)
    (tmp_path / "data" / "customers.csv").write_text(ACCOUNTS, encoding="utf-8")
    message = refused(study, out, capsys)
    assert "No table of the contract in" in message
    assert "There, but not read: customers.csv" in message


def test_missing_table_beside_a_file_of_a_like_name(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The notice comes before the error that it explains."""
    study = write_small_source(tmp_path, subscriptions=None)
    (tmp_path / "data" / "subscription.csv").write_text(SUBSCRIPTIONS, encoding="utf-8")
    before = content_of(out)
    assert main(["build", "--no-audits", "--study", str(study), "--out", str(out)]) == 1
    said = capsys.readouterr()
    assert "subscription.csv: nothing reads this file of the source. Rename it 'subscriptions.csv'" in said.out
    assert "Required table 'subscriptions' is missing" in said.err
    assert content_of(out) == before


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


def test_observed_from_of_an_unknown_table(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path)
    study.write_text(STUDY + "[source.observed_from]\nusage = 2023-01-01\n", encoding="utf-8")
    for command in ("check", "build"):
        assert "observed_from names 'usage', which is no table of the contract" in refused(study, out, capsys, command)


@pytest.mark.parametrize("place", ["taken", "taken/below"])
def test_output_where_a_file_is(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], place: str) -> None:
    study = write_small_source(tmp_path)
    (out / "taken").write_text("mine", encoding="utf-8")
    before = content_of(out)
    for command in (["build"], ["report", "quarterly"]):
        assert main([*command, "--study", str(study), "--out", str(out / place)]) == 1
        message = capsys.readouterr().err
        assert f"tenure: Nothing can be written to the folder {out / place / 'small'}" in message
        assert "Choose another with --out" in message
    assert content_of(out) == before


@pytest.mark.parametrize("name", ["what?", "back\\slash"])
def test_folder_whose_path_the_database_cannot_write_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    study = write_small_source(tmp_path)
    assert main(["build", "--study", str(study), "--out", str(tmp_path / name)]) == 1
    message = capsys.readouterr().err
    assert f"Nothing can be written to the folder {tmp_path / name / 'small'}: DuckDB takes the " in message
    assert "Choose another with --out" in message


@pytest.mark.parametrize(
    "name",
    ["it's", "ü 東京", *(pytest.param(name, marks=pytest.mark.slow) for name in ("Exports [2023]", "*", "year=2023"))],
)
def test_folder_of_any_other_name_is_built_in(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    study = write_small_source(tmp_path / name)
    for command in ("check", "build"):
        more = ["--no-audits", "--out", str(tmp_path / name / "out")] if command == "build" else []
        assert main([command, "--study", str(study), *more]) == 0


def test_folder_in_which_nothing_can_be_written(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stands in for a folder without permission, which whoever runs the tests may write to nevertheless."""

    def refuse(folder: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    study = write_small_source(tmp_path, usage_daily=None)
    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    message = refused(study, out, capsys)
    assert f"Nothing can be written to the folder {out / 'small'}: Permission denied" in message


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


def test_a_disk_that_is_full(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stands in for a disk without room, of which the engine is the first to hear."""

    def full(engine: Engine) -> None:
        raise refusal(duckdb.IOException(f'IO Error: Could not write file "{out}": No space left on device'), None)

    monkeypatch.setattr(Engine, "settle", full)
    message = refused(write_small_source(tmp_path, usage_daily=None), out, capsys)
    assert "tenure: The build failed: The disk is full (IO Error: Could not write" in message
    assert "Make room, then run this again; nothing was changed." in message


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"no database",
        lambda content: content[:50_000],
        lambda content: content[:20_000] + bytes(len(content) - 20_000),
    ],
    ids=["empty", "no database", "cut short", "overwritten"],
)
def test_damaged_cohort(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], damage: Callable[[bytes], bytes]
) -> None:
    """It is named, never built over: the user may want to know what damaged it."""
    (cohort,) = (out / "small").glob("cohort-*.duckdb")
    cohort.write_bytes(damage(cohort.read_bytes()))
    for command in (["build"], ["report", "quarterly"]):
        message = refused(tmp_path / "good" / "study.toml", out, capsys, *command)
        assert f"The file {cohort} is damaged" in message
        assert "Remove it and build again" in message


def test_cohort_that_another_process_writes(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Such a file is not damaged, and must not be removed."""
    (cohort,) = (out / "small").glob("cohort-*.duckdb")
    hold = f"import duckdb, sys; con = duckdb.connect({str(cohort)!r}); print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        message = refused(tmp_path / "good" / "study.toml", out, capsys)
        other.communicate()
    assert f"The file {cohort} is open for writing in process {other.pid}. Close it there" in message


@pytest.mark.parametrize("number", ["0", "-1", "two"])
def test_no_threads(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], number: str) -> None:
    before = content_of(out)
    with pytest.raises(SystemExit, match="2"):
        main(
            [
                "build",
                "--no-audits",
                "--study",
                str(tmp_path / "good" / "study.toml"),
                "--out",
                str(out),
                "--threads",
                number,
            ]
        )
    assert f"argument --threads: must be a whole number from 1 on, but is '{number}'" in capsys.readouterr().err
    assert content_of(out) == before


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(28, "No space left on device", "/full"), "The system refused (No space left on device): /full."),
        (EngineError("IO Error: Corrupt block\nStack"), "The database failed: IO Error: Corrupt block."),
        (
            EngineError("IO Error: No space left", is_disk_full=True),
            "The disk is full (IO Error: No space left). Make room, then run this again; nothing was changed.",
        ),
    ],
    ids=["system", "database", "full disk"],
)
def test_what_nobody_foresaw_is_one_sentence(
    tmp_path: Path,
    out: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    says: str,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("reports.cli.commands.build_cohort", fail)
    assert refused(tmp_path / "good" / "study.toml", out, capsys) == f"tenure: {says}\n"


def test_no_events_at_all(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A report on churn without any churn would be empty tables: say so, and write no report."""
    study = write_small_source(tmp_path, subscriptions=SUBSCRIPTIONS.replace("2023-04-10", ""))
    assert main(["build", "--no-audits", "--study", str(study), "--out", str(out)]) == 0
    capsys.readouterr()
    message = refused(study, out, capsys, "report", "quarterly")
    assert "No account left among the 3 lifetimes observed from 2023-01-01 to 2023-07-01" in message
    assert "Check ended_on and notice_on in subscriptions" in message


@pytest.mark.slow
def test_few_events_give_counts_but_no_forecast(tmp_path: Path) -> None:
    """One event is under the first rung of evidence: the page counts and says what is missing."""
    study = write_small_source(tmp_path)
    assert main(["report", "quarterly", "--study", str(study), "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "small" / "quarterly-2023-07-01.en" / "quarterly-2023-07-01.en.html").read_text(
        encoding="utf-8"
    )
    assert "A forecast needs 10 lifetimes with event; there is 1." in page
    assert not list((tmp_path / "out" / "small").glob("*.csv"))
