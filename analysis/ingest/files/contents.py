"""Contents: the bytes of all that is read of a source, so that a change while it is read cannot go unseen."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analysis.declared.contract import read_contract
from analysis.declared.declaration import Declaration
from analysis.engine.places import Named
from analysis.errors import SourceError
from analysis.ingest.files.delta_tables import DeltaTable
from analysis.ingest.files.file_kinds import DATABASES, PARQUET, TEXT, is_lake, kind_of, parquet_files, unread_within
from analysis.ingest.files.raw_files import RawFiles, locate_files
from analysis.ingest.files.scan import State, forget, is_settled, scan, state_of

_SHOWN = 5
_BESIDE = (".wal", ".wal.checkpoint", ".wal.recovery")
"""Beside a database: rows that it holds but that are not yet in its own file."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a source holds at one moment.

    Attributes
    ----------
    located
        Its files.
    digests
        SHA-256 of every file that is read or looked into, by its name and what it is read as; of others, their names.
        Of a Delta table, in place of its files, the digest of what its log says of them; of one that lies elsewhere,
        its own.
    states
        Of all files that are read, by path: size and times.
    folder
        Of the place where they lie: when something in it was added or removed, and when it was itself renamed.
    queries
        What makes contract tables of it, if that is the study's own: every file of it, behind its name.
    begins
        The first day that a table covers, where it is declared.
    """

    located: RawFiles
    digests: dict[str, str]
    states: dict[Path, State]
    folder: tuple[int, int]
    queries: tuple[str, ...] = ()
    begins: Mapping[str, dt.date] = field(default_factory=dict)

    def digest(self) -> str:
        """Return one digest of all of them."""
        told = "".join(f"{name}\0{digest}\0" for name, digest in self.digests.items())
        return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()


def contents_of(
    declaration: Declaration,
    source: Path,
    named: Mapping[str, Named] | None = None,
    begins: Mapping[str, dt.date] | None = None,
) -> Contents:
    """Return what a source holds now.

    Parameters
    ----------
    declaration, source
        What its kind declares, and where it lies.
    named
        Tables of it that lie elsewhere.
    begins
        The first day that a table covers, where it is declared; folders of older days are not read.

    Raises
    ------
    SourceError
        If its files cannot be found, or one is gone since it was.
    """
    located = locate_files(declaration, source, read_contract(), named, begins)
    try:
        folder = _folder(source)
        files = _files(located)
        states = {path: state_of(path) for path in (*files.values(), *_parts_of_deltas(located)) if path}
        if not all(map(is_settled, states.values())):
            forget()
        digests = {name: scan(path).digest if path else "" for name, path in files.items()}
    except FileNotFoundError as error:
        raise _changed([Path(error.filename)]) from None
    elsewhere = {f"named/{name}/{table.name}": table.digest for name, table in sorted(located.named.items())}
    digests |= _digests_of_deltas(located) | elsewhere
    return Contents(located, digests, states, folder, declaration.texts, begins or {})


def refuse_changed(before: Contents, declaration: Declaration, source: Path) -> None:
    """Refuse a source that is no longer what it was: nobody can say of what moment that is which was read between.

    Every byte is read again, but of a Delta table: of the files of the version that was read the sizes and times are
    compared, and later versions are another matter. A file that was changed and changed back is found by its times.

    Parameters
    ----------
    before
        What it held before it was read.
    declaration, source
        What its kind declares, and where it lies.

    Raises
    ------
    SourceError
        With the files that were changed, added or removed, and what to do.
    """
    try:
        files = _files(located := locate_files(declaration, source, read_contract(), begins=before.begins))
        changed = [path for path, state in before.states.items() if not path.exists() or state_of(path) != state]
        changed += [
            path or source
            for name, path in files.items()
            if path not in changed and (name not in before.digests or (path and _digest(path) != before.digests[name]))
        ]
        changed += sorted(_listed(located) ^ _listed(before.located))
        written, renamed = _folder(source)
        if written == before.folder[0] and renamed != before.folder[1]:
            changed.append(source)
    except (FileNotFoundError, SourceError) as error:
        changed = [Path(error.filename) if isinstance(error, FileNotFoundError) else source]
    if changed:
        forget()
        raise _changed(changed)


def _changed(paths: list[Path]) -> SourceError:
    names = list(dict.fromkeys(str(path) for path in paths))
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return SourceError(
        f"The source changed while it was read: {', '.join(names[:_SHOWN])}{more}. Nothing was written. "
        "Wait until whatever writes there has ended, or read a copy, and run this again."
    )


def _files(located: RawFiles) -> dict[str, Path | None]:
    """Return every file that decides what is loaded, by a name that says what it is to the source; no path: its name.

    Of a file that nothing reads the columns are compared with those of absent tables, and its rows with who left.
    """
    files: dict[str, Path | None] = {}
    for name, path in sorted(located.tables.items()):
        if name in located.deltas:
            continue
        for part in located.parts(name):
            files[f"table/{name}/{path.name}/{part.relative_to(path).as_posix()}"] = part
        if path.is_dir():
            others = (part.relative_to(path).as_posix() for part in unread_within(path))
            files |= {f"unread/{path.name}/{other}": None for other in others}
        if kind_of(path) in DATABASES:
            own = path.resolve()
            beside = {ending: own.with_name(f"{own.name}{ending}") for ending in _BESIDE}
            files |= {f"table/{name}/{path.name}{ending}": file for ending, file in beside.items() if file.is_file()}
    for path in located.unread:
        if path.is_dir():
            files[f"unread/{path.name}/{'lake' if is_lake(path) else 'folder'}"] = None
            files |= {f"unread/{path.name}/{part.name}": part for part in parquet_files(path)[:1]}
        else:
            files[f"unread/{path.name}"] = path if kind_of(path) in (*TEXT, *PARQUET) else None
    return files


def _digests_of_deltas(located: RawFiles) -> dict[str, str]:
    """Return the digest of each Delta table, by a name like those of files; empty where it cannot be read."""
    return {
        f"table/{name}/{located.tables[name].name}/_delta_log": delta.digest if isinstance(delta, DeltaTable) else ""
        for name, delta in sorted(located.deltas.items())
    }


def _parts_of_deltas(located: RawFiles) -> list[Path]:
    read = (name for name, delta in sorted(located.deltas.items()) if isinstance(delta, DeltaTable))
    return [part for name in read for part in located.parts(name)]


def _listed(located: RawFiles) -> set[Path]:
    twice = (path for paths in located.twice.values() for path in paths)
    return {*located.tables.values(), *located.unread, *twice}


def _folder(source: Path) -> tuple[int, int]:
    found = source.stat()
    return found.st_mtime_ns, found.st_ctime_ns


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
