"""The engine: runs SQL, gives back tables and numbers, says why it could not; all that is known of DuckDB."""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb

from analysis.engine.query import Query
from analysis.engine.quoting import literal, quoted
from analysis.errors import BuildError, EngineError
from analysis.wording.csv_cells import write_table

if TYPE_CHECKING:  # commands that make no frame do not wait for pandas
    import pandas as pd

Parameters = Mapping[str, Any]
_NUMBER = re.compile("U?(TINY|SMALL|BIG|HUGE)?INT|INTEGER|UINTEGER|FLOAT|DOUBLE|DECIMAL")
_PORTION = 10_000


class Engine:
    """A store of tables that SQL is put to; a context manager that closes it.

    Every method raises `EngineError` where the engine refuses.

    Parameters
    ----------
    con
        An open connection; see `open_engine`.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store."""
        try:
            self._con.close()
        except duckdb.Error as error:
            raise EngineError(str(error)) from None

    def run(self, sql: str, parameters: Parameters | None = None) -> None:
        """Run a statement whose result nobody wants."""
        self._execute(sql, parameters)

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[tuple]:
        """Return the rows of a query."""
        return self._execute(sql, parameters).fetchall()

    def frame(self, sql: str, parameters: Parameters | None = None) -> "pd.DataFrame":
        """Return the rows of a query as a frame."""
        return self._execute(sql, parameters).df()

    def value(self, sql: str, parameters: Parameters | None = None) -> Any:
        """Return the single value of a query."""
        ((value,),) = self.rows(sql, parameters)
        return value

    def count(self, table: str) -> int:
        """Return the number of rows of a table."""
        return self.value(f"select count(*) from {table}")

    def columns(self, relation: str) -> dict[str, str]:
        """Return the columns of a table, a view or a select in parentheses: names and types, in order."""
        return {row[0]: row[1] for row in self.rows(f"describe select * from {relation}")}

    def tables(self, schema: str, *, views: bool = True) -> list[str]:
        """Return the names of the tables of a schema, and of its views, in order."""
        sql = (
            "select table_name from information_schema.tables where table_schema = $schema "
            "and table_catalog = current_database() and ($views or table_type = 'BASE TABLE') order by table_name"
        )
        return [name for (name,) in self.rows(sql, {"schema": schema, "views": views})]

    def ask(self, query: Query, parameters: Parameters | None = None) -> "pd.DataFrame":
        """Return the rows of a query of a file, which is given those parameters that it names."""
        return self.frame(query.sql, _own(query, parameters or {}))

    def make(self, query: Query, parameters: Parameters, keep: Collection[str] | None = None) -> int:
        """Make the table of a query and return its number of rows.

        Parameters
        ----------
        query
            The query; it is given only the parameters that it names.
        parameters
            All parameters on offer.
        keep
            Columns of the result to keep, by name; None keeps all.

        Raises
        ------
        BuildError
            If the query asks for a parameter that is not on offer, or fails.
        """
        own = _own(query, parameters)
        columns = "*" if keep is None else ", ".join(keep)
        try:
            self.run(f"create table {query.name} as select {columns} from (\n{query.sql.rstrip()}\n)", own)
        except EngineError as error:
            raise BuildError(f"{query.path} failed: {error.advice}") from None
        return self.count(query.name)

    @contextmanager
    def showing(self, **frames: "pd.DataFrame") -> Iterator[None]:
        """Let SQL read frames by the names given, for as long as the block lasts."""
        for name, frame in frames.items():
            self._con.register(name, frame)
        try:
            yield
        finally:
            for name in frames:
                self._con.unregister(name)

    @contextmanager
    def named(self, **selects: str) -> Iterator[None]:
        """Let SQL read selects by the names given, for as long as the block lasts; also where nothing may be made."""
        for name, select in selects.items():
            self.run(f"create temp view {name} as {select}")
        try:
            yield
        finally:
            for name in selects:
                self.run(f"drop view {name}")

    @contextmanager
    def scratch(self, schema: str) -> Iterator[None]:
        """Make tables in a schema of their own, gone at the end of the block."""
        self.run(f"create schema {schema}")
        self.run(f"use {schema}")
        try:
            yield
        finally:
            self.run("use main")
            self.run(f"drop schema {schema} cascade")

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo, at the end of the block, all that was written in it."""
        self._con.begin()
        try:
            yield
        finally:
            self._con.rollback()

    def write_parquet(self, select: str, path: Path) -> None:
        """Write the rows of a select into a Parquet file."""
        self.run(f"copy ({select}) to {literal(str(path))} (format parquet, compression zstd)")

    def write_csv(self, select: str, path: Path) -> None:
        """Write the rows of a select as CSV, by the rule of `analysis.wording.csv_cells`."""
        columns = self.columns(f"({select})")
        texts = [f"cast({quoted(name)} as varchar)" for name in columns]
        is_number = [_NUMBER.match(kind) is not None for kind in columns.values()]
        found = self._execute(f"select {', '.join(texts)} from ({select})", None)
        with path.open("w", encoding="utf-8", newline="") as stream:
            write_table(stream, list(columns), _in_portions(found), is_number)

    def attach(self, path: Path, name: str) -> None:
        """Let SQL read another store, whose tables go by ``<name>.main.<table>``."""
        self.run(f"attach {literal(str(path))} as {name} (type duckdb, read_only)")

    def look_in(self, *schemas: str) -> None:
        """Find tables that are named without a schema in the first of some schemas that has them; make them there."""
        self.run(f"set search_path = '{','.join(schemas)}'")

    def live_in(self, time_zone: str) -> None:
        """Let a moment that names its own zone fall on the day that it is in a zone, whatever the machine's is."""
        self.run(f"set TimeZone = {literal(time_zone)}")

    def seal(self) -> None:
        """Read and write no file any more but the store itself."""
        self.run("set enable_external_access = false")

    def settle(self) -> None:
        """Write all that was made into the store's own file."""
        self.run("checkpoint")

    def _execute(self, sql: str, parameters: Parameters | None) -> duckdb.DuckDBPyConnection:
        try:
            return self._con.execute(_in_letters(sql), dict(parameters) if parameters else None)
        except duckdb.Error as error:
            raise EngineError(str(error), is_out_of_memory=isinstance(error, duckdb.OutOfMemoryException)) from None


