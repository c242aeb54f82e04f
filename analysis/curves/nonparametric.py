"""Kaplan-Meier and Nelson-Aalen: the share still customers, and the hazard so far, with late entries and pauses."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.curves.times import times_of_one_kind
from analysis.errors import ModelError


def kaplan_meier(
    start: NDArray[np.float64],
    stop: NDArray[np.float64],
    event: NDArray[np.bool_],
    group: NDArray | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate survival from intervals ``(start, stop]`` at risk, one or more a lifetime.

    A row is at risk at time t if start < t <= stop, as in R: one that enters at the very time of an event
    is not, one that is censored there is. lifelines' ``KaplanMeierFitter(entry=)`` counts both.

    Parameters
    ----------
    start, stop : ndarray, shape (n,)
        In days since the lifetime's origin, or any other unit.
    event : ndarray of bool, shape (n,)
        Churn at `stop`.
    group : ndarray, shape (n,), optional
    level : float
        Of the interval, on the log(-log) scale.

    Returns
    -------
    DataFrame
        One row per group and distinct event time, between one at the group's earliest start and one at its last stop:
        group, time, n_risk, n_event, estimate (probability of staying beyond `time`, given entry at the earliest
        start), std_error (Greenwood), conf_low, conf_high (as in R NaN before the first event and once nobody is left).

    Raises
    ------
    ModelError
        If there are no rows or an interval has no length.

    Notes
    -----
    Where nobody is at risk in between the curve goes on as it was, and once all at risk have left it stays 0, as in R.
    Neither is known: `stretch_to_show` says over which times enough are at risk, and cuts the rows to them.

    Examples
    --------
    Four lifetimes; the third was first seen after its day 2, so it is not at risk when the second leaves on day 1.

    >>> import numpy as np
    >>> start, stop = np.array([0, 0, 2, 0]), np.array([3, 1, 4, 4])
    >>> curve = kaplan_meier(start, stop, event=np.array([True, True, True, False]))
    >>> curve[["time", "n_risk", "estimate"]].round(3)
       time  n_risk  estimate
    0   0.0       3     1.000
    1   1.0       3     0.667
    2   3.0       3     0.444
    3   4.0       2     0.222
    """
    start, stop = checked_intervals(start, stop, "Kaplan-Meier")
    event = np.asarray(event, bool)
    z = normal_quantile(level)
    return for_each_group(group, len(stop), lambda of: _survival(start[of], stop[of], event[of], z))


