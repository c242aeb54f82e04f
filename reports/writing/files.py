"""Texts become files of a folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.store.sets import new_set
from analysis.wording.remarks import Remark

TABLES = "tables"
"""In the folder of a page: its tables."""


def write_texts(texts: Mapping[str, str], folder: Path) -> None:
    """Write texts as files of a folder, made if needed; what no encoding can hold is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", errors="replace", newline="")


def write_bytes(contents: Mapping[str, bytes], folder: Path) -> None:
    """Write bytes as files of a folder, made if needed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)


@dataclass(frozen=True, slots=True)
class WrittenPage:
    """A finished page, the tables beside it, and why it has no answer if it has none."""

    page: Path
    tables: tuple[Path, ...]
    obstacle: Remark | None = None


def write_page(
    name: str, page: str, tables: Mapping[str, str], out: Path, obstacle: Remark | None = None
) -> WrittenPage:
    """Write a page and its tables into a folder of its name, in place of an earlier one."""
    folder = out / name
    with new_set(folder) as part:
        write_texts({f"{name}.html": page}, part)
        if tables:
            write_texts(tables, part / TABLES)
    return WrittenPage(folder / f"{name}.html", tuple(folder / TABLES / file for file in tables), obstacle)
