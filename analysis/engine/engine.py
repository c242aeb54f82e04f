"""The engine: runs SQL, gives back tables and numbers, says why it could not; all that is known of DuckDB."""

import dataclasses
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb

from analysis.engine.parsed import statement_of
from analysis.engine.query import Query, own_parameters
from analysis.engine.quoting import in_letters, literal, quoted
from analysis.engine.refusals import refusal
from analysis.engine.store import Parameters, Store
from analysis.errors import BuildError, EngineError
from analysis.wording.csv_cells import write_table

if TYPE_CHECKING:  # commands that make no frame do not wait for pandas
    import pandas as pd

_NUMBER = re.compile("U?(TINY|SMALL|BIG|HUGE)?INT|INTEGER|UINTEGER|FLOAT|DOUBLE|DECIMAL")
_PORTION = 10_000


def is_number(kind: str) -> bool:
    """Say whether a type of the engine is one of numbers."""
    return _NUMBER.match(kind) is not None


class Engine:
    """A store of tables that SQL is put to; a context manager that closes it.

    Every method raises `EngineError` where the engine refuses.

    Parameters
    ----------
    con
        An open connection; see `analysis.engine.opening`.
    built
        The file that it reads, if that was built earlier.
    put_away
        Called when it is closed.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, built: Path | None = None, put_away: Callable[[], object] = bool
    ) -> None:
        self._con = con
        self._built = built
        self._put_away = put_away
        self._elsewhere: dict[str, Store] = {}

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
        finally:
            self._put_away()

    def run(self, sql: str, parameters: Parameters | None = None) -> None:
        """Run a statement whose result nobody wants."""
        self._execute(sql, parameters)

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[tuple]:
        """Return the rows of a query."""
        with self._telling():  # a result may be made while it is fetched
            return self._execute(sql, parameters).fetchall()

    def frame(self, sql: str, parameters: Parameters | None = None) -> "pd.DataFrame":
        """Return the rows of a query as a frame."""
        with self._telling():
            return self._execute(sql, parameters).df()

    def relation(self, sql: str) -> duckdb.DuckDBPyRelation:
        """Return a select as a relation of DuckDB, which fetches when it is asked and in the form that it is asked for.

        Good for as long as the store is open.
        """
        with self._telling():
            return self._con.sql(in_letters(sql))

    def value(self, sql: str, parameters: Parameters | None = None) -> Any:
        """Return the single value of a query."""
        ((value,),) = self.rows(sql, parameters)
        return value

    def leave(self, table: str, elsewhere: Store) -> None:
        """Note that the rows of a table stay elsewhere; here it is empty."""
        self._elsewhere[table] = elsewhere

    def holder(self, *tables: str) -> Store:
        """Return the store to which a question about some tables is put: where the rows of one stay, else this."""
        return next((self._elsewhere[table] for table in tables if table in self._elsewhere), self)

    def count(self, table: str) -> int:
        """Return the number of rows of a table, wherever they are."""
        return self.holder(table).value(f"select count(*) from {table}")

    def counts(self, tables: Collection[str]) -> dict[str, int]:
        """Return the number of rows of each of some tables, wherever they are, by name."""
        here = [table for table in tables if table not in self._elsewhere]
        asked = " union all ".join(f"select '{table}', count(*) from {table}" for table in here)
        found = dict(self.rows(asked)) if asked else {}
        return found | {table: self.count(table) for table in tables if table not in found}

    def columns(self, relation: str, parameters: Parameters | None = None) -> dict[str, str]:
        """Return the columns of a table, a view or a select in parentheses: names and types, in order."""
        return {row[0]: row[1] for row in self.rows(f"describe select * from {relation}", parameters)}

    def tables(self, schema: str, *, views: bool = True) -> list[str]:
        """Return the names of the tables of a schema, and of its views, in order."""
        own = "schema_name = $schema and database_name = current_database() and not internal"
        sql = (  # what the information schema says as well, in a tenth of the time
            f"select table_name from duckdb_tables() where {own} "
            f"union all select view_name from duckdb_views() where {own} and $views order by table_name"
        )
        return [name for (name,) in self.rows(sql, {"schema": schema, "views": views})]

    def ask(self, query: Query, parameters: Parameters | None = None) -> "pd.DataFrame":
        """Return the rows of a query of a file, which is given those parameters that it names."""
        return self.frame(query.sql, own_parameters(query, parameters or {}))

    def make(
        self, query: Query, parameters: Parameters, keep: Collection[str] | None = None, *, for_now: bool = False
    ) -> int:
        """Make the table of a query and return its number of rows.

        Parameters
        ----------
        query
            The query; it is given only the parameters that it names.
        parameters
            All parameters on offer.
        keep
            Columns of the result to keep, by name; None keeps all.
        for_now
            The store's file never holds it: it goes by its name, whatever else does, until it is forgotten.

        Raises
        ------
        BuildError
            If the query asks for a parameter that is not on offer, or fails.
        """
        own = own_parameters(query, parameters)
        columns = "*" if keep is None else ", ".join(keep)
        try:
            kind = "temp table" if for_now else "table"
            return self.value(f"create {kind} {query.name} as select {columns} from (\n{query.sql.rstrip()}\n)", own)
        except EngineError as error:
            raise BuildError(f"{query.path} failed: {error.advice}") from None

    def forget(self, table: str) -> None:
        """Drop a table that was made for now."""
        self.run(f"drop table temp.{table}")

    def make_empty(
        self, query: Query, parameters: Parameters, keep: Collection[str] | None = None, *, for_now: bool = False
    ) -> None:
        """Make the table of a query without any row: its columns and their types."""
        empty = dataclasses.replace(query, sql=f"select * from (\n{query.sql.rstrip()}\n) where false")
        self.make(empty, parameters, keep, for_now=for_now)

    def replace(self, table: str, select: Callable[[str], str], parameters: Parameters | None = None) -> None:
        """Let a table be a select of what it was, whose name is handed to `select`."""
        self.run(f"create or replace table {table} as {select(table)}", parameters)

    def bring(self, table: str, sql: str, parameters: Parameters | None = None) -> None:
        """Add the rows of a query to a table, column by name."""
        self.run(f"insert into {table} by name {sql}", parameters)

    def set_apart(self, table: str, aside: str, rule: str, row_ids: str, where: str, parameters: Parameters) -> None:
        """Take the rows out of a table whose ``row_id`` a select tells, and add them to another, by a rule's name."""
        self.run(f"create temp table offending as {row_ids}", parameters)
        is_offending = "rowid in (select row_id from offending)"
        self.run(f"create table if not exists {aside} as select '' as rule, * from {table} where false")
        self.run(f"insert into {aside} select $rule, * from {table} where {is_offending}", {"rule": rule})
        self.run(f"delete from {table} where {is_offending}")
        self.run("drop table offending")

    def empty(self, table: str, column: str, where: str, parameters: Parameters) -> None:
        """Empty the cells of a column in the rows of which SQL is true."""
        self.run(f"update {table} set {column} = null where {where}", parameters)

    @contextmanager
    def made_for_now(self, query: Query, parameters: Parameters, keep: Collection[str] | None = None) -> Iterator[None]:
        """Make the table of a query for as long as the block lasts."""
        self.make(query, parameters, keep, for_now=True)
        try:
            yield
        finally:
            self.forget(query.name)

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
        are_numbers = [is_number(kind) for kind in columns.values()]
        found = self._in_portions(self._execute(f"select {', '.join(texts)} from ({select})", None))
        with path.open("w", encoding="utf-8", newline="") as stream:
            write_table(stream, list(columns), found, are_numbers)

    def attach(self, path: Path, name: str) -> None:
        """Let SQL read another store that was built earlier; its tables go by ``<name>.main.<table>``."""
        self._built = path
        self.run(f"attach {literal(str(path))} as {name} (type duckdb, read_only)")

    def look_in(self, *schemas: str) -> None:
        """Find tables that are named without a schema in the first of some schemas that has them; make them there."""
        self.run(f"set search_path = '{','.join(schemas)}'")

    def live_in(self, time_zone: str) -> None:
        """Let a moment that names its own zone fall on the day that it is in a zone, whatever the machine's is."""
        self.run(f"set TimeZone = {literal(time_zone)}")

    def seal(self, *folders: Path) -> None:
        """Read and write no file any more but the store itself, and those in some folders."""
        self.run(f"set allowed_directories = [{', '.join(literal(f'{folder}/') for folder in folders)}]")
        self.run("set enable_external_access = false")

    def settle(self) -> None:
        """Write all that was made into the store's own file."""
        self.run("checkpoint")

    def _in_portions(self, found: duckdb.DuckDBPyConnection) -> Iterator[tuple]:
        """Return rows one after the other, of which only so many are held at a time."""
        while True:
            with self._telling():
                rows = found.fetchmany(_PORTION)
            if not rows:
                return
            yield from rows

    def _execute(self, sql: str, parameters: Parameters | None) -> duckdb.DuckDBPyConnection:
        with self._telling():
            return self._con.execute(statement_of(in_letters(sql)), dict(parameters) if parameters else None)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as error:
            raise refusal(error, self._built) from None
