"""Kaplan-Meier: the share still customers, by group, where lifetimes enter late and may pause."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

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
        start), std_error (Greenwood), conf_low, conf_high (NaN once nobody is left).

    Raises
    ------
    ModelError
        If there are no rows or an interval has no length.
    """
    start, stop, event = np.asarray(start, float), np.asarray(stop, float), np.asarray(event, bool)
    if len(stop) == 0 or not (start < stop).all():
        broken = np.flatnonzero(~(start < stop))[:5].tolist()
        raise ModelError(
            f"Kaplan-Meier needs rows with start < stop; {len(stop)} rows arrived, broken at positions {broken}."
        )
    group = np.full(len(stop), "all", dtype=object) if group is None else np.asarray(group)
    curves = []
    for name in pd.unique(pd.Series(group).sort_values(kind="stable")):
        of_group = group == name
        curve = _curve(start[of_group], stop[of_group], event[of_group], stats.norm.isf((1 - level) / 2))
        curves.append(curve.assign(group=name))
    table = pd.concat(curves, ignore_index=True)
    return table[["group", *table.columns.drop("group")]]


def numbers_at_risk(
    start: NDArray[np.float64], stop: NDArray[np.float64], times: Sequence[float] | NDArray[np.float64]
) -> NDArray[np.int64]:
    """Count the rows with start < t <= stop at each time t, shape (n_times,)."""
    entered = np.searchsorted(np.sort(start), times, side="left")
    left = np.searchsorted(np.sort(stop), times, side="left")
    return entered - left


def _curve(start: NDArray[np.float64], stop: NDArray[np.float64], event: NDArray[np.bool_], z: float) -> pd.DataFrame:
    time = np.unique(np.r_[stop[event], stop.max()])  # the curve reaches as far as anyone was observed
    n_event = np.bincount(np.searchsorted(time, stop[event]), minlength=len(time))
    n_risk = numbers_at_risk(start, stop, time)
    survival = np.cumprod(1 - n_event / n_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.sqrt(np.cumsum(n_event / (n_risk * (n_risk - n_event))))  # Greenwood: std_error / survival
        half = z * relative / np.log(survival)
        low, high = survival ** np.exp(-half), survival ** np.exp(half)
        std_error = survival * relative
    low, high = np.where(survival == 1, 1.0, low), np.where(survival == 1, 1.0, high)
    ended = survival == 0
    return pd.DataFrame(
        {
            "time": np.r_[start.min(), time],
            "n_risk": np.r_[numbers_at_risk(start, stop, [np.nextafter(start.min(), np.inf)]), n_risk],
            "n_event": np.r_[0, n_event],
            "estimate": np.r_[1.0, survival],
            "std_error": np.r_[0.0, np.where(ended, np.nan, std_error)],
            "conf_low": np.r_[1.0, np.where(ended, np.nan, low)],
            "conf_high": np.r_[1.0, np.where(ended, np.nan, high)],
        }
    )
