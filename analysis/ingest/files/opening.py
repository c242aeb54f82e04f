"""Opening: the files of a source become the views of schema ``raw``; one that cannot be read keeps no other back."""

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from analysis.declared.contract import Table, read_contract
from analysis.engine import raw_views
from analysis.engine.engine import Engine
from analysis.errors import EngineError, SourceError
from analysis.ingest.files.csv_files import CsvFile, open_csv, plain_text, unpacked
from analysis.ingest.files.databases import open_database, refuse_two
from analysis.ingest.files.delta_tables import DeltaTable
from analysis.ingest.files.encodings import LEGACY, encodings_of
from analysis.ingest.files.file_kinds import DATABASES, JSON, PARQUET, TEXT, is_lake, kind_of, unread_within
from analysis.ingest.files.files_read import FileRead, Opened, unreadable
from analysis.ingest.files.raw_files import RawFiles
from analysis.ingest.files.unread import told_of_unread_files, told_of_unread_within
from analysis.ingest.findings import Finding
from analysis.wording.remarks import Remark, remark

_SHOWN = 60
_CALLED = {";": "ingest.separator.semicolons", "|": "ingest.separator.bars"}
_REASONS = {
    "quotes": "ingest.reason.quotes",
    "columns": "ingest.reason.columns",
    "open_quote": "ingest.reason.open_quote",
    "malformed": "ingest.reason.malformed",
}


def open_raw(engine: Engine, located: RawFiles, scratch: Path, encoding: str = "") -> Opened:
    """Make one view in schema ``raw`` for every raw table.

    Parameters
    ----------
    engine
        An empty store.
    located
        The files.
    scratch
        A folder for copies of files that cannot be read as they are.
    encoding
        Of text files that do not say it themselves, if the study declares it.

    Raises
    ------
    SourceError
        If a database cannot be read, or has none of the required tables.
    """
    raw_views.begin(engine)
    opened = Opened()
    encodings = _plain_files(located, scratch, encoding, opened)
    for name, path in located.tables.items():
        if name in opened.unreadable:
            continue
        try:
            if kind_of(path) in DATABASES:
                open_database(engine, _reachable(path, scratch / name), path, located.expected, opened)
            elif path.is_dir() or kind_of(path) in PARQUET:
                _open_parquet(engine, name, located, scratch / name, opened)
            else:
                _open_text(engine, name, path, *encodings[name], scratch / name, opened)

        except (EngineError, OSError, SourceError) as error:
            _refuse(name, path, error, opened)
    for name, table in located.named.items():
        raw_views.show_nothing(engine, name, table.arrived)
        opened.files.append(FileRead(table.name, name))
    opened.findings.extend([] if encoding else _told_of_guesses(opened.files))
    for name, files in located.twice.items():
        refuse_two(name, [file.name for file in files], opened)
        opened.files.extend(FileRead(file.name, why_not=remark("ingest.table_twice.mend")) for file in files)
    there = raw_views.names(engine) | opened.unreadable
    absent = [name for name in located.expected if name not in there]
    told_of_unread_files(engine, located, absent, scratch, opened)
    opened.files.sort(key=lambda file: file.name)
    return opened


def _refuse(name: str, path: Path, error: Exception, opened: Opened) -> None:
    """Note that a file cannot be read, as a finding in place of an error, if it is not all that there is."""
    if kind_of(path) in DATABASES:  # then there is nothing else to read
        told = error.first_line if isinstance(error, EngineError) else str(error)
        raise error if isinstance(error, SourceError) else SourceError(f"The file {path} cannot be read: {told}.")
    if isinstance(error, EngineError):
        if error.is_out_of_memory:
            raise error
        reason = why_unreadable(error)
    else:
        reason = error.remark if isinstance(error, SourceError) else remark("ingest.reason.told", told=str(error))
    opened.findings.append(unreadable(name, path.name, reason))
    opened.files.append(FileRead(path.name, why_not=reason))
    opened.unreadable.add(name)


def why_unreadable(error: EngineError) -> Remark:
    """Return why the engine could not read a file."""
    fault = raw_views.csv_fault(error.details)
    if fault is None:
        return remark("ingest.reason.told", told=error.first_line)
    values = {name: str(value) for name, value in fault.values}  # a line's number is no quantity
    if "text" in values:
        text = values["text"]
        values["text"] = repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
    return Remark(_REASONS[fault.kind], tuple(values.items()))


def _plain_files(
    located: RawFiles, scratch: Path, declared: str, opened: Opened
) -> dict[str, tuple[Path, str | Remark]]:
    """Return the text files of a source, unpacked, each with its encoding: one decision for all of them."""
    plain = {}
    for name, path in located.tables.items():
        if path.is_file() and kind_of(path) in (*TEXT, *JSON):
            try:
                plain[name] = unpacked(path, scratch / name)
            except (OSError, SourceError) as error:
                _refuse(name, path, error, opened)
    encodings = encodings_of(plain.values(), declared)
    return {name: (path, encodings[path]) for name, path in plain.items()}


