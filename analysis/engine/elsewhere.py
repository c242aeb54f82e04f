"""Elsewhere: tables that stay in another engine, asked and changed there, with those of the store here beside them."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from analysis.engine.engine import Engine
from analysis.engine.parsed import tables_read
from analysis.engine.places import Named, StayingTable
from analysis.engine.query import Query
from analysis.engine.quoting import literal, path_literal, quoted
from analysis.errors import BuildError, EngineError

if TYPE_CHECKING:
    import pandas as pd

ROW = "rowid"
"""The column that tells rows apart there, as the engine here does it by itself."""


class OtherEngine(Protocol):
    """What SQL is put to elsewhere: `analysis.engine.spark.Spark`."""

    def describe(self, name: str) -> Named: ...  # noqa: D102

    def show(self, name: str, files: Path) -> None: ...  # noqa: D102

    def take(self, name: str, table: StayingTable) -> None: ...  # noqa: D102

    def define(self, name: str, sql: str, parameters: Mapping[str, Any]) -> None: ...  # noqa: D102

    def forget(self, name: str) -> None: ...  # noqa: D102

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[tuple]: ...  # noqa: D102

    def make(self, query: Query, parameters: Mapping[str, Any]) -> None: ...  # noqa: D102

    def fetch(self, name: str) -> Path: ...  # noqa: D102


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """A change of a table that stays elsewhere.

    Attributes
    ----------
    sql
        A select of ``<before>``, which is what the table was.
    parameters
        Those that the select names.
    first
        A select of ``row_id``, the rows that `sql` knows as ``<offending>``; empty where it asks for none.
    """

    table: str
    sql: str
    parameters: Mapping[str, Any]
    first: str = ""


class Elsewhere:
    """A store of tables that stay in another engine.

    What a question reads besides is shown there as it is in the store here, each time anew. Nothing is written to where
    the tables lie: each change is a view.

    Parameters
    ----------
    here
        The store of all other tables.
    other
        The engine in which these stay.
    folder
        For what goes there, as Parquet.
    """

    def __init__(self, here: Engine, other: OtherEngine, folder: Path) -> None:
        self._here = here
        self._other = other
        self._folder = folder
        self._stay: dict[str, str] = {}
        self._own: set[str] = set()
        self._number = 0
        self._is_still = False
        self.taken: dict[str, StayingTable] = {}
        self.steps: list[Step] = []

    def hold_still(self) -> None:
        """Show each table of the store here only once from now on: none of them changes any more."""
        self._is_still = True

    def describe(self, name: str) -> Named:
        """Return what the other engine knows by a name, as it is now."""
        return self._other.describe(name)

    def take(self, table: str, staying: StayingTable) -> None:
        """Let a table be what lies somewhere, each row with a word that tells it from all others."""
        self._other.take(self._next(table), staying)
        self.taken[table] = staying
        self._settle(table)

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple]:
        """Return the rows of a query."""
        self._show_what_is_read(sql)
        return self._other.rows(sql, parameters or {})

    def value(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """Return the single value of a query."""
        ((value,),) = self.rows(sql, parameters)
        return value

    def frame(self, sql: str, parameters: Mapping[str, Any] | None = None) -> "pd.DataFrame":
        """Return the rows of a query as the frame that the store here would make of them."""
        own = {name: (parameters or {})[name] for name in Query("", "", sql).parameters}
        kinds = self._here.columns(f"({sql})", own)
        columns = ", ".join(f"cast({quoted(name)} as {kind}) as {quoted(name)}" for name, kind in kinds.items())
        self._number += 1
        self.make(Query(name := f"asked_{self._number}", "", sql), own)
        made = self.fetch(name)
        return self._here.frame(f"select {columns} from read_parquet({path_literal(made)} || '/*.parquet')")

    def tables(self, schema: str) -> list[str]:
        """Return the names of the tables that stay, and of those of their rows that were set apart, in order."""
        return sorted(self._stay)

    @contextmanager
    def named(self, **selects: str) -> Iterator[None]:
        """Let SQL read selects by the names given, for as long as the block lasts."""
        for name, select in selects.items():
            self._show_what_is_read(select)
            self._other.define(name, select, {})
            self._own.add(name)
        try:
            yield
        finally:
            for name in selects:
                self._own.discard(name)
                self._other.forget(name)

    def make(self, query: Query, parameters: Mapping[str, Any]) -> None:
        """Make the table of a query there, to be read by its name."""
        self._show_what_is_read(query.sql)
        self._other.make(query, parameters)
        self._own.add(query.name)

    def fetch(self, name: str) -> Path:
        """Fetch a table that was made there, and return the folder of its Parquet files."""
        return self._other.fetch(name)

    def bring(self, table: str, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Add the rows of a query to a table of the store here, column by name."""
        self._number += 1
        self.make(Query(name := f"brought_{self._number}", "", sql), parameters or {})
        add_parquet(self._here, table, self.fetch(name))

    def replace(self, table: str, select: Callable[[str], str], parameters: Mapping[str, Any] | None = None) -> None:
        """Let a table be a select of what it was, whose name is handed to `select`."""
        self.take_step(Step(table, select("<before>"), parameters or {}))

    def empty(self, table: str, column: str, where: str, parameters: Mapping[str, Any]) -> None:
        """Empty the cells of a column in the rows of which SQL is true."""
        emptied = f"case when {where} then null else {column} end as {column}"
        cells = (emptied if name == column else name for name in (ROW, *self.taken[table].columns))
        self.take_step(Step(table, f"select {', '.join(cells)} from <before>", parameters))

    def set_apart(
        self, table: str, aside: str, rule: str, row_ids: str, where: str, parameters: Mapping[str, Any]
    ) -> None:
        """Take rows out of a table, and add them to another under the name of a rule; see `Store`."""
        which = where or f"{ROW} in (select row_id from <offending>)"
        step = Step(table, "", parameters, "" if where else row_ids)
        apart = f"select {literal(rule)} as rule, * from <before> where {which}"
        if aside in self._stay:
            apart = f"select * from {self._stay[aside]} union all {apart}"
        offending = self._first(step)
        self._define(aside, self._filled_in(apart, table, offending), parameters)
        kept = f"select * from <before> where not coalesce({which}, false)"
        self._take(dataclasses.replace(step, sql=kept), offending)

    def take_step(self, step: Step) -> None:
        """Change a table as it was changed once."""
        self._take(step, self._first(step))

    def _first(self, step: Step) -> str:
        """Make the table of offending rows that a step asks for, if it does, and return its name."""
        if not step.first:
            return ""
        self._number += 1
        name = f"offending_{self._number}"
        self.make(Query(name, "", step.first), step.parameters)
        return name

    def _take(self, step: Step, offending: str) -> None:
        self._define(step.table, self._filled_in(step.sql, step.table, offending), step.parameters)
        self.steps.append(step)

    def _filled_in(self, sql: str, table: str, offending: str) -> str:
        return sql.replace("<before>", self._stay[table]).replace("<offending>", offending)

    def _define(self, table: str, sql: str, parameters: Mapping[str, Any]) -> None:
        self._show_what_is_read(sql)
        own = {name: parameters[name] for name in Query(table, "", sql).parameters}
        self._other.define(self._next(table), sql, own)
        self._settle(table)

    def _next(self, table: str) -> str:
        self._number += 1
        name = f"{table}_{self._number}"
        self._stay[table] = name
        self._own.add(name)
        return name

    def _settle(self, table: str) -> None:
        self._other.define(table, f"select * from {self._stay[table]}", {})
        self._own.add(table)

    def _show_what_is_read(self, sql: str) -> None:
        """Show what SQL reads and the other engine lacks, as it is here."""
        for name in sorted(tables_read(sql) - self._own):
            self._number += 1
            files = self._folder / f"{name}-{self._number}.parquet"
            self._here.write_parquet(in_types_of_parquet(self._here, name), files)
            self._other.show(name, files)
            if self._is_still:
                self._own.add(name)


def add_parquet(engine: Engine, table: str, folder: Path) -> int:
    """Add the rows of a folder of Parquet files to a table of the store here, column by name; return their number.

    Raises
    ------
    BuildError
        If they are none of that table.
    """
    names = ", ".join(map(quoted, engine.columns(table)))
    read = f"read_parquet({path_literal(folder)} || '/*.parquet')"
    try:
        return engine.value(f"insert into {table} ({names}) select {names} from {read}")
    except EngineError as error:
        raise BuildError(f"What another engine made is no table {table}: {error.advice}") from None


def in_types_of_parquet(engine: Engine, table: str) -> str:
    """Return a select of a table in which long sums are decimals: Parquet has no whole number so long."""
    columns: Sequence[str] = [
        f"cast({name} as decimal(38, 0)) as {name}" if kind == "HUGEINT" else name
        for name, kind in engine.columns(table).items()
    ]
    return f"select {', '.join(columns)} from {table}"
