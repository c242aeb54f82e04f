"""Proposed weights: shrunk, never negative, in fives, and proposed for their gain on later quarters alone."""

import numpy as np
import pytest
import statsmodels.api as sm
from weight_samples import weight_sample

from analysis.errors import ModelError
from analysis.health_score.gain import gain_of_learning
from analysis.health_score.proposal import learned_weights
from analysis.health_score.shrunk_weights import free_columns, in_fives, learn, weights_of

RIGHT = (20.0, 50.0, 30.0)


def learned(rows, penalty):
    free, ridge = free_columns(np.empty((len(rows.event), 0)), rows.quarter, 1.0)
    return learn(rows.points, free, rows.event, ridge).shrunk(rows.published, penalty)


def test_without_a_penalty_it_is_a_plain_logistic_regression():
    rows = weight_sample(400, RIGHT, (70, 15, 15))
    marks = rows.quarter[:, None] == np.arange(rows.quarter.max() + 1)
    plain = sm.Logit(rows.event.astype(float), np.column_stack([rows.points / 100, marks]).astype(float)).fit(disp=0)
    np.testing.assert_allclose(learned(rows, 0.0), -plain.params[:3], rtol=1e-3)


def test_a_penalty_draws_weights_to_the_published_and_none_is_negative():
    rows = weight_sample(400, (60, 60, -20), (70, 15, 15))
    distance = [
        np.abs(weights_of(learned(rows, penalty), rows.published) - rows.published).sum()
        for penalty in (0.0, 100.0, 1000.0, np.inf)
    ]
    assert distance == sorted(distance, reverse=True)
    assert distance[-1] == pytest.approx(0.0, abs=1e-9)
    assert learned(rows, 0.0).min() == 0.0


@pytest.mark.parametrize("weights", [[33.4, 33.3, 33.3], [98.0, 1.0, 1.0], [100.0, 0.0, 0.0], [12.5, 12.5, 75.0]])
def test_fives_are_a_hundred_in_sum(weights):
    found = in_fives(np.array(weights))
    assert found.sum() == 100.0
    assert (found % 5 == 0).all()
    assert np.abs(found - weights).max() < 5


@pytest.mark.slow
def test_weights_that_are_wrong_are_shown_to_be_beaten_and_right_ones_are_not():
    rows = weight_sample(700, (10, 80, 10), (80, 10, 10))
    gain = gain_of_learning(rows)
    assert gain.is_shown
    assert gain.auc_proposed > gain.auc_published
    assert learned_weights(rows)[0].tolist() == pytest.approx([10, 80, 10], abs=10)
    assert not gain_of_learning(rows.with_weights(np.array([10.0, 80.0, 10.0]))).is_shown


def test_gain_knows_nothing_of_later_quarters():
    rows = weight_sample(700, (10, 80, 10), (80, 10, 10))
    last = rows.rows["risk_date"].max()
    changed = rows.event.copy()
    changed[(rows.rows["risk_date"] == last).to_numpy()] ^= True
    before = gain_of_learning(rows.take((rows.rows["risk_date"] < last).to_numpy()))
    after = gain_of_learning(rows.with_event(changed).take((rows.rows["risk_date"] < last).to_numpy()))
    assert before.log_score == after.log_score


def test_no_quarter_to_learn_from_is_said():
    with pytest.raises(ModelError, match="30 accounts"):
        gain_of_learning(weight_sample(15, RIGHT, RIGHT))
