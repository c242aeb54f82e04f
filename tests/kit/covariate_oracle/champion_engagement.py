"""Touches by contact, looked through one after the other."""

import datetime as dt
from collections import Counter
from typing import Any

from covariate_oracle.morning import Morning, Row

SINGLE_THREAD_PERCENT = 80


def expected(morning: Morning) -> dict[str, Any]:
    """Return the covariates of the topic."""
    named = [
        touch
        for touch in morning.logged("touchpoints", "occurred_on")
        if touch["contact_id"] and touch["status"] in ("held", None) and touch["automated"] is not True
    ]
    return {
        "sponsor_silence": sponsor_silence(morning, named),
        "single_threaded": single_threaded(morning, named),
    }


def sponsor_silence(morning: Morning, named: list[Row]) -> int | None:
    """Days since one of the sponsors took part; if none did, since the first of them was there."""
    sponsors = [role for role in morning.known("contacts", "started_on") if is_sponsor_still(role, morning)]
    if not sponsors or not morning.is_before(morning.logs_from("contacts")):
        return None
    people = {role["contact_id"] for role in sponsors}
    took_part = [touch["occurred_on"] for touch in named if touch["contact_id"] in people]
    if took_part:
        return (morning.day - max(took_part)).days - 1
    there_from = max(morning.origin, min(role["started_on"] or dt.date.min for role in sponsors))
    return (morning.day - there_from).days if morning.is_logged_since(there_from, "touchpoints") else None


def is_sponsor_still(role: Row, morning: Morning) -> bool:
    """Tell whether it is a sponsor of whom nobody knows yet that they left."""
    left, told = role["ended_on"], role["ended_known_on"] or role["ended_on"]
    return role["role"] == "executive_sponsor" and not (morning.is_before(left) and morning.is_before(told))


def single_threaded(morning: Morning, named: list[Row]) -> int | None:
    """Whether most touches of the window were with one and the same contact."""
    with_contact = Counter(touch["contact_id"] for touch in named if touch["occurred_on"] >= morning.window_from)
    if with_contact.total() < 2 or not morning.is_logged_since(morning.window_from, "touchpoints"):
        return None
    return int(max(with_contact.values()) * 100 >= SINGLE_THREAD_PERCENT * with_contact.total())
