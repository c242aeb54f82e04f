"""Staying: logs that another engine reads where they lie; here only their columns are looked at."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote

from analysis.declared.contract import Column
from analysis.declared.declaration import CONTRACT_KIND
from analysis.declared.long_tables import LOGS
from analysis.engine.elsewhere import Elsewhere
from analysis.engine.engine import Engine
from analysis.engine.places import Files, Place, StayingTable
from analysis.ingest.files.delta_tables import NO_VALUE, DeltaTable
from analysis.ingest.files.file_kinds import PARQUET, kind_of
from analysis.ingest.files.raw_files import RawFiles
from analysis.ingest.findings import Finding
from analysis.ingest.tables.cells import SPACE
from analysis.ingest.tables.key_forms import is_identifier
from analysis.ingest.tables.table_rows import TableRows
from analysis.wording.remarks import Remark, remark

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_TAKEN = {"text": ("VARCHAR", *_WHOLE), "date": ("DATE",), "integer": _WHOLE, "days": _WHOLE}
"""Types of Parquet that are taken as they are, by the type of the contract's column."""
_NOTHING = '"NULL"'
"""The type of a column of Parquet that holds nothing at all: pandas, for one, knows no other for it."""
_WORDS = {
    "text": Remark("ingest.raw_type.text"),
    "date": Remark("ingest.raw_type.date"),
    "integer": Remark("ingest.raw_type.integer"),
    "days": Remark("ingest.raw_type.integer"),
}


@dataclass(frozen=True, slots=True)
class Staying:
    """Logs that stay where they are: in which engine they are read, and where each of them lies."""

    elsewhere: Elsewhere
    logs: Mapping[str, Place]


def logs_that_can_stay(located: RawFiles, kind: str) -> dict[str, Place]:
    """Return the place of each log of a source that can stay there: Parquet, Delta, and what goes by a name elsewhere.

    Of a kind of source that makes tables of the contract by queries of its own none can: these are read here.
    """
    found = {name: path for name, path in located.tables.items() if name in LOGS and kind == CONTRACT_KIND}
    return dict(located.named) | {
        name: Files(path, tuple(parts))
        for name, path in sorted(found.items())
        if (path.is_dir() or kind_of(path) in PARQUET)
        and isinstance(located.deltas.get(name), DeltaTable | None)
        and (parts := located.parts(name))
    }


def take(engine: Engine, staying: Staying, raw: TableRows) -> Finding | None:
    """Leave a log where it is, or return what stands in the way."""
    name = raw.table.name
    table = _typed(raw, staying.logs[name])
    if isinstance(table, Finding):
        return table
    staying.elsewhere.take(name, table)
    if untidy := _untidy_ids(staying.elsewhere, raw, table):
        return untidy
    engine.leave(name, staying.elsewhere)
    return None


def _typed(raw: TableRows, place: Place) -> StayingTable | Finding:
    empty = {own for own, arrived in raw.arrived.items() if arrived == _NOTHING}
    own_names = {name: own for name, own in raw.own_names.items() if own not in empty}
    columns = {column.name: (column.sql_type, own_names.get(column.name)) for column in raw.table.columns}
    told_by_folders = place.partitions if isinstance(place, Files) else frozenset()
    of_days = {own for own in told_by_folders if isinstance(place, Files) and all(map(_is_day, place.told(own)))}
    wrong = [
        remark("ingest.staying_types.column", own=repr(own), arrived=raw.arrived[own].lower(), type=_WORDS[column.type])
        for column in raw.table.columns
        if (own := own_names.get(column.name)) and not _is_taken(column, raw.arrived[own], own in of_days)
    ]
    if wrong:
        says = remark("ingest.staying_types.says", columns=tuple(wrong))
        return Finding("types_of_a_staying_log", raw.table.name, "error", says, remark("ingest.staying_types.mend"))
    if isinstance(place, Files):
        place = replace(place, arrived={own: raw.arrived[own] for own in own_names.values()})
    return StayingTable(place, columns)


def _untidy_ids(elsewhere: Elsewhere, raw: TableRows, table: StayingTable) -> Finding | None:
    """Return which ids have space about them: one with, and one without, would be two users there, and one here."""
    ids = [column.name for column in raw.table.columns if is_identifier(column) and table.columns[column.name][1]]
    is_untidy = (f"regexp_matches({name}, '^{SPACE}|{SPACE}$')" for name in ids)
    counted = ", ".join(
        f"coalesce(sum(case when {untidy} then 1 else 0 end), 0) as {name}"
        for name, untidy in zip(ids, is_untidy, strict=True)
    )
    (counts,) = elsewhere.rows(f"select {counted} from {raw.table.name}")
    wrong = [
        remark("ingest.staying_ids.column", own=repr(raw.own_names[name]), rows=int(n))
        for name, n in zip(ids, counts, strict=True)
        if n
    ]
    if not wrong:
        return None
    says = remark("ingest.staying_ids.says", columns=tuple(wrong))
    return Finding("ids_of_a_staying_log", raw.table.name, "error", says, remark("ingest.staying_ids.mend"))


def _is_taken(column: Column, arrived: str, is_told_as_days: bool) -> bool:
    return arrived in _TAKEN[column.type] or (is_told_as_days and column.type == "date")


def _is_day(told: str) -> bool:
    """Say whether the name of a folder says a day, or none; of a month Spark would make its first day."""
    return told == NO_VALUE or re.fullmatch(r"\d{4}-\d{2}-\d{2}", unquote(told)) is not None
