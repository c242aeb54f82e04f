"""CSV files: encoding, header and faults, decided by rule over the whole file and never guessed from a sample of it."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import SourceError
from analysis.ingest.scan import blocks, scan

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
# Kana and the common kanji of cp932 begin with one of these; in cp1252 they are typographic signs, not letters.
_JAPANESE_LEADS = frozenset(range(0x81, 0xA0))


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file that is ready to be read.

    Attributes
    ----------
    path
        The file itself if it is UTF-8, else a UTF-8 copy.
    encoding
        Of the file that was given.
    names
        Of the columns, each once; one without a name is called ``column`` and its number.
    """

    path: Path
    encoding: str
    names: tuple[str, ...]


def open_csv(path: Path, scratch: Path) -> CsvFile:
    """Decide how a CSV file is to be read.

    Parameters
    ----------
    path
        The file.
    scratch
        A folder for its UTF-8 copy, should it need one; made then.

    Raises
    ------
    SourceError
        If the file is empty, in no known encoding, or not separated by commas, or two of its columns share a name.
    """
    if path.stat().st_size == 0:
        raise _unreadable(path, "it is empty. Its first line must hold the column names.")
    encoding = _encoding(path)
    readable = path
    if encoding != "utf-8":
        scratch.mkdir(parents=True, exist_ok=True)
        readable = scratch / path.name
        with readable.open("w", encoding="utf-8", newline="") as stream:
            stream.writelines(_decoded(path, encoding))
    return CsvFile(readable, encoding, _header(readable, path))


def _encoding(path: Path) -> str:
    """Return the first of UTF-8, cp932 and cp1252 that decodes every byte; Japanese only where it can be."""
    if scan(path).is_utf8:
        return "utf-8"
    found = {byte for block in blocks(path) for byte in set(block)}
    possible = [name for name in ("cp932", "cp1252") if 0 not in found and _decodes(path, name)]
    if not possible:
        raise _unreadable(path, "it is neither UTF-8 nor cp932 nor cp1252. Save it as CSV in UTF-8.")
    return possible[-1] if not found & _JAPANESE_LEADS else possible[0]


def _decodes(path: Path, encoding: str) -> bool:
    try:
        for _ in _decoded(path, encoding):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    for block in blocks(path):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _header(readable: Path, path: Path) -> tuple[str, ...]:
    with readable.open(encoding="utf-8-sig", newline="") as stream:
        try:
            cells = next(csv.reader(stream), [])
        except csv.Error as error:
            raise _unreadable(path, f"its first line must hold the column names, but does not ({error}).") from None
    if not cells:
        raise _unreadable(path, "its first line is empty, but must hold the column names.")
    for separator, called in _SEPARATORS.items():
        if sum(cell.count(separator) for cell in cells) >= len(cells):
            raise _unreadable(path, f"its columns are separated by {called}, but must be separated by commas.")
    names = tuple(cell.strip() or f"column {number}" for number, cell in enumerate(cells, start=1))
    for name, count in Counter(name.casefold() for name in names).items():
        if count > 1:
            places = [str(number) for number, other in enumerate(names, start=1) if other.casefold() == name]
            raise _unreadable(
                path, f"its columns {' and '.join(places)} are both called {name!r}. Rename one, or leave it out."
            )
    return names


def _unreadable(path: Path, reason: str) -> SourceError:
    return SourceError(f"The file {path} cannot be read: {reason}")
