"""How many accounts are expected to end by each cause."""

import dataclasses
import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from simulated_landmarks import COVARIATES, landmark_rows, with_other_ends

from analysis.declared.study import Source, Study
from analysis.declared.study_parts import Models, Report, Time
from analysis.forecast.displays import show_ends
from analysis.forecast.ends import expect_ends

ROWS = with_other_ends(landmark_rows(900, 8))
LAST = ROWS["risk_date"].max()
NOW = ROWS[ROWS["risk_date"] == LAST]
STUDY = Study(
    name="ends",
    source=Source("contract", Path("data")),
    time=Time(observation_start=dt.date(2022, 1, 1), snapshot=LAST.date(), allowed_gap_days=0),
    models=Models(forecast_shrinkage=(1.0,)),
    report=Report(forecast_from_events=10),
)
FORECAST = SimpleNamespace(
    landmark=LAST,
    stands_on=LAST,
    horizon_ends_on=NOW["horizon_ends_on"].iloc[0],
    accounts=NOW,
    probabilities=np.full(len(NOW), 0.02),
)


@pytest.fixture(scope="module")
def ends():
    return expect_ends(FORECAST, ROWS, COVARIATES, STUDY)


def test_of_churn_it_says_what_the_quoted_model_says(ends):
    churn = ends.causes[0]
    assert churn.cause == "churn"
    assert churn.expected == pytest.approx(0.02 * len(NOW))
    assert churn.low <= churn.expected <= churn.high
    assert ends.n_accounts == len(NOW)


def test_of_a_cause_that_came_often_it_expects_about_as_many_as_a_quarter_brought(ends):
    """Some 7 in 100 stopped paying in each quarter; what the last one brought was not learned from."""
    unpaid = ends.causes[1]
    before = ROWS[ROWS["risk_date"] < LAST]
    assert unpaid.n_ends == before.loc[before["cause"] == "involuntary", "lifetime_id"].nunique()
    share = (before["cause"] == "involuntary").mean()
    assert unpaid.expected == pytest.approx(share * len(NOW), rel=0.1)
    assert unpaid.low < (NOW["cause"] == "involuntary").sum() < unpaid.high


def test_of_a_rare_cause_it_says_that_it_is_rare(ends):
    merged = ends.causes[2]
    assert merged.expected is None
    assert merged.obstacle.code == "forecast.too_few_merged"
    assert merged.n_ends < 10
    assert dict(merged.obstacle.values) == {"needed": 10, "found": merged.n_ends}
    display = show_ends(ends)
    assert display.frame()["expected"].isna().tolist() == [False, False, True]
    assert display.notes == (str(merged.obstacle),)


def test_where_no_other_cause_is_common_no_model_is_fitted():
    """Covariates that there are none of would stop a model."""
    rare = dataclasses.replace(STUDY, report=Report(forecast_from_events=10**6))
    ends = expect_ends(FORECAST, ROWS, (), rare)
    assert [end.expected is None for end in ends.causes] == [False, True, True]
