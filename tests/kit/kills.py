"""Kills: a command dies before one of its file operations; what it leaves must be whole, and the next run the same.

Each command runs in a process of its own that an audit hook of Python ends with SIGKILL. What DuckDB does to its own
files no hook sees: for that the process is killed at drawn moments, too.
"""

import contextlib
import hashlib
import io
import json
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from cohort_content import table_hashes
from small_source import SUBSCRIPTIONS, write_small_source

from analysis.store.working import PREFIX

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGES = {
    "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.utime",
    "shutil.rmtree", "tenure.exchange",
}  # fmt: skip
NOTICE = SUBSCRIPTIONS.replace("mrr\n", "mrr,notice_on\n").replace(",100\n", ",100,2023-06-20\n")
NOTICE = NOTICE.replace(",200\n", ",200,\n").replace(",450\n", ",450,\n")
"""In the earlier run an account is under notice, so that it has a list that the later one lacks."""
COMMANDS = {
    "tables": ["build", "--no-audits"],
    "build": ["build"],
    "report": ["report", "quarterly"],
    "check": ["check", "--page"],
}
CHECKED = ["reports.check.files", "reports.cli.commands"]
PRELOADED = ["reports.quarterly.files", "reports.audits.terminal", *CHECKED]


def server(command: str) -> multiprocessing.context.BaseContext:
    """Return what starts processes that have imported already what the first command that is asked for needs."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(CHECKED if command == "check" else PRELOADED)
    return context


def _run(arguments: list[str], watched: Path, kill_before: int, sender: Any) -> None:
    """Run a command; die before the operation of that number on a watched folder, or tell how many there were."""
    from reports.cli.commands import main

    tempfile.tempdir = str(watched / "tmp")
    count = 0

    def hook(event: str, given: tuple) -> None:
        nonlocal count
        changes = event in CHANGES or (event == "open" and isinstance(given[2], int) and given[2] & WRITES)
        if changes and any(str(watched) in _text(value) for value in given[:2]):
            count += 1
            if count == kill_before:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as errors:
        code = main(arguments)
    sender.send((code, count, errors.getvalue()))


def _text(value: object) -> str:
    return os.fsdecode(value) if isinstance(value, str | bytes | os.PathLike) else ""


@dataclass(frozen=True, slots=True)
class Run:
    """A command in a process of its own."""

    process: BaseProcess
    receiver: Any

    @classmethod
    def start(cls, arguments: list[str], watched: Path, kill_before: int = 0) -> "Run":
        """Start a command on a watched folder."""
        context = server(arguments[0])
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_run, args=(arguments, watched, kill_before, sender))
        process.start()
        sender.close()
        return cls(process, receiver)

    def kill_after(self, seconds: float) -> None:
        """Kill it if it still runs after some seconds."""
        self.process.join(seconds)
        self.process.kill()
        self.process.join()

    def end(self) -> tuple[int, int, str]:
        """Wait for its end and return its exit code, its number of operations, and what it said of errors."""
        self.process.join()
        with contextlib.suppress(EOFError):
            return self.receiver.recv()
        return -signal.SIGKILL, 0, ""


def parts_of(out: Path) -> dict[str, str]:
    """Return what a study's output folder holds, by name: a digest of each set, kept table, cohort and pointer."""
    parts = {}
    for entry in sorted(out.iterdir()) if out.exists() else []:
        if entry.name.startswith("audits-"):
            parts |= {f"{entry.name}/{path.name}": _digest(path) for path in entry.iterdir()}
        elif entry.suffix == ".duckdb":
            parts[entry.name] = repr(table_hashes(entry))
        else:
            parts[entry.name] = _digest(entry)
    return parts


