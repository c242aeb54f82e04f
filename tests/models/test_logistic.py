"""The logistic twin: against statsmodels' maximum likelihood, and against the score equations of its penalty."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from r_reference import cox_rows
from simulated_landmarks import COVARIATES, landmark_rows

from analysis.declared.source import Source
from analysis.declared.study import Study
from analysis.declared.study_parts import Time
from analysis.design.matrix import learn_design
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.models.logistic import Logistic
from analysis.models.registry import TWINS, competing_models


@pytest.fixture(scope="module")
def book():
    rows = landmark_rows(400, 6)
    return learn_design(rows, COVARIATES).apply(rows), Outcome.from_landmarks(rows)


def test_without_a_penalty_it_is_statsmodels_logit(book):
    design, outcome = book
    fit = sm.Logit(outcome.event.astype(float), sm.add_constant(design.values)).fit(disp=False)
    ours = Logistic().fit(design, outcome)
    np.testing.assert_allclose([ours.intercept_, *ours.coefficients_], fit.params, rtol=0, atol=1e-5)
    np.testing.assert_allclose(ours.predict_incidence(design, [13])[:, 0], fit.predict(), rtol=0, atol=1e-6)


def test_the_penalised_score_is_zero(book):
    """At the maximum X'(y - p) = ridge x coefficients, and the mean probability is the share that churned."""
    design, outcome = book
    ours = Logistic(ridge=20.0).fit(design, outcome)
    away = outcome.event - ours.predict_incidence(design, [13])[:, 0]
    np.testing.assert_allclose(design.values.T @ away, 20.0 * ours.coefficients_, rtol=0, atol=1e-4)
    assert abs(away.sum()) < 1e-4


def test_before_the_horizon_churns_come_as_they_did_in_training(book):
    design, outcome = book
    probability = Logistic(ridge=1.0).fit(design, outcome).predict_incidence(design, [0, 6.5, 13])
    came = (outcome.on_grid().stop[outcome.event] <= 6).mean()
    assert (probability[:, 0] == 0).all()
    np.testing.assert_allclose(probability[:, 1], probability[:, 2] * came, rtol=1e-12)


def test_rows_that_were_not_followed_to_the_horizon_say_nothing(book):
    design, outcome = book
    rng = np.random.default_rng(5)
    lost = (rng.random(len(outcome)) < 0.3) & ~outcome.event
    partly = Outcome(
        **{name: getattr(outcome, name) for name in outcome.__slots__ if name != "stop"},
        stop=np.where(lost, 4.0, outcome.stop),
    )
    with_them, without = Logistic().fit(design, partly), Logistic().fit(design.take(~lost), outcome.take(~lost))
    np.testing.assert_allclose(with_them.coefficients_, without.coefficients_, rtol=0, atol=1e-8)


def test_what_it_refuses(book):
    design, outcome = book
    left = np.flatnonzero(outcome.event)
    with pytest.raises(ModelError, match="on the lifetime clock"):
        Logistic().fit(*cox_rows("heart", ["age"]))
    with pytest.raises(ModelError, match="needs at least one account that stayed"):
        Logistic().fit(design.take(left), outcome.take(left))
    with pytest.raises(ModelError, match="columns differ"):
        Logistic().fit(design, outcome).predict_incidence(design.select_families(["usage"]), [13])


def test_every_model_with_columns_competes_beside_its_twin():
    time = Time(observation_start=dt.date(2022, 1, 1), snapshot=dt.date(2024, 1, 1))
    makers = competing_models(Study("any", Source("contract", Path()), time))
    assert set(TWINS) | set(TWINS.values()) <= set(makers)
    assert set(makers) - set(TWINS) - set(TWINS.values()) == {
        *("boosting", "health_score", "kaplan_meier", "last_settled_quarter"),
    }
