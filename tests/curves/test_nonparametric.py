import numpy as np
import pytest
from r_reference import cox_rows, numbers, table

from analysis.curves.nonparametric import kaplan_meier, nelson_aalen, numbers_at_risk
from analysis.errors import ModelError


def test_equals_r_on_left_truncated_ages():
    _, outcome = cox_rows("mgus", ["male"])
    expected = numbers("kaplan_meier")
    curve = kaplan_meier(outcome.start, outcome.stop, outcome.event)
    at = np.searchsorted(curve["time"], expected["times"], side="right") - 1
    for ours, theirs in [("estimate", "surv"), ("std_error", "std_err"), ("conf_low", "lower_loglog")]:
        assert curve[ours].to_numpy()[at] == pytest.approx(expected[theirs], rel=1e-9)
    assert curve["conf_high"].to_numpy()[at] == pytest.approx(expected["upper_loglog"], rel=1e-9)
    # Between exits R's summary gives the number at risk at the next one.
    exits = np.unique(outcome.stop)
    following = exits[np.searchsorted(exits, expected["times"])]
    assert numbers_at_risk(outcome.start, outcome.stop, following).tolist() == expected["n_risk"]


def test_an_entry_tied_with_an_event_is_not_yet_at_risk():
    # a (0,3] event, b (0,5] event, c (3,5] censored, d (3,6] event. At 3 only a and b are at risk: 1/2.
    # At 5: b, c, d; at 6: d. lifelines' KaplanMeierFitter(entry=) counts c and d at 3 already and says 3/4.
    curve = kaplan_meier([0, 0, 3, 3], [3, 5, 5, 6], [1, 1, 0, 1])
    assert curve["time"].tolist() == [0, 3, 5, 6]
    assert curve["n_risk"].tolist() == [2, 2, 3, 1]
    assert curve["estimate"].to_numpy() == pytest.approx([1, 1 / 2, 1 / 2 * 2 / 3, 0])


def test_a_pause_is_time_without_risk():
    # One account, away from 2 to 4, is not among those at risk at 3.
    curve = kaplan_meier([0, 4, 0, 0], [2, 6, 3, 6], [0, 0, 1, 0])
    assert curve.loc[curve["time"] == 3, "n_risk"].item() == 2


def test_splitting_rows_changes_nothing():
    whole = kaplan_meier([0, 0, 2], [5, 7, 7], [1, 0, 1])
    split = kaplan_meier([0, 3, 0, 2], [3, 5, 7, 7], [0, 1, 0, 1])
    assert (whole == split).all(axis=None)


def test_groups_are_estimated_apart_and_in_order():
    group = np.array(["b", "b", "a", "a"])
    curve = kaplan_meier([0, 0, 0, 0], [1, 2, 1, 2], [1, 1, 0, 1], group)
    assert curve["group"].tolist() == ["a", "a", "b", "b", "b"]
    assert curve["estimate"].tolist() == [1, 0, 1, 0.5, 0]


def test_greenwood_by_hand():
    # Four at risk, one event: S = 3/4, variance 9/16 x 1/(4 x 3).
    curve = kaplan_meier([0] * 4, [1, 2, 2, 2], [1, 0, 0, 0])
    assert curve["std_error"].iloc[-1] == pytest.approx(3 / 4 * np.sqrt(1 / 12))


def test_bad_intervals_are_refused():
    with pytest.raises(ModelError, match=r"start < stop; 2 rows arrived, broken at positions \[1\]"):
        kaplan_meier([0, 3], [1, 3], [1, 0])
    with pytest.raises(ModelError, match="0 rows arrived"):
        kaplan_meier([], [], [])


def test_the_curve_reaches_as_far_as_anyone_was_observed():
    """The last event is at 3, the last account is watched until 9: between them nobody left, which is knowledge too."""
    curve = kaplan_meier([0, 0], [3, 9], [1, 0])
    assert curve["time"].tolist() == [0, 3, 9]
    assert curve["estimate"].tolist() == [1.0, 0.5, 0.5]
    assert curve["n_event"].tolist() == [0, 1, 0]


