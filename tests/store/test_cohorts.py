"""Cohorts: three are kept, none that is open goes, and whoever else reads one is no hindrance."""

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from small_source import content_of, write_small_source

from analysis.errors import BuildError
from analysis.progress import quiet
from analysis.store.cohorts import KEPT, POINTER, in_use, new_cohort, point_at, prune
from analysis.store.locks import hold
from analysis.store.working import PREFIX
from analysis.workbench import Workbench, open_study
from reports.cli.commands import main

KEY = 16 * "0"
HASHES = {"cohort": "b" * 16}


def cohort(letter: str) -> str:
    return f"cohort-{16 * letter}.duckdb"


def audits(letter: str) -> str:
    return f"audits-{16 * letter}-{KEY}"


def made(out: Path, *hashes: str) -> list[Path]:
    """Make cohorts, each used later than the one before, and point at the last; each with something kept of it."""
    paths = []
    for second, letter in enumerate(hashes):
        path = out / cohort(letter)
        path.write_text(letter, encoding="utf-8")
        os.utime(path, (second, second))
        (out / audits(letter)).mkdir()
        paths.append(path)
    (out / POINTER).write_text(f'{{"cohort": "{paths[-1].name}"}}', encoding="utf-8")
    return paths


class TestPruning:
    def test_those_used_last_stay_with_what_was_kept_of_them(self, tmp_path: Path) -> None:
        made(tmp_path, "a", "b", "c", "d")
        assert [path.name for path in prune(tmp_path, KEPT)] == [audits("a"), cohort("a")]
        assert [path.name for path in prune(tmp_path)] == [
            audits("b"), audits("c"), cohort("b"), cohort("c"),
        ]  # fmt: skip
        assert sorted(path.name for path in tmp_path.iterdir()) == [audits("d"), cohort("d"), POINTER]

    def test_one_that_is_pointed_at_again_was_used_last(self, tmp_path: Path) -> None:
        first, second, *_ = made(tmp_path, "a", "b", "c", "d")
        point_at(first, HASHES)
        prune(tmp_path, KEPT)
        assert first.exists()
        assert not second.exists()

    def test_one_that_is_open_stays(self, tmp_path: Path) -> None:
        first, _ = made(tmp_path, "a", "b")
        held = in_use(first)
        assert held is not None
        assert prune(tmp_path) == []
        held.let_go()
        assert first in prune(tmp_path)

    def test_what_is_called_otherwise_is_somebody_elses_and_stays(self, tmp_path: Path) -> None:
        made(tmp_path, "a", "b")
        for name in ("cohort-backup.duckdb", f"cohort-{16 * 'a'} copy.duckdb"):
            (tmp_path / name).write_text("mine", encoding="utf-8")
        (tmp_path / "audits-2024-mine").mkdir()
        (tmp_path / cohort("c")).mkdir()
        before = {path.name for path in tmp_path.iterdir()}
        gone = {path.name for path in prune(tmp_path)}
        assert gone == {cohort("a"), audits("a")}
        assert {path.name for path in tmp_path.iterdir()} == before - gone

    def test_without_a_build_there_is_nothing_to_prune(self, tmp_path: Path) -> None:
        with pytest.raises(BuildError, match="Nothing is built in"):
            prune(tmp_path)

    @pytest.mark.slow
    def test_a_build_keeps_three(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        study = write_small_source(tmp_path)
        text = study.read_text(encoding="utf-8")
        for month in ("03", "04", "05", "06"):
            study.write_text(text.replace("snapshot = 2023-07-01", f"snapshot = 2023-{month}-01"), encoding="utf-8")
            assert main(["build", "--no-audits", "--study", str(study), "--out", str(tmp_path / "out")]) == 0
        assert len(list((tmp_path / "out" / "small").glob("cohort-*"))) == KEPT
        assert ": the 3 cohorts that were used last are kept" in capsys.readouterr().out


def test_a_pointer_that_says_so_already_is_not_written_again(tmp_path: Path) -> None:
    (built,) = made(tmp_path, "a")
    point_at(built, HASHES)
    written = (tmp_path / POINTER).stat().st_mtime_ns
    (tmp_path / f"{PREFIX}a_killed").mkdir()
    point_at(built, HASHES)
    assert (tmp_path / POINTER).stat().st_mtime_ns == written
    assert not list(tmp_path.glob(f"{PREFIX}*"))


def test_who_waited_finds_it_built(tmp_path: Path) -> None:
    final = tmp_path / cohort("a")
    with new_cohort(final, quiet) as part:
        assert part is not None
        part.write_text("built", encoding="utf-8")
    with new_cohort(final, quiet) as part:
        assert part is None
    assert content_of(tmp_path) == {final.name: b"built"}


@pytest.fixture(scope="module")
def tenure(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    folder = tmp_path_factory.mktemp("beside")
    return open_study(write_small_source(folder), out=folder / "out", progress=quiet)


@pytest.fixture
def unasked(tenure: Workbench, tmp_path: Path) -> Workbench:
    """The study beside a copy of its cohort, which it has not opened yet."""
    copied = shutil.copy(tenure.cohort_file, tmp_path / tenure.cohort_file.name)
    return Workbench(tenure.study, copied, tenure.hashes, quiet)


class TestBesideOthers:
    @pytest.mark.parametrize("config", [{}, {"threads": 1}], ids=["as it is", "one thread"])
    def test_a_connection_of_ones_own_in_the_same_process(self, tenure: Workbench, config: dict[str, int]) -> None:
        with duckdb.connect(str(tenure.cohort_file), read_only=True, config=config) as con:
            assert len(tenure.table("lifetimes")) == 3
            assert con.execute("select count(*) from lifetimes").fetchone() == (3,)

    def test_a_connection_of_another_process_that_reads(self, tenure: Workbench) -> None:
        with other_process(tenure.cohort_file, read_only=True):
            assert len(tenure.table("lifetimes")) == 3

    def test_a_connection_of_another_process_that_may_write_is_named(self, unasked: Workbench) -> None:
        with (
            other_process(unasked.cohort_file, read_only=False) as process,
            pytest.raises(BuildError, match=f"open for writing in process {process.pid}. Close it there"),
        ):
            unasked.query("from lifetimes")
        assert len(unasked.query("from lifetimes")) == 3  # closed there

    def test_a_connection_of_the_same_process_that_may_write_is_named(self, unasked: Workbench) -> None:
        with (
            duckdb.connect(str(unasked.cohort_file)),
            pytest.raises(BuildError, match="open for writing in this very process"),
        ):
            unasked.query("from lifetimes")

    def test_nobody_can_write_into_a_cohort_that_was_asked(self, unasked: Workbench) -> None:
        assert len(unasked.query("from lifetimes")) == 3
        with pytest.raises(duckdb.Error, match="file handle conflict"):
            duckdb.connect(str(unasked.cohort_file))

    def test_an_open_study_holds_its_cohort_until_it_is_gone(self, tenure: Workbench) -> None:
        other = Workbench(tenure.study, tenure.cohort_file, tenure.hashes, quiet)
        assert hold(tenure.cohort_file) is None
        del other
        gc.collect()
        assert hold(tenure.cohort_file) is None  # the first one holds it, too

    def test_a_new_build_leaves_an_open_study_what_it_reads(self, tmp_path: Path) -> None:
        study = write_small_source(tmp_path)
        opened = open_study(study, out=tmp_path / "out", progress=quiet)
        study.write_text(study.read_text(encoding="utf-8").replace("2023-07-01", "2023-06-01"), encoding="utf-8")
        arguments = ["build", "--no-audits", "--prune", "--study", str(study), "--out", str(tmp_path / "out")]
        assert main(arguments) == 0
        assert len(opened.table("lifetimes")) == 3


@contextmanager
def other_process(cohort: Path, *, read_only: bool) -> Iterator[subprocess.Popen[bytes]]:
    code = f"import duckdb, sys; con = duckdb.connect({str(cohort)!r}, read_only={read_only}); print(flush=True)"
    command = [sys.executable, "-c", f"{code}; sys.stdin.read()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.communicate()


class TestWhereNothingCanBeWritten:
    """Stands in for a read-only disk, which whoever runs the tests may write to nevertheless."""

    @pytest.fixture(autouse=True)
    def read_only(self, tenure: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
        mkdir = Path.mkdir

        def refuse(folder: Path, *given: object, **named: object) -> None:
            if tenure.cohort_file.parent in folder.parents:
                raise OSError(30, "Read-only file system", str(folder))
            mkdir(folder, *given, **named)

        monkeypatch.setattr("pathlib.Path.mkdir", refuse)
        (tenure.cohort_file.parent / POINTER).write_text("{}", encoding="utf-8")

    def test_a_finished_build_opens_and_says_that_the_pointer_stays(self, tenure: Workbench) -> None:
        told: list[str] = []
        study = tenure.cohort_file.parents[2] / "study.toml"
        opened = open_study(study, out=tenure.cohort_file.parents[1], progress=told.append)
        assert len(opened.table("lifetimes")) == 3
        assert any(text.startswith("current.json stays as it is: Nothing can be written to") for text in told)

    def test_audits_are_made_and_not_kept(self, tenure: Workbench) -> None:
        told: list[str] = []
        opened = Workbench(tenure.study, tenure.cohort_file, tenure.hashes, told.append)
        assert not opened.audits.look_ahead.empty
        assert any(text.startswith("audits are not kept: ") for text in told)
