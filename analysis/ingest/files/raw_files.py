"""Raw files: found where a study says, each either the table that its name says or one that nothing reads."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from analysis.declared.contract import Table
from analysis.declared.declaration import CONTRACT_KIND, Declaration
from analysis.declared.long_tables import LOGS
from analysis.engine.places import Named
from analysis.errors import SourceError
from analysis.ingest.files.dated_folders import older
from analysis.ingest.files.delta_tables import DeltaTable, delta_tables
from analysis.ingest.files.file_kinds import (
    ARCHIVES,
    DATABASES,
    JSON,
    PARQUET,
    SPREADSHEETS,
    TEXT,
    holds_tables,
    is_delta,
    is_table,
    kind_of,
    parquet_files,
    table_name,
)
from analysis.ingest.files.hints import nearest
from analysis.wording.remarks import Remark


@dataclass(frozen=True, slots=True)
class RawFiles:
    """The files of a source.

    Attributes
    ----------
    tables
        The file (or Parquet folder, or database) of every raw table, by the table's name.
    unread
        Files and folders beside them that look like tables but that nothing reads.
    expected
        The only names that a table may have; empty: any.
    twice
        Tables that several files hold, of which none is read.
    others
        Files and folders that do not look like tables.
    named
        Tables that lie in no file of the source, but that another engine knows by a name.
    deltas
        Of the tables, the version of each Delta table that is read, whatever is written to it later; or why it is not.
    older
        Of logs in folders, the files of which all is older than the first day that the log is declared to cover: these
        are not read.
    """

    tables: dict[str, Path]
    unread: tuple[Path, ...] = ()
    expected: tuple[str, ...] = ()
    twice: dict[str, tuple[Path, ...]] = field(default_factory=dict)
    others: tuple[Path, ...] = ()
    deltas: dict[str, DeltaTable | Remark] = field(default_factory=dict)
    named: Mapping[str, Named] = field(default_factory=dict)
    older: Mapping[str, frozenset[Path]] = field(default_factory=dict)

    def parts(self, name: str) -> list[Path]:
        """Return the files that make up a raw table: those that are hashed are those that are read.

        Raises
        ------
        SourceError
            If it is a Delta table that cannot be read.
        """
        path, skipped = self.tables[name], self.older.get(name, frozenset())
        if name in self.deltas:
            delta = self.deltas[name]
            if isinstance(delta, Remark):
                raise SourceError(delta)
            return [part for file in delta.files if (part := path / file) not in skipped]
        return [part for part in parquet_files(path) if part not in skipped] if path.is_dir() else [path]


def locate_files(
    declaration: Declaration,
    path: Path,
    contract: dict[str, Table],
    named: Mapping[str, Named] | None = None,
    begins: Mapping[str, dt.date] | None = None,
) -> RawFiles:
    """Find the files that a source gives.

    Parameters
    ----------
    declaration, path
        What its kind declares, and where it lies.
    contract
        The contract.
    named
        Tables that lie elsewhere.
    begins
        The first day that a table covers, where it is declared.

    Raises
    ------
    SourceError
        If the place does not exist, holds a pipe or none of the required tables, or lacks a file that the source
        declares; or has a file for a table that lies elsewhere.
    """
    located = _located(declaration, path, contract)
    for name, table in (named or {}).items():
        if name in {*located.tables, *located.twice}:
            raise SourceError(
                f"The study says that {name} is {table.name} in another engine, and {path} has a file of it, too. "
                "Take one of them away: engine.tables in the study, or the file."
            )
    deltas = delta_tables({name: own for name, own in located.tables.items() if is_delta(own)})
    located = replace(located, deltas=deltas, named=named or {})
    return replace(located, older={name: files for name, files in _older(located, contract, begins or {}) if files})


def _older(
    located: RawFiles, contract: dict[str, Table], begins: Mapping[str, dt.date]
) -> Iterator[tuple[str, frozenset[Path]]]:
    for name in sorted(LOGS & begins.keys() & located.tables.keys() & set(located.expected)):
        table, root = contract[name], located.tables[name]
        if root.is_dir() and not isinstance(located.deltas.get(name), Remark):
            own = table.happens or table.lasts[0]
            yield name, older(located.parts(name), root, own, begins[name])


def _located(declaration: Declaration, path: Path, contract: dict[str, Table]) -> RawFiles:
    if not path.exists():
        raise SourceError(f"The source {path} does not exist. Set source.path in the study or use --source.")
    _refuse_pipes(sorted(path.iterdir()) if path.is_dir() else [path])
    if declaration.kind == CONTRACT_KIND:
        if path.is_file() and kind_of(path) in DATABASES:
            return RawFiles({"database": path}, expected=tuple(contract))
        found = _contract_files([path] if path.is_file() else sorted(path.iterdir()), contract)
        refuse_without_tables(path, {*found.tables, *found.twice}, [entry.name for entry in found.unread], contract)
        return found
    needed = {name: file for name, file in declaration.files.items() if name not in declaration.optional}
    missing = [name for name in needed.values() if not (path / name).exists()]
    if missing:
        raise SourceError(
            f"A '{declaration.kind}' source needs {', '.join(needed.values())}; missing in {path}: "
            f"{', '.join(missing)}. Put them there, or correct their names in its source.toml."
        )
    there = {name: path / file for name, file in declaration.files.items()}
    named = {name: file for name, file in there.items() if name in needed or file.exists()}
    return RawFiles(named, others=tuple(entry for entry in sorted(path.iterdir()) if entry not in named.values()))


def _refuse_pipes(entries: list[Path]) -> None:
    """Refuse what can be read only once, or never ends: its content could not be compared with what was read."""
    for entry in entries:
        if entry.exists() and not entry.is_file() and not entry.is_dir():
            raise SourceError(
                f"{entry} is a pipe, a socket or a device, and no file: nobody could tell later what was read from it. "
                "Write what it gives into a file first, or remove it."
            )


def refuse_without_tables(path: Path, there: set[str], unread: list[str], contract: dict[str, Table]) -> None:
    """Refuse a source that has none of the required tables: it is another place than was meant.

    Raises
    ------
    SourceError
        With what is there instead.
    """
    required = [table.name for table in contract.values() if table.required]
    if there & set(required):
        return
    also = f" There, but not read: {', '.join(unread)}." if unread else ""
    if not there:
        raise SourceError(f"No table of the contract in {path}. Expected, for instance, accounts.csv.{also}")
    raise SourceError(
        f"None of the required tables ({', '.join(required)}) in {path}. There: {', '.join(sorted(there))}.{also}"
    )


def _contract_files(entries: list[Path], contract: dict[str, Table]) -> RawFiles:
    named: dict[str, list[Path]] = {}
    rest = []
    for entry in entries:
        if table_name(entry) in contract and is_table(entry):
            named.setdefault(table_name(entry), []).append(entry)
        else:
            rest.append(entry)
    return RawFiles(
        {name: files[0] for name, files in named.items() if len(files) == 1},
        tuple(entry for entry in rest if _looks_like_a_table(entry, contract)),
        tuple(contract),
        {name: tuple(files) for name, files in named.items() if len(files) > 1},
        tuple(entry for entry in rest if not _looks_like_a_table(entry, contract)),
    )


def _looks_like_a_table(entry: Path, contract: dict[str, Table]) -> bool:
    """Say whether the owner of an unread file may think that it is read; a folder of another name is another matter."""
    if entry.name[0] in ".~":  # what the system, or an open editor, keeps for itself
        return False
    if entry.is_dir():
        return nearest(entry.name, contract) is not None or holds_tables(entry, contract)
    data = (*TEXT, *JSON, *PARQUET, *DATABASES, *SPREADSHEETS, *ARCHIVES)
    return kind_of(entry) in data or nearest(table_name(entry), contract) is not None
