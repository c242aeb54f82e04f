"""A hazard that vanishes is told from one that falls, or that comes once a year."""

import numpy as np
import pytest

from analysis.curves.vanishing import vanishing

N = 400
YEARS = 6.0


def followed(lifetimes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return lifetimes that are followed for six years at most."""
    return np.zeros(len(lifetimes)), np.minimum(lifetimes, YEARS), lifetimes <= YEARS


def shares_shown(draw, seed: int = 3, worlds: int = 200) -> float:
    rng = np.random.default_rng(seed)
    return float(np.mean([vanishing(*followed(draw(rng))).is_shown for _ in range(worlds)]))


def test_by_hand():
    """Of events at 1 and 2, the later comes in 2 units at risk since the first; then one subject is at risk for 8 more.

    At its rate of 1 / 2 four more would have come; none does with probability 2 / (2 + 8).
    """
    found = vanishing([0, 0, 0], [1, 2, 10], [True, True, False])
    assert (found.last, found.n_after, found.time_after, found.expected) == (2.0, 1, 8.0, 4.0)
    assert found.p_value == pytest.approx(0.2, rel=1e-12)
    assert not found.is_shown


def test_rows_that_are_cut_say_the_same():
    whole = vanishing([0, 0, 0], [1, 2, 10], [True, True, False], subject=[1, 2, 3])
    cut = vanishing([0, 0, 1, 0, 5], [1, 1, 2, 5, 10], [True, False, True, False, False], subject=[1, 2, 2, 3, 3])
    assert cut == whole


def test_where_all_events_come_at_once_the_rate_is_that_of_all_time_before():
    found = vanishing([0, 0, 0], [2, 2, 6], [True, True, False])
    assert found.expected == pytest.approx(2 * 4 / 6)
    assert found.p_value == pytest.approx((6 / 10) ** 2)


def test_without_an_event_there_is_no_last():
    assert vanishing([0, 0], [1, 2], [False, False]) is None


def test_a_stratum_without_events_expects_none():
    """Those who are at risk after the last event are of a kind that never had one."""
    found = vanishing([0, 0, 0], [1, 2, 10], [True, True, False], stratum=[0, 0, 1])
    assert (found.expected, found.p_value) == (0.0, 1.0)


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng: rng.exponential(3.0, N),
        lambda rng: 3.0 * rng.weibull(0.6, N),
        lambda rng: rng.lognormal(0.5, 1.2, N),
        lambda rng: rng.exponential(60.0, N),
    ],
    ids=["constant", "falling", "falling late", "rare"],
)
def test_a_hazard_that_goes_on_is_not_taken_for_one_that_vanishes(draw):
    assert shares_shown(draw) <= 0.01


@pytest.mark.parametrize("cured", [0.3, 0.6])
def test_a_cured_share_is_shown(cured):
    """Most lifetimes end within a year; a share never does."""
    assert shares_shown(lambda rng: np.where(rng.random(N) < cured, np.inf, rng.exponential(0.4, N)), worlds=50) == 1.0


def test_a_renewal_once_a_year_that_has_not_come_again_is_no_vanishing():
    """Leaving is possible at the end of each year alone; half a year after the third nobody can have left."""
    rng = np.random.default_rng(5)
    years = rng.geometric(0.3, N)
    pieces = [
        (k + half / 2, min(k + (half + 1) / 2, 3.5), half == 1 and years[i] == k + 1, half)
        for i in range(N)
        for k in range(min(years[i], 4))
        for half in (0, 1)
        if k + half / 2 < 3.5
    ]
    start, stop, event, half = (np.array(values) for values in zip(*pieces, strict=True))
    assert vanishing(start, stop, event).is_shown, "time alone takes it for one"
    assert not vanishing(start, stop, event, stratum=half).is_shown
