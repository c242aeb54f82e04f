"""Working folders: one for each run, and no leftovers of those that were killed."""

import multiprocessing
import os
import signal
import tempfile
from pathlib import Path

import pytest

from analysis.errors import StoreError
from analysis.progress import quiet
from analysis.store.locks import hold
from analysis.store.working import PREFIX, scratch_folder, working_folder

COHORT = f"cohort-{16 * 'a'}"
SPAWN = multiprocessing.get_context("spawn")


def _stay(out: Path, name: str, sender) -> None:  # type: ignore[no-untyped-def]  # a pipe's end has no public type
    with working_folder(out, name) as folder:
        (folder / "half").write_text("written", encoding="utf-8")
        sender.send(folder)
        sender.recv()


class Other:
    """Another process at work in a folder."""

    def __init__(self, out: Path, name: str = "") -> None:
        self.pipe, theirs = SPAWN.Pipe()
        self.process = SPAWN.Process(target=_stay, args=(out, name, theirs))
        self.process.start()
        self.folder: Path = self.pipe.recv()

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()

    def finish(self) -> None:
        self.pipe.send(None)
        self.process.join()


def test_what_a_killed_run_left_goes_with_the_next_and_what_is_in_use_stays(tmp_path: Path) -> None:
    killed, alive = Other(tmp_path), Other(tmp_path)
    killed.kill()
    assert killed.folder.exists()
    with working_folder(tmp_path) as mine:
        assert sorted(tmp_path.iterdir()) == sorted([mine, alive.folder])
    alive.finish()
    assert list(tmp_path.iterdir()) == []


def test_who_asks_for_the_same_waits_and_is_told_so(tmp_path: Path) -> None:
    other, told = Other(tmp_path, COHORT), []

    def tell(message: str) -> None:
        told.append(message)
        other.finish()

    with working_folder(tmp_path, COHORT, tell) as mine:
        assert mine == other.folder
        assert list(mine.iterdir()) == []
    assert told == [f"another run is at work on the same in {tmp_path}: waiting for it"]


def test_a_name_left_by_a_killed_run_is_free(tmp_path: Path) -> None:
    Other(tmp_path, COHORT).kill()
    with working_folder(tmp_path, COHORT, pytest.fail) as mine:
        assert list(mine.iterdir()) == []


def test_where_nothing_can_be_locked_nobody_is_waited_for_and_nothing_of_others_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.store.working.hold", lambda path, **how: None)
    (tmp_path / f"{PREFIX}other").mkdir()
    with working_folder(tmp_path):
        pass
    with pytest.raises(StoreError, match=r"if there is none, remove .*other first"), working_folder(tmp_path, "other"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [f"{PREFIX}other"]


class TestScratch:
    @pytest.fixture(autouse=True)
    def elsewhere(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def test_lies_in_a_folder_of_the_user_alone(self, tmp_path: Path) -> None:
        with scratch_folder() as folder:
            assert folder.parent.parent == tmp_path
            assert folder.parent.stat().st_mode & 0o777 == 0o700
        assert list(folder.parent.iterdir()) == []

    def test_is_not_made_where_somebody_else_had_put_something(self, tmp_path: Path) -> None:
        with scratch_folder() as folder:
            home = folder.parent
        home.rename(tmp_path / "theirs")
        home.symlink_to(tmp_path / "theirs")
        with pytest.raises(StoreError, match="belongs to somebody else"), scratch_folder():
            pass


def test_what_is_called_otherwise_is_somebody_elses_and_stays(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / f"{PREFIX}linked00").symlink_to(tmp_path)
    for name in (".work-mine", f"{PREFIX}of the third of May", "notes"):
        (tmp_path / name).mkdir()
    before = sorted(tmp_path.iterdir())
    with working_folder(tmp_path):
        pass
    assert sorted(tmp_path.iterdir()) == before


def test_a_lock_is_alone_or_shared_and_gone_when_let_go(tmp_path: Path) -> None:
    one, two = hold(tmp_path, is_shared=True), hold(tmp_path, is_shared=True)
    assert one is not None
    assert two is not None
    assert hold(tmp_path) is None
    one.let_go()
    two.let_go()
    two.let_go()
    alone = hold(tmp_path)
    assert alone is not None
    assert hold(tmp_path, is_shared=True) is None
    alone.let_go()


def test_progress_is_quiet_unless_there_is_somebody_to_wait_for(tmp_path: Path) -> None:
    with working_folder(tmp_path, "a", pytest.fail), working_folder(tmp_path, "b", quiet):
        assert len(list(tmp_path.iterdir())) == 2
