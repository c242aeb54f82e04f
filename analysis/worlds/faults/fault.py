"""A fault: what is wrong with a few rows of one table, and which rule should name them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from analysis.declared.contract import Table
from analysis.engine.engine import Engine

OF_MANY = ("columns_not_measured", "table_not_measured", "log_*", "*_of_accounts_without_subscription")
"""Rules that have something to say where many rows are at fault."""
_FEW = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault in one place.

    Attributes
    ----------
    name
        What it is, and where.
    kind
        The word of the contract that it breaks, or what it is an example of.
    table, column
        Where it lies.
    rule
        The rule that should name it.
    sets
        SQL by column: what the rows then hold.
    where
        SQL: which rows may be taken.
    number
        How many rows are taken; None: all that may be.
    is_added
        Whether it stands in copies of the rows, the rows themselves staying as they are.
    removes
        Whether it is that the rows are not there.
    names_others
        Whether the rule cannot know which rows are wrong, and also names those that they do not fit with.
    names_some
        Whether the rule names only those of the rows that are odd by themselves.
    first
        Statements that make way for it.
    also
        Patterns of rules that then have something to say, too, and truly.
    """

    name: str
    kind: str
    table: str
    rule: str
    column: str = ""
    sets: Mapping[str, str] = field(default_factory=dict)
    where: str = "true"
    number: int | None = _FEW
    is_added: bool = False
    removes: bool = False
    names_others: bool = False
    names_some: bool = False
    first: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    def explains(self, rule: str) -> bool:
        """Tell whether it is no wonder that a rule has something to say."""
        patterns = self.also if self.number else (*self.also, *OF_MANY)
        return rule in self.rules or any(fnmatchcase(rule, pattern) for pattern in patterns)

    @property
    def rules(self) -> tuple[str, ...]:
        """The rule that should name it, or the one before it: what is no value of its column's type is none at all."""
        return (self.rule, f"{self.table}.{self.column}_is_of_its_type")


def told_apart_by(table: Table) -> tuple[str, ...]:
    """Return the columns by which rows of a table are told apart: its key, or all where it has none."""
    return table.key or table.column_names


def plant(engine: Engine, fault: Fault, table: Table, seed: int) -> frozenset[tuple]:
    """Plant a fault into loaded tables.

    Parameters
    ----------
    engine
        The store.
    table
        The fault's, in the contract.
    seed
        Of the draw of rows; rows that another fault took are not taken again.

    Returns
    -------
    frozenset of tuple
        The planted rows, by what tells rows of the table apart.

    Raises
    ------
    ValueError
        If no row can be taken.
    """
    for statement in fault.first:
        engine.run(statement)
    engine.run("create temp table if not exists planted (table_name varchar, row_id bigint)")
    limit = "" if fault.number is None else f"limit {fault.number}"
    taken = (
        f"select rowid as row_id from {table.name} where ({fault.where}) and rowid not in "
        "(select row_id from planted where table_name = $table) "
        f"order by md5(cast(rowid as varchar) || ' ' || cast($seed as varchar)) {limit}"
    )
    engine.run(f"create or replace temp table taken as {taken}", {"table": table.name, "seed": seed})
    if fault.removes:
        engine.run(f"delete from {table.name} where rowid in (select row_id from taken)")
        return frozenset()
    if fault.is_added:
        last = engine.value(f"select max(rowid) from {table.name}")
        replaced = ", ".join(f"{value} as {column}" for column, value in fault.sets.items())
        star = f"* replace ({replaced})" if replaced else "*"
        engine.run(
            f"insert into {table.name} select {star} from {table.name} where rowid in (select row_id from taken)"
        )
        engine.run("insert into planted select $table, row_id from taken", {"table": table.name})
        engine.run(f"insert into taken select rowid from {table.name} where rowid > {last}")
        engine.run(f"delete from taken where row_id <= {last}")
    elif fault.sets:
        values = ", ".join(f"{column} = {value}" for column, value in fault.sets.items())
        engine.run(f"update {table.name} set {values} where rowid in (select row_id from taken)")
    engine.run("insert into planted select $table, row_id from taken", {"table": table.name})
    rows = engine.rows(
        f"select {as_text(told_apart_by(table))} from {table.name} where rowid in (select row_id from taken)"
    )
    if not rows:
        raise ValueError(f"No row of {table.name} can carry the fault '{fault.name}'.")
    return frozenset(rows)


def as_text(columns: tuple[str, ...]) -> str:
    """Return SQL of columns as text, so that rows compare alike whatever their types."""
    return ", ".join(f"cast({column} as varchar)" for column in columns)
