"""Quoting: names and texts of any kind as parts of SQL."""

import re
from pathlib import Path


def quoted(name: str) -> str:
    """Return a name as an SQL identifier, whatever characters it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def path_literal(path: Path) -> str:
    """Return a path as an SQL literal that names that one file: to DuckDB a path is a pattern."""
    return literal(re.sub(r"[\[*?]", r"[\g<0>]", str(path)))
