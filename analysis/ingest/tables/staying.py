"""Staying: logs whose files another engine reads where they are; here only their columns are looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.declared.contract import Column
from analysis.declared.declaration import CONTRACT_KIND
from analysis.declared.long_tables import LOGS
from analysis.engine.elsewhere import Elsewhere, Files
from analysis.engine.engine import Engine
from analysis.ingest.files.delta_tables import DeltaTable
from analysis.ingest.files.file_kinds import PARQUET, kind_of
from analysis.ingest.files.raw_files import RawFiles
from analysis.ingest.findings import Finding
from analysis.ingest.tables.table_rows import TableRows
from analysis.wording.remarks import Remark, remark

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_TAKEN = {"text": ("VARCHAR", *_WHOLE), "date": ("DATE",), "integer": _WHOLE, "days": _WHOLE}
"""Types of Parquet that are taken as they are, by the type of the contract's column."""
_WORDS = {
    "text": Remark("ingest.raw_type.text"),
    "date": Remark("ingest.raw_type.date"),
    "integer": Remark("ingest.raw_type.integer"),
    "days": Remark("ingest.raw_type.integer"),
}


@dataclass(frozen=True, slots=True)
class Staying:
    """Logs that stay where they are: in which engine they are read, and of each where it lies, and its files."""

    elsewhere: Elsewhere
    logs: Mapping[str, tuple[Path, tuple[Path, ...]]]


def logs_that_can_stay(located: RawFiles, kind: str) -> dict[str, tuple[Path, tuple[Path, ...]]]:
    """Return the logs of a source that can stay where they are, Parquet and Delta tables: the place and files of each.

    Of a kind of source that makes tables of the contract by queries of its own none can: these are read here.
    """
    found = {name: path for name, path in located.tables.items() if name in LOGS and kind == CONTRACT_KIND}
    return {
        name: (path, tuple(parts))
        for name, path in sorted(found.items())
        if (path.is_dir() or kind_of(path) in PARQUET)
        and isinstance(located.deltas.get(name), DeltaTable | None)
        and (parts := located.parts(name))
    }


def take(engine: Engine, staying: Staying, raw: TableRows) -> Finding | None:
    """Leave a log where it is, or return what stands in the way."""
    name = raw.table.name
    files = _files_of(raw, *staying.logs[name])
    if isinstance(files, Finding):
        return files
    staying.elsewhere.take(name, files)
    engine.leave(name, staying.elsewhere)
    return None


def _files_of(raw: TableRows, root: Path, parts: tuple[Path, ...]) -> Files | Finding:
    columns = {column.name: (column.sql_type, raw.own_names.get(column.name)) for column in raw.table.columns}
    files = Files(root, parts, columns)
    wrong = [
        remark("ingest.staying_types.column", own=repr(own), arrived=raw.arrived[own].lower(), type=_WORDS[column.type])
        for column in raw.table.columns
        if (own := raw.own_names.get(column.name)) and not _is_taken(column, raw.arrived[own], own in files.partitions)
    ]
    if wrong:
        says = remark("ingest.staying_types.says", columns=tuple(wrong))
        return Finding("types_of_a_staying_log", raw.table.name, "error", says, remark("ingest.staying_types.mend"))
    return files


def _is_taken(column: Column, arrived: str, is_told_by_folders: bool) -> bool:
    return arrived in _TAKEN[column.type] or (is_told_by_folders and column.type == "date")
