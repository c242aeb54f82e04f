"""Forecasts are put right by a straight line on the scale of log-odds, learned from those of rows not seen."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import expit, logit
from simulated_landmarks import COVARIATES, landmark_rows

from analysis.design.matrix import learn_matrix
from analysis.design.outcome import Outcome
from analysis.models.base import horizon_risk
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.recalibration import PRIOR_SPREAD, Recalibrated, Recalibration, learn_recalibration


def drawn(n: int, distort=lambda odds: odds, seed: int = 0):
    """Draw outcomes from true risks, and distort what is said of them."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-2.5, 1.2, n)
    return rng.random(n) < expit(odds), expit(distort(odds)), np.arange(n).astype(str).astype(object)


def test_equals_statsmodels_with_the_prior_as_two_more_observations_of_the_slope():
    event, risk, lifetime = drawn(3000, lambda odds: 2 * odds + 1)
    found = learn_recalibration(event, risk, lifetime)
    line = sm.add_constant(logit(risk))
    plain = sm.GLM(event.astype(float), line, family=sm.families.Binomial()).fit()
    score = line.T @ (event - expit(line @ [found.intercept, found.slope]))
    assert score == pytest.approx([0.0, (found.slope - 1.0) / PRIOR_SPREAD**2], abs=1e-4)
    assert (found.intercept, found.slope) == pytest.approx(tuple(plain.params), abs=0.02)


@pytest.mark.parametrize("factor", [0.5, 2.0])
@pytest.mark.parametrize("level", [-0.7, 0.0, 0.7])
def test_planted_miscalibration_is_recovered(factor, level):
    found = learn_recalibration(*drawn(40_000, lambda odds: factor * odds + level, seed=3))
    assert found.slope == pytest.approx(1 / factor, rel=0.06)
    assert found.intercept == pytest.approx(-level / factor, abs=0.12)


def test_afterwards_as_many_are_expected_as_left():
    event, risk, lifetime = drawn(2000, lambda odds: 1.7 * odds - 0.4)
    assert learn_recalibration(event, risk, lifetime).apply(risk).sum() == pytest.approx(event.sum(), abs=1e-4)


def test_forecasts_that_rank_the_wrong_way_round_become_the_rate():
    event, risk, lifetime = drawn(2000, lambda odds: -odds)
    right = learn_recalibration(event, risk, lifetime).apply(risk)
    assert right == pytest.approx(np.full(2000, event.mean()))


def test_few_events_say_nothing_and_some_say_little():
    event, risk, lifetime = drawn(5000, lambda odds: 3 * odds, seed=5)
    four = np.isin(np.arange(5000), np.flatnonzero(event)[:4])
    assert learn_recalibration(four, risk, lifetime) == Recalibration(n_events=4)
    twelve = np.sort(np.r_[np.flatnonzero(event)[:12], np.flatnonzero(~event)[:40]])
    few = learn_recalibration(event[twelve], risk[twelve], lifetime[twelve])
    line = sm.add_constant(logit(risk[twelve]))
    plain = sm.GLM(event[twelve].astype(float), line, family=sm.families.Binomial()).fit().params[1]
    assert abs(few.slope - 1.0) < abs(plain - 1.0)


def test_events_are_lifetimes_and_rows_without_a_forecast_count_for_nothing():
    event, risk, lifetime = drawn(500)
    assert learn_recalibration(event, risk, np.full(500, "one", dtype=object)).n_events == 1
    lacking = np.r_[risk, np.full(100, np.nan)]
    more = learn_recalibration(np.r_[event, np.ones(100, bool)], lacking, np.r_[lifetime, lifetime[:100]])
    assert more == learn_recalibration(event, risk, lifetime)


def test_a_recalibrated_model_keeps_its_course_and_its_ranking():
    book = landmark_rows(300, 5)
    _, design = learn_matrix(book, COVARIATES)
    model = LandmarkCox(ridge=1.0).fit(design, Outcome.from_landmarks(book))
    right = Recalibrated(model, Recalibration(-0.3, 0.7, 40))
    plain, told = model.predict_incidence(design, range(14)), right.predict_incidence(design, range(14))
    assert told[:, 13] == pytest.approx(expit(-0.3 + 0.7 * logit(plain[:, 13])))
    assert told[:, 1:] / told[:, 13:] == pytest.approx(plain[:, 1:] / plain[:, 13:])
    assert (np.argsort(told[:, 13]) == np.argsort(plain[:, 13])).all()
    assert (horizon_risk(Recalibrated(model, Recalibration()), design) == plain[:, 13]).all()
