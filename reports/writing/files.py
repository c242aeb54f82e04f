"""Texts become files of a folder."""

from collections.abc import Mapping
from pathlib import Path

TABLES = "tables"
"""In the folder of a page: its tables."""


def write_texts(texts: Mapping[str, str], folder: Path) -> None:
    """Write texts as files of a folder, made if needed; what no encoding can hold is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", errors="replace", newline="")
