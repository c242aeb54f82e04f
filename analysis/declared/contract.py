"""The contract: source tables, their columns, and the date that makes each cell known."""

import functools
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

SQL_TYPES = {
    "text": "varchar",
    "date": "date",
    "integer": "bigint",
    "days": "integer",
    "number": "decimal(18, 6)",
    "boolean": "boolean",
}
_LEARNED_APART = re.compile(r"coalesce\((\w+_known_on), (\w+)\)")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a source table.

    Attributes
    ----------
    known
        SQL for the last day on which the cell is still unknown; None: known together with its row.
    references
        ``table.column`` in which the value must exist.
    owner
        Another column, of which each value of this one belongs to one only.
    values
        The only values allowed; empty: any.
    is_category
        Whether it is a word of a few, whose spelling counts.
    least, most
        Bounds of a number, both allowed.
    longest
        Most letters of a text.
    scales
        Bounds (least, most) where another column has some value: by that column, by its value.
    at_most
        Another number of the row, which this one does not exceed.
    not_before, seldom_before
        Other days of the row before which this one cannot lie, or seldom does.
    only_with
        Another column of the row, without which this one says nothing.
    has_usual_range
        Whether a number far from all others is odd.
    """

    name: str
    type: str
    required: bool = False
    known: str | None = None
    references: str | None = None
    owner: str | None = None
    values: tuple[str, ...] = ()
    is_category: bool = False
    least: int | None = None
    most: int | None = None
    longest: int | None = None
    scales: Mapping[str, Mapping[str, tuple[int, int]]] = field(default_factory=dict)
    at_most: str | None = None
    not_before: tuple[str, ...] = ()
    seldom_before: tuple[str, ...] = ()
    only_with: str | None = None
    has_usual_range: bool = False

    @property
    def sql_type(self) -> str:
        """The column's type in the warehouse."""
        return SQL_TYPES[self.type]


@dataclass(frozen=True, slots=True)
class Table:
    """One source table.

    Attributes
    ----------
    key
        Columns of which no two rows share all values.
    row_known
        SQL for the last day on which a row is still unknown.
    happens
        The day on which a row happens; None where it happens on none.
    lasts
        The days from which and until which (``null``: never ends) a row lasts; empty where it does not.
    is_additive
        Whether rows of one key can be added up.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    row_known: str | None = None
    required: bool = False
    happens: str | None = None
    lasts: tuple[str, ...] = ()
    is_additive: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        """All column names of the contract, in its order."""
        return tuple(column.name for column in self.columns)

    def required_columns(self) -> tuple[str, ...]:
        """Return the columns that a source must give when it gives the table."""
        return tuple(column.name for column in self.columns if column.required)

    def days(self) -> tuple[str, str]:
        """Return SQL of the days from which and until which a row lasts; one that happens lasts its day."""
        if self.happens:
            return self.happens, f"{self.happens} + 1"
        begins, ends = self.lasts
        return begins, f"coalesce({ends}, cast('9999-12-31' as date))"

    def days_of_learning(self) -> tuple[tuple[str, str], ...]:
        """Return each column that says when a row or a cell was learned, with SQL of the day of what it is known of."""
        of_rows = (("known_on", self.row_known),) if self.row_known and "known_on" in self.column_names else ()
        cells = (_LEARNED_APART.fullmatch(column.known or "") for column in self.columns)
        return (*of_rows, *((apart[1], apart[2]) for apart in cells if apart))

    def row_known_sql(self) -> str | None:
        """Return SQL for the last day on which a row is still unknown; None when it is always known."""
        if "known_on" not in self.column_names:
            return self.row_known
        return f"coalesce(known_on, {self.row_known})"


def _frozen(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


@functools.cache
def read_contract() -> dict[str, Table]:
    """Return the contract's tables by name, in the order of the file."""
    text = (files("queries") / "1_sources" / "contract.toml").read_text(encoding="utf-8")
    return {
        name: Table(
            name=name,
            columns=tuple(Column(name=column, **_frozen(entry)) for column, entry in content.pop("columns").items()),
            **_frozen(content),
        )
        for name, content in tomllib.loads(text).items()
    }


def as_known_sql(table: Table, relation: str | None = None, never: Collection[str] = ()) -> str:
    """Return a select of a table as it was known on the morning of ``$as_of``.

    Rows not yet known are left out and cells not yet known are null (rule 1 of ``queries/rules_of_time.md``: known
    strictly before the day). The build reads every source table through it at the snapshot; the look-ahead check at any
    day.

    Parameters
    ----------
    table
        The contract's table.
    relation
        Name of the relation to read; the table's own name by default.
    never
        Columns of which nothing was known on the day.
    """
    cells = [
        f"cast(null as {column.sql_type}) as {column.name}"
        if column.name in never
        else f"case when {column.known} >= $as_of then null else {column.name} end as {column.name}"
        if column.known
        else column.name
        for column in table.columns
    ]
    row = table.row_known_sql()
    # the date stands in the text even where nothing depends on it, so that every select takes the same parameter
    where = f"coalesce({row} < $as_of, true)" if row else "cast($as_of as date) is not null"
    return f"select {', '.join(cells)} from {relation or table.name} where {where}"


def unknown_counts_sql(table: Table) -> str:
    """Return a select of how many rows, and cells of known rows, were not yet known on ``$as_of``."""
    row = table.row_known_sql()
    row_known = f"coalesce({row} < $as_of, true)" if row else "cast($as_of as date) is not null"
    cells = [
        f"count(*) filter (where {row_known} and {column.known} >= $as_of and {column.name} is not null)"
        for column in table.columns
        if column.known
    ]
    return f"select count(*) filter (where not {row_known}), {' + '.join(cells) or '0'} from {table.name}"


def names_given(tables: Mapping[str, Collection[str]], stable_users: bool) -> frozenset[str]:
    """Return what a source gives in the words of a covariate's ``needs``: tables, ``table.column``, properties."""
    names = set(tables) | {f"{table}.{column}" for table, columns in tables.items() for column in columns}
    return frozenset(names | ({"stable_users"} if stable_users else set()))


def as_written(name: str) -> str:
    """Return a source's name of a table or column as the contract would write it: same words, whatever the case."""
    return name.strip().casefold()
