"""Tables: covariates and outcomes as users have them (pandas, polars, Arrow, arrays), read into numbers with names."""

from collections.abc import Collection
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from analysis.cox.matching import matched
from analysis.cox.rows import refuse_rows
from analysis.curves.times import read_times, times_of_one_kind
from analysis.errors import ModelError

_OUTCOME = ("start", "stop", "event")
_TIMES, _EVENTS = ("time", "duration"), ("event", "status")
"""What the end of a row that is at risk from the beginning is called, and whether the event ends it."""
_WANTED = (
    "The outcome must have columns start, stop and event (or stop and event, or time or duration with event or "
    "status): a frame, an array from counting_process_outcome, or scikit-survival's Surv"
)


def read_columns(table: Any) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Return covariates as numbers, shape (n, p), and their names as text (x0, x1, ... for an array).

    Parameters
    ----------
    table : DataFrame (pandas, polars), Arrow table or array-like, shape (n, p)
        Numbers and booleans; missing values become NaN.

    Raises
    ------
    ModelError
        If a column holds anything else (named), or an array is not two-dimensional.
    """
    frame = nw.from_native(table, eager_only=True, pass_through=True)
    if isinstance(frame, nw.DataFrame):
        numbers = [_column(column) for column in frame.iter_columns()]
        values = np.column_stack(numbers) if numbers else np.empty((len(frame), 0))
        return values, tuple(map(str, frame.columns))
    try:
        array = np.asarray(table, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ModelError("Covariates must be numbers; turn categories into indicator columns first.") from error
    if array.ndim != 2:
        raise ModelError(f"Covariates must be a table of rows and columns; their shape is {array.shape}.")
    return array, tuple(f"x{k}" for k in range(array.shape[1]))


def column_names(table: Any) -> tuple[str, ...]:
    """Return the names of a table's columns as text.

    Raises
    ------
    ModelError
        If it is no table.
    """
    frame = nw.from_native(table, eager_only=True, pass_through=True)
    if not isinstance(frame, nw.DataFrame):
        raise ModelError(
            f"Columns can be named of a table only (pandas, polars or Arrow); {type(table).__name__} arrived."
        )
    return tuple(map(str, frame.columns))


def column_of(table: Any, name: str, role: str) -> Any:
    """Return a column of a table by its name, in the table's own library.

    Raises
    ------
    ModelError
        If it is not there; the message says what it was to be (`role`).
    """
    names = column_names(table)
    if name not in names:
        raise ModelError(f"{role} must be a column of the table: '{name}' is not among {', '.join(names)}.")
    return nw.from_native(table, eager_only=True)[:, names.index(name)].to_native()


def read_outcome(outcome: Any) -> tuple[Any, Any, Any]:
    """Return start (None: at risk from the beginning), stop and event of an outcome.

    Parameters
    ----------
    outcome : structured array, DataFrame (pandas, polars) or Arrow table
        With columns as `outcome_columns` knows them; or scikit-survival's structured array of an event indicator and a
        time, whatever their names. Dates stay as they are: `counting_rows` makes them days.

    Raises
    ------
    ModelError
        If it is none of these; if a status holds 1 and 2.
    """
    frame = nw.from_native(outcome, eager_only=True, pass_through=True)
    if isinstance(frame, nw.DataFrame):
        columns = {str(name): column for name, column in zip(frame.columns, frame.iter_columns(), strict=True)}
        start, stop, event = outcome_columns(columns)
        times = [None if name is None else _time_column(columns[name]) for name in (start, stop)]
        return times[0], times[1], _event(_column(columns[event]), event)
    names = outcome.dtype.names if isinstance(outcome, np.ndarray) else None
    if names is not None and len(names) == 2 and outcome.dtype[0] == np.bool_ and not set(names) <= set(_OUTCOME):
        return None, outcome[names[1]], outcome[names[0]]
    if names is None:
        raise ModelError(f"{_WANTED}; {type(outcome).__name__} arrived.")
    start, stop, event = outcome_columns(names)
    return None if start is None else outcome[start], outcome[stop], _event(outcome[event], event)


def outcome_columns(names: Collection[str]) -> tuple[str | None, str, str]:
    """Return which columns hold the start (None: at risk from the beginning), the stop and the event of rows.

    ``start, stop, event``, or ``stop, event``; or of one row a subject ``time`` or ``duration`` with ``event``; the
    event may be called ``status``, too. Other columns are not looked at.

    Raises
    ------
    ModelError
        If they are missing, or could be read in two ways.
    """
    known = next((name for name in _EVENTS if name in names), None)
    if "stop" in names and known is not None:
        return ("start" if "start" in names else None), "stop", known
    times, events = ([name for name in words if name in names] for words in (_TIMES, _EVENTS))
    if not (times and events):
        shown = ", ".join(list(names)[:10]) + (", ..." if len(names) > 10 else "")
        raise ModelError(f"{_WANTED}; these arrived: {shown}.")
    if "start" in names or len(times) > 1 or len(events) > 1:
        both = ["start", times[0]] if "start" in names else times if len(times) > 1 else events
        raise ModelError(
            f"The outcome has columns {' and '.join(both)}: it could be read in two ways. Keep start, stop and event "
            "for rows at risk on (start, stop], or time and event for rows at risk from the beginning."
        )
    return None, times[0], events[0]


def counting_process_outcome(start: Any, stop: Any, event: Any) -> NDArray[np.void]:
    """Put ``(start, stop]`` and event into one array with a line a row, as scikit-learn splits and shuffles it.

    Series of pandas are matched by their index (`matched`).

    Parameters
    ----------
    start, stop : Series (pandas, polars), Arrow array or array-like, shape (n,)
        Numbers; or dates, as days since 1970-01-01 whatever their unit; or durations, as days. No start (None): at risk
        from the beginning.
    event : array-like, shape (n,)
        0 / 1 or boolean.

    Raises
    ------
    ModelError
        If they are of other rows, lengths or kinds, times are missing, or an event is neither 0 nor 1.

    Examples
    --------
    >>> counting_process_outcome([0, 5], [5, 9], [False, True])["stop"]
    array([5., 9.])
    """
    given = matched({"stop": stop, "start": start, "event": event})
    start, stop, event = given["start"], given["stop"], given["event"]
    if start is None:
        stops = read_times(stop, "stop")[0]
        starts = np.full(len(stops), -np.inf)
    else:
        starts, stops = times_of_one_kind(start, stop)
    happened = np.asarray(read_labels(event))
    if not len(starts) == len(stops) == len(happened):
        raise ModelError(
            f"An outcome needs one start, stop and event a row; {len(starts):,}, {len(stops):,} and "
            f"{len(happened):,} arrived."
        )
    for name, times in (("start", starts), ("stop", stops)):
        refuse_rows(np.isnan(times), f"{name} must not be missing")
    refuse_rows(~np.isin(happened.astype(object), (0, 1)), "event must be 0 or 1")
    outcome = np.empty(len(stops), dtype=[("start", np.float64), ("stop", np.float64), ("event", np.bool_)])
    outcome["start"], outcome["stop"], outcome["event"] = starts, stops, happened.astype(bool)
    return outcome


def read_labels(labels: Any) -> NDArray | None:
    """Return labels of rows (strata, clusters, weights) as an array; several columns of strata side by side."""
    if labels is None:
        return None
    frame = nw.from_native(labels, eager_only=True, allow_series=True, pass_through=True)
    if isinstance(frame, nw.DataFrame):
        return np.column_stack([np.asarray(column.to_list(), dtype=object) for column in frame.iter_columns()])
    return frame.to_numpy() if isinstance(frame, nw.Series) else np.asarray(labels)


def _time_column(column: nw.Series) -> Any:
    return column.to_native() if column.dtype.is_temporal() else _column(column)


def _column(column: nw.Series) -> NDArray[np.float64]:
    if not (column.dtype.is_numeric() or column.dtype == nw.Boolean):
        raise ModelError(
            f"Column '{column.name}' holds {column.dtype}, not numbers. Turn categories into indicator columns first, "
            "or give a formula."
        )
    return column.cast(nw.Float64).fill_null(float("nan")).to_numpy()


def _event(values: NDArray, name: str) -> NDArray:
    """Refuse R's older coding of a status, 1 censored and 2 event: which of them rows hold must not decide."""
    if name == "status" and values.dtype.kind in "iuf" and (values == 2).any():
        kinds = ", ".join(f"{value:g}" for value in np.unique(values[np.isfinite(values)])[:5])
        raise ModelError(
            f"status must be 0 or 1, or true or false; it holds {kinds}. If 2 is the event (as in R's tables of 1 and "
            "2), give status == 2; if they are several kinds of end, give the one that is meant."
        )
    return values
