"""Weeks: what an account used in each calendar week, beside what was usual of it until then."""

import numpy as np
import pandas as pd

from analysis.story.days import stay_of_days
from analysis.story.frames import WEEKS
from analysis.story.told import Told

LEAST_WEEKS = 4
"""Whole weeks before one, of which there must be so many for anything to be usual."""


def weeks_of(told: Told, baseline_days: int) -> pd.DataFrame:
    """Return the use of an account by calendar week, Monday to Sunday.

    A week counts as whole where each of its days is covered by a subscription (or a trial), logged, and over by the
    snapshot. What is usual of a week is the median of the whole weeks of the same stay among those that a baseline
    window before it holds: what was known before the week began.

    Parameters
    ----------
    told
        What is known of the account.
    baseline_days
        Of the study's windows.

    Returns
    -------
    DataFrame
        As `WEEKS`; without rows where no use is measured, or the account had no subscription.
    """
    if "usage_daily" not in told.given or told.begins_on is None:
        return WEEKS.empty()
    last = max(told.ends_on - pd.Timedelta(days=1), told.use["week"].max() if len(told.use) else told.begins_on)
    first = _monday(min(told.begins_on, told.use["week"].min() if len(told.use) else told.begins_on))
    days = pd.date_range(first, _monday(last) + pd.Timedelta(days=6))
    stay = stay_of_days(told, days)
    is_logged = np.asarray(days < told.snapshot)
    for begins, ends in told.days_not_logged("usage_daily", days[0], days[-1] + pd.Timedelta(days=1)):
        is_logged &= ~np.asarray((days >= begins) & (days < ends))
    by_week = stay.reshape(-1, 7)
    weeks = pd.DataFrame({"week": days[::7]})
    weeks["events"] = weeks["week"].map(told.use.set_index("week")["events"]).fillna(0.0).astype(np.float64)
    weeks["covered_days"] = (by_week >= 0).sum(axis=1)
    weeks["logged_days"] = is_logged.reshape(-1, 7).sum(axis=1)
    weeks["is_whole"] = (weeks["covered_days"] == 7) & (weeks["logged_days"] == 7)
    told_of = weeks[(weeks["logged_days"] > 0) & ((weeks["covered_days"] > 0) | (weeks["events"] > 0))]
    whole = weeks["events"].where(weeks["is_whole"])
    n_weeks = max(1, round(baseline_days / 7))
    before = whole.groupby(by_week[:, 0]).transform(lambda own: own.rolling(n_weeks, LEAST_WEEKS).median().shift(1))
    usual = before.where(weeks["is_whole"])
    return WEEKS.checked(told_of.assign(usual=usual.loc[told_of.index]).reset_index(drop=True))


def periods_of(told: Told, length: int, log: str) -> pd.DataFrame:
    """Return how many seats were used in each period of one length: none of which nobody wrote that any was.

    A period is told where it is logged with use, or where all of its days are covered by a subscription, logged, and
    over by the snapshot.

    Parameters
    ----------
    told
        What is known of the account.
    length
        In days.
    log
        The table that logs who used anything.

    Returns
    -------
    DataFrame
        ``period_start, users``, in order.
    """
    used = told.users[told.users["period_days"] == length].set_index("period_start")["users"]
    step = pd.Timedelta(days=length)
    starts = pd.date_range(used.index.min(), max(told.ends_on, used.index.max()), freq=step)
    while told.begins_on is not None and starts[0] > told.begins_on:
        starts = starts.insert(0, starts[0] - step)
    if not used.index.isin(starts).all():  # periods that do not follow one another
        return used.sort_index().rename("users").reset_index()
    days = pd.date_range(starts[0], starts[-1] + step - pd.Timedelta(days=1))
    is_told = (stay_of_days(told, days) >= 0) & np.asarray(days < told.snapshot)
    for begins, ends in told.days_not_logged(log, days[0], days[-1] + pd.Timedelta(days=1)):
        is_told &= ~np.asarray((days >= begins) & (days < ends))
    whole = is_told.reshape(-1, length).all(axis=1)
    users = pd.DataFrame({"period_start": starts, "users": used.reindex(starts).to_numpy(np.float64)})
    users.loc[whole & users["users"].isna(), "users"] = 0.0
    return users.dropna(subset="users").reset_index(drop=True)


def _monday(day: pd.Timestamp) -> pd.Timestamp:
    return day - pd.Timedelta(days=day.weekday())
