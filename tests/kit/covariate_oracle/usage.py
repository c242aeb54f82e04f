"""Use by day, feature and week of one account, looked through one event after the other."""

import math
from collections import Counter, defaultdict
from typing import Any

from covariate_oracle.use_log import ONE_DAY, Morning, Row, events, monday

INTERMITTENT_PERCENT = 75


def expected(morning: Morning) -> dict[str, Any]:
    """Return the covariates of the topic."""
    is_recent, recent_days = morning.is_logged(morning.recent_from), (morning.day - morning.recent_from).days
    by_feature: Counter[str] = Counter()
    for row in morning.recent:
        if row["feature"] is not None:
            by_feature[row["feature"]] += row["events"]
    are_features_said = morning.is_said(morning.recent, "feature")
    change = morning.change(events(morning.recent), events(morning.before))
    return {
        "events_per_seat_day": events(morning.recent) / (morning.seats * recent_days)
        if is_recent and morning.seats
        else None,
        "active_day_share": len({row["used_on"] for row in morning.recent}) / recent_days if is_recent else None,
        **by_week(morning),
        "usage_surge": None if change is None else max(change, 0),
        "usage_drop": None if change is None else max(-change, 0),
        "days_since_use": days_since_use(morning) if is_recent else None,
        "out_of_hours_share": out_of_hours_share(morning.recent) if is_recent else None,
        "features_used": len(by_feature) if is_recent and are_features_said else None,
        "feature_concentration": sum(n * n for n in by_feature.values()) / by_feature.total() ** 2
        if is_recent and are_features_said and by_feature
        else None,
        **by_seat(morning),
    }


def by_week(morning: Morning) -> dict[str, Any]:
    """Return what weeks, counted back from the day, say of regular use."""
    if not morning.has_baseline:
        return {"active_week_share": None, "intermittent": None}
    weeks = math.ceil((morning.day - morning.baseline_from).days / 7)
    active = len({((morning.day - row["used_on"]).days - 1) // 7 for row in morning.baseline})
    is_intermittent = active > 0 and active * 100 <= weeks * INTERMITTENT_PERCENT
    return {"active_week_share": active / weeks, "intermittent": int(is_intermittent)}


def days_since_use(morning: Morning) -> int | None:
    """Return the whole days without use; as far as one can see, where there was none."""
    if logged := [row["used_on"] for row in morning.baseline if morning.is_logged(row["used_on"])]:
        return (morning.day - max(logged)).days - 1
    return (morning.day - morning.baseline_from).days if morning.is_logged(morning.baseline_from) else None


def out_of_hours_share(rows: list[Row]) -> float | None:
    """Return the share of events out of hours, of rows that say it."""
    timed = [row for row in rows if row["out_of_hours_events"] is not None]
    return sum(row["out_of_hours_events"] for row in timed) / events(timed) if timed else None


def by_seat(morning: Morning) -> dict[str, Any]:
    """Return what whole calendar weeks say of seats; recent ones begin in the recent window."""
    names = ("active_seat_share", "active_seat_trend", "user_concentration")
    if not morning.is_logged(morning.baseline_from) or not morning.is_said(morning.recent, "user_id"):
        return dict.fromkeys(names)
    by_user: dict[Any, Counter[str]] = defaultdict(Counter)
    for row in morning.log.known_use(morning.account, morning.day):
        if row["user_id"] is not None:
            by_user[monday(row)][row["user_id"]] += row["events"]
    weeks = [week for week in morning.log.weeks(morning.day) if week >= morning.baseline_from]
    recent = [week for week in weeks if week >= morning.recent_from and week + 7 * ONE_DAY <= morning.day]
    before = [week for week in weeks if week < morning.recent_from]
    users, users_before = (sum(len(by_user[week]) for week in part) for part in (recent, before))
    total = sum(by_user[week].total() ** 2 for week in recent)
    trend = None
    if recent and before and morning.is_said(morning.before, "user_id"):
        trend = math.log((users + 1) / len(recent)) - math.log((users_before + 1) / len(before))
    return {
        "active_seat_share": users / (morning.seats * len(recent)) if recent and morning.seats else None,
        "active_seat_trend": trend,
        "user_concentration": sum(n * n for week in recent for n in by_user[week].values()) / total if total else None,
    }
