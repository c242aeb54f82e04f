"""Over which times enough are at risk: by hand, and against a count at every time."""

import numpy as np
import pytest
from r_reference import table

from analysis.curves.nonparametric import kaplan_meier, numbers_at_risk
from analysis.curves.stretches import Stretch, lies_in_one, stretch_to_show, stretches
from analysis.errors import ModelError


def test_what_lies_between_two_stretches_is_a_hole():
    # at risk: (2, 5] one, (5, 7] two, (7, 8] one, then nobody until 11
    assert stretches(np.array([2.0, 5, 11]), np.array([7.0, 8, 12])).tolist() == [[2, 8], [11, 12]]
    assert stretches(np.array([2.0, 5, 11]), np.array([7.0, 8, 12]), least=2).tolist() == [[5, 7]]
    assert stretches(np.array([2.0]), np.array([7.0]), least=2).tolist() == []


def test_a_row_that_follows_another_at_once_leaves_no_hole():
    assert stretches(np.array([0.0, 4]), np.array([4.0, 9])).tolist() == [[0, 9]]


def test_whoever_is_at_risk_from_the_beginning_opens_it():
    assert stretches(np.array([-np.inf, 3]), np.array([5.0, 9])).tolist() == [[-np.inf, 9]]


def test_stretches_are_where_the_count_says():
    rng = np.random.default_rng(4)
    start = rng.integers(0, 60, 40).astype(float)
    stop = start + rng.integers(1, 12, 40)
    at = np.arange(0.5, 72)
    for least in (1, 2, 4, 7):
        spans = stretches(start, stop, least)
        inside = ((spans[:, :1] < at) & (at <= spans[:, 1:])).any(axis=0)
        assert inside.tolist() == (numbers_at_risk(start, stop, at) >= least).tolist()


def test_a_time_that_reaches_over_a_hole_lies_in_no_stretch():
    spans = np.array([[2.0, 8], [11, 12]])
    begin, end = np.array([2.0, 1, 7, 8, 11, 11]), np.array([8.0, 3, 11.5, 9, 12, 13])
    assert lies_in_one(spans, begin, end).tolist() == [True, False, False, False, True, False]


def test_a_curve_begins_where_enough_are_at_risk_and_ends_with_the_smallest_cell():
    start = np.r_[0.0, np.full(4, 10.0), np.full(6, 20.0)]
    stop = np.r_[3.0, np.full(4, 50.0), np.arange(41.0, 47)]
    assert stretch_to_show(start, stop, enough=4) == Stretch(10, 50)
    assert stretch_to_show(start, stop, enough=10, least=5) == Stretch(20, 46)  # of 10 the last of six leaves at 46
    assert stretch_to_show(start, stop, enough=11) is None


def test_where_nobody_enters_late_all_are_there_at_first():
    assert stretch_to_show(np.zeros(7), np.arange(1.0, 8), enough=10, least=5) == Stretch(0, 3)
    assert stretch_to_show(np.zeros(4), np.arange(1.0, 5), enough=10, least=5) is None


def test_of_several_stretches_the_one_with_most_time_at_risk_is_shown():
    start, stop = np.r_[np.zeros(3), np.full(3, 50.0)], np.r_[np.full(3, 10.0), np.full(3, 90.0)]
    assert stretch_to_show(start, stop, enough=3, least=2) == Stretch(50, 90)


def test_a_single_early_leaver_does_not_make_the_curve_zero_for_ever():
    start, stop = np.r_[0.0, np.full(20, 10.0)], np.r_[3.0, np.full(10, 30.0), np.full(10, 40.0)]
    event = np.r_[True, np.full(10, True), np.full(10, False)]
    assert (kaplan_meier(start, stop, event)["estimate"].iloc[1:] == 0).all()
    stretch = stretch_to_show(start, stop, enough=10, least=5)
    reaches, begins, ends = stretch.clipped(start, stop)
    curve = kaplan_meier(begins, ends, event[reaches] & stretch.holds(stop[reaches]))
    assert curve[["time", "estimate"]].to_numpy().tolist() == [[10, 1], [30, 0.5], [40, 0.5]]


def test_no_curve_of_nobody():
    with pytest.raises(ModelError, match="at least 1 at risk; 0 arrived"):
        stretch_to_show(np.zeros(2), np.ones(2), enough=0)


def test_a_curve_from_a_later_age_on_equals_r():
    """R: summary(survfit(Surv(start, stop, event) ~ 1, mgus, start.time = 60, conf.type = "log-log"), times = ...)."""
    mgus = table("mgus")
    start, stop, event = (mgus[name].to_numpy() for name in ("start", "stop", "event"))
    stretch = Stretch(60.0, stop.max())
    reaches, begins, ends = stretch.clipped(start, stop)
    curve = kaplan_meier(begins, ends, event[reaches] & stretch.holds(stop[reaches]))
    found = curve.iloc[np.searchsorted(curve["time"], [62, 70, 80, 85], side="right") - 1]
    expected = {
        "estimate": [0.949342105263158, 0.733105762472173, 0.352826686640825, 0.1870199302757344],
        "std_error": [0.024685297134312, 0.043158392497971, 0.0380426351950588, 0.0284641946371553],
        "conf_low": [0.870609524437839, 0.637492087094660, 0.2791330748583246, 0.1349259683540976],
        "conf_high": [0.980684672827063, 0.807271221193907, 0.4271988069420450, 0.2457923852798606],
    }
    for name, numbers in expected.items():
        assert found[name].to_numpy() == pytest.approx(numbers, rel=1e-12)
