"""What lies under a cohort's name is that cohort, whole, or it is named, with what to do."""

import functools
import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from small_source import STUDY, content_of, write_small_source

from analysis.cohort.build import build_cohort
from analysis.declared.study import read_study
from analysis.errors import BuildError, TenureError
from analysis.progress import quiet
from analysis.workbench import open_study
from reports.cli.commands import main


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    build_cohort(read_study(write_small_source(folder)), folder / "out" / "small", quiet)
    return folder


@pytest.fixture
def cohort(tmp_path: Path, good: Path) -> Path:
    """A cohort that is built already; its study is beside the folder of its output."""
    shutil.copytree(good, tmp_path, dirs_exist_ok=True)
    (path,) = (tmp_path / "out" / "small").glob("cohort-*.duckdb")
    return path


def changed(path: Path, sql: str) -> None:
    with duckdb.connect(str(path)) as con:
        con.execute(sql)


def foreign(path: Path) -> None:
    path.unlink()
    changed(path, "create table accounts as select 1 as account_id")


@functools.cache
def another_cohort() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        study = write_small_source(Path(folder))
        study.write_text(STUDY.replace("2023-07-01", "2023-06-01"), encoding="utf-8")
        return build_cohort(read_study(study), Path(folder) / "out", quiet).path.read_bytes()


def of_another_hash(path: Path) -> None:
    path.write_bytes(another_cohort())


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def flipped(path: Path, share: float) -> None:
    content = bytearray(path.read_bytes())
    content[int(len(content) * share)] ^= 0x40
    path.write_bytes(content)


SEEN_AT_ONCE = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_bytes(b"no database"),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:50_000]),
    "cut in half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "something else": foreign,
    "another cohort": of_another_hash,
    "a table is missing": lambda path: changed(path, "drop table lifetimes"),
    "a table is added": lambda path: changed(path, "create table mine as select 1 as i"),
    "rows are missing": lambda path: changed(path, "delete from lifetimes where lifetime_number = 1"),
    "another program's rows": lambda path: path.with_name(f"{path.name}.wal").write_bytes(b"rows"),
    "a folder": a_folder,
}
SEEN_WHEN_READ = {
    "other values": lambda path: changed(path, "update accounts set segment = 'other'"),
    "flipped": lambda path: flipped(path, 0.5),
}


COMMANDS = (["build"], ["build", "--prune"], ["audit"], ["report", "quarterly"])
ASKED_OF_ALL = ("cut in half", "rows are missing")
"""Damages of which every command is asked: one that the engine meets, one that only the cohort's own table tells."""


@pytest.mark.parametrize(
    ("damage", "command"),
    [
        pytest.param(
            damage,
            command,
            id=f"{name}-{' '.join(command)}",
            marks=() if name in ASKED_OF_ALL or COMMANDS[number % len(COMMANDS)] == command else pytest.mark.slow,
        )
        for number, (name, damage) in enumerate(SEEN_AT_ONCE.items())
        for command in COMMANDS
    ],
)
def test_every_command_names_the_file_and_changes_nothing(
    cohort: Path, capsys: pytest.CaptureFixture[str], damage: Callable[[Path], object], command: list[str]
) -> None:
    damage(cohort)
    assert_named(cohort, capsys, command)


@pytest.mark.parametrize("damage", SEEN_WHEN_READ.values(), ids=SEEN_WHEN_READ)
def test_a_build_reads_every_row(
    cohort: Path, capsys: pytest.CaptureFixture[str], damage: Callable[[Path], object]
) -> None:
    damage(cohort)
    assert_named(cohort, capsys, ["build"])


def assert_named(cohort: Path, capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    before = content_of(cohort.parent)
    folder = cohort.parents[2]
    assert main([*command, "--study", str(folder / "study.toml"), "--out", str(folder / "out")]) == 1
    message = " ".join(capsys.readouterr().err.split())
    assert message.startswith("tenure: ")
    assert str(cohort) in message
    assert "Remove" in message
    assert "build again" in message
    assert "Traceback" not in message
    assert content_of(cohort.parent) == before


def test_after_its_removal_it_is_built_again(cohort: Path) -> None:
    foreign(cohort)
    study = read_study(cohort.parents[2] / "study.toml")
    with pytest.raises(BuildError, match="does not say what it was built from"):
        build_cohort(study, cohort.parent, quiet)
    cohort.unlink()
    assert build_cohort(study, cohort.parent, quiet).path == cohort
    assert not build_cohort(study, cohort.parent, quiet).is_new


def refusal(compute: Callable[[], object]) -> str | None:
    try:
        compute()
    except TenureError as error:
        return str(error)
    return None


def read_all_of(cohort: Path) -> None:
    tenure = open_study(cohort.parents[2] / "study.toml", out=cohort.parents[1], progress=quiet)
    for name in tenure.query("select table_name from built_tables")["table_name"]:
        tenure.table(name)


@pytest.mark.slow
def test_any_flipped_byte_is_seen_by_a_build_or_changes_no_value(cohort: Path) -> None:
    rng, study, content = random.Random(7), read_study(cohort.parents[2] / "study.toml"), cohort.read_bytes()
    n_seen = 0
    for _ in range(15):
        flipped(cohort, rng.random())
        told = refusal(lambda: build_cohort(study, cohort.parent, quiet))  # which compares a digest of every table
        assert told is None or (f"The file {cohort}" in told and "build again" in told)
        n_seen += told is not None
        cohort.write_bytes(content)
    assert n_seen > 8, "most bytes of the file hold something"


@pytest.mark.slow
def test_damage_that_is_met_while_results_are_made_is_told_as_damage(cohort: Path) -> None:
    """Whatever is asked first: a damaged block is never read as a number, and never as 'the database failed'."""
    rng, content = random.Random(8), cohort.read_bytes()
    n_told = 0
    for _ in range(5):
        flipped(cohort, rng.random())
        told = refusal(lambda: read_all_of(cohort))
        assert told is None or (str(cohort) in told and "Remove it and build again" in told)
        n_told += told is not None
        cohort.write_bytes(content)
    assert n_told > 1
