"""Matches: how many rows of a column are found where it refers to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from analysis.declared.contract import Table
from analysis.engine.engine import Engine


@dataclass(frozen=True, slots=True)
class Match:
    """How a column matches the one that it refers to.

    Attributes
    ----------
    column, refers_to
        Both as ``table.column``.
    rows
        Rows in which the column is filled in.
    matched
        Those of them whose value exists where it refers to.
    """

    column: str
    refers_to: str
    rows: int
    matched: int

    @property
    def share(self) -> float:
        """Matched rows of all; not a number where there are none."""
        return self.matched / self.rows if self.rows else float("nan")


def matches(engine: Engine, contract: dict[str, Table], given: Mapping[str, Collection[str]]) -> tuple[Match, ...]:
    """Count the matches of every column that refers to another, where the source gives both."""
    found = []
    for table in contract.values():
        for column in table.columns:
            target, _, key = (column.references or "").partition(".")
            if column.name in given.get(table.name, ()) and key in given.get(target, ()):
                is_known = f"{column.name} in (select {key} from {target} where {key} is not null)"
                ((rows, matched),) = engine.holder(table.name).rows(
                    f"select count({column.name}), count(*) filter (where {is_known}) from {table.name}"
                )
                found.append(Match(f"{table.name}.{column.name}", f"{target}.{key}", rows, matched))
    return tuple(found)
