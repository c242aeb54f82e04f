import numpy as np
import pytest
from r_reference import cox_rows
from simulated_landmarks import COVARIATES, landmark_rows

from analysis.design.matrix import learn_design
from analysis.design.outcome import Outcome
from analysis.errors import DesignError, ModelError
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.rivals import FamiliesOnly, LastSettledQuarterRate


@pytest.fixture(scope="module")
def book():
    return landmark_rows(500, 6)


def fitted_parts(rows):
    return learn_design(rows, COVARIATES).apply(rows), Outcome.from_landmarks(rows)


def test_last_quarter_rate_is_the_latest_quarters_share_with_half_a_churn_and_half_a_stay_more(book):
    design, outcome = fitted_parts(book)
    rate = LastSettledQuarterRate().fit(design, outcome)
    latest = book[book["risk_date"] == book["risk_date"].max()]
    expected = (latest["event"].sum() + 0.5) / (len(latest) + 1)
    assert rate.predict_incidence(design, [0, 13])[5] == pytest.approx([0, expected])
    left = latest[latest["event"] == 1]
    early = (left["followed_days"] / left["horizon_days"] <= 5 / 13).mean()
    assert rate.predict_incidence(design, [5.9])[0, 0] == pytest.approx(early * expected)


def test_a_quarter_in_which_nobody_left_makes_leaving_rare_not_impossible(book):
    last = book["risk_date"] == book["risk_date"].max()
    rate = LastSettledQuarterRate().fit(*fitted_parts(book.assign(event=book["event"].where(~last, 0))))
    assert rate.incidence_ == pytest.approx(np.arange(14) / 13 * 0.5 / (last.sum() + 1))


def test_last_quarter_rate_passes_over_landmarks_within_a_quarter(book):
    within = book["risk_date"] == book["risk_date"].max()
    rows = book.assign(is_quarter_start=~within)
    rate = LastSettledQuarterRate().fit(*fitted_parts(rows))
    assert rate.landmark_ == np.datetime64(sorted(book["risk_date"].unique())[-2], "D")


def test_families_only_is_the_model_on_those_columns(book):
    design, outcome = fitted_parts(book)
    rival = FamiliesOnly(LandmarkCox(), ("contract",)).fit(design, outcome)
    alone = LandmarkCox().fit(design.select_families(["contract"]), outcome)
    assert (
        rival.predict_incidence(design, [13]) == alone.predict_incidence(design.select_families(["contract"]), [13])
    ).all()


def test_what_rivals_refuse(book):
    design, outcome = fitted_parts(book)
    with pytest.raises(ModelError, match="on the lifetime clock"):
        LastSettledQuarterRate().fit(*cox_rows("heart", ["age"]))
    with pytest.raises(ModelError, match="'merged' was asked for"):
        LastSettledQuarterRate().fit(design, outcome).predict_incidence(design, [13], cause="merged")
    with pytest.raises(DesignError, match="No column belongs to contract"):
        FamiliesOnly(LandmarkCox(), ("contract",)).fit(design.select_families(["usage"]), outcome)
