"""CSV files: header, separator and line ends, decided by rule and never guessed from a sample of the values."""

import csv
import gzip
import re
import shutil
import zlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from analysis.declared.contract import as_written
from analysis.errors import SourceError
from analysis.ingest.files.encodings import UTF8
from analysis.ingest.files.scan import scan
from analysis.wording.remarks import remark

SEPARATORS = (",", ";", "\t", "|")
LINES_ABOVE = 30
"""So far down a header is looked for."""
_SAYS_SEPARATOR = re.compile(r'"?sep=(.)"?[,;\t|]*', re.IGNORECASE)
_WORKBOOKS = {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}
_BLANK = "\ufeff\u200b \t\xa0"


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A text file that is ready to be read.

    Attributes
    ----------
    path
        The file itself if it is UTF-8 and its lines end in one way, else a copy that is.
    separator
        Between the values of a line.
    above
        The lines above the header.
    names
        Of the columns, each once; one without a name is called ``column`` and its number.
    """

    path: Path
    separator: str
    above: tuple[str, ...]
    names: tuple[str, ...]


def unpacked(path: Path, scratch: Path) -> Path:
    """Return a file, or a copy that is no longer compressed.

    Raises
    ------
    SourceError
        If it is empty, a workbook, or not compressed although its name says so; with the reason alone.
    """
    if path.stat().st_size == 0:
        raise SourceError(remark("ingest.reason.empty"))
    with path.open("rb") as stream:
        if stream.read(4) in _WORKBOOKS:
            raise SourceError(remark("ingest.reason.workbook"))
    if path.suffix.lower() != ".gz":
        return path
    scratch.mkdir(parents=True, exist_ok=True)
    plain = scratch / "unpacked"
    try:
        with gzip.open(path) as packed, plain.open("wb") as stream:
            shutil.copyfileobj(packed, stream, 1 << 20)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(remark("ingest.reason.not_gzip", told=str(error))) from None
    if plain.stat().st_size == 0:
        raise SourceError(remark("ingest.reason.empty"))
    return plain


def plain_text(path: Path, encoding: str, scratch: Path) -> Path:
    """Return a file, or a copy that is UTF-8 and whose lines end in one way."""
    if encoding == UTF8 and not scan(path).has_mixed_line_ends:
        return path
    scratch.mkdir(parents=True, exist_ok=True)
    plain = scratch / "plain"
    with path.open(encoding=encoding) as given, plain.open("w", encoding=UTF8, newline="\n") as stream:
        shutil.copyfileobj(given, stream, 1 << 20)
    return plain


def open_csv(path: Path, scratch: Path, required: Collection[str], known: Collection[str]) -> CsvFile:
    """Decide how a text file in UTF-8 is to be read.

    The header is the line that holds all required columns, whatever stands above it, and the separator that which
    makes it so; a first line such as ``sep=;`` settles the latter. If no line does, the header is taken to be the line
    with most of the known columns, so that what is missing in it can be told.

    Parameters
    ----------
    path
        The file.
    scratch
        A folder for a copy of it, should it need one; made then.
    required, known
        Columns of the table that the file is to hold, as the contract writes them; empty where nothing is known of it.

    Raises
    ------
    SourceError
        If the header cannot be read, or two columns share a name; with the reason alone.
    """
    with path.open(encoding="utf-8-sig") as stream:
        head = [line.rstrip("\n") for line in islice(stream, LINES_ABOVE + 1)]
    said = _SAYS_SEPARATOR.fullmatch(head[0].strip()) if head else None
    if not any(line.strip(_BLANK) for line in head[bool(said) :]):
        raise SourceError(remark("ingest.reason.no_header"))
    above, separator = _header_at(head, said[1] if said else "", set(required), set(known))
    names = _names(_cells(head[above:], separator))
    if any('"' in line for line in head[:above]):  # which would begin a value that runs on
        path = _without_lines(path, above, scratch)
    return CsvFile(path, separator, tuple(head[:above]), names)


def _header_at(head: Sequence[str], said: str, required: Collection[str], known: Collection[str]) -> tuple[int, str]:
    """Return how many lines stand above the header, and what separates its names."""
    first = next(n for n, line in enumerate(head) if n >= bool(said) and line.strip(_BLANK))
    places = []
    for separator in [said] if said else SEPARATORS:
        for above in range(first, len(head)):
            names = {as_written(cell.strip(_BLANK)) for cell in _cells(head[above:], separator)}
            n_known = len(names & set(known))
            is_header = bool(required) and names >= set(required)
            if above == first or is_header or n_known > 1:
                # ties go to the line that is further up, to more names, to the order of the separators
                places.append(((is_header, n_known, -above, len(names)), above, separator))
    _, above, separator = max(places, key=lambda place: place[0])
    return above, separator


def _cells(lines: Sequence[str], separator: str) -> list[str]:
    try:
        return next(csv.reader([f"{line}\n" for line in lines], delimiter=separator), [])
    except csv.Error as error:
        raise SourceError(remark("ingest.reason.bad_header", told=str(error))) from None


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    names = tuple(cell.strip(_BLANK).strip() or f"column {number}" for number, cell in enumerate(cells, start=1))
    for name, count in Counter(name.casefold() for name in names).items():
        if count > 1:
            places = tuple(number for number, other in enumerate(names, start=1) if other.casefold() == name)
            raise SourceError(remark("ingest.reason.column_twice", first=places[0], second=places[1], column=name))
    return names


def _without_lines(path: Path, number: int, scratch: Path) -> Path:
    """Return a copy whose first lines are empty, so that all others keep their numbers."""
    scratch.mkdir(parents=True, exist_ok=True)
    copy = scratch / "without title"
    with path.open(encoding="utf-8-sig", newline="") as given, copy.open("w", encoding=UTF8, newline="") as stream:
        lines = iter(given)
        stream.writelines(line[len(line.rstrip("\r\n")) :] for line in islice(lines, number))
        stream.writelines(lines)
    return copy
