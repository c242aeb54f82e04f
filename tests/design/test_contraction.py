"""Landmark rows whose event is a contraction, by hand and in a rolling origin."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from simulated_landmarks import COVARIATES, landmark_rows

from analysis.design.contraction import contraction_rows
from analysis.design.outcome import Outcome
from analysis.design.population import Elapsed
from analysis.evaluation.rolling_origin import rolling_origin
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.rivals import LastSettledQuarterRate

DAY = pd.Timestamp("2024-01-01")
ROWS = pd.DataFrame(
    {
        "lifetime_id": ["shrinks", "twice", "leaves", "shrinks and leaves", "stays"],
        "account_id": list("abcde"),
        "risk_date": DAY,
        "horizon_days": 91,
        "followed_days": [91, 91, 50, 60, 91],
        "event": [0, 0, 1, 1, 0],
        "cause": [None, None, "churn", "churn", None],
        "is_followed": True,
    }
)
CONTRACTIONS = pd.DataFrame(
    [
        ("shrinks", DAY, DAY + pd.Timedelta(days=14)),
        ("twice", DAY, DAY + pd.Timedelta(days=70)),
        ("twice", DAY, DAY + pd.Timedelta(days=7)),
        ("shrinks and leaves", DAY, DAY + pd.Timedelta(days=35)),
        ("stays", DAY - pd.DateOffset(months=1), DAY - pd.Timedelta(days=3)),
    ],
    columns=["lifetime_id", "risk_date", "contracted_on"],
)


def test_the_first_contraction_is_the_event_and_leaving_is_to_have_had_none():
    outcome = Outcome.from_landmarks(contraction_rows(ROWS, CONTRACTIONS))
    assert outcome.event.tolist() == [True, True, False, True, False]
    assert outcome.stop.tolist() == [2, 1, 13, 5, 13]
    assert outcome.cause.tolist() == ["contraction", "contraction", "churn", "contraction", ""]


def test_what_came_before_the_forecast_is_no_event_and_what_follows_it_is():
    """Twenty days of the horizon have passed: the first contraction of 'twice' is over, its second is ahead."""
    outcome = Outcome.from_landmarks(contraction_rows(ROWS, CONTRACTIONS, Elapsed(20, 91)))
    assert outcome.event.tolist() == [False, True, False, True, False]
    assert outcome.stop.tolist() == [13, 10, 13, 5, 13]


def test_without_any_the_rows_have_no_event():
    none = contraction_rows(ROWS, CONTRACTIONS.head(0))
    assert none["event"].sum() == 0
    assert none["followed_days"].tolist() == ROWS["followed_days"].tolist()


@pytest.fixture(scope="module")
def book():
    """Return rows, and contractions: on one row in four where a covariate is high, on one in fifty elsewhere."""
    rows = landmark_rows(500, 8)
    rng = np.random.default_rng(2)
    share = np.where(rows["noise_one"] > 1, 0.25, 0.02)
    shrinks = (rng.random(len(rows)) < share) & (rows["event"] == 0)
    day = pd.to_timedelta(rng.integers(1, rows["horizon_days"] + 1), unit="D")
    found = rows.assign(contracted_on=rows["risk_date"] + day)[shrinks.to_numpy()]
    return rows, found[["lifetime_id", "risk_date", "contracted_on"]].reset_index(drop=True)


def rolled(rows, contractions):
    makers = {"cox": lambda: LandmarkCox(ridge=1.0), "rate": LastSettledQuarterRate}
    relabel = partial(contraction_rows, contractions=contractions)
    return rolling_origin(rows, COVARIATES, makers, n_folds=3, n_resamples=20, relabel=relabel)


def test_a_rolling_origin_learns_and_scores_contractions(book):
    rows, contractions = book
    found = rolled(rows, contractions)
    auc = found.pooled.set_index(["model", "metric"])["estimate"]["cox", "auc"]
    assert auc > 0.75  # what moves contraction is noise to churn
    shrank = found.predictions.merge(
        contractions, left_on=["lifetime_id", "landmark"], right_on=["lifetime_id", "risk_date"], how="left"
    )
    assert (found.predictions["event"] == shrank["contracted_on"].notna()).all()
    last = found.folds[-1]
    assert (last.events_as_known(last.settled_on) == last.outcome.event).all()
    n_churned = rows.loc[rows["risk_date"].isin(found.predictions["landmark"]), "event"].sum()
    assert found.predictions["event"].sum() != n_churned


def test_contractions_after_the_landmark_change_no_forecast(book):
    rows, contractions = book
    whole = rolled(rows, contractions).folds[0]
    is_later = contractions["contracted_on"] > whole.landmark
    fewer = rolled(rows, contractions[~is_later | (contractions.index % 2 == 0)]).folds[0]
    assert fewer.outcome.event.sum() < whole.outcome.event.sum()
    assert (fewer.risk["cox"] == whole.risk["cox"]).all()
