"""Tables: covariates and outcomes as users have them (pandas, polars, Arrow, arrays), read into numbers with names."""

from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from analysis.cox.rows import refuse_rows
from analysis.curves.times import read_times, times_of_one_kind
from analysis.errors import ModelError

_OUTCOME = ("start", "stop", "event")


def read_columns(table: Any) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Return covariates as numbers, shape (n, p), and their names (x0, x1, ... for an array).

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
        numbers = [_column(frame, name) for name in frame.columns]
        values = np.column_stack(numbers) if numbers else np.empty((len(frame), 0))
        return values, tuple(map(str, frame.columns))
    try:
        array = np.asarray(table, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ModelError("Covariates must be numbers; turn categories into indicator columns first.") from error
    if array.ndim != 2:
        raise ModelError(f"Covariates must be a table of rows and columns; their shape is {array.shape}.")
    return array, tuple(f"x{k}" for k in range(array.shape[1]))


def read_outcome(outcome: Any) -> tuple[Any, Any, Any]:
    """Return start (None: at risk from the beginning), stop and event of an outcome.

    Parameters
    ----------
    outcome : structured array, DataFrame (pandas, polars) or Arrow table
        With fields ``start, stop, event`` or ``stop, event``, in any order; or scikit-survival's structured array
        of an event indicator and a time, whatever their names. Dates stay as they are: `counting_rows` makes them days.

    Raises
    ------
    ModelError
        If it is none of these.
    """
    frame = nw.from_native(outcome, eager_only=True, pass_through=True)
    if isinstance(frame, nw.DataFrame):
        fields = {name: _outcome_column(frame, name) for name in frame.columns if name in _OUTCOME}
    elif isinstance(outcome, np.ndarray) and outcome.dtype.names is not None:
        names = outcome.dtype.names
        if len(names) == 2 and outcome.dtype[0] == np.bool_ and not set(names) <= set(_OUTCOME):
            return None, outcome[names[1]], outcome[names[0]]
        fields = {name: outcome[name] for name in names}
    else:
        fields = {}
    if not {"stop", "event"} <= set(fields):
        raise ModelError(
            "The outcome must have columns start, stop and event (or stop and event): a frame, an array from "
            f"counting_process_outcome, or scikit-survival's Surv; {type(outcome).__name__} arrived."
        )
    return fields.get("start"), fields["stop"], fields["event"]


def counting_process_outcome(start: Any, stop: Any, event: Any) -> NDArray[np.void]:
    """Put ``(start, stop]`` and event into one array with a line a row, as scikit-learn splits and shuffles it.

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
        If they are of other lengths or kinds, times are missing, or an event is neither 0 nor 1.

    Examples
    --------
    >>> counting_process_outcome([0, 5], [5, 9], [False, True])["stop"]
    array([5., 9.])
    """
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
        return np.column_stack([np.asarray(frame[name].to_list(), dtype=object) for name in frame.columns])
    return frame.to_numpy() if isinstance(frame, nw.Series) else np.asarray(labels)


def _outcome_column(frame: nw.DataFrame, name: str) -> Any:
    is_time = name != "event" and frame[name].dtype.is_temporal()
    return frame[name].to_native() if is_time else _column(frame, name)


def _column(frame: nw.DataFrame, name: str) -> NDArray[np.float64]:
    column = frame[name]
    if not (column.dtype.is_numeric() or column.dtype == nw.Boolean):
        raise ModelError(
            f"Column '{name}' holds {column.dtype}, not numbers. Turn categories into indicator columns first."
        )
    return column.cast(nw.Float64).fill_null(float("nan")).to_numpy()
