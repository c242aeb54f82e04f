"""Early and late families: read off the joint tests of today and of the longest lag, adjusted for their number."""

import pandas as pd

from analysis.audits.signals import Ladder, Signal, family_signals


def ladder(today: list[float], ago: list[float]) -> Ladder:
    families = ["usage", "relationship", "champion"]
    tests = pd.DataFrame(
        {"family": families * 2, "lag": [0] * 3 + [90] * 3, "p_value": today + ago, "rows": 100, "events": 30}
    )
    return Ladder((0, 30, 90), 100, 30, (), pd.DataFrame(), tests)


def test_a_family_is_early_where_it_is_seen_the_longest_lag_ago() -> None:
    found = family_signals(ladder([0.001, 0.001, 0.5], [0.001, 0.4, 0.5]))
    assert found == {"usage": Signal.EARLY, "relationship": Signal.LATE_OR_FAST, "champion": Signal.NEITHER}


def test_one_of_three_families_needs_more_than_five_percent() -> None:
    """Holm's method takes the smallest of three p values three times: .03 alone shows nothing."""
    assert set(family_signals(ladder([0.03, 0.5, 0.6], [0.03, 0.5, 0.6])).values()) == {Signal.NEITHER}
