"""The published score alone: against the logistic regression that it is, and against what a score may not do."""

from dataclasses import replace

import numpy as np
import pytest
from r_reference import cox_rows
from simulated_landmarks import COVARIATES, landmark_rows

from analysis.design.matrix import learn_design
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.evaluation.measures.discrimination import auc
from analysis.models.published_score import PublishedScoreOnly


@pytest.fixture(scope="module")
def book():
    """A score that falls where usage does, of four accounts in five."""
    rows = landmark_rows(600, 6, seed=4)
    rng = np.random.default_rng(8)
    score = 50 + 20 * rows["usage_trend"] + rng.normal(scale=5, size=len(rows))
    rows = rows.assign(published_score=score.where(rng.random(len(rows)) < 0.8))
    return learn_design(rows, COVARIATES).apply(rows), Outcome.from_landmarks(rows)


def with_scores(design, score):
    return replace(design, rows=design.rows.assign(published_score=score))


def test_it_ranks_as_the_score_does_and_calls_the_share_that_churned(book):
    design, outcome = book
    risk = PublishedScoreOnly().fit(design, outcome).predict_incidence(design, [13])[:, 0]
    score = design.rows["published_score"].to_numpy()
    given = np.isfinite(score)
    assert auc(outcome.event[given], risk[given])[0] >= auc(outcome.event[given], -score[given])[0] - 0.01
    assert risk.mean() == pytest.approx(outcome.event.mean(), abs=1e-6)
    # An unpenalised level would be the share of those without a score; the ridge draws it by less than a hundredth.
    assert np.ptp(risk[~given]) == 0
    assert risk[~given][0] == pytest.approx(outcome.event[~given].mean(), abs=0.01)


def test_the_curve_is_straight_beyond_the_outer_knots(book):
    design, outcome = book
    model = PublishedScoreOnly().fit(design, outcome)
    low, high = model.knots_[0], model.knots_[-1]
    for ends in (low - np.array([0.0, 5.0, 10.0]), high + np.array([0.0, 5.0, 10.0])):
        risk = model.predict_incidence(with_scores(design.take(np.arange(3)), ends), [13])[:, 0]
        log_odds = np.log(risk / (1 - risk))
        assert log_odds[0] - log_odds[1] == pytest.approx(log_odds[1] - log_odds[2], abs=1e-9)


def test_the_unit_of_a_score_does_not_matter(book):
    design, outcome = book
    risk = PublishedScoreOnly().fit(design, outcome).predict_incidence(design, [13])
    other = with_scores(design, design.rows["published_score"] / 1000.0 - 3.0)
    np.testing.assert_allclose(
        PublishedScoreOnly().fit(other, outcome).predict_incidence(other, [13]), risk, rtol=0, atol=1e-9
    )


def test_no_covariate_is_seen(book):
    design, outcome = book
    blind = design.with_values(np.zeros_like(design.values))
    one, two = (PublishedScoreOnly().fit(one, outcome).predict_incidence(one, [13]) for one in (design, blind))
    assert (one == two).all()


@pytest.mark.parametrize("score", [np.nan, 0.0, 70.0])
def test_without_scores_that_differ_it_is_no_rival(book, score):
    design, outcome = book
    with pytest.raises(ModelError, match="no published health score to forecast with"):
        PublishedScoreOnly().fit(with_scores(design, score), outcome)
    with pytest.raises(ModelError, match="no published health score to forecast with"):
        PublishedScoreOnly().fit(replace(design, rows=design.rows.drop(columns="published_score")), outcome)


def test_a_score_of_two_values_is_a_line(book):
    design, outcome = book
    two = with_scores(design, np.where(design.rows["published_score"] > 50, 1.0, 0.0))
    model = PublishedScoreOnly().fit(two, outcome)
    risk = model.predict_incidence(two, [13])[:, 0]
    high = two.rows["published_score"] == 1.0
    for group in (high, ~high):
        assert risk[group.to_numpy()].mean() == pytest.approx(outcome.event[group].mean(), abs=0.005)


def test_it_refuses_another_clock():
    with pytest.raises(ModelError, match="on the lifetime clock"):
        PublishedScoreOnly().fit(*cox_rows("heart", ["age"]))