@pytest.mark.parametrize("name", ["veteran", "heart", "mgus"])
def test_the_cumulative_hazard_equals_r(name):
    rows = table(name)
    expected = numbers("competing_risks")["nelson_aalen"][name]
    start = rows.get("start", np.zeros(len(rows)))
    curve = nelson_aalen(start, rows["stop"], rows["event"] == 1).set_index("time").loc[expected["time"]]
    assert curve["n_risk"].tolist() == expected["n_risk"]
    assert curve["estimate"].to_numpy() == pytest.approx(expected["cumulative_hazard"], rel=1e-13)
    assert curve["std_error"].to_numpy() == pytest.approx(expected["std_error"], rel=1e-13)


def test_the_cumulative_hazard_by_hand():
    # At 2: two of four; (3, 9] enters after that. At 5: one of three. H = 1/2, 5/6; variance 2/16, 2/16 + 1/9.
    curve = nelson_aalen([0, 0, 0, 0, 2], [2, 2, 5, 9, 9], [1, 1, 1, 0, 0])
    assert curve["time"].tolist() == [0, 2, 5, 9]
    assert curve["n_risk"].tolist() == [4, 4, 3, 2]
    assert curve["n_event"].tolist() == [0, 2, 1, 0]
    assert curve["estimate"].tolist() == pytest.approx([0, 1 / 2, 5 / 6, 5 / 6])
    error = np.sqrt(1 / 8 + 1 / 9)
    assert curve["std_error"].tolist() == pytest.approx([0, np.sqrt(1 / 8), error, error])
    # On the log scale: multiplied and divided by exp(1.96 error / H); nothing known of zero but that it is zero.
    reach = np.exp(1.959963984540054 * error / (5 / 6))
    assert curve[["conf_low", "conf_high"]].iloc[-1].tolist() == pytest.approx([5 / 6 / reach, 5 / 6 * reach])
    assert curve[["conf_low", "conf_high"]].iloc[0].tolist() == [0, 0]


def test_the_cumulative_hazard_goes_on_when_everyone_has_left():
    curve = nelson_aalen([0, 0], [1, 2], [1, 1])
    assert curve["estimate"].tolist() == [0, 1 / 2, 3 / 2]
    assert np.isfinite(curve.drop(columns="group").to_numpy()).all()


def test_hazards_of_groups_are_estimated_apart():
    curve = nelson_aalen([0, 0, 0], [1, 2, 2], [1, 1, 1], np.array(["b", "a", "b"]), level=0.9)
    assert curve["group"].tolist() == ["a", "a", "b", "b", "b"]
    assert curve["estimate"].tolist() == [0, 1, 0, 1 / 2, 3 / 2]


def test_the_wider_interval_is_that_of_the_higher_level():
    for estimator in (kaplan_meier, nelson_aalen):
        narrow, wide = (estimator([0, 0, 0], [1, 2, 3], [1, 1, 0], level=level).iloc[1] for level in (0.8, 0.99))
        assert wide["conf_low"] < narrow["conf_low"] < narrow["estimate"] < narrow["conf_high"] < wide["conf_high"]


def test_rows_without_a_group_are_refused():
    group = np.array(["a", None, "b"], dtype=object)
    for estimator in (kaplan_meier, nelson_aalen):
        with pytest.raises(ModelError, match=r"one label for each of 3 rows; missing at positions \[1\]"):
            estimator([0, 0, 0], [1, 2, 3], [1, 0, 1], group)
        with pytest.raises(ModelError, match="of another length"):
            estimator([0, 0, 0], [1, 2, 3], [1, 0, 1], group[:2])


def test_where_nobody_left_the_interval_is_not_known():
    """Not one of no width: R's ``survfit_confint`` has NA for the log-log limits of 1."""
    curve = kaplan_meier([0] * 40, [10] * 40, [False] * 40)
    assert curve["estimate"].tolist() == [1, 1]
    assert curve[["conf_low", "conf_high"]].iloc[-1].isna().all()
    assert nelson_aalen([0] * 40, [10] * 40, [False] * 40)[["conf_low", "conf_high"]].iloc[-1].isna().all()
