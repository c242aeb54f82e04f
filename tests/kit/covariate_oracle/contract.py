"""Terms, seats and age of the lifetime, from the versions in force on the morning of a day."""

from fractions import Fraction
from typing import Any

from covariate_oracle.terms import Morning
from oracle import phase_on, totals_given

LENGTHS = {1: "monthly", 3: "quarterly", 6: "half-yearly", 12: "yearly"}


def expected(morning: Morning) -> dict[str, Any]:
    """Return the covariates of the topic."""
    day, lifetime = morning.day, morning.lifetime
    in_force = morning.covering[day]
    seats, prices = ([getattr(version, name) for version in in_force] for name in ("seats", "mrr"))
    total_seats, price = total(seats), total(prices)
    cuts = [version.cuts() for version in in_force]
    terms, deadlines = ([cut for cut in part if cut is not None and cut > day] for part in zip(*cuts, strict=True))
    return {
        "term": length_of_term(in_force),
        "seats": total_seats,
        "mrr_per_seat": float(price / total_seats) if total_seats and price is not None else None,
        "days_to_renewal": min(terms) - day if terms else None,
        "days_to_deadline": min(deadlines) - day if deadlines else None,
        "renewal_in_horizon": is_in_horizon(terms, have_terms_ahead(in_force, day), morning),
        "notice_deadline_in_horizon": is_in_horizon(
            deadlines,
            have_terms_ahead(in_force, day) and all(version.notice_days is not None for version in in_force),
            morning,
        ),
        **seat_changes(morning),
        "earlier_lifetimes": lifetime.number - 1,
        "tenure_days": day - lifetime.origin,
        "phase": phase_on(day, lifetime.origin, morning.onboarded, morning.clock),
    }


def total(values: list[Any]) -> Any:
    """Add up what is said; None where nothing is."""
    said = [value for value in values if value is not None]
    return sum(said) if said else None


def length_of_term(in_force: list[Any]) -> str | None:
    """Name the longest of the terms, as customers and vendors call it."""
    lengths = [version.term_months for version in in_force if version.term_months is not None]
    if not lengths:
        return None
    return LENGTHS.get(max(lengths), "longer" if max(lengths) > 12 else "other")


def have_terms_ahead(in_force: list[Any], day: int) -> bool:
    """Tell whether it is said of every version when the term ends that it is in."""
    return all(version.term_ends is not None and version.term_ends > day for version in in_force)


def is_in_horizon(days: list[int], are_all_said: bool, morning: Morning) -> int | None:
    """Tell whether one of the days to come is within the horizon, its last day included; none is, if all are said."""
    ends = morning.horizon_ends
    if ends is None:
        return None
    if any(day <= ends for day in days):
        return 1
    return 0 if are_all_said else None


def seat_changes(morning: Morning) -> dict[str, Any]:
    """Compare seats with those at the start of the window, if as many versions leave them out then as now."""
    start = max(morning.day - morning.study.windows.baseline_days, morning.lifetime.origin)
    before, after = morning.covering.get(start, []), morning.covering[morning.day]
    for was, now in totals_given(before, after, lambda version: version.seats):
        if was > 0:
            return {"seats_cut": int(Fraction(now, was) <= Fraction(4, 5)), "seats_added": int(now > was)}
    return {"seats_cut": None, "seats_added": None}
