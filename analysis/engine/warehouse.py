"""The warehouse: a DuckDB file built by queries that run in order; knows nothing of what they compute."""

import functools
import os
import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import duckdb

from analysis.errors import BuildError

Progress = Callable[[str], None]
_AFTER = re.compile(r"^-- after: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Query:
    """One file of SQL: a select whose result becomes the table named like the file.

    Attributes
    ----------
    after
        Tables of the same folder that must stand before it (a header line ``-- after: a, b``).
    """

    name: str
    folder: str
    sql: str
    after: tuple[str, ...] = ()

    @property
    def parameters(self) -> frozenset[str]:
        """Names of the parameters that the text asks for (``$name``)."""
        return _parameters(self)


@functools.cache
def _parameters(query: Query) -> frozenset[str]:
    statements = duckdb.extract_statements(query.sql)
    if len(statements) != 1:
        raise BuildError(f"{query.folder}/{query.name}.sql must hold one select, but holds {len(statements)}.")
    return frozenset(statements[0].named_parameters)


@functools.cache
def read_queries(folder: str) -> tuple[Query, ...]:
    """Return the queries of one folder of ``queries/`` in the order in which they must run."""
    found = {}
    for entry in sorted(_folder(folder).iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".sql"):
            sql = entry.read_text(encoding="utf-8")
            after = tuple(name.strip() for line in _AFTER.findall(sql) for name in line.split(","))
            found[entry.name.removesuffix(".sql")] = Query(entry.name.removesuffix(".sql"), folder, sql, after)
    return _in_order(found)


def _folder(folder: str) -> Traversable:
    path = files("queries")
    for part in folder.split("/"):
        path = path / part
    return path


def _in_order(found: Mapping[str, Query]) -> tuple[Query, ...]:
    """Order queries so that each stands behind those it names; alphabetical otherwise."""
    ordered: dict[str, Query] = {}
    while len(ordered) < len(found):
        ready = [
            query
            for name, query in found.items()
            if name not in ordered and all(needed in ordered for needed in query.after)
        ]
        if not ready:
            stuck = ", ".join(sorted(set(found) - set(ordered)))
            raise BuildError(f"The '-- after:' lines of {stuck} name each other or a missing query.")
        ordered[ready[0].name] = ready[0]
    return tuple(ordered.values())


def run_query(
    con: duckdb.DuckDBPyConnection,
    query: Query,
    parameters: Mapping[str, Any],
    keep: Collection[str] | None = None,
) -> int:
    """Make one table and return its number of rows.

    Parameters
    ----------
    con
        The open warehouse.
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
    unknown = sorted(query.parameters - set(parameters))
    if unknown:
        raise BuildError(
            f"{query.folder}/{query.name}.sql asks for ${unknown[0]}, which the study does not give. "
            f"On offer: {', '.join(sorted(parameters))}."
        )
    own = {name: parameters[name] for name in sorted(query.parameters)}
    columns = "*" if keep is None else ", ".join(keep)
    try:
        con.execute(f"create table {query.name} as select {columns} from (\n{query.sql.rstrip()}\n)", own)
    except duckdb.Error as error:
        raise BuildError(f"{query.folder}/{query.name}.sql failed: {why_failed(error)}") from None
    return count_rows(con, query.name)


def count_rows(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """Return the number of rows of a table."""
    return scalar(con, f"select count(*) from {table}")


def scalar(con: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] | None = None) -> Any:
    """Return the single value of a query."""
    rows = con.execute(sql, dict(parameters) if parameters else None).fetchall()
    if not rows:
        raise BuildError(f"No row from: {sql}")
    return rows[0][0]


def quoted(name: str) -> str:
    """Return a name as an SQL identifier, whatever characters it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def connect(
    path: Path | str, threads: int | None = None, memory_limit: str | None = None, *, read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    """Open a warehouse file.

    Parameters
    ----------
    path
        The file, made if it is not there and `read_only` is false; or ``:memory:``.
    threads
        Threads to use; all by default. Results never depend on it.
    memory_limit
        Most memory to use, in DuckDB's words (``4GB``, ``80%``); four fifths of the machine's by default. What is
        more is written beside the file, to a folder that goes away when the warehouse is closed.
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
        config["temp_directory"] = f"{path}.tmp"
    try:
        con = duckdb.connect(str(path), read_only=read_only, config=config)
    except duckdb.Error as error:
        raise BuildError(_why_not_opened(path, error)) from None
    with suppress(duckdb.InvalidInputException):  # a notebook without ipywidgets has no bar, and refuses to set one
        con.execute("set enable_progress_bar = false")
    return con


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
            duckdb.connect(config={"memory_limit": memory_limit}).close()
            return
        except duckdb.Error as error:
            reason = first_line(error)
    raise BuildError(f"The memory limit must be a size such as 4GB or 80%, but is '{memory_limit}' ({reason}).")


def _why_not_opened(path: Path | str, error: duckdb.Error) -> str:
    reason = first_line(error)
    if "set lock" in reason:
        return f"The file {path} is being written by another process. Wait until that is done."
    if Path(path).is_file() and not isinstance(error, duckdb.ConnectionException):
        return f"The file {path} is damaged ({reason}). Remove it and build again."
    return f"The file {path} cannot be opened: {reason}."


def why_failed(error: duckdb.Error) -> str:
    """Return DuckDB's words on why a query failed; where memory ran out, what to do instead of its advice."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return f"{first_line(error)}. Give it more memory (--memory-limit), or fewer threads (--threads)."
    return str(error)


def first_line(error: Exception) -> str:
    """Return the first line of an error's text, without the full stop or exclamation mark."""
    return str(error).split("\n")[0].rstrip(" .!")
