"""Sets of files: whole or as before, whatever happens in between, and whoever else writes."""

import ctypes
import multiprocessing
import os
import time
from pathlib import Path

import pytest
from small_source import content_of

from analysis.errors import StoreError
from analysis.store import sets, working
from analysis.store.sets import new_set, write_alone

LOOKS = 300


def write(folder: Path, *names: str) -> None:
    with new_set(folder) as part:
        for name in names:
            (part / name).write_text(folder.name, encoding="utf-8")


@pytest.fixture(params=["exchange", "two renames"])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a test where two names can be exchanged, and as where they cannot."""
    if request.param == "two renames":
        monkeypatch.setattr(sets, "_exchanged", lambda one, other: False)
    return request.param


def test_what_the_new_set_lacks_is_gone_and_no_working_folder_is_left(disk: str, tmp_path: Path) -> None:
    write(tmp_path / "set", "a", "b")
    write(tmp_path / "set", "b", "c")
    assert sorted(content_of(tmp_path)) == ["set/b", "set/c"]
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_a_set_may_take_the_place_of_a_file(disk: str, tmp_path: Path) -> None:
    (tmp_path / "set").touch()
    write(tmp_path / "set", "a")
    assert sorted(content_of(tmp_path)) == ["set/a"]


def test_a_block_that_fails_changes_nothing(disk: str, tmp_path: Path) -> None:
    write(tmp_path / "set", "a")
    before = content_of(tmp_path)
    with pytest.raises(KeyError):
        _fail_after_a_file(tmp_path / "set")
    assert content_of(tmp_path) == before


def _fail_after_a_file(folder: Path) -> None:
    with new_set(folder) as part:
        (part / "b").touch()
        raise KeyError


def test_a_rename_that_fails_brings_the_earlier_set_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "set", "a")
    monkeypatch.setattr(sets, "_exchanged", lambda one, other: False)
    rename, calls = os.rename, []

    def second_fails(old: Path, new: Path) -> None:
        calls.append(new)
        if len(calls) == 2:
            raise PermissionError(13, "Permission denied", str(old))
        rename(old, new)

    monkeypatch.setattr("os.rename", second_fails)
    with pytest.raises(StoreError, match="Permission denied"):
        write(tmp_path / "set", "b")
    monkeypatch.undo()
    assert sorted(content_of(tmp_path)) == ["set/a"]


def test_an_earlier_set_that_a_killed_run_had_moved_away_is_brought_back_by_the_next(tmp_path: Path) -> None:
    """Where names cannot be exchanged: killed between the two renames."""
    write(tmp_path / "set", "a")
    aside = tmp_path / f"{working.PREFIX}a_killed" / working.ASIDE
    aside.mkdir(parents=True)
    (tmp_path / "set").rename(aside / "set")
    write(tmp_path / "other", "b")
    assert sorted(content_of(tmp_path)) == ["other/b", "set/a"]


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "renameat2"), reason="this system exchanges no names in one step")
def test_who_looks_sees_one_set_or_the_other(tmp_path: Path) -> None:
    """There is always one, and never part of each; who had opened the earlier one may see it go."""
    write(tmp_path / "set", "a1", "a2")
    started = multiprocessing.get_context("spawn").Event()
    stop = multiprocessing.get_context("spawn").Event()
    writer = multiprocessing.get_context("spawn").Process(target=_take_turns, args=(tmp_path / "set", started, stop))
    writer.start()
    started.wait()
    seen: list[set[str]] = []
    until = time.monotonic() + 30
    while len(seen) < LOOKS or not {"a1", "b1"} <= set.union(*seen):
        seen.append(set(os.listdir(tmp_path / "set")))
        assert time.monotonic() < until
    stop.set()
    writer.join()
    assert writer.exitcode == 0
    assert all(names <= {"a1", "a2"} or names <= {"b1", "b2", "b3"} for names in seen)


def _take_turns(folder: Path, started, stop) -> None:  # type: ignore[no-untyped-def]  # events have no public type
    while not stop.is_set():
        write(folder, "b1", "b2", "b3")
        write(folder, "a1", "a2")
        started.set()


def test_two_that_write_the_same_set_at_once_both_end_well(tmp_path: Path) -> None:
    with new_set(tmp_path / "set") as one:
        (one / "a").touch()
        write(tmp_path / "set", "b")
    assert sorted(content_of(tmp_path)) == ["set/a"]


def test_no_space_left_is_said_with_the_disk(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=rf"The disk of {tmp_path} is full"):
        _write_where_no_space_is_left(tmp_path / "set")
    assert list(tmp_path.iterdir()) == []


def _write_where_no_space_is_left(folder: Path) -> None:
    with new_set(folder) as part:
        os.symlink("/dev/full", part / "a")
        (part / "a").write_text("a" * 100_000, encoding="utf-8")


def test_an_error_that_is_not_of_the_disk_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), new_set(tmp_path / "set"):
        (tmp_path / "source.csv").read_text(encoding="utf-8")


def test_a_place_in_which_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"Nothing can be written to the folder .*file: .* Choose another with --out"):
        write(tmp_path / "file" / "set", "a")


def test_a_file_of_its_own_is_swapped_too(tmp_path: Path) -> None:
    for text in ("one", "two"):
        write_alone(tmp_path / "page.html", text)
    assert content_of(tmp_path) == {"page.html": b"two"}
