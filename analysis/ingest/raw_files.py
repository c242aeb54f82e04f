"""Raw files: found where a study says, and opened as the views of schema ``raw``; what nothing reads is named."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from analysis.declared.contract import Table, as_written, nearest_name
from analysis.declared.declaration import CONTRACT_KIND, Declaration
from analysis.engine import raw_views
from analysis.engine.engine import Engine
from analysis.errors import EngineError, SourceError
from analysis.ingest.csv_files import open_csv
from analysis.ingest.findings import Finding
from analysis.wording.remarks import Remark, remark

_TABLES = {".csv", ".parquet"}
_DATABASES = {".duckdb", ".db"}


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
    """

    tables: dict[str, Path]
    unread: tuple[Path, ...] = ()
    expected: tuple[str, ...] = ()


def locate_files(declaration: Declaration, path: Path, contract: dict[str, Table]) -> RawFiles:
    """Find the files that a source gives.

    Raises
    ------
    SourceError
        If the place does not exist, holds no table at all, or lacks a file that the source declares.
    """
    if not path.exists():
        raise SourceError(f"The source {path} does not exist. Set source.path in the study or use --source.")
    if declaration.kind == CONTRACT_KIND:
        if path.is_file() and _is_database(path):
            return RawFiles({"database": path}, expected=tuple(contract))
        found = _contract_files([path] if path.is_file() else sorted(path.iterdir()), contract)
        if not found.tables:
            there = ", ".join(entry.name for entry in found.unread)
            also = f" There, but not read: {there}." if there else ""
            raise SourceError(f"No table of the contract in {path}. Expected, for instance, accounts.csv.{also}")
        return found
    missing = [name for name in declaration.files.values() if not (path / name).exists()]
    if missing:
        raise SourceError(
            f"A '{declaration.kind}' source needs {', '.join(declaration.files.values())}; "
            f"missing in {path}: {', '.join(missing)}."
        )
    return RawFiles({name: path / file for name, file in declaration.files.items()})


def _contract_files(entries: list[Path], contract: dict[str, Table]) -> RawFiles:
    tables: dict[str, Path] = {}
    unread = []
    for entry in entries:
        name = as_written(entry.stem)
        if name in contract and _is_table(entry):
            if name in tables:
                raise SourceError(f"Two files hold table '{name}': {tables[name].name}, {entry.name}.")
            tables[name] = entry
        elif _looks_like_a_table(entry, contract):
            unread.append(entry)
    return RawFiles(tables, tuple(unread), tuple(contract))


def _is_table(entry: Path) -> bool:
    return any(entry.rglob("*.parquet")) if entry.is_dir() else entry.suffix.lower() in _TABLES


def _looks_like_a_table(entry: Path, contract: dict[str, Table]) -> bool:
    """Say whether the owner of an unread file may think that it is read; a folder of another name is another matter."""
    if entry.is_dir():
        return nearest_name(entry.stem, contract) is not None
    return entry.suffix.lower() in _TABLES | _DATABASES or as_written(entry.stem) in contract


def _is_database(path: Path) -> bool:
    return path.suffix.lower() in _DATABASES


def open_raw(engine: Engine, located: RawFiles, scratch: Path) -> list[Finding]:
    """Make one view in schema ``raw`` for every raw table.

    Returns
    -------
    list of Finding
        Files and tables that nothing reads, and files that are not UTF-8.

    Raises
    ------
    SourceError
        If a file cannot be read; the message names it.
    """
    raw_views.begin(engine)
    findings = []
    unread: list[str] = []
    for name, path in located.tables.items():
        try:
            if _is_database(path):
                unread += _open_database(engine, path, located.expected)
            elif path.suffix.lower() == ".parquet" or path.is_dir():
                _open_parquet(engine, name, path)
            else:
                findings += _open_csv(engine, name, path, scratch / name)
        except (EngineError, OSError) as error:
            reason = error.first_line if isinstance(error, EngineError) else str(error)
            raise SourceError(f"The file {path} cannot be read: {reason}.") from None
    return [*_unread_files(located), *_unread_tables(engine, unread, located.expected), *findings]


def _open_csv(engine: Engine, name: str, path: Path, scratch: Path) -> list[Finding]:
    file = open_csv(path, scratch)
    raw_views.show_csv(engine, name, file.path, file.names)
    if file.encoding == "utf-8":
        return []
    says = remark("ingest.not_utf8.says", file=path.name, encoding=file.encoding)
    return [Finding("file_is_not_utf8", name, "notice", says, remark("ingest.not_utf8.mend"))]


def _open_parquet(engine: Engine, name: str, path: Path) -> None:
    twice = raw_views.columns_that_differ_in_case_only(engine, path)
    if twice:
        raise SourceError(
            f"The file {path} cannot be read: two of its columns are both called {twice[0]!r}. "
            "Rename one, or leave it out."
        )
    raw_views.show_parquet(engine, name, path)


def _open_database(engine: Engine, path: Path, expected: tuple[str, ...]) -> list[str]:
    """Open the tables and views of a database, of any schema; return the names of those that are not expected."""
    opened: dict[str, str] = {}
    unread = []
    for schema, name in raw_views.open_database(engine, path):
        own_name = f"{schema}.{name}"
        if expected and as_written(name) not in expected:
            unread.append(own_name)
            continue
        if as_written(name) in opened:
            raise SourceError(
                f"The file {path} holds table '{as_written(name)}' twice: {opened[as_written(name)]} and {own_name}. "
                "Rename one, or leave it out."
            )
        opened[as_written(name)] = own_name
        raw_views.show_table(engine, as_written(name), schema, name)
    return unread


def _unread_files(located: RawFiles) -> list[Finding]:
    absent = [name for name in located.expected if name not in located.tables]
    findings = []
    for path in located.unread:
        near = nearest_name(path.stem, absent)
        if _is_database(path):
            mend = remark("ingest.unread_file.database")
        elif as_written(path.stem) in located.expected:
            mend = remark("ingest.unread_file.kinds")
        else:
            mend = _rename(f"{near}{path.suffix}" if near else None)
        findings.append(Finding("unread_file", path.name, "notice", remark("ingest.unread_file.says"), mend))
    return findings


def _unread_tables(engine: Engine, names: Iterable[str], expected: tuple[str, ...]) -> list[Finding]:
    opened = raw_views.names(engine)
    absent = [name for name in expected if name not in opened]
    findings = []
    for name in names:
        near = nearest_name(name.partition(".")[2], absent)
        findings.append(Finding("unread_table", name, "notice", remark("ingest.unread_table.says"), _rename(near)))
    return findings


def _rename(near: str | None) -> Remark:
    return remark("ingest.unread.rename", name=near) if near else remark("ingest.unread.nothing_near")
