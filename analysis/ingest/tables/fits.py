"""Fits: whether the values of a source's column may be those of a column of the contract, by more than its name."""

from collections.abc import Collection

from analysis.declared.contract import Table
from analysis.declared.date_format import DateFormat
from analysis.engine.engine import Engine
from analysis.engine.quoting import literal, quoted
from analysis.errors import EngineError
from analysis.ingest.files.hints import means_exactly, nearest
from analysis.ingest.tables.cells import is_fault, is_given, is_typed, trimmed

_LEAST_KNOWN = 0.5
"""Share of the values of a reference that must be found where they refer to."""
_A_DAY = r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?"


class Fits:
    """Says which of a raw table's columns may be one of the contract's; asked once all tables are loaded.

    Parameters
    ----------
    engine
        A store with schema ``raw`` and the contract's tables, those that are not given empty.
    contract
        The contract.
    dates
        How dates are written as text.
    """

    def __init__(self, engine: Engine, contract: dict[str, Table], dates: DateFormat) -> None:
        self._engine = engine
        self._contract = contract
        self._dates = dates

    def meant(
        self, table: Table, arrived: dict[str, str], free: Collection[str], absent: Collection[str]
    ) -> dict[str, str]:
        """Return the column of the contract that each of a table's columns may be, each at most once.

        Parameters
        ----------
        arrived
            The raw table's columns, with their types.
        free
            Those that nothing reads.
        absent
            Columns of the contract that the table does not give.
        """
        found: dict[str, str] = {}
        for own in free:
            # a name that stands for a column which is given already stands for no other
            near = nearest(own, table.column_names, table.name)
            if near and near in absent and near not in found.values() and self._may_be(table, own, arrived[own], near):
                found[own] = near
        return found

    def _may_be(self, table: Table, own: str, arrived: str, name: str) -> bool:
        try:
            return self._fits(table, own, arrived, name)
        except EngineError as error:  # of rows that cannot be read nothing is known
            if error.is_out_of_memory:
                raise
            return False

    def _fits(self, table: Table, own: str, arrived: str, name: str) -> bool:
        column = next(column for column in table.columns if column.name == name)
        raw = f"(select {quoted(own)} as {name} from raw.{quoted(table.name)})"
        given = is_given(name, arrived)
        listed = f"cast({name} as varchar) in ({', '.join(map(literal, column.values)) or 'null'})"
        ((rows, n, faults, distinct, in_list, days),) = self._engine.rows(
            f"select count(*), count(*) filter ({given}), count(*) filter ({is_fault(column, arrived, self._dates)}), "
            f"count(distinct {name}), count(*) filter ({listed}), "
            f"count(*) filter (regexp_full_match(cast({name} as varchar), {literal(_A_DAY)})) from {raw}"
        )
        if n == 0 or faults or (column.values and in_list < n):
            return False
        if column.type == "text" and (days == n or (is_typed(arrived) and not name.endswith("_id"))):
            return False
        if column.required and n < rows:
            return False
        if table.key == (name,):
            return distinct == rows
        return not name.endswith("_id") or self._refers(table, own, name, raw, is_unique=distinct == n > 1)

    def _refers(self, table: Table, own: str, name: str, raw: str, *, is_unique: bool) -> bool:
        """Say whether an identifier is known where it refers to, as far as that is given."""
        kind = name.removeprefix("parent_")
        target = next((other.name for other in self._contract.values() if other.key[:1] == (kind,)), None)
        if target is None or (target == table.name and kind == name):
            return True
        known = f"select {kind} as key from {target}"
        if self._engine.count(target) == 0:
            if own not in self._raw_columns(target):
                return means_exactly(own, name, table.name) or not is_unique
            known = f"select {trimmed(quoted(own))} as key from raw.{quoted(target)}"
        plain = "regexp_replace(key, '[.]0+$', '')"
        share = self._engine.value(
            f"select avg(cast({plain} in (select {plain} from ({known})) as integer)) "
            f"from (select distinct {trimmed(name)} as key from {raw} where {name} is not null)"
        )
        return share is not None and share >= _LEAST_KNOWN

    def _raw_columns(self, table: str) -> Collection[str]:
        return self._engine.columns(f"raw.{quoted(table)}") if table in self._engine.tables("raw") else ()
