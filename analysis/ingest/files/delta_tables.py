"""Delta tables: which Parquet files of a folder make up the latest version of a table, as its own log says."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from analysis.errors import SourceError
from analysis.wording.remarks import Remark, remark

_READ = frozenset(
    {"columnMapping", "deletionVectors", "timestampNtz", "v2Checkpoint", "vacuumProtocolCheck", "variantType"}
)
"""Features of tables whose Parquet files may be read as they are, where the first two are not made use of.

A table that may have variants has them in columns of their own, which no log is read from.
"""
_PARTITION = "partition."
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""What a folder is called whose partition has no value."""
_VALUES: dict[type, Callable[[str], object]] = {
    str: str, int: int, dt.date: dt.date.fromisoformat, bool: lambda text: {"true": True, "false": False}[text.lower()]
}  # fmt: skip
"""How the name of a folder says a value of a partition, by its type."""


@dataclass(frozen=True, slots=True)
class DeltaTable:
    """One version of a Delta table.

    Attributes
    ----------
    files
        Its Parquet files, by their paths within its folder, in order; what earlier versions had is not among them.
    columns
        The names of its columns; what else its files hold is of no column any more.
    digest
        SHA-256 of its id, the version, and the path and size of each file. Files of a Delta table are written once.
    """

    files: tuple[Path, ...]
    columns: tuple[str, ...]
    digest: str


def delta_tables(tables: dict[str, Path]) -> dict[str, DeltaTable | Remark]:
    """Return the latest version of each of some Delta tables, or why it cannot be read, by name.

    Parameters
    ----------
    tables
        Their folders.
    """
    found: dict[str, DeltaTable | Remark] = {}
    for name, folder in tables.items():
        try:
            found[name] = delta_table(folder)
        except SourceError as error:
            found[name] = error.remark
    return found


def delta_table(folder: Path) -> DeltaTable:
    """Return the latest version of a Delta table.

    Raises
    ------
    SourceError
        If package deltalake is not there, the log cannot be read, a file is not as it says, or the table's Parquet
        files do not say all by themselves: deleted rows, mapped columns, partitions told by no folder.
    """
    try:
        import deltalake
        from deltalake.exceptions import DeltaError
    except ImportError:
        raise SourceError(remark("ingest.reason.no_deltalake")) from None
    try:
        table = deltalake.DeltaTable(folder)
        _refuse_features(table)
        actions = table.get_add_actions(flatten=True)
        deletes_rows = any(batch.num_rows for batch in table.deletion_vectors())
    except (DeltaError, OSError) as error:
        told = next(iter(str(error).splitlines()), type(error).__name__).rstrip(" .")
        raise SourceError(remark("ingest.reason.delta_log", told=told)) from None
    if deletes_rows:
        raise SourceError(remark("ingest.reason.delta_deletions"))
    columns = {name: actions.column(name).to_pylist() for name in actions.column_names}
    paths = [unquote(path) for path in columns["path"]]
    partitions = {name.removeprefix(_PARTITION): own for name, own in columns.items() if name.startswith(_PARTITION)}
    sizes = {}
    for number, path in enumerate(paths):
        _refuse_place(path, {name: values[number] for name, values in partitions.items()})
        sizes[path] = columns["size_bytes"][number]
    _refuse_sizes(folder, sizes)
    said = (table.metadata().id, table.version(), *(f"{path}\0{size}" for path, size in sorted(sizes.items())))
    return DeltaTable(
        tuple(Path(path) for path in sorted(sizes)), tuple(field.name for field in table.schema().fields), _digest(said)
    )


def _refuse_features(table: Any) -> None:
    """Refuse a table whose log says more of its rows than that these are those of its files."""
    used = set(table.protocol().reader_features or ()) - _READ
    if table.metadata().configuration.get("delta.columnMapping.mode", "none") != "none":
        used.add("columnMapping")
    if used:
        raise SourceError(remark("ingest.reason.delta_features", features=", ".join(sorted(used))))


def _refuse_place(path: str, partition: dict[str, object]) -> None:
    """Refuse a file that lies elsewhere, or in folders that do not say the values of its partition."""
    if path.startswith("/") or "://" in path or ".." in PurePosixPath(path).parts:
        raise SourceError(remark("ingest.reason.delta_elsewhere", file=path))
    pairs = (folder.partition("=") for folder in PurePosixPath(path).parts[:-1])
    told = {unquote(name): unquote(value) for name, sign, value in pairs if sign}
    if told.keys() != partition.keys() or not all(_says(told[name], value) for name, value in partition.items()):
        raise SourceError(remark("ingest.reason.delta_partitions", file=path))


def _says(text: str, value: object) -> bool:
    """Say whether the name of a folder says a value; a value of a type whose texts are several is not told so."""
    if value is None or text == NO_VALUE:
        return value is None and text == NO_VALUE
    try:
        return type(value) in _VALUES and _VALUES[type(value)](text) == value
    except (KeyError, ValueError):
        return False


def _refuse_sizes(folder: Path, sizes: dict[str, int]) -> None:
    """Refuse a table of which a file is gone, or has another size than it was written with."""
    for path, size in sizes.items():
        file = folder / path
        if not file.is_file() or file.stat().st_size != size:
            raise SourceError(remark("ingest.reason.delta_file", file=path))


def _digest(said: Iterable[object]) -> str:
    return hashlib.sha256("".join(f"{part}\0" for part in said).encode("utf-8", "surrogateescape")).hexdigest()
