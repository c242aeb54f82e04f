"""Touches, looked through one after the other."""

import datetime as dt
from typing import Any

from covariate_oracle.morning import Morning, Row

ADOPTION_FROM_DAY, HANDOVER_DAYS, UNANSWERED_DAYS = 90, 30, 14


def expected(morning: Morning) -> dict[str, Any]:
    """Return the covariates of the topic."""
    personal = [touch for touch in morning.logged("touchpoints", "occurred_on") if touch["automated"] is not True]
    held = [touch for touch in personal if touch["status"] in ("held", None)]
    return {
        "first_follow_up_days": first_follow_up_days(morning, held),
        "unanswered_run": unanswered_run(morning, personal),
        "no_handover": no_handover(morning, held),
        "last_interaction_tone": last_interaction_tone(morning, personal),
    }


def first_follow_up_days(morning: Morning, held: list[Row]) -> int | None:
    """Days from the end of onboarding to the first touch of the vendor's, or until now."""
    (account,) = morning.rows["accounts"]
    onboarded_on = morning.origin + dt.timedelta(ADOPTION_FROM_DAY)
    completed_on = account["onboarding_completed_on"]
    if morning.is_before(completed_on) and morning.origin <= completed_on < onboarded_on:
        onboarded_on = completed_on
    if not morning.is_logged_since(onboarded_on, "touchpoints"):
        return None
    after = sorted(
        touch["occurred_on"]
        for touch in held
        if touch["occurred_on"] >= onboarded_on and touch["initiated_by"] in ("vendor", None)
    )
    return ((after[0] if after else morning.day) - onboarded_on).days


def unanswered_run(morning: Morning, personal: list[Row]) -> int | None:
    """Go back from the newest touch of the vendor's until one was answered; leave out those that still may be."""
    if not morning.is_logged_since(morning.window_from, "touchpoints"):
        return None
    vendors = [
        touch for touch in personal if touch["initiated_by"] == "vendor" and touch["occurred_on"] >= morning.window_from
    ]
    run = 0
    for day in sorted({touch["occurred_on"] for touch in vendors}, reverse=True):
        of_the_day = [touch for touch in vendors if touch["occurred_on"] == day]
        if any(is_answered(touch, morning) for touch in of_the_day):
            return run
        if (morning.day - day).days > UNANSWERED_DAYS:
            run += len(of_the_day)
    return run or None


def is_answered(touch: Row, morning: Morning) -> bool:
    """Tell whether it is said to be held, or a response came on a day that is over."""
    hours = touch["response_hours"]
    came_on = None if hours is None else touch["occurred_on"] + dt.timedelta(int(hours // 24))
    return touch["status"] == "held" or (came_on is not None and (morning.day - came_on).days > 1)


def no_handover(morning: Morning, held: list[Row]) -> int | None:
    """Whether none of the touches of the first days was a handover."""
    first_days = [morning.origin + dt.timedelta(number) for number in range(HANDOVER_DAYS)]
    if not morning.is_before(first_days[-1]) or morning.logs_from("touchpoints") > morning.origin:
        return None
    return int(not any(touch["kind"] == "handover" and touch["occurred_on"] in first_days for touch in held))


def last_interaction_tone(morning: Morning, personal: list[Row]) -> float | None:
    """Mean sentiment of the newest day in the window that has any."""
    if not all(morning.is_logged_since(morning.window_from, table) for table in ("touchpoints", "tickets")):
        return None
    said = [(touch["occurred_on"], touch["sentiment"]) for touch in personal]
    said += [(ticket["opened_on"], ticket["sentiment"]) for ticket in morning.logged("tickets", "opened_on")]
    scored = [(day, tone) for day, tone in said if tone is not None and day >= morning.window_from]
    newest = [tone for day, tone in scored if day == max(day for day, _ in scored)]
    return float(sum(newest) / len(newest)) if newest else None
