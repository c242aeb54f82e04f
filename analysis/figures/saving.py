"""Saving: a result as a file, its picture or its numbers, by the end of the file's name."""

import html
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pandas as pd
from matplotlib.figure import Figure

from analysis.errors import StoreError
from analysis.store.sets import new_file
from analysis.written.csv_text import as_csv
from analysis.written.parquet import write_parquet
from analysis.written.workbook import write_workbook

DOTS_PER_INCH = 200
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
:root {{ color-scheme: light dark }}
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
svg {{ max-width: 100%; height: auto; background: #fff; border-radius: 4px }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums }}
th, td {{ padding: .15rem .6rem; border-bottom: 1px solid #8884 }}
</style></head><body>
{body}
</body></html>
"""


class Result(Protocol):
    """What can be saved."""

    @property
    def title(self) -> str: ...  # noqa: D102

    @property
    def notes(self) -> tuple[str, ...]: ...  # noqa: D102

    def frame(self) -> pd.DataFrame: ...  # noqa: D102

    def plot(self) -> Figure: ...  # noqa: D102

    def as_svg(self) -> str: ...  # noqa: D102

    def as_html(self) -> str: ...  # noqa: D102


def save(result: Result, path: str | Path) -> Path:
    """Save a result, in place of an earlier file of the name; see `Display.save`."""
    path = Path(path)
    write = _WAYS.get(path.suffix.lower())
    if write is None:
        raise StoreError(
            f"'{path.name}' does not end in a kind of file that a result can be saved as: {', '.join(sorted(_WAYS))}."
        )
    with new_file(path) as part:
        write(result, part)
    return path


def _svg(result: Result, path: Path) -> None:
    path.write_text(result.as_svg(), encoding="utf-8", newline="")


def _png(result: Result, path: Path) -> None:
    result.plot().savefig(path, format="png", dpi=DOTS_PER_INCH)


def _csv(result: Result, path: Path) -> None:
    path.write_text(as_csv(result.frame()), encoding="utf-8", newline="")


def _parquet(result: Result, path: Path) -> None:
    write_parquet({path.stem: result.frame()}, path.parent)


def _workbook(result: Result, path: Path) -> None:
    said = pd.DataFrame({"notes": [result.title, *result.notes]})
    write_workbook({"numbers": result.frame(), "notes": said}, path)


def _html(result: Result, path: Path) -> None:
    path.write_text(_PAGE.format(title=html.escape(result.title), body=result.as_html()), encoding="utf-8", newline="")


_WAYS: dict[str, Callable[[Result, Path], None]] = {
    ".png": _png,
    ".svg": _svg,
    ".csv": _csv,
    ".parquet": _parquet,
    ".xlsx": _workbook,
    ".html": _html,
}
