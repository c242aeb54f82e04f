"""Tables drawn in ASCII: loaded as contract tables, sent through the project's own queries, compared with drawn ones.

An empty cell is null. A cell of a number column may hold its arithmetic: ``ln(56 / 28) - ln(63 / 63)``.
"""

import datetime as dt
import difflib
import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from in_memory import warehouse

from analysis.cohort.build import FOLDERS
from analysis.declared.contract import names_given, read_contract
from analysis.declared.parameters import given_parameters, log_parameters
from analysis.declared.source import Source
from analysis.declared.study import Study
from analysis.declared.study_parts import Time, Windows
from analysis.engine.engine import Engine
from analysis.engine.parsed import tables_read
from analysis.engine.query import Query, read_queries
from analysis.ingest.findings import refuse_errors
from analysis.ingest.load import not_yet_known
from analysis.ingest.rules.apply import apply_rules
from analysis.ingest.tables.sources import load_tables

NUMBERS = ("DOUBLE", "FLOAT", "DECIMAL", "HUGEINT", "BIGINT", "INTEGER", "SMALLINT", "TINYINT")
Rows = list[dict[str, str | None]]

queries_of = functools.cache(read_queries)


@functools.cache
def read_by(query: Query) -> frozenset[str]:
    """Return the tables that a query reads."""
    return tables_read(query.sql)


def read_drawing(drawing: str) -> tuple[list[str], Rows]:
    """Return the columns and the rows of a drawn table."""
    lines = [line.strip() for line in drawing.strip().splitlines()]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not set(line) <= set("|-+ ")]
    names, *rows = cells
    uneven = [row for row in rows if len(row) != len(names)]
    assert not uneven, f"not as many cells as the header {names}: {uneven}"
    return names, [{name: cell or None for name, cell in zip(names, row, strict=True)} for row in rows]


def draw_difference(names: list[str], wanted: list[tuple[str, ...]], found: list[tuple[str, ...]]) -> str:
    """Return both tables as one drawing: rows only drawn with a minus, rows only found with a plus."""
    widths = [max(len(cell) for cell in column) for column in zip(names, *wanted, *found, strict=True)]

    def lines(rows: list[tuple[str, ...]]) -> list[str]:
        padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
        return ["| " + " | ".join(row) + " |" for row in padded]

    difference = difflib.ndiff(lines([tuple(names), *wanted]), lines([tuple(names), *found]))
    return "\n".join(line for line in difference if not line.startswith("?"))