def nelson_aalen(
    start: NDArray[np.float64],
    stop: NDArray[np.float64],
    event: NDArray[np.bool_],
    group: NDArray | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate the cumulative hazard from intervals ``(start, stop]`` at risk, one or more a lifetime.

    Its slope is the hazard: where it steepens, customers leave faster. Rows are at risk as for `kaplan_meier`.

    Parameters
    ----------
    start, stop : ndarray, shape (n,)
        In days since the lifetime's origin, or any other unit.
    event : ndarray of bool, shape (n,)
        Churn at `stop`.
    group : ndarray, shape (n,), optional
    level : float
        Of the interval, on the log scale.

    Returns
    -------
    DataFrame
        One row per group and distinct event time, between one at the group's earliest start and one at its last stop:
        group, time, n_risk, n_event, estimate (cumulative hazard from the earliest start), std_error, conf_low,
        conf_high (NaN before the first event).

    Raises
    ------
    ModelError
        If there are no rows or an interval has no length.

    Notes
    -----
    Variance: the sum of d / Y^2 over event times, d events among Y at risk (Aalen 1978, Ann. Stat. 6, 701), as
    ``std.chaz`` of R's ``survfit``.

    Examples
    --------
    The same four lifetimes: 1/3, 1/3 and 1/2 add up.

    >>> import numpy as np
    >>> start, stop = np.array([0, 0, 2, 0]), np.array([3, 1, 4, 4])
    >>> nelson_aalen(start, stop, event=np.array([True, True, True, False]))["estimate"].round(3).tolist()
    [0.0, 0.333, 0.667, 1.167]
    """
    start, stop = checked_intervals(start, stop, "Nelson-Aalen")
    event = np.asarray(event, bool)
    z = normal_quantile(level)
    return for_each_group(group, len(stop), lambda of: _cumulative_hazard(start[of], stop[of], event[of], z))


def numbers_at_risk(
    start: NDArray[np.float64], stop: NDArray[np.float64], times: Sequence[float] | NDArray[np.float64]
) -> NDArray[np.int64]:
    """Count the rows with start < t <= stop at each time t, shape (n_times,)."""
    entered = np.searchsorted(np.sort(start), times, side="left")
    left = np.searchsorted(np.sort(stop), times, side="left")
    return entered - left


def checked_intervals(
    start: NDArray[np.float64], stop: NDArray[np.float64], estimator: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return starts and stops as numbers, each shape (n,), dates as days.

    Raises
    ------
    ModelError
        If there are no rows or an interval has no length; it names the estimator.
    """
    start, stop = times_of_one_kind(start, stop)
    if len(stop) == 0 or not (start < stop).all():
        broken = np.flatnonzero(~(start < stop))[:5].tolist()
        raise ModelError(
            f"{estimator} needs rows with start < stop; {len(stop)} rows arrived, broken at positions {broken}."
        )
    return start, stop


def for_each_group(
    group: NDArray | None, n_rows: int, estimate: Callable[[NDArray[np.bool_]], pd.DataFrame]
) -> pd.DataFrame:
    """Estimate each group apart, in the order of their labels, and stack the frames under a first column, group.

    Parameters
    ----------
    group : ndarray, shape (n_rows,), optional
        One group, 'all', by default.
    n_rows : int
    estimate : callable
        From the mask of a group's rows to its frame.

    Raises
    ------
    ModelError
        If there is not one group a row.
    """
    labels = np.full(n_rows, "all", dtype=object) if group is None else np.asarray(group)
    if labels.shape != (n_rows,) or pd.isna(labels).any():
        missing = np.flatnonzero(pd.isna(labels))[:5].tolist() if labels.shape == (n_rows,) else "of another length"
        raise ModelError(f"group must have one label for each of {n_rows:,} rows; missing at positions {missing}.")
    names = pd.unique(pd.Series(labels).sort_values(kind="stable"))
    table = pd.concat([estimate(labels == name).assign(group=name) for name in names], ignore_index=True)
    return table[["group", *table.columns.drop("group")]]


def normal_quantile(level: float) -> float:
    """Return how many standard errors an interval of this level reaches to each side (1.96 for 0.95)."""
    return float(stats.norm.isf((1 - level) / 2))


def ratio_interval(
    estimate: NDArray[np.float64], std_error: NDArray[np.float64], z: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the limits of positive numbers on the log scale; at zero neither is known, and both are NaN."""
    half = z * np.divide(std_error, estimate, out=np.full_like(estimate, np.nan), where=estimate > 0)
    with np.errstate(over="ignore"):  # of what is hardly known the upper limit is infinite
        return estimate * np.exp(-half), estimate * np.exp(half)


def event_times(stop: NDArray[np.float64], event: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the distinct event times and the last stop, in order, and the number of events at each."""
    time = np.unique(np.r_[stop[event], stop.max()])  # the curve reaches as far as anyone was observed
    return time, np.bincount(np.searchsorted(time, stop[event]), minlength=len(time))


def with_the_start(
    start: NDArray[np.float64], stop: NDArray[np.float64], value: float, columns: dict[str, NDArray]
) -> pd.DataFrame:
    """Put a row at the earliest start before a curve: those at risk just after it, no event, `value` known exactly."""
    at_start = {
        "time": start.min(),
        "n_risk": numbers_at_risk(start, stop, [np.nextafter(start.min(), np.inf)])[0],
        "n_event": 0,
        "std_error": 0.0,
    }
    return pd.DataFrame({name: np.r_[at_start.get(name, value), values] for name, values in columns.items()})


def _survival(
    start: NDArray[np.float64], stop: NDArray[np.float64], event: NDArray[np.bool_], z: float
) -> pd.DataFrame:
    time, n_event = event_times(stop, event)
    n_risk = numbers_at_risk(start, stop, time)
    survival = np.cumprod(1 - n_event / n_risk)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # a power of infinity is the limit: 0
        relative = np.sqrt(np.cumsum(n_event / (n_risk * (n_risk - n_event))))  # Greenwood: std_error / survival
        half = z * relative / np.log(survival)
        low, high = survival ** np.exp(-half), survival ** np.exp(half)
        std_error = survival * relative
    ended, untold = survival == 0, (survival == 0) | (survival == 1)
    columns = {
        "time": time,
        "n_risk": n_risk,
        "n_event": n_event,
        "estimate": survival,
        "std_error": np.where(ended, np.nan, std_error),
        "conf_low": np.where(untold, np.nan, low),
        "conf_high": np.where(untold, np.nan, high),
    }
    return with_the_start(start, stop, 1.0, columns)


def _cumulative_hazard(
    start: NDArray[np.float64], stop: NDArray[np.float64], event: NDArray[np.bool_], z: float
) -> pd.DataFrame:
    time, n_event = event_times(stop, event)
    n_risk = numbers_at_risk(start, stop, time)
    hazard, std_error = np.cumsum(n_event / n_risk), np.sqrt(np.cumsum(n_event / n_risk**2))
    low, high = ratio_interval(hazard, std_error, z)
    columns = {
        "time": time,
        "n_risk": n_risk,
        "n_event": n_event,
        "estimate": hazard,
        "std_error": std_error,
        "conf_low": low,
        "conf_high": high,
    }
    return with_the_start(start, stop, 0.0, columns)
