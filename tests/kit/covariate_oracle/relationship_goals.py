"""Goals, looked through one after the other."""

from typing import Any

from covariate_oracle.morning import Morning


def expected(morning: Morning) -> dict[str, Any]:
    """Return the covariates of the topic."""
    achieved, shown, n_open = [], [], 0
    for goal in morning.known("goals", "defined_on"):
        achieved_on, shown_on = goal["achieved_on"], goal["value_shown_on"]
        if not morning.is_before(achieved_on):
            n_open += 1
        elif achieved_on >= morning.origin:
            achieved.append(achieved_on)
        if morning.is_before(shown_on) and shown_on >= max(morning.origin, morning.logs_from("goals")):
            shown.append(shown_on)
    age = (morning.day - morning.origin).days
    is_whole = morning.is_logged_since(morning.origin, "goals")
    is_state_known = morning.is_before(morning.logs_from("goals")) and (n_open or achieved)
    return {
        "goals_achieved_no_next": int(n_open == 0) if is_state_known else None,
        "days_without_value": (morning.day - max(shown)).days - 1 if shown else age if is_whole else None,
        "first_value_days": ((min(achieved) - morning.origin).days if achieved else age) if is_whole else None,
    }
