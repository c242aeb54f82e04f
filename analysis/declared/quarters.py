"""Fiscal quarters: their names, such as 2026Q3, and the days on which they begin and are over."""

import datetime as dt
import re
from dataclasses import dataclass

from analysis.errors import StudyError

_NAME = re.compile(r"(\d{4})Q([1-4])")
_MONTHS = 12


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a fiscal year, which is named for the calendar year in which it begins.

    Attributes
    ----------
    year, number
        The fiscal year, and 1 to 4.
    start_month
        Of the fiscal year, 1 to 12.
    """

    year: int
    number: int
    start_month: int = 1

    @property
    def begins_on(self) -> dt.date:
        """Its first day."""
        months = _MONTHS * self.year + self.start_month - 1 + 3 * (self.number - 1)
        return dt.date(months // _MONTHS, months % _MONTHS + 1, 1)

    @property
    def is_over_on(self) -> dt.date:
        """The first day after it, on which a report on it is made."""
        return self.following.begins_on

    @property
    def following(self) -> "Quarter":
        """The next quarter."""
        return quarter_of(self.begins_on.replace(day=28) + dt.timedelta(days=70), self.start_month)

    @property
    def months(self) -> tuple[dt.date, dt.date, dt.date]:
        """The first days of its months."""
        first = _MONTHS * self.begins_on.year + self.begins_on.month - 1
        days = [dt.date(month // _MONTHS, month % _MONTHS + 1, 1) for month in range(first, first + 3)]
        return days[0], days[1], days[2]

    def __str__(self) -> str:
        """Return its name."""
        return f"{self.year:04d}Q{self.number}"


def quarter_of(day: dt.date, start_month: int = 1) -> Quarter:
    """Return the quarter in which a day lies.

    Examples
    --------
    >>> str(quarter_of(dt.date(2027, 2, 14), start_month=4))
    '2026Q4'
    """
    months = (day.month - start_month) % _MONTHS
    year = day.year - (day.month < start_month)
    return Quarter(year, months // 3 + 1, start_month)


def quarter_named(name: str, start_month: int = 1) -> Quarter:
    """Return the quarter of a name.

    Raises
    ------
    StudyError
        If it is no such name.

    Examples
    --------
    >>> quarter_named("2026Q3", start_month=4).begins_on
    datetime.date(2026, 10, 1)
    """
    found = _NAME.fullmatch(name.strip().upper())
    if found is None or not 1979 <= int(found[1]) <= 2078:
        raise StudyError(f"'{name}' names no quarter: write year and number, such as 2026Q3.")
    return Quarter(int(found[1]), int(found[2]), start_month)
