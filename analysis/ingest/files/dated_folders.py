"""Dated folders: which files lie in folders whose names say that their rows are older than a log's first day."""

import calendar
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

_OF_DAYS = ("day", "date", "dt")
_MONTH, _YEAR = "month", "year"


def last_day(inner: Sequence[str], own: str) -> dt.date | None:
    """Return the last day of which rows in some folders can be, as their names say; None where these say none.

    Parameters
    ----------
    inner
        The folders, the outermost first: ``used_on=2023-01-31``, ``month=2023-01``, or ``year=2023`` and, in it,
        ``month=1`` and ``day=31``.
    own
        The column that dates the rows of the table, which may be the name as well as ``day``, ``date`` or ``dt``.

    Examples
    --------
    >>> last_day(["year=2024", "month=2"], "used_on")
    datetime.date(2024, 2, 29)
    >>> last_day(["created_on=2024-02-01"], "used_on") is None
    True
    """
    told = {name.lower(): unquote(value) for name, sign, value in (part.partition("=") for part in inner) if sign}
    for name in (own, *_OF_DAYS):
        if (day := _day(told.get(name, ""))) is not None:
            return day
    year, _, month = told.get(_MONTH, "").rpartition("-")
    return _end_of(year or told.get(_YEAR, ""), month, told.get("day", ""))


def older(parts: Sequence[Path], root: Path, own: str, begins: dt.date) -> frozenset[Path]:
    """Return those of some files that lie in folders whose names say that every row is older than a day."""
    days = {folder: last_day(folder.relative_to(root).parts, own) for folder in {part.parent for part in parts}}
    return frozenset(part for part in parts if (day := days[part.parent]) is not None and day < begins)


def _day(text: str) -> dt.date | None:
    try:
        return None if "W" in text else dt.date.fromisoformat(text)  # 2023-W05 would be its Monday: a week is no day
    except ValueError:
        return None


def _end_of(year: str, month: str, day: str) -> dt.date | None:
    """Return the last day of a year, of a month in it, or that day itself; None where these are no whole numbers."""
    if not year.isdecimal() or not (month or "1").isdecimal() or not (day or "1").isdecimal():
        return None
    try:
        last = dt.date(int(year), int(month or 12), 1)
        return last.replace(day=int(day) if day and month else calendar.monthrange(last.year, last.month)[1])
    except ValueError:
        return None
