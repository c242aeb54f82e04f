"""The ridge of a forecast is chosen in folds of whole clusters, where those left out are likeliest."""

import numpy as np
import pytest
from simulated_landmarks import COVARIATES, landmark_rows

from analysis.cox.fit import fit_cox
from analysis.design.matrix import learn_matrix
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.models.cross_fit import cluster_folds
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.left_out import CoxLeftOut
from analysis.models.logistic import Logistic
from analysis.models.tuning import ShrinkageChoice, likeliest_ridge

RIDGES = (1.0, 10.0, 100.0, 1000.0)


@pytest.fixture(scope="module")
def book():
    return landmark_rows(250, 4, seed=3)


@pytest.fixture(scope="module")
def outcome(book):
    return Outcome.from_landmarks(book)


def with_noise(book, outcome, columns: int) -> np.ndarray:
    _, design = learn_matrix(book, COVARIATES)
    return np.column_stack([design.values, np.random.default_rng(8).normal(size=(len(outcome), columns))])


def left_out(values, outcome) -> CoxLeftOut:
    return CoxLeftOut(values, outcome, cluster_folds(outcome, seed=0))


def test_folds_hold_whole_clusters_and_events_are_dealt_out_evenly(outcome):
    fold = cluster_folds(outcome, seed=1)
    assert set(fold) == set(range(5))
    clusters = {name: set(fold[outcome.cluster == name]) for name in set(outcome.cluster)}
    assert all(len(own) == 1 for own in clusters.values())
    with_event = [len(set(outcome.cluster[outcome.event & (fold == k)])) for k in range(5)]
    assert max(with_event) - min(with_event) <= 1


def test_folds_do_not_depend_on_the_order_of_rows(outcome):
    order = np.random.default_rng(2).permutation(len(outcome))
    assert (cluster_folds(outcome.take(order), seed=1) == cluster_folds(outcome, seed=1)[order]).all()
    assert (cluster_folds(outcome, seed=2) != cluster_folds(outcome, seed=1)).any()


def partial_likelihood_by_hand(values: np.ndarray, outcome: Outcome, coefficients: np.ndarray) -> float:
    """Return Efron's log partial likelihood on thirteen parts, written as in the textbook."""
    time, event = np.ceil(outcome.stop), outcome.event
    risk, total = np.exp(values @ coefficients), 0.0
    for when in np.unique(time[event]):
        dies, there = event & (time == when), time >= when
        total += (values[dies] @ coefficients).sum()
        shares = np.arange(dies.sum()) / dies.sum()
        total -= np.log(risk[there].sum() - shares * risk[dies].sum()).sum()
    return total


def test_the_ridge_chosen_is_the_one_under_which_left_out_clusters_are_likeliest(book, outcome):
    values = with_noise(book, outcome, 30)
    fold = cluster_folds(outcome, seed=0)
    scores = []
    for ridge in RIDGES:
        score = 0.0
        for k in range(5):
            kept = fold != k
            rows = outcome.take(kept)
            fitted = fit_cox(values[kept], rows.on_grid().counting_rows(), ridge=ridge).coefficients
            score += partial_likelihood_by_hand(values, outcome, fitted)
            score -= partial_likelihood_by_hand(values[kept], rows, fitted)
        scores.append(score)
    assert likeliest_ridge(left_out(values, outcome), RIDGES) == RIDGES[int(np.argmax(scores))]
    assert RIDGES[0] < RIDGES[int(np.argmax(scores))]


def test_the_more_columns_say_nothing_the_stronger_the_ridge(book, outcome):
    few, many = (likeliest_ridge(left_out(with_noise(book, outcome, n), outcome), RIDGES) for n in (0, 60))
    assert few < many


def test_one_ridge_is_taken_as_it_is_and_none_is_refused(book, outcome):
    values = with_noise(book, outcome, 0)
    assert likeliest_ridge(left_out(values, outcome), [7.0]) == 7.0
    with pytest.raises(ModelError, match="a ridge to choose from"):
        likeliest_ridge(left_out(values, outcome), [])


def test_where_one_cluster_has_all_events_the_strongest_is_taken(book, outcome):
    values = with_noise(book, outcome, 0)
    first = outcome.cluster[outcome.event][0]
    own = outcome.event & (outcome.cluster == first)
    kept = own | ~outcome.event
    assert likeliest_ridge(left_out(values[kept], outcome.take(kept)), RIDGES) == RIDGES[-1]


def test_a_column_that_only_one_cluster_has_is_no_obstacle(book, outcome):
    mark = (outcome.cluster == outcome.cluster[0]).astype(float)
    values = np.column_stack([with_noise(book, outcome, 0), mark])
    assert likeliest_ridge(left_out(values, outcome), RIDGES) in RIDGES


def test_a_choice_shrinks_each_family_by_itself_and_is_made_once_for_the_same_rows(book, outcome):
    _, design = learn_matrix(book, COVARIATES)
    choice = ShrinkageChoice((1.0, 3.0))
    chosen = choice(design, outcome)
    spread = design.values.std(axis=0)
    strength = {
        column.family: ridge / (sd**2 * chosen.multiple)
        for column, ridge, sd in zip(design.columns, chosen.ridge, spread, strict=True)
        if not column.marks_missing
    }
    assert chosen.multiple in (1.0, 3.0)
    assert strength["noise"] > 3 * strength["contract"]
    assert choice(design, outcome) is chosen
    few = design.select_families(["contract"])
    assert len(choice(few, outcome).ridge) == len(few.columns)


def test_a_model_says_how_far_it_was_shrunk_and_its_twin_alike(book, outcome):
    _, design = learn_matrix(book, COVARIATES)
    choice = ShrinkageChoice([2.0])
    model, twin = LandmarkCox(ridge=choice).fit(design, outcome), Logistic(ridge=choice).fit(design, outcome)
    assert model.shrinkage_ == 2.0
    assert np.isnan(LandmarkCox(ridge=1.0).fit(design, outcome).shrinkage_)
    score = design.values.T @ (outcome.event - twin.predict_incidence(design, [13])[:, 0])
    np.testing.assert_allclose(score, choice(design, outcome).ridge * twin.coefficients_, atol=1e-4)
