"""Touches, tickets and answers to surveys, looked through one after the other."""

from typing import Any

from covariate_oracle.morning import Morning, Row
from covariate_oracle.relationship_touches import is_answered


def expected(morning: Morning) -> dict[str, Any]:
    """Return the covariates of the topic."""
    personal = [touch for touch in morning.logged("touchpoints", "occurred_on") if touch["automated"] is not True]
    return {
        "days_since_touch": days_since_touch(morning, personal),
        "answered_share": answered_share(morning, personal),
        **by_ticket(morning),
        **last_nps(morning),
    }


def days_since_touch(morning: Morning, personal: list[Row]) -> int | None:
    """Whole days since a touch of the vendor's that was not cancelled or missed; without one, since the origin."""
    held_on = [
        touch["occurred_on"]
        for touch in personal
        if touch["status"] in ("held", None) and touch["initiated_by"] in ("vendor", None)
    ]
    if held_on:
        return (morning.day - max(held_on)).days - 1
    return (morning.day - morning.origin).days if morning.is_logged_since(morning.origin, "touchpoints") else None


def answered_share(morning: Morning, personal: list[Row]) -> float | None:
    """Return how many of the vendor's touches in the window the customer is said to have answered."""
    of_vendor = [
        touch for touch in personal if touch["initiated_by"] == "vendor" and touch["occurred_on"] >= morning.window_from
    ]
    if not of_vendor or not morning.is_logged_since(morning.window_from, "touchpoints"):
        return None
    return sum(is_answered(touch, morning) for touch in of_vendor) / len(of_vendor)


def by_ticket(morning: Morning) -> dict[str, Any]:
    """Return the number of tickets of each kind in the window, and their mean tone."""
    kinds = {
        "complaints": ("complaint", "bug"),
        "feature_requests": ("feature_request",),
        "contract_questions": ("contract", "cancellation"),
    }
    if not morning.is_logged_since(morning.window_from, "tickets"):
        return dict.fromkeys((*kinds, "escalations", "ticket_sentiment"))
    window = [ticket for ticket in morning.known("tickets", "opened_on") if ticket["opened_on"] >= morning.window_from]
    tones = [float(ticket["sentiment"]) for ticket in window if ticket["sentiment"] is not None]
    is_said = morning.are_said(window, "category")
    return {
        name: sum(ticket["category"] in kind for ticket in window) if is_said else None for name, kind in kinds.items()
    } | {
        "escalations": sum(is_escalated_in_window(ticket, morning) for ticket in morning.rows["tickets"]),
        "ticket_sentiment": sum(tones) / len(tones) if tones else None,
    }


def is_escalated_in_window(ticket: Row, morning: Morning) -> bool:
    """Tell whether it became known in the window that a ticket was escalated, in this lifetime."""
    if ticket["escalated_on"] is None or ticket["escalated_on"] < morning.origin:
        return False
    learned_on = max(ticket["escalated_on"], ticket["known_on"] or ticket["opened_on"])
    return morning.window_from <= learned_on < morning.day


def last_nps(morning: Morning) -> dict[str, Any]:
    """Return the mean answer of the last day that has one, and how many whole days ago that was."""
    by_day: dict[Any, list[float]] = {}
    for answer in morning.logged("surveys", "responded_on"):
        if answer["kind"] == "nps":
            by_day.setdefault(answer["responded_on"], []).append(float(answer["score"]))
    if not by_day:
        return {"nps": None, "nps_age": None}
    last_on = max(by_day)
    return {"nps": sum(by_day[last_on]) / len(by_day[last_on]), "nps_age": (morning.day - last_on).days - 1}
