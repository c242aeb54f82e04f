"""Quoting: names and texts of any kind as parts of SQL."""

import re
from pathlib import Path

from analysis.errors import EngineError


def quoted(name: str) -> str:
    """Return a name as an SQL identifier, whatever characters it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def path_literal(path: Path) -> str:
    """Return a path as an SQL literal that names that one file: to DuckDB a path is a pattern."""
    return literal(re.sub(r"[\[*?]", r"[\g<0>]", str(path)))


def in_letters(text: str) -> str:
    """Return a text with the paths in it as letters: where a shell speaks ASCII, Python has kept them as bytes.

    Raises
    ------
    EngineError
        If they are no letters in UTF-8 either.
    """
    if text.isascii():
        return text
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeDecodeError:
        raise EngineError("A path holds bytes that are no letters in UTF-8. Rename the file or folder.") from None