def _digest(entry: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(entry.rglob("*")) if entry.is_dir() else [entry]:
        digest.update(f"{path.relative_to(entry)}\0".encode())
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


@dataclass
class Trial:
    """A folder with the output of an earlier run, and a later one that is killed.

    Attributes
    ----------
    earlier, later
        What the folder held before, and holds when the later run was not killed.
    """

    root: Path
    command: str
    earlier: dict[str, str] = field(init=False)
    later: dict[str, str] = field(init=False)
    operations: int = field(init=False)

    def __post_init__(self) -> None:
        self.before = self.root / "before"
        earlier = write_small_source(self.root / "earlier", subscriptions=NOTICE)
        self.study = write_small_source(self.root / "later")
        arguments = self._arguments(self.before, earlier)
        code, _, errors = Run.start(arguments, self._watched(self.before)).end()
        assert code == 0, errors
        self.earlier = parts_of(self.before / "out" / "small")
        code, self.operations, errors = self.run(self.copy("whole")).end()
        assert code == 0, errors
        self.later = parts_of(self.root / "whole" / "out" / "small")

    def _watched(self, folder: Path) -> Path:
        (folder / "tmp").mkdir(parents=True, exist_ok=True)
        return folder

    def _arguments(self, folder: Path, study: Path) -> list[str]:
        return [*COMMANDS[self.command], "--study", str(study), "--out", str(folder / "out"), "--threads", "1"]

    def copy(self, name: str) -> Path:
        """Return a new copy of the folder as the earlier run left it."""
        return shutil.copytree(self.before, self.root / name)

    def forget(self, folder: Path) -> None:
        """Remove a copy."""
        shutil.rmtree(folder)

    def run(self, folder: Path, kill_before: int = 0) -> Run:
        """Start the later run in a copy."""
        return Run.start(self._arguments(folder, self.study), self._watched(folder), kill_before)

    def faults(self, folder: Path) -> list[str]:
        """Return what a killed run has lost or mixed."""
        out = folder / "out" / "small"
        shutil.rmtree(folder / "looked_at", ignore_errors=True)
        shutil.copytree(out, folder / "looked_at", ignore=shutil.ignore_patterns(f"{PREFIX}*"))
        found = parts_of(folder / "looked_at")
        faults = [f"{name} is lost" for name in self.earlier if name not in found]
        faults += [
            f"{name} is neither as before nor as after"
            for name, digest in found.items()
            if digest not in (self.earlier.get(name), self.later.get(name))
        ]
        pointer = out / "current.json"
        if pointer.exists() and json.loads(pointer.read_text(encoding="utf-8"))["cohort"] not in found:
            faults.append("the pointer points at nothing")
        return faults

    def faults_after_another_run(self, folder: Path) -> list[str]:
        """Run again to the end; return what is then another than if nothing had been killed, or is left over."""
        code, _, errors = self.run(folder).end()
        if code:
            return [f"the next run failed: {errors}"]
        out, found = folder / "out" / "small", parts_of(folder / "out" / "small")
        faults = [f"{name} differs after the next run" for name in self.later if found.get(name) != self.later[name]]
        left = [path.name for path in (*out.iterdir(), *(folder / "tmp").glob("*/*")) if path.name.startswith(".")]
        return faults + [f"{name} is left over" for name in {*left, *(found.keys() - self.later.keys())}]

    def faults_of_two_at_once(self, folder: Path) -> list[str]:
        """Run the later command twice at once; return what went wrong, or is then another than after one run."""
        runs = [self.run(folder), self.run(folder)]
        faults = [f"one of two failed: {errors}" for code, _, errors in (run.end() for run in runs) if code]
        return faults + self.faults_after_another_run(folder)

    def faults_of_two_sources_at_once(self, folder: Path) -> list[str]:
        """Run the earlier and the later command at once; return what went wrong, is lost, or of neither."""
        runs = [
            Run.start(self._arguments(folder, study), self._watched(folder))
            for study in (self.root / "earlier" / "study.toml", self.study)
        ]
        faults = [f"one of two failed: {errors}" for code, _, errors in (run.end() for run in runs) if code]
        return faults + self.faults(folder) + self.faults_after_another_run(folder)
