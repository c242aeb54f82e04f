"""Probabilities after now: closed forms, rules that any probability keeps, and what is not known."""

import numpy as np
import pandas as pd
import pytest
from r_reference import table

from analysis.cox.cumulative_hazard import baseline_cumulative_hazard
from analysis.cox.estimator import CoxPH
from analysis.cox.fit import fit_cox
from analysis.cox.prediction import (
    cumulative_incidence,
    event_probability,
    linear_predictor,
    log_partial_hazard,
    partial_hazard,
    why_unknown,
)
from analysis.cox.rows import counting_rows
from analysis.cox.tables import counting_process_outcome
from analysis.cox.times_at_risk import Unknown
from analysis.errors import ModelError

COLUMNS = ["age", "year", "surgery", "transplant"]


@pytest.fixture(scope="module")
def heart():
    return table("heart")


@pytest.fixture(scope="module")
def fit(heart):
    rows = counting_rows(heart["start"], heart["stop"], heart["event"])
    return fit_cox(heart[COLUMNS], rows, names=COLUMNS)


@pytest.fixture(scope="module")
def two_causes():
    """Progression and death after MGUS, each fitted with the other as a censoring."""
    mgus2 = table("mgus2")
    columns = mgus2[["age", "male"]].to_numpy(float)
    fits = {
        cause: fit_cox(columns, counting_rows(None, mgus2["stop"], mgus2["cause"] == code), names=["age", "male"])
        for cause, code in [("progression", 1), ("death", 2)]
    }
    return fits, columns[:50]


def test_probability_is_that_of_the_hazard_between_two_times(heart, fit):
    curve = baseline_cumulative_hazard(fit, heart.loc[0, COLUMNS].to_numpy(float))
    passed = np.r_[0, curve["cumulative_hazard"]][np.searchsorted(curve["time"], [50, 141], side="right")]
    found = event_probability(fit, heart.loc[[0], COLUMNS], 50, 91)["probability"]
    assert found.item() == pytest.approx(1 - np.exp(passed[0] - passed[1]), rel=1e-12)


def test_two_stretches_make_one(heart, fit):
    """To stay for 60 days is to stay for 20, and then for 40 more."""
    rows = heart[COLUMNS]
    whole, first, then = (
        1 - event_probability(fit, rows, start, horizon)["probability"]
        for start, horizon in [(5, 60), (5, 20), (25, 40)]
    )
    assert whole.to_numpy() == pytest.approx((first * then).to_numpy(), rel=1e-12)


def test_start_and_horizon_may_differ_by_row(heart, fit):
    rows = heart[COLUMNS].head(3)
    together = event_probability(fit, rows, [0, 10, 20], [30, 40, 50])
    for k, (start, horizon) in enumerate([(0, 30), (10, 40), (20, 50)]):
        alone = event_probability(fit, rows.iloc[[k]], start, horizon)
        assert together.iloc[k].to_numpy() == pytest.approx(alone.iloc[0].to_numpy(), rel=1e-12)


def test_interval_holds_the_estimate_and_widens_with_the_level(heart, fit):
    narrow, wide = (event_probability(fit, heart[COLUMNS], 10, 91, level=level) for level in (0.5, 0.99))
    assert (wide["conf_low"] < narrow["conf_low"]).all()
    assert (narrow["conf_low"] < narrow["probability"]).all()
    assert (narrow["probability"] < narrow["conf_high"]).all()
    assert (narrow["conf_high"] < wide["conf_high"]).all()


def test_nothing_is_said_beyond_the_last_time_observed(heart, fit):
    last = heart["stop"].max()
    found = event_probability(fit, heart[COLUMNS].head(2), [last - 30, last - 30], [30, 31])
    assert found["probability"].notna().tolist() == [True, False]


def test_ratios_of_partial_hazards_are_those_of_the_linear_predictor(heart, fit):
    rows = heart[COLUMNS]
    ratio = partial_hazard(fit, rows) / partial_hazard(fit, rows)[0]
    assert np.log(ratio) == pytest.approx(linear_predictor(fit, rows) - linear_predictor(fit, rows)[0], abs=1e-12)


def test_a_single_cause_gives_the_event_probability(heart, fit):
    start = heart["start"].to_numpy(float)
    incidence = cumulative_incidence({"death": fit}, heart[COLUMNS], start, [30, 91])["death"]
    for k, horizon in enumerate([30, 91]):
        alone = event_probability(fit, heart[COLUMNS], start, horizon)["probability"]
        assert incidence[:, k] == pytest.approx(alone.to_numpy(), rel=1e-12, nan_ok=True)


def test_incidences_and_staying_add_up_to_one(two_causes):
    fits, columns = two_causes
    incidence = cumulative_incidence(fits, columns, 12, [24, 120])
    for k, horizon in enumerate([24, 120]):
        staying = np.prod(
            [1 - event_probability(fit, columns, 12, horizon)["probability"] for fit in fits.values()], axis=0
        )
        assert sum(found[:, k] for found in incidence.values()) == pytest.approx(1 - staying, rel=1e-12)