def _reachable(path: Path, scratch: Path) -> Path:
    """Return a path that DuckDB takes as it is: it knows a backslash, and a folder like ``x=1``, as something else."""
    if ("\\" not in str(path) or os.sep == "\\") and not (path.is_dir() and "=" in str(path)):
        return path
    scratch.mkdir(parents=True, exist_ok=True)
    link = scratch / f"given{kind_of(path) if path.is_file() else ''}"
    link.symlink_to(path)
    return link


def _open_text(
    engine: Engine, name: str, path: Path, plain: Path, encoding: str | Remark, scratch: Path, opened: Opened
) -> None:
    if isinstance(encoding, Remark):
        raise SourceError(encoding)
    readable = _reachable(plain_text(plain, encoding, scratch), scratch)
    file = FileRead(path.name, name, encoding=encoding.removesuffix("-sig"))
    if kind_of(path) in JSON:
        raw_views.show_json(engine, name, readable, is_array=_begins_a_list(readable))
        opened.first_rows[name] = 1
    else:
        table = read_contract().get(name) or Table(name, ())
        csv = open_csv(readable, scratch, table.required_columns(), table.column_names)
        raw_views.show_csv(engine, name, csv.path, csv.names, csv.separator, len(csv.above))
        file = replace(file, separator=csv.separator, skipped_lines=len(csv.above))
        opened.first_rows[name] = len(csv.above) + 2
        opened.findings.extend(_told_of_text(name, path, csv))
    opened.files.append(file)


def _told_of_guesses(files: Iterable[FileRead]) -> list[Finding]:
    """Return what is said of files whose encoding was found out by their letters."""
    return [
        Finding(
            "file_is_not_utf8",
            file.table,
            "notice",
            remark("ingest.not_utf8.says", file=file.name, encoding=file.encoding),
            remark("ingest.not_utf8.mend"),
        )
        for file in files
        if file.encoding in LEGACY and file.table
    ]


def _told_of_text(name: str, path: Path, csv: CsvFile) -> list[Finding]:
    """Return what is said of a header that is not the first line, and of values that commas do not separate."""
    findings = []
    above = [line for line in csv.above if not line.lower().lstrip('"').startswith("sep=")]
    if any(line.strip() for line in above):
        shown = next(line.strip() for line in above if line.strip())
        says = remark(
            "ingest.lines_above.says", file=path.name, line=str(len(csv.above) + 1), above=repr(shown[:_SHOWN])
        )
        findings.append(Finding("lines_above_header", name, "notice", says, remark("ingest.lines_above.mend")))
    if csv.separator not in {",", "\t"}:
        separator = Remark(_CALLED.get(csv.separator, "ingest.separator.others"))
        says = remark("ingest.separator.says", file=path.name, separator=separator)
        findings.append(Finding("separator_is_not_a_comma", name, "notice", says, remark("ingest.separator.mend")))
    return findings


def _begins_a_list(path: Path) -> bool:
    with path.open(encoding="utf-8-sig") as stream:
        return stream.read(1 << 10).lstrip().startswith("[")


def _open_parquet(engine: Engine, name: str, located: RawFiles, scratch: Path, opened: Opened) -> None:
    path = located.tables[name]
    if path.is_dir() and is_lake(path):
        raise SourceError(remark("ingest.reason.lake"))
    opened.first_rows[name] = 1
    parts = located.parts(name)
    delta = located.deltas.get(name)
    if name in located.older:
        opened.findings.append(_told_of_older(name, len(located.older[name]), len(parts)))
    if isinstance(delta, DeltaTable) and not delta.files:
        raw_views.show_nothing(engine, name, dict.fromkeys(delta.columns, "varchar"))
        opened.files.append(FileRead(path.name, name))
        return
    if not parts:
        raise SourceError(remark("ingest.reason.all_older"))
    if path.is_dir() and delta is None:
        told_of_unread_within(name, path, unread_within(path), opened)
    root = _reachable(path, scratch)
    inner = [part.relative_to(path) for part in parts] if path.is_dir() else []
    files = [root / part for part in inner] or [root]
    twice = raw_views.columns_that_differ_in_case_only(engine, files)
    if twice:
        raise SourceError(remark("ingest.reason.two_of_a_name", column=twice[0]))
    are_partitions = any("=" in part for file in inner for part in file.parts[:-1])
    columns = delta.columns if isinstance(delta, DeltaTable) else None
    raw_views.show_parquet(engine, name, files, are_partitions=are_partitions, columns=columns)
    opened.files.append(FileRead(path.name, name))


def _told_of_older(name: str, older: int, read: int) -> Finding:
    says = remark("ingest.older_folders.says", files=older, of=older + read)
    return Finding("table_has_older_folders", name, "notice", says, remark("ingest.older_folders.mend", table=name))
