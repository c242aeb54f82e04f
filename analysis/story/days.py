"""Days: which days of an account a subscription covers, which of them are under notice, and runs of such days."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.story.told import Told

Run = tuple[pd.Timestamp, pd.Timestamp]
"""Days ``[from, until)``."""


def stay_of_days(told: Told, days: pd.DatetimeIndex) -> NDArray[np.int64]:
    """Return the number of the stay of each day, 0 for a trial or what is free, -1 where nothing covers it."""
    stay = np.full(len(days), -1)
    for version in told.versions.itertuples():
        stay[_within(days, version.started_on, version.covered_until, told)] = 0
    for own in told.paid.itertuples():
        stay[(stay == 0) & _within(days, own.origin, own.ended_on, told)] = own.lifetime_number
    return stay


def is_under_notice(told: Told, days: pd.DatetimeIndex) -> NDArray[np.bool_]:
    """Mark the days on which something is paid, and all of it is under notice, as was known on the day."""
    is_paid, is_open = np.zeros(len(days), bool), np.zeros(len(days), bool)
    for version in told.versions[told.versions["kind"] == "paid"].itertuples():
        covered = _within(days, version.started_on, version.covered_until, told)
        is_paid |= covered
        notice = np.zeros(len(days), bool)
        if pd.notna(version.notice_on):
            notice = _within(days, version.notice_on, version.notice_withdrawn_on, told)
        is_open |= covered & ~notice
    return is_paid & ~is_open


def runs(flags: NDArray[np.bool_], days: pd.DatetimeIndex) -> Iterator[Run]:
    """Yield the runs of days that are marked, in order."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    for begins, ends in edges.reshape(-1, 2):
        yield days[begins], days[ends - 1] + pd.Timedelta(days=1)


def _within(days: pd.DatetimeIndex, begins: pd.Timestamp, ends: pd.Timestamp, told: Told) -> NDArray[np.bool_]:
    until = told.snapshot if pd.isna(ends) else min(ends, told.snapshot)
    return np.asarray((days >= begins) & (days < until))
