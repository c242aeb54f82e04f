"""Roles, looked through one after the other; and the use of key users, who stand in where no role is recorded."""

import datetime as dt
import math
from collections import Counter, defaultdict
from typing import Any

from covariate_oracle.morning import RECENT_DAYS, Morning, Row

KEY_USER_PERCENT = 10
ONE_DAY = dt.timedelta(1)


def expected(morning: Morning) -> dict[str, Any]:
    """Return the covariates of the topic."""
    recorded = [role for role in morning.rows["contacts"] if recorded_on(role) < morning.day]
    champions = [role for role in recorded if role["role"] in ("champion", "executive_sponsor")]
    in_force = [role for role in champions if has_begun(role, morning) and not is_over(role, morning)]
    is_state_logged = morning.is_before(morning.logs_from("contacts"))
    is_window_logged = morning.is_logged_since(morning.window_from, "contacts")
    is_known = is_state_logged and champions
    return {
        "champions": len({role["contact_id"] for role in in_force}) if is_known else None,
        "champion_departments": champion_departments(in_force) if is_known else None,
        "no_champion": int(not in_force) if is_known else None,
        "vacancy_days": vacancy_days(morning, champions, in_force) if is_known else None,
        "departures": departures(morning, champions) if is_window_logged and champions else None,
        "new_sponsor": new_sponsor(morning, recorded) if is_window_logged else None,
        **key_users(morning),
    }


def recorded_on(role: Row) -> dt.date:
    """Return the day on which somebody in a role was written down; one of whom no day is given always was."""
    return role["known_on"] or role["started_on"] or dt.date.min


def end_told_on(role: Row) -> dt.date | None:
    """Return the day on which an end was told, not before the role itself was."""
    return role["ended_on"] and max(role["ended_known_on"] or role["ended_on"], recorded_on(role))


def has_begun(role: Row, morning: Morning) -> bool:
    """Tell whether a role began before this morning, not only its announcement."""
    return role["started_on"] is None or role["started_on"] < morning.day


def is_over(role: Row, morning: Morning) -> bool:
    """Tell whether a role's last day has passed, and somebody has said so."""
    return morning.is_before(role["ended_on"]) and morning.is_before(end_told_on(role))


def champion_departments(in_force: list[Row]) -> int | None:
    """Return the number of departments; of people whose departments nobody gave it is not known."""
    departments = {role["department"] for role in in_force} - {None}
    return len(departments) or (None if in_force else 0)


def vacancy_days(morning: Morning, champions: list[Row], in_force: list[Row]) -> int | None:
    """Count the mornings without anybody, this one and the origin's included, since the last departure was known."""
    if in_force:
        return None
    ends = [(role["ended_on"], end_told_on(role)) for role in champions if is_over(role, morning)]
    first_morning = max((max(end) for end in ends), default=dt.date.min) + ONE_DAY
    return (morning.day - max(first_morning, morning.origin)).days + 1


def departures(morning: Morning, champions: list[Row]) -> int:
    """Count the people all of whose roles are known to end, if the last news of that came within the window."""
    news: dict[str, list[dt.date | None]] = defaultdict(list)
    for role in champions:
        news[role["contact_id"]].append(end_told_on(role))
    leavers = [days for days in news.values() if all(morning.is_before(day) for day in days)]
    return sum(max(days) >= morning.window_from for days in leavers)


def new_sponsor(morning: Morning, recorded: list[Row]) -> int | None:
    """Whether a sponsor or a buyer was first recorded within the window, and another one of that role before."""
    arrivals: dict[str, dict[str, dt.date]] = {"executive_sponsor": {}, "buyer": {}}
    for role in sorted(recorded, key=recorded_on):
        if role["role"] in arrivals:
            arrivals[role["role"]].setdefault(role["contact_id"], recorded_on(role))
    if not any(arrivals.values()):
        return None
    return int(
        any(
            min(people.values()) < day and morning.window_from <= day
            for people in arrivals.values()
            for day in people.values()
        )
    )


def key_users(morning: Morning) -> dict[str, Any]:
    """Return what those did lately who had used it most in the days of the baseline window before."""
    days_before = (morning.day - morning.window_from).days - RECENT_DAYS
    recent, before = (events_by_user(morning, is_recent=is_recent) for is_recent in (True, False))
    is_measured = days_before >= RECENT_DAYS and morning.is_logged_since(morning.window_from, "usage_daily")
    is_measured = is_measured and all(is_use_named(morning, is_recent=is_recent) for is_recent in (True, False))
    if not before or not is_measured:
        return dict.fromkeys(("key_user_share", "key_user_silence", "key_user_trend"))
    least = sorted(before.values(), reverse=True)[math.ceil(len(before) * KEY_USER_PERCENT / 100) - 1]
    chosen = [user for user in before if before[user] >= least]
    events, events_before = (sum(counted[user] for user in chosen) for counted in (recent, before))
    return {
        "key_user_share": events / recent.total() if recent else None,
        "key_user_silence": sum(user not in recent for user in chosen) / len(chosen),
        "key_user_trend": math.log((events + 1) / RECENT_DAYS) - math.log((events_before + 1) / days_before),
    }


def is_use_named(morning: Morning, *, is_recent: bool) -> bool:
    """Tell whether at least half of the events of a window name their user."""
    use = use_of_window(morning, is_recent=is_recent)
    return 2 * sum(row["events"] for row in use if row["user_id"] is not None) >= sum(row["events"] for row in use)


def events_by_user(morning: Morning, *, is_recent: bool) -> Counter[str]:
    """Add up the events by user, either of the recent window or of the baseline window before it."""
    counted: Counter[str] = Counter()
    for row in use_of_window(morning, is_recent=is_recent):
        if row["user_id"] is not None:
            counted[row["user_id"]] += row["events"]
    return counted


def use_of_window(morning: Morning, *, is_recent: bool) -> list[Row]:
    """Return the use either of the recent window or of the baseline window before it."""
    return [
        row
        for row in morning.logged("usage_daily", "used_on")
        if row["used_on"] >= morning.window_from
        and ((morning.day - row["used_on"]).days <= RECENT_DAYS) == is_recent
        and row["events"] > 0
    ]
