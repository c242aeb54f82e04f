"""All models are fitted to the same rows; what they say of rows that they had not seen puts them right."""

import numpy as np
import pytest
from out_of_fold import out_of_fold
from simulated_landmarks import COVARIATES, landmark_rows

from analysis.design.matrix import DesignMatrix, learn_matrix
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.models.base import horizon_risk
from analysis.models.competition import BLEND, compete
from analysis.models.cross_fit import cluster_folds, cross_fit
from analysis.models.forest import Forest
from analysis.models.forest_choice import TunedForest
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.logistic import Logistic
from analysis.models.recalibration import Recalibration, learn_recalibration
from analysis.models.rivals import FamiliesOnly, LastSettledQuarterRate
from analysis.models.tuning import ShrinkageChoice
from analysis.wording.remarks import remark


@pytest.fixture(scope="module")
def rows():
    book = landmark_rows(260, 5, seed=11)
    return learn_matrix(book, COVARIATES)[1], Outcome.from_landmarks(book)


def out_of_fold_by_hand(make, design, outcome, fold):
    risk = np.empty(len(design))
    for k in range(fold.max() + 1):
        fitted = make().fit(design.take(fold != k), outcome.take(fold != k))
        risk[fold == k] = horizon_risk(fitted, design.take(fold == k))
    return risk


@pytest.mark.parametrize(
    "make",
    [
        lambda: LandmarkCox(ridge=3.0),
        lambda: Logistic(ridge=3.0),
        lambda: Logistic(),
        lambda: FamiliesOnly(LandmarkCox(ridge=3.0), ("contract",)),
        LastSettledQuarterRate,
    ],
    ids=["cox", "logistic", "logistic without a ridge", "contract only", "last quarter"],
)
def test_out_of_fold_forecasts_are_those_of_fits_without_the_fold(rows, make):
    design, outcome = rows
    fold = cluster_folds(outcome, seed=2)
    crossed = cross_fit(make, design, outcome, fold)
    assert crossed.risk == pytest.approx(out_of_fold_by_hand(make, design, outcome, fold), abs=1e-6)
    assert (horizon_risk(crossed.model, design) == horizon_risk(make().fit(design, outcome), design)).all()


def test_a_choice_of_the_ridge_tells_of_rows_that_it_left_out(rows):
    design, outcome = rows
    fold = cluster_folds(outcome, seed=2)
    choice = ShrinkageChoice((1.0, 10.0), seed=2)
    crossed = cross_fit(lambda: LandmarkCox(ridge=choice), design, outcome, fold)
    ridge = choice(design, outcome).ridge
    assert crossed.risk == pytest.approx(
        out_of_fold_by_hand(lambda: LandmarkCox(ridge=ridge), design, outcome, fold), abs=1e-6
    )


def test_a_forest_tells_of_a_row_by_the_trees_that_did_not_draw_its_cluster(rows):
    design, outcome = rows
    forest, risk = out_of_fold(Forest(n_trees=40, seed=5), design, outcome, cluster_folds(outcome, 0))
    cluster, n_clusters = outcome.cluster_place, outcome.cluster_place.max() + 1
    seen = [
        np.isin(cluster, np.random.default_rng(seed).integers(n_clusters, size=n_clusters))
        for seed in np.random.SeedSequence(5).spawn(40)
    ]
    one = 17
    alone = [tree for tree, drew in zip(forest.trees_, seen, strict=True) if not drew[one]]
    forest.trees_, forest.n_trees = alone, len(alone)
    assert risk[one] == pytest.approx(horizon_risk(forest, design.take(np.array([one])))[0])


def test_the_order_of_columns_and_of_rows_changes_no_bit_of_a_forest(rows):
    design, outcome = rows
    other = np.random.default_rng(3).permutation(len(design.columns))
    turned = DesignMatrix(design.values[:, other], tuple(design.columns[k] for k in other), design.rows)
    order = np.random.default_rng(4).permutation(len(design))
    for again, ended, place in (
        (turned, outcome, slice(None)),
        (design.take(order), outcome.take(order), np.argsort(order)),
    ):
        one, two = (Forest(n_trees=10, seed=5).fit(*given) for given in ((design, outcome), (again, ended)))
        assert (horizon_risk(one, design) == horizon_risk(two, again)[place]).all()


def test_a_forest_keeps_the_settings_that_make_unseen_clusters_likeliest(rows):
    design, outcome = rows
    scores = {}
    for leaf in (200, 20):
        forest = Forest(n_trees=40, min_rows_per_leaf=leaf, max_features=0.2, max_bins=32, seed=5)
        _, risk = out_of_fold(forest, design, outcome, cluster_folds(outcome, 5))
        right = learn_recalibration(outcome.event, risk, outcome.lifetime).apply(risk)
        scores[leaf] = -np.log(np.where(outcome.event, right, 1 - right)).mean()
    best = min(scores, key=scores.get)
    for leaves in ((200, 20), (20, 200)):
        tuned = TunedForest(leaves=leaves, columns=(0.2,), bins=(32,), n_trees=40, seed=5).fit(design, outcome)
        assert tuned.settings_.min_rows_per_leaf == best
    alone = Forest(n_trees=40, min_rows_per_leaf=best, max_features=0.2, max_bins=32, seed=5).fit(design, outcome)
    assert (horizon_risk(tuned, design) == horizon_risk(alone, design)).all()
    with pytest.raises(ModelError, match="at least one leaf size"):
        TunedForest(leaves=(), columns=(0.2,), bins=(32,)).fit(design, outcome)


class Refuses:
    """A model that cannot be fitted."""

    def fit(self, design, outcome):
        raise ModelError(remark("models.no_event", rows=3))

    def predict_incidence(self, design, times, cause="churn"):
        raise AssertionError


def test_models_compete_on_the_same_rows_and_one_that_fails_stops_no_other(rows):
    makers = {"cox": lambda: LandmarkCox(ridge=3.0), "breaks": Refuses, "last": LastSettledQuarterRate}
    found = compete(makers, *rows, blended=("cox", "breaks", "last"), seed=1)
    assert list(found.models) == ["cox", "last", BLEND]
    assert list(found.unfitted) == ["breaks"]
    assert set(found.weights) <= {"cox", "last"}
    assert found.inner_score["cox"] < found.inner_score["last"]
    assert found.inner_score[BLEND] <= found.inner_score["cox"] + 1e-6
    assert compete(makers, *rows, blended=("cox", "breaks"), seed=1).weights == {}
    assert found.recalibrations["last"] == Recalibration()  # a rate ranks nobody, and stays that of its quarter
    assert found.recalibrations["cox"] != Recalibration()


def test_with_the_events_of_one_cluster_models_are_left_as_they_are(rows):
    design, outcome = rows
    first = outcome.cluster[outcome.event][0]
    kept = ~outcome.event | (outcome.cluster == first)
    makers = {"cox": lambda: LandmarkCox(ridge=3.0), "last": LastSettledQuarterRate}
    found = compete(makers, design.take(kept), outcome.take(kept), blended=("cox", "last"))
    assert {line.slope for line in found.recalibrations.values()} == {1.0}
    assert (found.weights, found.inner_score) == ({}, {})
