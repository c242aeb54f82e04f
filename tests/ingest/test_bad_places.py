"""Folders, disks, cohorts and commands that will not do: the message says what to do; no output is touched."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from refused import refused
from small_source import ACCOUNTS, STUDY, SUBSCRIPTIONS, content_of, write_small_source

from analysis.engine.engine import Engine
from analysis.engine.refusals import refusal
from analysis.errors import EngineError
from reports.cli.commands import main


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