def test_a_competing_end_takes_probability_away(two_causes):
    fits, columns = two_causes
    competing = cumulative_incidence(fits, columns, 0, [240])["progression"][:, 0]
    alone = event_probability(fits["progression"], columns, 0, 240)["probability"]
    assert (competing < 0.75 * alone).all()


def test_strata_are_kept_apart():
    lung = table("lung")
    rows = counting_rows(None, lung["stop"], lung["event"], strata=lung["sex"])
    fit = fit_cox(lung[["age", "ph_ecog"]], rows, names=["age", "ph_ecog"])
    by_sex = {sex: event_probability(fit, [[60, 1]], 0, 182, strata=[sex])["probability"].item() for sex in (1, 2)}
    # R: survfit(coxph(Surv(time, dead) ~ age + ph.ecog + strata(sex)), newdata) at 182 days
    assert by_sex == {1: pytest.approx(1 - 0.640979591310008), 2: pytest.approx(1 - 0.836622339741199)}
    with pytest.raises(ModelError, match="The fit has 2 strata"):
        event_probability(fit, [[60, 1]], 0, 182)
    with pytest.raises(ModelError, match="must be one of the fit"):
        event_probability(fit, [[60, 1]], 0, 182, strata=[3])


def test_what_prediction_refuses(fit, heart, two_causes):
    rows = heart[COLUMNS].head(2)
    with pytest.raises(ModelError, match="horizon must be positive"):
        event_probability(fit, rows, 0, 0)
    with pytest.raises(ModelError, match=r"start must be finite.*positions 1"):
        event_probability(fit, rows, [0, np.nan], 91)
    with pytest.raises(ModelError, match="The fit has 4 columns"):
        event_probability(fit, rows[["age"]], 0, 91)
    with pytest.raises(ModelError, match="Column 'age' is missing"):
        event_probability(fit, rows.assign(age=np.nan), 0, 91)
    with pytest.raises(ModelError, match="positive times"):
        cumulative_incidence({"death": fit}, rows, 0, [])
    with pytest.raises(ModelError, match="none arrived"):
        cumulative_incidence({}, rows, 0, [91])
    with pytest.raises(ModelError, match="same columns"):
        cumulative_incidence({"other": fit, **two_causes[0]}, rows, 0, [91])


class TestNobodyAtRisk:
    """Rows enter at 2; nobody is there between 8 and 11; the last is seen at 20."""

    @pytest.fixture
    def broken(self):
        start, stop = [2, 2, 2, 11, 11, 11], [4, 6, 8, 13, 15, 20]
        return fit_cox([[0], [1], [0], [1], [0], [1]], counting_rows(start, stop, [1, 1, 0, 1, 1, 0]), names=["x"])

    def test_nothing_is_said_before_the_first_entry_over_a_hole_and_beyond_the_last(self, broken):
        begin, horizon = np.array([0, 2, 5, 8, 9, 11, 12, 30]), np.array([5, 6, 7, 2, 5, 9, 9, 3])
        found = event_probability(broken, np.zeros((8, 1)), begin, horizon)
        known = np.array([False, True, False, False, False, True, False, False])
        assert (found.notna().all(axis=1) == known).all()
        assert found[~known].isna().all(axis=None)
        why = why_unknown(broken, begin, horizon)
        before, hole, beyond = Unknown.BEFORE, Unknown.HOLE, Unknown.BEYOND
        assert why.tolist() == [before, "", hole, hole, hole, "", beyond, beyond]

    def test_nor_is_an_incidence(self, broken):
        found = cumulative_incidence({"churn": broken}, np.zeros((3, 1)), [0, 2, 11], [6, 9])["churn"]
        assert np.isnan(found).tolist() == [[True, True], [False, True], [False, False]]

    def test_the_baseline_hazard_ends_with_the_hole(self, broken):
        curve = baseline_cumulative_hazard(broken)
        assert curve["time"].tolist() == [4, 6, 13, 15]
        assert curve["cumulative_hazard"].isna().tolist() == [False, False, True, True]

    def test_each_stratum_has_its_own_holes(self):
        rows = counting_rows([0, 0, 3, 3], [5, 6, 5, 9], [1, 0, 1, 0], strata=["a", "a", "b", "b"])
        fit = fit_cox([[0], [1], [1], [0]], rows, ridge=1.0)
        assert why_unknown(fit, 1, 3, strata=["a", "b"]).tolist() == ["", Unknown.BEFORE]
        assert event_probability(fit, [[0], [0]], 1, 3, strata=["a", "b"])["probability"].isna().tolist() == [
            False,
            True,
        ]


