"""Unread files: what is said of files and tables that nothing reads, and what to do with each."""

from collections.abc import Callable, Collection, Iterable
from itertools import islice
from pathlib import Path

from analysis.declared.contract import Table, as_written, read_contract
from analysis.engine.engine import Engine
from analysis.engine.quoting import path_literal
from analysis.errors import EngineError, SourceError
from analysis.ingest.files.csv_files import CsvFile, open_csv, plain_text, unpacked
from analysis.ingest.files.encodings import encodings_of
from analysis.ingest.files.file_kinds import (
    ARCHIVES,
    DATABASES,
    PARQUET,
    SPREADSHEETS,
    TEXT,
    is_lake,
    kind_of,
    parquet_files,
    table_name,
)
from analysis.ingest.files.files_read import FileRead, Opened
from analysis.ingest.files.hints import means_exactly, near_tables
from analysis.ingest.files.raw_files import RawFiles
from analysis.ingest.findings import Finding
from analysis.wording.remarks import Remark, remark

_NAMED = 5
"""Files of a folder that are named, where nothing reads them."""


def told_of_unread_files(
    engine: Engine, located: RawFiles, absent: Collection[str], scratch: Path, opened: Opened
) -> None:
    """Note every file that nothing reads, with what to do; a finding of those that look like tables.

    Parameters
    ----------
    absent
        Tables of the contract that no file gives.
    """
    for path in located.unread:
        mend = _mend(engine, path, located.expected, absent, scratch)
        opened.findings.append(Finding("unread_file", path.name, "notice", remark("ingest.unread_file.says"), mend))
        opened.files.append(FileRead(path.name, why_not=mend))
    for path in located.others:
        opened.files.append(FileRead(path.name, why_not=remark("ingest.unread_file.no_table")))


def told_of_unread_within(name: str, folder: Path, others: Collection[Path], opened: Opened) -> None:
    """Note what lies in the folder of a table and is no Parquet file by its name: its rows are not in the table."""
    if others:
        names = (path.relative_to(folder).as_posix() for path in others)
        says = remark("ingest.unread_within.says", files=len(others), names=tuple(islice(names, _NAMED)))
        opened.findings.append(
            Finding("table_has_unread_files", name, "notice", says, remark("ingest.unread_within.mend"))
        )


def told_of_unread_tables(names: Iterable[str], absent: Collection[str], opened: Opened) -> None:
    """Note every table of a database that nothing reads."""
    for name in names:
        near = near_tables(name.partition(".")[2], absent)
        mend = _rename(near[0] if near else None)
        opened.findings.append(Finding("unread_table", name, "notice", remark("ingest.unread_table.says"), mend))
        opened.files.append(FileRead(name, why_not=mend))


def _mend(engine: Engine, path: Path, expected: Collection[str], absent: Collection[str], scratch: Path) -> Remark:
    kind = kind_of(path)
    if path.is_dir():
        if is_lake(path):
            return remark("ingest.unread_file.lake")
        if not parquet_files(path):
            return remark("ingest.unread_file.folder")
    if kind in DATABASES:
        return remark("ingest.unread_file.database")
    if kind in SPREADSHEETS:
        return remark("ingest.unread_file.spreadsheet")
    if kind in ARCHIVES:
        return remark("ingest.unread_file.archive")
    if table_name(path) in expected:
        return remark("ingest.unread_file.kinds")
    near = _table_it_may_be(engine, path, absent, scratch)
    return _rename(f"{near}{'' if path.is_dir() else kind}" if near else None)


def _table_it_may_be(engine: Engine, path: Path, absent: Collection[str], scratch: Path) -> str | None:
    """Return the absent table whose required columns a file has, by their own names or by the same words."""
    contract = read_contract()
    near = near_tables(table_name(path), absent)
    columns_for = _columns_of(engine, path, scratch / "unread")
    for table in [contract[name] for name in (*near, *(name for name in absent if name not in near))]:
        columns = columns_for(table)
        exact = {as_written(column) for column in columns} & set(table.column_names)
        are_required_there = all(
            name in exact or any(means_exactly(column, name, table.name) for column in columns)
            for name in table.required_columns()
        )
        if are_required_there and (table.name in near or len(exact) >= max(3, len(table.required_columns()))):
            return table.name
    return None


def _columns_of(engine: Engine, path: Path, scratch: Path) -> Callable[[Table], tuple[str, ...]]:
    """Return what gives the columns of a file that nothing reads, were it a table; none if they cannot be found out.

    The header of a text file is the line that has the columns which the table requires, so that it depends on the
    table; to unpack and decode the file does not, and is done once.
    """
    try:
        if path.is_dir() or kind_of(path) in PARQUET:
            first = parquet_files(path)[0] if path.is_dir() else path
            columns = tuple(engine.columns(f"read_parquet({path_literal(first)}, hive_partitioning = false)"))
            return lambda table: columns
        if kind_of(path) in TEXT:
            readable = _readable(path, scratch)
            return lambda table: _header(readable, scratch, table)
    except (EngineError, SourceError, OSError):
        pass
    return lambda table: ()


def _header(readable: Path, scratch: Path, table: Table) -> tuple[str, ...]:
    try:
        return open_csv(readable, scratch, table.required_columns(), table.column_names).names
    except (SourceError, OSError):
        return ()


def open_unread(path: Path, scratch: Path) -> CsvFile:
    """Open a text file that nothing reads, by its own encoding.

    Raises
    ------
    SourceError, OSError
        If it cannot be read.
    """
    return open_csv(_readable(path, scratch), scratch, (), ())


def _readable(path: Path, scratch: Path) -> Path:
    plain = unpacked(path, scratch)
    encoding = encodings_of([plain])[plain]
    if isinstance(encoding, Remark):
        raise SourceError(encoding)
    return plain_text(plain, encoding, scratch)


def _rename(near: str | None) -> Remark:
    return remark("ingest.unread.rename", name=near) if near else remark("ingest.unread.nothing_near")
