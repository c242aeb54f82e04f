"""Times: numbers as they come, or dates and durations of any unit and library as days."""

import datetime as dt
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import ModelError

_DAY = np.timedelta64(1, "D")
_EPOCH = np.datetime64(0, "D")


def read_times(values: Any, name: str) -> tuple[NDArray[np.float64], bool]:
    """Return times as numbers, shape (n,), and whether they were dates.

    Dates are days since 1970-01-01 (in UTC, where they have a zone), durations are days, whatever unit they are stored
    in: nanoseconds, microseconds, seconds, days, objects of Python. Missing ones are NaN.

    Parameters
    ----------
    values : Series (pandas, polars), Arrow array or array-like, shape (n,)
    name : str
        What messages call them.

    Raises
    ------
    ModelError
        If they are neither numbers nor dates nor durations.

    Examples
    --------
    >>> times, is_date = read_times(np.array(["1970-01-03T12:00"], dtype="datetime64[us]"), "stop")
    >>> times.tolist(), is_date
    ([2.5], True)
    """
    series = nw.from_native(values, series_only=True, pass_through=True)
    array = series.to_numpy() if isinstance(series, nw.Series) else np.asarray(values)
    if array.dtype == object:
        array = _of_objects(array.ravel()).reshape(array.shape)
    try:
        if array.dtype.kind == "M":
            if np.datetime_data(array.dtype)[0] in ("Y", "M"):
                array = array.astype("datetime64[D]")
            return _days(array - _EPOCH.astype(array.dtype)), True
        if array.dtype.kind == "m":
            return _days(array), False
        if array.dtype.kind in "OUSVc":
            raise TypeError
        return array.astype(np.float64), False
    except (TypeError, ValueError) as error:
        raise ModelError(
            f"{name} must be numbers, dates or durations; {type(values).__name__} of other things arrived."
        ) from error


def times_of_one_kind(start: Any, stop: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return starts and stops as `read_times` does, each shape (n,).

    Raises
    ------
    ModelError
        If one of them holds dates and the other does not.
    """
    (starts, start_is_date), (stops, stop_is_date) = read_times(start, "start"), read_times(stop, "stop")
    if start_is_date != stop_is_date and len(stops):
        kinds = {True: "dates", False: "numbers"}
        raise ModelError(
            f"start and stop must be of one kind; start holds {kinds[start_is_date]}, stop {kinds[stop_is_date]}."
        )
    return starts, stops


def _days(passed: NDArray[np.timedelta64]) -> NDArray[np.float64]:
    """Turn durations into days, whole ones apart, so that the unit makes no difference in any digit."""
    if np.datetime_data(passed.dtype)[0] in ("Y", "M", "generic"):
        raise ValueError("no length in days")
    missing = np.isnat(passed)
    known = np.where(missing, np.zeros((), passed.dtype), passed)
    whole = known // _DAY
    days = whole + (known - whole * _DAY) / _DAY
    return np.where(missing, np.nan, days)


def _of_objects(array: NDArray[np.object_]) -> NDArray:
    """Give objects of Python their type: dates, durations or whatever NumPy makes of them."""
    known = [value for value in array if not _is_missing(value)]
    if known and all(isinstance(value, dt.date | np.datetime64) for value in known):
        dates = [np.datetime64("NaT") if _is_missing(value) else _date(value) for value in array]
        return np.array(dates, dtype="datetime64[us]")
    if known and all(isinstance(value, dt.timedelta | np.timedelta64) for value in known):
        spans = [
            np.timedelta64("NaT") if _is_missing(value) else pd.Timedelta(value).to_timedelta64() for value in array
        ]
        return np.array(spans, dtype="timedelta64[us]")
    try:
        return np.array([np.nan if _is_missing(value) else value for value in array], dtype=np.float64)
    except (TypeError, ValueError):
        return array


def _date(value: Any) -> np.datetime64:
    stamp = pd.Timestamp(value)
    return (stamp.tz_convert("UTC").tz_localize(None) if stamp.tz is not None else stamp).to_datetime64()


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value
