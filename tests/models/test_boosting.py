"""Boosting: trees against scikit-learn's, folds that hold whole clusters, and what must not matter."""

from dataclasses import replace

import numpy as np
import pytest
from out_of_fold import out_of_fold
from r_reference import cox_rows
from simulated_landmarks import COVARIATES, landmark_rows
from sklearn.ensemble import HistGradientBoostingClassifier

from analysis.design.matrix import learn_design
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.evaluation.measures.accuracy import index_of_prediction_accuracy
from analysis.models.base import horizon_risk
from analysis.models.boosting import Boosting
from analysis.models.boosting_kernels import LEAF
from analysis.models.cross_fit import cluster_folds, cross_fit


@pytest.fixture(scope="module")
def book():
    return landmark_rows(900, 9, seed=3)


@pytest.fixture(scope="module")
def training(book):
    rows = book[book["risk_date"] < "2023-07-01"]
    return learn_design(rows, COVARIATES).apply(rows), Outcome.from_landmarks(rows)


def all_at_once(outcome):
    """One fold: nothing is left out."""
    return np.zeros(len(outcome), dtype=np.intp)


class _ManyTrees(Boosting):
    """Boosting with so many trees as there may be, whatever left-out clusters say."""

    def _likeliest_number(self, parts):
        for part in parts:
            part.grow_to(self.max_trees)
        return self.max_trees, sum(int(part.loss[self.max_trees]) for part in parts)


@pytest.mark.parametrize("settings", [{}, {"n_leaves": 7, "ridge": 5.0}, {"learning_rate": 0.4, "n_leaves": 2}])
def test_where_every_column_may_be_split_the_trees_are_scikit_learns(training, settings):
    """On values of few kinds both read the same bins. scikit-learn's gradients have seven digits."""
    design, outcome = training
    few = design.with_values(np.round(design.values * 4) / 4)
    asked = {"learning_rate": 0.1, "n_leaves": 4, "ridge": 1.0, **settings}
    ours = _ManyTrees(max_features=1.0, max_bins=10_000, max_trees=25, min_information=1e-3, **asked).fit(few, outcome)
    theirs = HistGradientBoostingClassifier(
        learning_rate=asked["learning_rate"],
        max_leaf_nodes=asked["n_leaves"],
        l2_regularization=asked["ridge"],
        max_iter=25,
        min_samples_leaf=1,
        early_stopping=False,
    ).fit(few.values, outcome.event)
    np.testing.assert_allclose(horizon_risk(ours, few), theirs.predict_proba(few.values)[:, 1], rtol=0, atol=1e-5)


@pytest.mark.parametrize("sign", [1, -1])
def test_under_signs_the_trees_are_scikit_learns(training, sign):
    """With a single fold there is no choice: the signs are kept."""
    design, outcome = training
    few = design.with_values(np.round(design.values * 4) / 4)
    signs = dict.fromkeys(("usage_trend", "champions", "noise_one"), sign)
    ours = out_of_fold(
        _ManyTrees(
            learning_rate=0.1,
            max_features=1.0,
            max_bins=10_000,
            max_trees=25,
            min_information=1e-3,
            n_leaves=8,
            ridge=1.0,
            signs=signs,
        ),
        few,
        outcome,
        all_at_once(outcome),
    )[0]
    theirs = HistGradientBoostingClassifier(
        max_leaf_nodes=8,
        l2_regularization=1.0,
        max_iter=25,
        min_samples_leaf=1,
        early_stopping=False,
        monotonic_cst=[signs.get(column.covariate, 0) for column in design.columns],
    ).fit(few.values, outcome.event)
    assert ours.keeps_signs_
    np.testing.assert_allclose(horizon_risk(ours, few), theirs.predict_proba(few.values)[:, 1], rtol=0, atol=1e-5)


def test_a_sign_is_kept_everywhere_or_given_up_where_it_hurts(training):
    """Usage and champions protect: the other signs would cost left-out clusters dearly."""
    design, outcome = training
    right, wrong = (Boosting(signs={"usage_trend": sign, "champions": sign}) for sign in (-1, 1))
    right, wrong = (out_of_fold(model, design, outcome, cluster_folds(outcome, 0)) for model in (right, wrong))
    assert right[0].keeps_signs_
    assert not wrong[0].keeps_signs_
    free, risk = out_of_fold(Boosting(), design, outcome, cluster_folds(outcome, 0))
    assert (wrong[1] == risk).all()
    assert (horizon_risk(wrong[0], design) == horizon_risk(free, design)).all()
    likelihood = [np.log(np.where(outcome.event, at, 1 - at)).sum() for at in (right[1], risk)]
    assert likelihood[0] >= likelihood[1]
    column = design.names.index("usage_trend")
    rising = np.repeat(design.values[:50, None], 30, axis=1)
    rising[:, :, column] = np.linspace(-3, 3, 30)
    asked = replace(design.take(np.zeros(1500, dtype=int)), values=rising.reshape(1500, -1))
    steps = np.diff(horizon_risk(right[0], asked).reshape(50, 30), axis=1)
    assert (steps <= 0).all()
    assert (steps < 0).any()