class TestFarFromTheRowsFitted:
    """Log hazard ratios of 800 and more: a float holds their logs, not the ratios."""

    @pytest.fixture
    def far(self, heart, fit):
        slope = fit.coefficients[0]
        rows = heart[COLUMNS].head(4).copy()
        rows["age"] += np.array([-900, 0, 800, 900]) / slope
        return rows

    def test_scores_stay_in_order_and_finite(self, far, heart):
        model = CoxPH().fit(heart[COLUMNS], heart[["start", "stop", "event"]])
        score = model.predict(far)
        assert np.isfinite(score).all()
        assert score[3] - score[2] == pytest.approx(100, abs=5)
        outcome = counting_process_outcome([0, 0, 0, 0], [4, 3, 2, 1], [1, 1, 1, 1])
        assert model.score(far, outcome) == 1.0

    def test_a_ratio_that_no_float_holds_is_refused(self, far, fit):
        with pytest.raises(ModelError, match=r"below 1e308, but reach exp\(\d+\).*2 of 4 rows \(positions 2, 3\)"):
            partial_hazard(fit, far)
        assert (partial_hazard(fit, far.head(2)) >= 0).all()
        assert np.isfinite(log_partial_hazard(fit, far)).all()

    def test_leaving_is_certain_or_out_of_the_question(self, far, fit):
        found = event_probability(fit, far, 5, 60)
        assert found["probability"].tolist() == [0, found["probability"].iloc[1], 1, 1]
        assert found.notna().all(axis=None)
        assert event_probability(fit, far, 2, 0.5)["probability"].notna().all()  # no event: zero times no float
        incidence = cumulative_incidence({"death": fit}, far, 5, [60])["death"][:, 0]
        assert incidence == pytest.approx(found["probability"].to_numpy())

    def test_competing_causes_share_what_is_certain(self, two_causes):
        fits, _ = two_causes
        incidence = cumulative_incidence(fits, [[5e4, 0], [-5e4, 0]], 0, [240])
        total = sum(found[:, 0] for found in incidence.values())
        assert total == pytest.approx([1, 0], abs=1e-12)


class TestSeveralHorizons:
    def test_each_is_what_it_is_alone(self, heart, fit):
        rows, start = heart[COLUMNS].head(5), [0, 10, 20, 30, 40]
        together = event_probability(fit, rows, start, [[30, 91, 400]])
        assert together["probability"].shape == (5, 3)
        for horizon in (30, 91, 400):
            alone = event_probability(fit, rows, start, horizon)
            for name in alone:
                assert together[name][horizon].to_numpy() == pytest.approx(
                    alone[name].to_numpy(), rel=1e-12, nan_ok=True
                )

    def test_rows_may_have_their_own(self, heart, fit):
        lengths = np.array([[30, 60], [40, 80]])
        together = event_probability(fit, heart[COLUMNS].head(2), 5, lengths)["probability"].to_numpy()
        alone = [event_probability(fit, heart[COLUMNS].head(2), 5, lengths[:, k])["probability"] for k in (0, 1)]
        assert together == pytest.approx(np.column_stack(alone), rel=1e-12)

    def test_the_estimator_takes_a_list(self, heart):
        model = CoxPH().fit(heart[COLUMNS], heart[["start", "stop", "event"]])
        rows = heart[COLUMNS].iloc[[7, 3, 9]]
        found = model.predict_event_probability(rows, 5, [30, 91, 182])
        assert found["probability"].columns.tolist() == [30, 91, 182]
        assert found.index.tolist() == [7, 3, 9]
        assert (found["probability"].diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
        own = pd.Series([182, 30, 91], index=[9, 7, 3])
        for asked in (rows, rows.assign(months=own)):
            each = model.predict_event_probability(asked, 5, own if asked is rows else "months")["probability"]
            assert each.to_numpy() == pytest.approx(np.diag(found["probability"]), rel=1e-12)
        with pytest.raises(ModelError, match="start must be one number or one a row"):
            model.predict_event_probability(rows, [1, 2], 30)


def test_where_no_event_was_seen_the_interval_is_not_known():
    """Stratum b has nobody with event: its estimate is 0, its log-log limits are NA in R's ``survfit_confint``."""
    rows = pd.DataFrame(
        {"x": [0.0, 1, 2, 0, 1, 1], "start": 0.0, "stop": [2.0, 3, 4, 5, 5, 5], "event": [1, 1, 1, 0, 0, 0]}
    )
    model = CoxPH(ridge=1.0).fit(rows[["x"]], rows[["start", "stop", "event"]], strata=list("aaabbb"))
    found = model.predict_event_probability(rows[["x"]], start=1, horizon=2, strata=list("aaabbb"))
    assert found["probability"].tolist()[3:] == [0, 0, 0]
    assert found[["conf_low", "conf_high"]].isna().all(axis=1).tolist() == [False] * 3 + [True] * 3
