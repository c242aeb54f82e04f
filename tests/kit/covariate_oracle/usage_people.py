"""The users of one account, counted one after the other."""

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

from covariate_oracle.use_log import Morning, Row, events

WORKING_WEEKS = 2
FOUR_WEEKS = dt.timedelta(28)


def expected(morning: Morning) -> dict[str, Any]:
    """Return the covariates of the topic."""
    named = [row for row in morning.baseline if row["user_id"] is not None]
    recent = [row for row in named if row["used_on"] >= morning.recent_from]
    is_said, is_said_before = (morning.is_said(rows, "user_id") for rows in (morning.recent, morning.before))
    register = [user for user in morning.log.users if is_known(user, morning.day)]
    return {
        "working_seat_share": working_seat_share(morning, recent) if is_said else None,
        "seat_inequality": seat_inequality(morning, recent) if is_said else None,
        "new_user_share": new_user_share(morning, register),
        "active_departments": active_departments(morning, recent, register) if is_said else None,
        "known_user_surge": known_user_surge(morning, named) if is_said and is_said_before else None,
    }


def is_known(user: Row, day: dt.date) -> bool:
    """Tell whether a user was known before a day; of whom no day is given always was."""
    known_on = user["known_on"] or user["created_on"]
    return known_on is None or known_on < day


def working_seat_share(morning: Morning, recent: list[Row]) -> float | None:
    """Return how many came in two of the last four weeks, per seat."""
    if not morning.seats or morning.day - morning.origin < FOUR_WEEKS or not morning.is_logged(morning.recent_from):
        return None
    weeks = defaultdict(set)
    for row in recent:
        weeks[row["user_id"]].add((morning.day - row["used_on"] - dt.timedelta(1)).days // 7)
    return sum(len(of_user) >= WORKING_WEEKS for of_user in weeks.values()) / morning.seats


def seat_inequality(morning: Morning, recent: list[Row]) -> float | None:
    """Return the mean difference between two seats, over twice the mean."""
    if not morning.seats or not recent or not morning.is_logged(morning.recent_from):
        return None
    by_user: Counter[str] = Counter()
    for row in recent:
        by_user[row["user_id"]] += row["events"]
    use = [*by_user.values(), *[0] * max(morning.seats - len(by_user), 0)]
    differences = sum(abs(one - other) for one in use for other in use)
    return differences / (2 * len(use) * sum(use))


def new_user_share(morning: Morning, register: list[Row]) -> float | None:
    """Return how many were created in the baseline window, per seat."""
    own = [user for user in register if user["account_id"] == morning.account]
    if not own or not morning.seats or not morning.is_logged(morning.baseline_from, "users"):
        return None
    created = [user["created_on"] for user in own if user["created_on"] is not None]
    if 2 * len(created) < len(own):
        return None
    return sum(morning.baseline_from <= day < morning.day for day in created) / morning.seats


def active_departments(morning: Morning, recent: list[Row], register: list[Row]) -> int | None:
    """Return the number of departments of those with use; none is known where nobody's is."""
    if not morning.is_logged(morning.recent_from):
        return None
    people = {row["user_id"] for row in recent}
    own = [user for user in register if user["account_id"] == morning.account]
    departments = {user["department"] for user in own if user["user_id"] in people} - {None}
    return len(departments) or (None if people else 0)


def known_user_surge(morning: Morning, named: list[Row]) -> float | None:
    """Return the surge of those who had used it before."""
    before = [row for row in named if row["used_on"] < morning.recent_from]
    people = {row["user_id"] for row in before}
    again = [row for row in named if row["used_on"] >= morning.recent_from and row["user_id"] in people]
    change = morning.change(events(again), events(before)) if people else None
    return None if change is None else max(change, 0)