def test_marks_of_missing_values_have_no_sign(training):
    design, outcome = training
    fold = all_at_once(outcome)
    both = [
        out_of_fold(_ManyTrees(max_trees=30, max_features=1.0, signs=signs), design, outcome, fold)[0]
        for signs in ({"days_since_touch": 1}, {"days_since_touch": -1})
    ]
    marks = [k for k, column in enumerate(design.columns) if column.marks_missing]
    assert marks
    for model in both:
        assert [model._signs()[k] for k in np.argsort(model.order_)[marks]] == [0] * len(marks)


def test_one_split_by_hand(training):
    """A leaf's value is the sum of event - p over the sum of p (1 - p) and the ridge, times the learning rate."""
    design, outcome = training
    renewal = design.select_families(["contract"]).take(np.arange(len(design)))
    one = _ManyTrees(max_features=1.0, max_trees=1, n_leaves=2, ridge=3.0, learning_rate=0.5, min_information=1.0).fit(
        renewal, outcome
    )
    risk, mean = horizon_risk(one, renewal), outcome.event.mean()
    (column,) = {int(k) for k in one.trees_.column[0]} - {LEAF}
    inside = renewal.values[:, one.order_[column]] > one.edges_[column][one.trees_.threshold[0, 0]]
    for leaf in (inside, ~inside):
        n, churned = leaf.sum(), outcome.event[leaf].sum()
        step = 0.5 * (churned - n * mean) / (n * mean * (1 - mean) + 3.0)
        expected = 1 / (1 + np.exp(-(np.log(mean / (1 - mean)) + step)))
        np.testing.assert_allclose(risk[leaf], expected, rtol=1e-8)


def test_the_number_of_trees_is_the_one_that_left_out_clusters_bear_out(training):
    """Their likelihood at any other number, from fits that grow as many, is no larger."""
    design, outcome = training
    fold = cluster_folds(outcome, 0)
    settings = {"learning_rate": 0.3, "max_trees": 60, "seed": 2}
    chosen, risk = out_of_fold(Boosting(**settings), design, outcome, fold)
    n_trees = len(chosen.trees_.column)

    def left_out(n):
        _, at = out_of_fold(_ManyTrees(**{**settings, "max_trees": n}), design, outcome, fold)
        return np.log(np.where(outcome.event, at, 1 - at)).sum(), at

    likelihood, again = left_out(n_trees)
    assert (again == risk).all()
    others = [n for n in (1, n_trees - 2, n_trees - 1, n_trees + 1, n_trees + 2, 60) if 0 < n != n_trees]
    assert likelihood >= max(left_out(n)[0] for n in others)
    assert 1 < n_trees < 60


def test_out_of_fold_risks_are_those_of_fits_without_the_fold(training):
    design, outcome = training
    fold = cluster_folds(outcome, 0)
    fitted, risk = out_of_fold(Boosting(seed=4), design, outcome, fold)
    n_trees = len(fitted.trees_.column)
    for k in range(2):
        out = fold == k
        part = _ManyTrees(seed=4, max_trees=n_trees)
        # The bins are learned on all rows: what a left-out row's covariates are, not how it ended.
        blind = replace(outcome, event=outcome.event & ~out)
        blind = replace(blind, stop=np.where(out, 1.0, blind.stop))
        out_of_fold(part, design, blind, all_at_once(outcome))
        np.testing.assert_array_equal(horizon_risk(part, design.take(out)), risk[out])
    assert set(outcome.cluster[fold == 0]).isdisjoint(outcome.cluster[fold == 1])


def test_a_cross_fit_takes_the_folds_of_its_early_stopping(training):
    design, outcome = training
    fold = cluster_folds(outcome, 1)
    crossed = cross_fit(Boosting, design, outcome, fold)
    assert (crossed.risk == out_of_fold(Boosting(), design, outcome, fold)[1]).all()


def test_beats_a_constant_out_of_time(book, training):
    rows = book[book["risk_date"] < "2023-07-01"]
    later = book[book["risk_date"] >= "2023-10-01"]
    design = learn_design(rows, COVARIATES)
    model = Boosting().fit(*training)
    assert (
        index_of_prediction_accuracy(later["event"].to_numpy(bool), horizon_risk(model, design.apply(later)))[0] > 0.03
    )


