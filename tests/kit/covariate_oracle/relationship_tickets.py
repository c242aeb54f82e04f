"""Tickets, looked through one after the other."""

import datetime as dt
from typing import Any

from covariate_oracle.morning import RECENT_DAYS, Morning, Row

SENIOR = ("manager", "director", "executive")


def expected(morning: Morning) -> dict[str, Any]:
    """Return the covariates of the topic."""
    if not morning.is_logged_since(morning.window_from, "tickets"):
        return dict.fromkeys(("senior_tickets", "tone_trend", "oldest_open_fault_days", "reopened_tickets"))
    tickets = morning.logged("tickets", "opened_on")
    window = [ticket for ticket in tickets if ticket["opened_on"] >= morning.window_from]
    return {
        "senior_tickets": sum((ticket["requester_seniority"] or "").lower() in SENIOR for ticket in window)
        if morning.are_said(window, "requester_seniority")
        else None,
        "tone_trend": tone_trend(morning, window),
        "oldest_open_fault_days": oldest_open_fault_days(morning, tickets),
        "reopened_tickets": sum(is_reopened_in_window(ticket, morning) for ticket in morning.rows["tickets"]),
    }


def tone_trend(morning: Morning, window: list[Row]) -> float | None:
    """Mean tone of the recent tickets less that of those before them."""
    tones: dict[bool, list] = {True: [], False: []}
    for ticket in window:
        if ticket["sentiment"] is not None:
            tones[(morning.day - ticket["opened_on"]).days <= RECENT_DAYS].append(ticket["sentiment"])
    if not (tones[True] and tones[False]):
        return None
    recent, earlier = (float(sum(values)) / len(values) for values in (tones[True], tones[False]))
    return recent - earlier


def oldest_open_fault_days(morning: Morning, tickets: list[Row]) -> int | None:
    """Age of the oldest bug or complaint that is open; of open tickets without a category nobody knows."""
    still_open = [ticket for ticket in tickets if is_open(ticket, morning)]
    if not morning.are_said(still_open, "category"):
        return None
    faults = [ticket for ticket in still_open if ticket["category"] in ("bug", "complaint")]
    return max([(morning.day - ticket["opened_on"]).days for ticket in faults], default=0)


def is_open(ticket: Row, morning: Morning) -> bool:
    """Follow a ticket from day to day: opened, closed, opened again."""
    turns = [(ticket["opened_on"], 0, True), (ticket["resolved_on"], 1, False), (ticket["reopened_on"], 2, True)]
    is_open = False
    for _, _, opens in sorted(turn for turn in turns if morning.is_before(turn[0])):
        is_open = opens
    return is_open


def is_reopened_in_window(ticket: Row, morning: Morning) -> bool:
    """Tell whether it became known in the window that the ticket was reopened, in this lifetime."""
    if ticket["reopened_on"] is None or ticket["reopened_on"] < morning.origin:
        return False
    learned_on = max(ticket["reopened_on"], ticket["known_on"] or ticket["opened_on"])
    return morning.window_from <= learned_on <= morning.day - dt.timedelta(1)
