"""Family predictors: what families say of rows, learned without their cluster and before their quarter."""

import numpy as np
import pandas as pd
import pytest
from samples import SAMPLE, with_little_work
from simulated_landmarks import COVARIATES, landmark_rows

from analysis.contest.family_predictors import predictors_of_quarters
from analysis.contest.quarter_fits import fits_of_quarters, quarters_of
from analysis.contest.risk_difference import risk_differences
from analysis.design.population import AT_THE_LANDMARK
from analysis.errors import ModelError
from analysis.evaluation.rolling_origin import rolling_origin
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.logistic import Logistic
from analysis.models.registry import LOGISTIC
from analysis.workbench import open_study

FAMILIES = ["usage", "relationship", "champion", "noise", "contract"]
ROW = {"allowed_gap_days": 0, "elapsed": AT_THE_LANDMARK}


def said_of(book, folds, families=FAMILIES):
    return predictors_of_quarters(fits_of_quarters(book, folds, **ROW), families)


@pytest.fixture(scope="module")
def book():
    return landmark_rows(900, 9, seed=5)


@pytest.fixture(scope="module")
def rolled(book):
    return rolling_origin(book, COVARIATES, {"logistic": lambda: Logistic(ridge=5.0)}, n_folds=3, n_resamples=5)


@pytest.fixture(scope="module")
def told(book, rolled):
    return said_of(book, rolled.folds)


def test_rows_are_those_of_the_forecasts_in_their_order(rolled, told):
    keys = ["landmark", "lifetime_id", "account_id", "cluster_id", "event"]
    pd.testing.assert_frame_equal(told[keys], rolled.predictions[keys], check_dtype=False)


@pytest.mark.slow
def test_quarters_learned_by_the_logistic_regression_alone_say_the_same_to_the_bit(sample_report):
    """Where all models compete it shares what it learns with others; what families say must not depend on that."""
    tenure = open_study(SAMPLE, out=sample_report.out.parent, progress=lambda message: None)
    alone = quarters_of(with_little_work(tenure), LOGISTIC)
    whole = tenure.rolling.folds
    assert set(alone[0].competition.plain) == {"logistic"} < set(whole[0].competition.plain)
    alone, whole = (said_of(tenure.landmarks, folds, ["usage", "contract"]) for folds in (alone, whole))
    pd.testing.assert_frame_equal(alone, whole, check_exact=True)


def test_families_add_up_to_nearly_what_the_whole_model_says(rolled, told):
    """One fifth of the clusters makes little difference to log odds, but some."""
    fold = rolled.folds[-1]
    whole = fold.competition.plain["logistic"]
    own = told[told["landmark"] == fold.landmark]
    seen = fold.test.values @ whole.coefficients_
    said = own[FAMILIES].sum(axis=1)
    assert np.corrcoef(seen, said)[0, 1] > 0.97
    assert not np.allclose(seen, said, atol=1e-6)


def test_nothing_that_a_cluster_did_reaches_what_is_said_of_it(book, rolled, monkeypatch):
    """With folds that do not hear of events: a cluster's own past is turned about, and only others' words change."""
    monkeypatch.setattr(
        "analysis.contest.quarter_fits.cluster_folds",
        lambda outcome, seed: np.array([int(name[1:]) % 5 for name in outcome.cluster]),
    )
    fold = rolled.folds[-1]
    first = said_of(book, [fold])
    # Whose fold new clusters fall into is not theirs to say, so that the cluster must have a past.
    known = first["cluster_id"].isin(book.loc[book["risk_date"] < fold.landmark, "cluster_id"])
    cluster = first.loc[known, "cluster_id"].iloc[0]
    past = (book["cluster_id"] == cluster) & (book["risk_date"] < fold.landmark)
    turned = book.assign(event=np.where(past, 1 - book["event"], book["event"]))
    again = said_of(turned, [fold])
    part = first["cluster_id"].str[1:].astype(int) % 5
    own = part == int(cluster[1:]) % 5
    assert again.loc[own, FAMILIES].equals(first.loc[own, FAMILIES])
    assert not np.allclose(again.loc[~own, FAMILIES], first.loc[~own, FAMILIES])


def test_nothing_that_came_later_reaches_what_is_said(book, rolled, told):
    fold = rolled.folds[-1]
    later = book["risk_date"] >= fold.landmark
    turned = book.assign(event=np.where(later, 1 - book["event"], book["event"]))
    again = said_of(turned, [fold])
    before = told[told["landmark"] == fold.landmark].reset_index(drop=True)
    assert again[FAMILIES].equals(before[FAMILIES])


def test_what_is_learned_holds_on_rows_not_seen_and_noise_does_not(told):
    now = told[told["landmark"] == told["landmark"].max()].drop(columns="event")
    table = risk_differences(told, now, ["usage", "champion", "noise"], n_resamples=100).table.set_index("family")
    assert table.loc["usage", "shown"] == "more"
    assert table.loc["noise", "shown"] == "unsure"
    for family in ("usage", "champion"):
        assert table.loc[family, "coefficient_low"] < 1 < table.loc[family, "coefficient_high"]


def test_a_family_without_columns_says_nothing(book, rolled):
    said = said_of(book, rolled.folds[:1], ["goals", "usage"])
    assert (said["goals"] == 0).all()
    assert said["usage"].std() > 0


def test_without_the_logistic_regression_nothing_is_said(book):
    folds = rolling_origin(book, COVARIATES, {"cox": LandmarkCox}, n_folds=1, n_resamples=2).folds
    with pytest.raises(ModelError, match="'logistic' was fitted in none of the 1 folds"):
        said_of(book, folds)
