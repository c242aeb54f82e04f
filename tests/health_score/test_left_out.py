"""What a score leaves out: on a book whose truth is known, and with components that are taken away by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from simulated_landmarks import COVARIATES, landmark_rows

from analysis.contest.learners import learners
from analysis.declared.study_parts import Models
from analysis.design.population import AT_THE_LANDMARK
from analysis.errors import ModelError
from analysis.evaluation.rolling_origin import rolling_origin
from analysis.health_score.definition import Component, ScoreDefinition, Variant
from analysis.health_score.left_out import Carried, Missed, left_out
from analysis.health_score.score_columns import learn_curve
from analysis.health_score.score_versions import without_component
from analysis.health_score.scored import Origin, Scored
from analysis.models.published_score import curve_pieces
from analysis.models.rivals import LastSettledQuarterRate

COX = learners(Models(forecast_shrinkage=(1.0, 10.0)), 0)["cox"]
FAMILIES = ("usage", "champion", "noise", "contract")
DEFINITION = ScoreDefinition(
    "score",
    (
        Component("use", 70.0, published="use"),
        Component("luck", 30.0, published="luck"),
        Component("idle", 0.0, published="idle"),
    ),
)


def drawn(n_accounts, n_months, n_folds):
    """Return a scored book, and its folds."""
    book = landmark_rows(n_accounts, n_months, seed=5).reset_index(drop=True)
    rng = np.random.default_rng(1)
    luck, idle = rng.uniform(0, 100, (2, len(book)))
    points = pd.DataFrame({"use": np.clip(50 + 20 * book["usage_trend"], 0, 100), "luck": luck, "idle": idle})
    score = 0.7 * points["use"].to_numpy() + 0.3 * luck
    score[::50] = np.nan
    scored = Scored(Origin.PUBLISHED, book, score, np.full(len(book), "green", object), points, DEFINITION)
    rate = {"rate": LastSettledQuarterRate}
    return scored, rolling_origin(book, COVARIATES, rate, n_folds=n_folds, n_resamples=2).folds


@pytest.fixture(scope="module")
def large():
    """A book that is large enough to tell what was planted."""
    return drawn(3000, 10, 4)


@pytest.fixture(scope="module")
def small():
    return drawn(500, 8, 2)


def ask(scored, folds, needed=10):
    return left_out(scored, folds, COX, FAMILIES, allowed_gap_days=0, elapsed=AT_THE_LANDMARK, seed=0, needed=needed)


@pytest.fixture(scope="module")
def found(large):
    return ask(*large)


@pytest.fixture(scope="module")
def found_in_small(small):
    return ask(*small)


@pytest.mark.slow
def test_a_family_that_the_score_lacks_is_left_out_and_noise_is_not(found):
    assert found.families["champion"] is Missed.LEFT_OUT
    assert found.families["contract"] is Missed.LEFT_OUT
    assert found.families["noise"] is Missed.NOTHING_TO_GAIN


@pytest.mark.slow
def test_a_component_that_orders_is_needed_and_one_that_does_not_is_not(found):
    assert found.components["use"] is Carried.NEEDED
    assert found.components["luck"] in (Carried.NOT_NEEDED, Carried.HARMFUL, Carried.NOT_SHOWN)
    table = found.table.query("part == 'component' and name == 'luck' and metric == 'log_score'")
    assert (table["estimate"] < 0).all()  # luck has a weight of 30: without it the score orders better


def test_it_is_asked_of_a_score_that_every_row_has(small):
    """Nothing then differs in the mark of rows without a score, which a model would refuse.

    It may differ once a component is taken away: here use, the only other one with a weight, is not always known.
    """
    scored, folds = small
    points = scored.points.assign(use=scored.points["use"].where(np.arange(len(scored.points)) % 50 > 0))
    known = replace(scored, score=np.nan_to_num(scored.score, nan=50.0), points=points)
    found = ask(known, folds)
    assert set(found.components) == {"use", "luck", "idle"}


def test_a_component_without_weight_changes_nothing(found_in_small):
    own = found_in_small.table.query("name == 'idle'")
    assert len(own) > 0
    assert (own["estimate"] == 0).all()
    assert found_in_small.components["idle"] is Carried.NOT_NEEDED


def test_rows_without_a_score_are_counted_and_not_judged(found_in_small, small):
    scored, folds = small
    asked = pd.concat([fold.test_rows for fold in folds])
    lacks = ~np.isfinite(scored.score[asked.index])
    assert found_in_small.n_unscored == lacks.sum() > 0
    assert (found_in_small.table["n_rows"] == (~lacks).sum()).all()


@pytest.mark.slow
def test_too_few_leavers_are_refused_in_words(small):
    with pytest.raises(ModelError, match="are needed"):
        ask(*small, needed=100_000)


def test_other_weights_grow_to_100_in_every_variant():
    definition = replace(DEFINITION, variants=(Variant("segment", "large", {"use": 20.0, "luck": 40.0, "idle": 40.0}),))
    changed = without_component(definition, "use")
    assert changed.weights == {"use": 0.0, "luck": 100.0, "idle": 0.0}
    assert changed.variants[0].weights == {"use": 0.0, "luck": 50.0, "idle": 50.0}
    assert sum(without_component(changed, "luck").weights.values()) == 0  # nothing is left that has a weight


def test_the_curve_of_a_score_is_that_of_the_model_of_the_score_alone():
    score = np.random.default_rng(2).uniform(0, 100, 500)
    curve = learn_curve(np.append(score, np.nan))
    columns = curve.columns(np.append(score, np.nan))
    pieces = curve_pieces(score, curve.knots)
    np.testing.assert_allclose(columns[:-1, :3], (pieces - pieces.mean(axis=0)) / pieces.std(axis=0))
    assert columns[-1].tolist() == [0, 0, 0, 1]
    assert not learn_curve(np.full(9, 50.0)).columns(np.full(9, 50.0)).any()