def _in_portions(found: duckdb.DuckDBPyConnection) -> Iterator[tuple]:
    """Return rows one after the other, of which only so many are held at a time."""
    try:
        while rows := found.fetchmany(_PORTION):
            yield from rows
    except duckdb.Error as error:
        raise EngineError(str(error)) from None


def _in_letters(text: str) -> str:
    """Return a text with the paths in it as letters: where a shell speaks ASCII, Python has kept them as bytes.

    Raises
    ------
    EngineError
        If they are no letters in UTF-8 either.
    """
    if text.isascii():
        return text
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeDecodeError:
        raise EngineError("A path holds bytes that are no letters in UTF-8. Rename the file or folder.") from None


def _own(query: Query, parameters: Parameters) -> dict[str, Any]:
    """Return the parameters that a query asks for, of those on offer."""
    unknown = sorted(query.parameters - set(parameters))
    if unknown:
        raise BuildError(
            f"{query.path} asks for ${unknown[0]}, which the study does not give. "
            f"On offer: {', '.join(sorted(parameters))}."
        )
    return {name: parameters[name] for name in sorted(query.parameters)}


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
    if threads is not None and threads < 1:
        raise BuildError(f"The number of threads must be at least 1, but is {threads}.")
    config: dict[str, Any] = {"threads": threads or os.cpu_count() or 1, "preserve_insertion_order": True}
    if memory_limit is not None:
        check_memory_limit(memory_limit)
        config["memory_limit"] = memory_limit
    if not read_only and str(path) != ":memory:":
        config["temp_directory"] = _in_letters(f"{path}.tmp")
    try:
        con = duckdb.connect(_in_letters(str(path)), read_only=read_only, config=config)
    except duckdb.Error as error:
        raise BuildError(_why_not_opened(path, error)) from None
    with suppress(duckdb.InvalidInputException):  # a notebook without ipywidgets has no bar, and refuses to set one
        con.execute("set enable_progress_bar = false")
    engine = Engine(con)
    engine.live_in("UTC")
    return engine


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


def _why_not_opened(path: Path | str, error: duckdb.Error) -> str:
    reason = EngineError(str(error)).first_line
    if "set lock" in reason:
        return f"The file {path} is being written by another process. Wait until that is done."
    if Path(path).is_file() and not isinstance(error, duckdb.ConnectionException):
        return f"The file {path} is damaged ({reason}). Remove it and build again."
    return f"The file {path} cannot be opened: {reason}."
