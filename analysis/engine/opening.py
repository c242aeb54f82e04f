"""Opening: a store of tables, with nothing of the machine's or a person's set-up in it."""

import os
import weakref
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import duckdb

from analysis.engine.engine import Engine
from analysis.engine.quoting import in_letters, literal
from analysis.engine.refusals import why_not_opened
from analysis.errors import BuildError, EngineError
from analysis.store.working import scratch_folder

CLOSED = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
}
"""Nothing is fetched, and nothing of a person's own set-up is used: extensions, secrets, variables of a notebook."""
_COHORT = "cohort"
"""What a built store that is read goes by."""


def open_engine(
    path: Path | str, threads: int | None = None, memory_limit: str | None = None, *, read_only: bool = False
) -> Engine:
    """Open a store.

    Parameters
    ----------
    path
        The file, made if it is not there and `read_only` is false; or ``:memory:``.
    threads
        Threads to use; all by default. Results never depend on it.
    memory_limit
        Most memory to use, in DuckDB's words (``4GB``, ``80%``); four fifths of the machine's by default. What is
        more is written beside the file, to a folder that goes away when the store is closed.
    read_only
        Open for reading, next to other readers.

    Raises
    ------
    BuildError
        If the file cannot be opened, `threads` is less than 1, or `memory_limit` is no size.
    """
    con, put_away = _connected(path, threads, memory_limit, read_only=read_only)
    return _engine(con, path, put_away, read_only=read_only)


class Standing:
    """A built store that stays open for reading: to open it anew takes longer than most that it is asked.

    Other parameters, and errors, are those of `open_engine`.

    Parameters
    ----------
    is_sealed
        Whether whoever asks it may read no file but the store.
    """

    def __init__(
        self, path: Path, threads: int | None = None, memory_limit: str | None = None, *, is_sealed: bool = False
    ) -> None:
        self._path = path
        self._con, put_away = _connected(path, threads, memory_limit, read_only=True)
        weakref.finalize(self, put_away)
        if is_sealed:
            self.engine().seal()

    def engine(self) -> Engine:
        """Return an engine on it that sees nothing of what others on it make for now, name or show."""
        return _engine(self._con.cursor(), self._path, read_only=True)


def _engine(
    con: duckdb.DuckDBPyConnection, path: Path | str, put_away: Callable[[], object] = bool, *, read_only: bool
) -> Engine:
    if read_only:
        con.execute(f"use {_COHORT}")
    with suppress(duckdb.InvalidInputException):  # a notebook without ipywidgets has no bar, and refuses to set one
        con.execute("set enable_progress_bar = false")
    engine = Engine(con, Path(path) if read_only else None, put_away)
    engine.live_in("UTC")
    return engine


def _connected(
    path: Path | str, threads: int | None, memory_limit: str | None, *, read_only: bool
) -> tuple[duckdb.DuckDBPyConnection, Callable[[], object]]:
    """Return a connection, and what puts away what it leaves behind."""
    if threads is not None and threads < 1:
        raise BuildError(f"The number of threads must be at least 1, but is {threads}.")
    config: dict[str, Any] = {"threads": threads or os.cpu_count() or 1, "preserve_insertion_order": True, **CLOSED}
    if memory_limit is not None:
        check_memory_limit(memory_limit)
        config["memory_limit"] = memory_limit
    with ExitStack() as opened:
        is_made_here = not read_only and str(path) != ":memory:"
        spill = Path(f"{path}.tmp") if is_made_here else opened.enter_context(scratch_folder()) / "spill"
        config["temp_directory"] = in_letters(str(spill))
        try:
            con = duckdb.connect(in_letters(":memory:" if read_only else str(path)), config=config)
            if read_only:  # attached, so that who reads it in the same process with other settings is no hindrance
                con.execute(f"attach {literal(in_letters(str(path)))} as {_COHORT} (type duckdb, read_only)")
        except duckdb.Error as error:
            raise BuildError(why_not_opened(path, error)) from None
        return con, opened.pop_all().close


def check_memory_limit(memory_limit: str) -> None:
    """Refuse what DuckDB does not take as a size of memory, or takes as no limit at all.

    Raises
    ------
    BuildError
        With DuckDB's reason.
    """
    reason = "a size begins with a digit"  # to DuckDB a negative size, and 'none', is no limit
    if memory_limit[:1].isdigit():
        try:
            duckdb.connect(config={"memory_limit": memory_limit, "threads": 1}).close()
            return
        except duckdb.Error as error:
            reason = EngineError(str(error)).first_line
    raise BuildError(f"The memory limit must be a size such as 4GB or 80%, but is '{memory_limit}' ({reason}).")
