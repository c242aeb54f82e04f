import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy import stats

from analysis.curves.rates import rates
from analysis.errors import ModelError
from analysis.figures.survival import draw_rates


def test_a_rate_is_events_per_year_at_risk():
    # 200 and 165.25 days: one year in all, with three events.
    frame = rates([0, 0], [200, 165.25], [1, 2])
    assert frame[["group", "events", "exposure", "rate"]].iloc[0].tolist() == ["all", 3, 365.25, pytest.approx(3)]


def test_without_events_the_upper_limit_is_the_rule_of_three():
    # exp(-rate) = 0.025 gives 3.69 in one year; one-sided 95%, about 3.
    frame = rates([0], [365.25], [0])
    assert frame[["rate", "conf_low", "conf_high"]].iloc[0].tolist() == pytest.approx([0, 0, -np.log(0.025)])
    assert rates([0], [365.25], [0], level=0.9)["conf_high"].item() == pytest.approx(-np.log(0.05))


def test_limits_of_ten_events_are_garwoods():
    # Garwood (1936), table: 4.795 and 18.39 for a count of ten, by the Poisson sums themselves.
    low, high = rates([0], [365.25], [10])[["conf_low", "conf_high"]].iloc[0]
    assert (round(low, 3), round(high, 2)) == (4.795, 18.39)
    assert stats.poisson.sf(9, low) == pytest.approx(0.025)
    assert stats.poisson.cdf(10, high) == pytest.approx(0.025)


def test_each_phase_has_its_own_days_and_events():
    # A lifetime that leaves in its second phase, and one that enters late into that phase.
    phase = np.array(["onboarding", "adoption", "adoption"])
    frame = rates([0, 90, 100], [90, 120, 160], [False, True, False], phase)
    assert frame["group"].tolist() == ["adoption", "onboarding"]
    assert frame["events"].tolist() == [1, 0]
    assert frame["exposure"].tolist() == [90, 90]
    assert frame["rate"].tolist() == pytest.approx([365.25 / 90, 0])


def test_cutting_rows_changes_nothing():
    whole, cut = rates([3], [73], [1]), rates([3, 23], [23, 73], [0, 1])
    assert (whole == cut).all(axis=None)


def test_neither_limit_misses_more_often_than_it_promises():
    counts = np.random.default_rng(2).poisson(4.0, 1500)
    n = len(counts)
    frame = rates(np.zeros(n), np.full(n, 365.25), counts, np.arange(n))
    most = stats.binom.isf(0.01, n, 0.025) / n  # exact limits miss at most 2.5% of the time, and chance may add to that
    assert (frame["conf_low"] > 4).mean() <= most
    assert (frame["conf_high"] < 4).mean() <= most


@pytest.mark.parametrize("event", [[0.5, 1], [-1, 0], [np.nan, 0], [1]])
def test_counts_that_are_none_are_refused(event):
    with pytest.raises(ModelError, match="whole number of events, 0 or more, for each of 2 rows"):
        rates([0, 0], [1, 2], event)


def test_an_interval_without_length_is_refused():
    with pytest.raises(ModelError, match="A rate needs rows with start < stop"):
        rates([1], [1], [0])


def test_the_picture_cuts_an_interval_that_would_squeeze_all_others():
    frame = rates([0, 0], [3652.5, 10], [20, 0], np.array(["adoption", "onboarding"]))
    ax = Figure().add_subplot()
    draw_rates(ax, frame, {"adoption": "Adoption"})
    assert ax.get_xlim() == pytest.approx((0, 4 * 2 * 1.04))
    assert [line.get_marker() for line in ax.get_lines()] == ["None", "o", "None", "o", ">"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Adoption", "onboarding"]
    assert [text.get_text() for text in ax.texts] == ["20", "0", "Events"]


def test_the_picture_of_rates_without_events_shows_their_upper_limits():
    frame = rates([0, 0], [365.25, 730.5], [0, 0], np.array(["a", "b"]))
    ax = Figure().add_subplot()
    draw_rates(ax, frame)
    assert ax.get_xlim()[1] > frame["conf_high"].max()
