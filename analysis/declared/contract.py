"""The contract: source tables, their columns, and the date that makes each cell known."""

import functools
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.resources import files

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
        Table in whose key the value must exist.
    values
        The only values allowed; empty: any.
    """

    name: str
    type: str
    required: bool = False
    known: str | None = None
    references: str | None = None
    values: tuple[str, ...] = ()

    @property
    def sql_type(self) -> str:
        """The column's type in the warehouse."""
        return SQL_TYPES[self.type]


@dataclass(frozen=True, slots=True)
class Table:
    """One source table: its key, its columns, and what makes a row known."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    row_known: str | None = None
    required: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        """All column names of the contract, in its order."""
        return tuple(column.name for column in self.columns)

    def required_columns(self) -> tuple[str, ...]:
        """Return the columns that a source must give when it gives the table."""
        return tuple(column.name for column in self.columns if column.required)

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


@functools.cache
def read_contract() -> dict[str, Table]:
    """Return the contract's tables by name, in the order of the file."""
    text = (files("queries") / "1_sources" / "contract.toml").read_text(encoding="utf-8")
    return {
        name: Table(
            name=name,
            columns=tuple(
                Column(name=column, **(entry | {"values": tuple(entry.get("values", ()))}))
                for column, entry in content["columns"].items()
            ),
            key=tuple(content.get("key", ())),
            row_known=content.get("row_known"),
            required=content.get("required", False),
        )
        for name, content in tomllib.loads(text).items()
    }


def as_known_sql(table: Table, relation: str | None = None) -> str:
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
    """
    cells = [
        f"case when {column.known} >= $as_of then null else {column.name} end as {column.name}"
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
        f"count(*) filter ({row_known} and {column.known} >= $as_of and {column.name} is not null)"
        for column in table.columns
        if column.known
    ]
    return f"select count(*) filter (not {row_known}), {' + '.join(cells) or '0'} from {table.name}"


def names_given(tables: Mapping[str, Collection[str]], stable_users: bool) -> frozenset[str]:
    """Return what a source gives in the words of a covariate's ``needs``: tables, ``table.column``, properties."""
    names = set(tables) | {f"{table}.{column}" for table, columns in tables.items() for column in columns}
    return frozenset(names | ({"stable_users"} if stable_users else set()))


def as_written(name: str) -> str:
    """Return a source's name of a table or column as the contract would write it: same words, whatever the case."""
    return name.strip().casefold()
