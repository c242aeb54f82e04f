"""Days whose day and month may be swapped: named where much speaks for it, and not where it is chance."""

import datetime as dt
import random

import pytest
from drawn_faults import checked, tickets_opened

EPOCH = dt.date(2024, 1, 1)


@pytest.mark.parametrize(("number", "named"), [(49, 0), (50, 50)])
def test_days_that_never_pass_the_twelfth_may_be_swapped(number: int, named: int) -> None:
    """Of day and month alike nothing can be said: they are not among the fifty."""
    draw = random.Random(3)
    pairs = [(d, m) for d in range(1, 13) for m in range(1, 13) if d != m]
    days = [f"2024-{m:02}-{d:02}" for d, m in draw.sample(pairs, number)] + ["2024-07-07"]
    assert len({on[-2:] for on in days}) == 12
    found = checked({"tickets": tickets_opened(days)})
    assert len(found.rows("tickets.opened_on_is_not_swapped", "ticket_id")) == named


@pytest.mark.parametrize("swapped", [9, 10])
def test_days_far_from_their_neighbours_may_be_swapped_from_ten_on(swapped: int) -> None:
    certain = [("2024-03-13", f"2024-03-{13 + k % 15}") for k in range(30)]
    odd = [("2024-02-01", f"2024-{k:02}-02") for k in range(3, 13)][:swapped]
    rows = [
        {"ticket_id": f"t{k:02}", "account_id": "a", "opened_on": one, "resolved_on": other}
        for k, (one, other) in enumerate(certain + odd)
    ]
    found = checked({"tickets": rows})
    named = found.rows("tickets.resolved_on_is_not_swapped", "ticket_id")
    assert len(named) == (10 if swapped == 10 else 0)


def swapped_back(on: dt.date) -> dt.date:
    return dt.date(on.year, on.day, on.month)


@pytest.mark.parametrize(("days", "copies", "named"), [(50, 1, 50), (10, 15, 0)])
def test_days_on_weekends_may_be_swapped_but_many_facts_of_one_day_are_one(days: int, copies: int, named: int) -> None:
    """All work is done on weekdays, but what could be swapped lies on weekends, and would not if it were swapped back.

    Ten days of fifteen tickets each are as few as ten: an account's users begin on one day, and that may be a Sunday.
    """
    year = [EPOCH + dt.timedelta(days=number) for number in range(1096)]
    odd = [on for on in year if on.day <= 12 and on.weekday() > 4 and swapped_back(on).weekday() < 5][:days]
    usual = [on for on in year if on.day > 12 and on.weekday() < 5][:100]
    assert len(odd) == days
    found = checked({"tickets": tickets_opened([str(on) for on in [*odd * copies, *usual]])})
    assert len(found.rows("tickets.opened_on_is_not_swapped", "ticket_id")) == named
