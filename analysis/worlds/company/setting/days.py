"""Days: arrays of dates, calendar months, and the holidays and releases that every account shares."""

import datetime as dt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Dates = NDArray[np.datetime64]
NEVER = np.datetime64("2262-01-01")
LONG_AGO = np.datetime64("1900-01-01")
NOTHING = np.datetime64("NaT", "D")
WEEKEND = 0.12
LONGEST_WINDOW = dt.timedelta(days=100)
"""Use further back than this enters no covariate; a test of the truth fails if one looks further."""
HOLIDAYS = (("12-28", "12-31"), ("01-01", "01-03"), ("04-29", "05-05"), ("08-11", "08-17"))
"""First and last days of each year's holidays: the year's end, Golden Week, a week of summer."""


def as_dates(days: Any) -> Dates:
    """Return an array of days as such; integers added to days leave their type in doubt."""
    return np.asarray(days, dtype="datetime64[D]")


def never(n: int) -> Dates:
    """Return `n` days that do not come."""
    return np.full(n, NEVER, dtype="datetime64[D]")


def long_ago(n: int) -> Dates:
    """Return `n` days before everything."""
    return np.full(n, LONG_AGO, dtype="datetime64[D]")


def blank_unless(is_there: NDArray[np.bool_], days: Dates) -> Dates:
    """Return days, empty where they are not there."""
    return np.where(is_there, days, NOTHING)


def add_months(day: Dates, months: NDArray[np.intp] | int) -> Dates:
    """Add calendar months to days of the month up to the 28th."""
    month = day.astype("datetime64[M]")
    return as_dates((month + months).astype("datetime64[D]") + (day - month.astype("datetime64[D]")))


def any_of(days: Dates, n: int, rng: np.random.Generator) -> Dates:
    """Draw `n` of the days."""
    return days[rng.integers(0, len(days), n)]


def holidays_between(first: np.datetime64, last: np.datetime64) -> Dates:
    """Return all holidays from one day to another."""
    years = np.arange(first.astype("datetime64[Y]"), last.astype("datetime64[Y]") + 1)
    days = np.concatenate(
        [
            np.arange(np.datetime64(f"{year}-{begins}"), np.datetime64(f"{year}-{ends}") + 1)
            for year in years
            for begins, ends in HOLIDAYS
        ]
    )
    return np.sort(days[(days >= first) & (days <= last)])


def use_by_day(days: Dates, holiday_depth: float) -> NDArray[np.float64]:
    """Return how much is used on each day, of a working day without holiday."""
    is_weekend = (days.astype(int) + 3) % 7 >= 5
    is_holiday = np.isin(days, holidays_between(days[0], days[-1]))
    return np.where(is_weekend, WEEKEND, 1.0) * np.where(is_holiday, 1 - holiday_depth, 1.0)