@dataclass(frozen=True)
class Book:
    """A small book of accounts in a warehouse of its own; its tables are made once somebody asks for them."""

    connection: duckdb.DuckDBPyConnection
    parameters: Mapping[str, Any]
    waiting: list[Query] = field(default_factory=list)

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The warehouse, with all tables made."""
        self._make(self.waiting)
        return self.connection

    @property
    def engine(self) -> Engine:
        """The warehouse as the product sees it."""
        return Engine(self.con)

    def run(self, query: Query) -> None:
        """Make one table, in place of an older one of its name."""
        self.con.execute(f"drop table if exists {query.name}")
        Engine(self.connection).make(query, self.parameters)

    def run_folders(self, folders: tuple[str, ...]) -> None:
        """Have the queries of these folders run, in their order, as far as anybody asks for their tables."""
        self.waiting.extend(query for folder in folders for query in queries_of(folder))

    def _make(self, queries: Sequence[Query]) -> None:
        for query in list(queries):
            self.waiting.remove(query)
            self.connection.execute(f"drop table if exists {query.name}")
            Engine(self.connection).make(query, self.parameters)

    def _behind(self, tables: set[str]) -> list[Query]:
        """Return those of the queries that wait that these tables are made from, in their order."""
        needed = set(tables)
        found = []
        for query in reversed(self.waiting):
            if query.name in needed:
                needed |= read_by(query)
                found.append(query)
        return found[::-1]

    def shows(self, table: str, expected: str, where: str = "true") -> None:
        """Assert that a table, in the columns and rows asked for, is the drawn one, whatever its order.

        A table that knows lifetimes only by their number may be drawn with what `lifetimes` says of them.
        """
        names, drawn = read_drawing(expected)
        self._make(self._behind({table, "lifetimes"}))
        relation = self.connection.sql(f"select {', '.join(names)} from {self._relation(table, names)} where {where}")
        types = [str(found) for found in relation.types]
        found = sorted(
            tuple(_as_text(value, type_) for value, type_ in zip(row, types, strict=True))
            for row in relation.fetchall()
        )
        wanted = sorted(
            tuple(_as_text(_evaluate(row[name], type_), type_) for name, type_ in zip(names, types, strict=True))
            for row in drawn
        )
        if found != wanted:
            difference = draw_difference(names, wanted, found)
            raise AssertionError(f"{table} is not as drawn (- drawn, + found):\n{difference}")

    def _relation(self, table: str, names: list[str]) -> str:
        own = {row[0] for row in self.connection.execute(f"describe {table}").fetchall()}
        borrowed = [name for name in ("account_id", "lifetime_number", "origin") if name not in own and name in names]
        if not borrowed:
            return table
        return f"{table} inner join (select lifetime_id, {', '.join(borrowed)} from lifetimes) using (lifetime_id)"


def _evaluate(cell: str | None, type_: str) -> Any:
    """Return a drawn cell as a value; arithmetic in the cell of a number column is worked out here, not by the queries."""
    if cell is None or not type_.startswith(NUMBERS):
        return cell
    return eval(cell, {"__builtins__": {}}, {"ln": math.log})


def _as_text(value: Any, type_: str) -> str:
    if value is None:
        return ""
    if type_.startswith(NUMBERS):
        return f"{float(value):.10g}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def drawn_book(
    until: str = FOLDERS[-1],
    *,
    observed_from: Mapping[str, str] | None = None,
    observed_until: Mapping[str, str] | None = None,
    hole: Mapping[str, tuple[str, str]] | None = None,
    windows: Windows | None = None,
    observation_start: str = "2024-01-01",
    snapshot: str = "2025-01-01",
    constant: Sequence[str] = ("region",),
    tables: Mapping[str, str],
    **clock: Any,
) -> Book:
    """Load drawn contract tables, cut them to what was known at the snapshot, and run the queries up to a folder.

    Parameters
    ----------
    until
        The last folder to run.
    observed_from, observed_until, hole
        Days on which logs begin, by table, on which they have ended, and the first and the next logged day of a hole.
    constant
        Attributes of accounts that the study declares never to change.
    tables
        Drawings by name; accounts may be left out, then they are those that the other tables name. Absent tables are
        there but empty, as for a source that does not give them.
    clock
        Other fields of the study's ``[time]``.
    """
    dates = {"observation_start": observation_start, "snapshot": snapshot}
    days = {name: dt.date.fromisoformat(day) for name, day in dates.items()}
    source = Source("contract", Path(), constant_attributes=tuple(constant))
    study = Study("drawn", source, Time(**days, **clock), windows=windows or Windows())
    drawn = {name: read_drawing(drawing) for name, drawing in tables.items()}
    given = names_given({name: columns for name, (columns, _) in drawn.items()}, stable_users=True)
    logs = log_parameters(observed_from or {}, observed_until or {}) | given_parameters(given)
    book = Book(warehouse(), study.query_parameters() | logs | with_breaks(hole or {}))
    load_drawn(book.con, study, drawn)
    book.run_folders(FOLDERS[: FOLDERS.index(until) + 1])
    return book


_SHARED: dict[str, Book] = {}


def shared_book(until: str, **asked: Any) -> Book:
    """Return the book that `drawn_book` draws, drawn once for all who ask for the same; who changes it, undoes that."""
    key = repr((until, sorted(asked.items())))
    if key not in _SHARED:
        _SHARED[key] = drawn_book(until, **asked)
    return _SHARED[key]


def with_breaks(breaks: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Return the parameters of logs that break off on a day, and go on on another."""
    return {
        f"{table}_{name}": day
        for table, days in breaks.items()
        for name, day in zip(("hole_from", "hole_until"), days, strict=True)
    }


def load_drawn(con: duckdb.DuckDBPyConnection, study: Study, tables: Mapping[str, tuple[list[str], Rows]]) -> None:
    """Make every table of the contract as a build does: typed, checked against the rules, as known at the snapshot."""
    con.execute("create schema raw")
    for name, (columns, rows) in ({"accounts": _accounts_named(tables)} | dict(tables)).items():
        _create_raw(con, name, columns, rows)
    engine = Engine(con)
    loaded = load_tables(engine, study.source, read_contract(), progress=lambda line: None)
    refuse_errors(apply_rules(engine, read_contract(), loaded.given, study.query_parameters() | log_parameters({})))
    not_yet_known(engine, read_contract(), study.time.snapshot)


def _accounts_named(tables: Mapping[str, tuple[list[str], Rows]]) -> tuple[list[str], Rows]:
    named = {row.get("account_id") for _, rows in tables.values() for row in rows}
    return ["account_id"], [{"account_id": account} for account in sorted(filter(None, named))]


def _create_raw(con: duckdb.DuckDBPyConnection, name: str, columns: list[str], rows: Rows) -> None:
    """Make a raw table of text, as a CSV file gives it, behind the view that the loader looks for."""
    typed = ", ".join(f"{column} varchar" for column in columns)
    con.execute(f"create table raw.drawn_{name} ({typed})")
    if rows:
        marks = ", ".join("?" * len(columns))
        con.executemany(f"insert into raw.drawn_{name} values ({marks})", [[row[c] for c in columns] for row in rows])
    con.execute(f"create view raw.{name} as select * from raw.drawn_{name}")
