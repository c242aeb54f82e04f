import numpy as np
import pytest
from r_reference import cox_rows
from simulated_landmarks import COVARIATES, landmark_rows

from analysis.design.matrix import learn_design
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.evaluation.measures.accuracy import brier_score, index_of_prediction_accuracy
from analysis.evaluation.measures.discrimination import auc
from analysis.models.forest import Forest, bin_edges, binned_values


@pytest.fixture(scope="module")
def book():
    return landmark_rows(900, 9, seed=3)


@pytest.fixture(scope="module")
def training(book):
    rows = book[book["risk_date"] < "2023-07-01"]
    return learn_design(rows, COVARIATES), rows


@pytest.fixture(scope="module")
def forest(training):
    design, rows = training
    return Forest(n_trees=60, seed=7).fit(design.apply(rows), Outcome.from_landmarks(rows))


def grow(training, **settings):
    design, rows = training
    return Forest(**{"n_trees": 12} | settings).fit(design.apply(rows), Outcome.from_landmarks(rows))


def test_beats_a_constant_out_of_time(book, training, forest):
    design, _ = training
    later = book[book["risk_date"] >= "2023-10-01"]
    event = later["event"].to_numpy(bool)
    risk = forest.predict_incidence(design.apply(later), [13])[:, 0]
    assert auc(event, risk)[0] > 0.7
    assert index_of_prediction_accuracy(event, risk)[0] > 0.01
    assert brier_score(event, risk)[0] < brier_score(event, np.full(len(event), event.mean()))[0]


def test_incidence_grows_from_zero_to_about_the_churn_seen(training, forest):
    design, rows = training
    incidence = forest.predict_incidence(design.apply(rows), np.arange(14))
    assert (incidence[:, 0] == 0).all()
    assert (np.diff(incidence, axis=1) >= -1e-12).all()
    assert incidence[:, 13].mean() == pytest.approx(rows["event"].mean(), rel=0.05)
    assert forest.predict_incidence(design.apply(rows), [6.5])[:, 0] == pytest.approx(incidence[:, 6])


def test_threads_never_matter(training):
    design, rows = training
    matrix = design.apply(rows)
    one, two = (grow(training, seed=1, n_jobs=jobs).predict_incidence(matrix, [13]) for jobs in (1, 2))
    assert (one == two).all()
    assert (grow(training, seed=2).predict_incidence(matrix, [13]) != one).any()


def test_trees_resample_accounts_with_all_their_rows(training):
    # The root of a tree holds the rows it saw: a whole number of clusters' worth, about 63% of all.
    design, rows = training
    forest = grow(training)
    seen = np.array([tree.n_rows[0] for tree in forest.trees_])
    assert (np.abs(seen / len(rows) - 0.632) < 0.06).all()
    counted = np.array([tree.weight[0] for tree in forest.trees_])
    assert (np.abs(counted / len(rows) - 1) < 0.1).all()  # accounts drawn twice count twice
    one_cluster = rows.assign(cluster_id="all")
    whole = Forest(n_trees=3).fit(design.apply(rows), Outcome.from_landmarks(one_cluster))
    assert [tree.n_rows[0] for tree in whole.trees_] == [len(rows)] * 3


def test_bins_are_learned_and_monotone():
    column = np.array([5.0, 1.0, 1.0, 3.0, 9.0])
    edges = bin_edges(column, 64)
    bins = binned_values(column[:, None], [edges])[:, 0]
    assert (np.argsort(bins, kind="stable") == np.argsort(column, kind="stable")).all()
    assert binned_values(np.array([[-100.0], [100.0]]), [edges])[:, 0].tolist() == [0, len(edges)]
    assert len(bin_edges(np.arange(10_000.0), 64)) == 63


def test_a_binary_column_keeps_both_values_however_rare_one_is():
    column = np.zeros(1000)
    column[:3] = 1
    bins = binned_values(column[:, None], [bin_edges(column, 64)])[:, 0]
    assert np.unique(bins[:3]).tolist() != np.unique(bins[3:]).tolist()


def test_what_a_forest_refuses(training):
    design, rows = training
    quiet = rows[rows["event"] == 0]
    with pytest.raises(ModelError, match="at least one churn"):
        Forest().fit(design.apply(quiet), Outcome.from_landmarks(quiet))
    with pytest.raises(ModelError, match="on the lifetime clock"):
        Forest().fit(*cox_rows("heart", ["age"]))


@pytest.mark.parametrize(
    ("setting", "refusal"),
    [
        ({"max_features": 0}, "max_features 'sqrt', 'log2', a number of columns from 1 to 9.*; 0 arrived"),
        ({"max_features": 10}, "; 10 arrived"),
        ({"max_features": 1.5}, "; 1.5 arrived"),
        ({"max_features": "all"}, "; 'all' arrived"),
        ({"n_trees": 0}, "n_trees to be a whole number from 1 to 65536; 0 arrived"),
        ({"min_rows_per_leaf": 0.01}, "min_rows_per_leaf to be a whole number .* 0.01 arrived"),
        ({"max_bins": 100_000}, "max_bins to be a whole number .* 100000 arrived"),
    ],
)
def test_a_setting_out_of_its_range_is_refused(training, setting, refusal):
    with pytest.raises(ModelError, match=refusal):
        grow(training, **setting)


def test_resamples_without_any_event_do_no_harm():
    # Two churned accounts among 200: most trees draw one of them or neither.
    rows = landmark_rows(200, 1)
    rows["event"] = np.where(rows["lifetime_id"].isin([3, 90]), 1, 0)
    rows["followed_days"] = np.where(rows["event"] == 1, 20, rows["horizon_days"])
    design = learn_design(rows, COVARIATES).apply(rows)
    risk = Forest(n_trees=30).fit(design, Outcome.from_landmarks(rows)).predict_incidence(design, [13])
    assert np.isfinite(risk).all()
    assert risk.mean() == pytest.approx(0.01, abs=0.01)