def test_noise_gets_no_trees_to_speak_of(training):
    """Columns drawn anew say nothing of anybody: a forecast stays near the share that churned."""
    design, outcome = training
    noise = design.with_values(np.random.default_rng(5).normal(size=design.values.shape))
    model = Boosting().fit(noise, outcome)
    assert len(model.trees_.column) <= 5
    assert horizon_risk(model, noise) == pytest.approx(outcome.event.mean(), abs=0.02)


def test_threads_the_order_of_rows_and_columns_and_names_never_matter(training):
    design, outcome = training
    rng = np.random.default_rng(9)
    rows, columns = rng.permutation(len(design)), rng.permutation(len(design.columns))
    other = replace(
        design.take(rows),
        values=design.values[rows][:, columns],
        columns=tuple(design.columns[k] for k in columns),
    )
    names = {name: f"z{k}" for k, name in enumerate(rng.permutation(np.unique(outcome.cluster)))}
    renamed = replace(outcome, cluster=np.array([names[name] for name in outcome.cluster], dtype=object)).take(rows)
    one, risk = out_of_fold(Boosting(seed=1, n_jobs=1), design, outcome, cluster_folds(outcome, 1))
    two, again = out_of_fold(Boosting(seed=1, n_jobs=3), other, renamed, cluster_folds(renamed, 1))
    assert (again == risk[rows]).all()
    assert (horizon_risk(two, other) == horizon_risk(one, design)[rows]).all()
    assert (horizon_risk(Boosting(seed=2).fit(design, outcome), design) != horizon_risk(one, design)).any()


def test_before_the_horizon_churns_come_as_they_did_in_training(training):
    design, outcome = training
    probability = Boosting().fit(design, outcome).predict_incidence(design, [0, 6.5, 13])
    came = (outcome.on_grid().stop[outcome.event] <= 6).mean()
    assert (probability[:, 0] == 0).all()
    np.testing.assert_allclose(probability[:, 1], probability[:, 2] * came, rtol=1e-12)


def test_rows_that_were_not_followed_to_the_horizon_say_nothing_and_are_forecast(training):
    design, outcome = training
    lost = (np.random.default_rng(5).random(len(outcome)) < 0.3) & ~outcome.event
    partly = replace(outcome, stop=np.where(lost, 4.0, outcome.stop))
    fold = cluster_folds(outcome, 0)
    with_them, risk = out_of_fold(Boosting(), design, partly, fold)
    assert np.isfinite(risk).all()
    assert with_them.log_odds_ == pytest.approx(np.log(outcome.event.sum() / (~outcome.event & ~lost).sum()))


def test_a_single_churned_cluster_gives_the_share_that_churned(book):
    """Nothing can be left out then, and nothing is learned beyond the share."""
    rows = book[(book["risk_date"] == book["risk_date"].max())].copy()
    first = rows.index[rows["event"] == 1][0]
    rows = rows[(rows["event"] == 0) | (rows.index == first)]
    design, outcome = learn_design(rows, COVARIATES).apply(rows), Outcome.from_landmarks(rows)
    model, risk = out_of_fold(Boosting(), design, outcome, cluster_folds(outcome, 0))
    assert np.isnan(risk).all()
    assert horizon_risk(model, design) == pytest.approx(1 / len(rows))


def test_what_it_refuses(training):
    design, outcome = training
    left = np.flatnonzero(outcome.event)
    with pytest.raises(ModelError, match="on the lifetime clock"):
        Boosting().fit(*cox_rows("heart", ["age"]))
    with pytest.raises(ModelError, match="needs at least one account that stayed"):
        Boosting().fit(design.take(left), outcome.take(left))
    with pytest.raises(ModelError, match="at least one churn"):
        Boosting().fit(design.take(~outcome.event), outcome.take(~outcome.event))
    with pytest.raises(ModelError, match="columns differ"):
        Boosting().fit(design, outcome).predict_incidence(design.select_families(["usage"]), [13])


@pytest.mark.parametrize(
    ("setting", "refusal"),
    [
        ({"n_leaves": 1}, "n_leaves to be a whole number from 2 to 65536; 1 arrived"),
        ({"max_trees": 2.5}, "max_trees to be a whole number .* 2.5 arrived"),
        ({"learning_rate": 1.5}, "learning_rate above 0 and up to 1; 1.5 arrived"),
        ({"ridge": float("inf")}, "ridge above 0 and up to inf; inf arrived"),
        ({"min_information": 0.0}, "min_information above 0 .* 0.0 arrived"),
        ({"max_features": 1.5}, "max_features .* 1.5 arrived"),
    ],
)
def test_a_setting_out_of_its_range_is_refused(training, setting, refusal):
    with pytest.raises(ModelError, match=refusal):
        Boosting(**setting).fit(*training)
