"""The quoted model is chosen by quarters that were settled on the day of the choice, among all that compete."""

import numpy as np
import pandas as pd
import pytest
from simulated_landmarks import COVARIATES, landmark_rows

from analysis.evaluation.choice import FEWEST_EVENTS, Ground, choose
from analysis.evaluation.rolling_origin import QUOTED, rolling_origin
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.rivals import FamiliesOnly, LastSettledQuarterRate

MODELS = {
    "cox": lambda: LandmarkCox(ridge=1.0),
    "contract only": lambda: FamiliesOnly(LandmarkCox(ridge=1.0), ("contract",)),
    "last": LastSettledQuarterRate,
}


@pytest.fixture(scope="module")
def book():
    return landmark_rows(600, 9, seed=2)


@pytest.fixture(scope="module")
def rolled(book):
    return rolling_origin(book, COVARIATES, MODELS, blended=("cox", "contract only"), n_folds=6, n_resamples=5)


def log_score(event, risk):
    return -np.log(np.where(event, risk, 1 - risk)).mean()


def test_each_choice_is_the_best_of_the_quarters_settled_by_then(rolled):
    seen = rolled.predictions
    for fold, choice in zip(rolled.folds, rolled.choices, strict=True):
        settled = [one.landmark for one in rolled.folds if one.settled_on <= fold.landmark]
        earlier = seen[seen["landmark"].isin(settled)]
        if earlier["event"].sum() < FEWEST_EVENTS:
            assert choice.ground is Ground.INNER_FOLDS
            assert choice.model == min(fold.competition.inner_score, key=fold.competition.inner_score.get)
            continue
        scores = {name: log_score(earlier["event"], earlier[name]) for name in rolled.models}
        assert (choice.ground, choice.n_quarters) == (Ground.EARLIER_QUARTERS, len(settled))
        assert choice.n_events == earlier["event"].sum()
        assert choice.scores == pytest.approx(scores)
        assert choice.model == min(scores, key=scores.get)
    assert {choice.ground for choice in rolled.choices} == {Ground.INNER_FOLDS, Ground.EARLIER_QUARTERS}


def test_what_is_scored_as_quoted_is_the_forecast_of_the_model_chosen_for_the_quarter(rolled):
    for choice in rolled.choices:
        rows = rolled.predictions[rolled.predictions["landmark"] == choice.landmark]
        assert (rows[QUOTED] == rows[choice.model]).all()


def test_no_later_outcome_moves_a_choice(book, rolled):
    day = rolled.folds[3].landmark
    changed = book.copy()
    later = changed["horizon_ends_on"] > day
    changed.loc[later, "event"] = 1 - changed.loc[later, "event"]
    again = rolling_origin(changed, COVARIATES, MODELS, blended=("cox", "contract only"), n_folds=6, n_resamples=5)
    for one, other in zip(rolled.choices[:4], again.choices[:4], strict=True):
        assert one == other


def test_an_allowed_gap_delays_what_a_choice_may_see(book):
    with_gap = rolling_origin(book, COVARIATES, MODELS, n_folds=6, allowed_gap_days=30, n_resamples=5)
    assert with_gap.folds[0].settled_on == with_gap.folds[1].landmark + pd.Timedelta(days=30)
    assert [choice.n_quarters for choice in with_gap.choices][:2] == [0, 0]
    assert with_gap.choices[-1].n_quarters == 4


def test_where_nothing_tells_the_plainest_stands(rolled):
    fold = rolled.folds[0]
    untold = type(fold.competition)(fold.models, fold.competition.plain, {}, {}, {}, {})
    choice = choose([], untold, fold.landmark, 0)
    assert (choice.model, choice.ground) == ("last", Ground.NOTHING)
