"""The Cox model as other models: its definition, Poisson and conditional logistic regression, the logrank test."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from cox_samples import MANY, TIES, Sample, assert_same_fit, penalised, samples, tied_sample, untied_sample
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.discrete.conditional_models import ConditionalLogit
from statsmodels.duration.survfunc import survdiff

from analysis.cox.cumulative_hazard import baseline_cumulative_hazard
from analysis.cox.hypothesis_tests import score_test
from analysis.cox.partial_likelihood import PartialLikelihood
from analysis.cox.residuals import dfbeta, martingale_residuals, score_residuals
from analysis.cox.risk_sets import risk_sets

# The definition


def by_definition(sample: Sample, beta: np.ndarray, ties: str) -> tuple[complex, np.ndarray, np.ndarray]:
    """Return log-likelihood, score and information, a death at a time, from everybody at risk."""
    log_likelihood, score, information = 0.0, np.zeros(2), np.zeros((2, 2))
    predictor = sample.values @ beta + sample.offset
    for stratum, time in sorted(set(zip(sample.stratum[sample.event], sample.stop[sample.event], strict=True))):
        at_risk = (sample.stratum == stratum) & (sample.start < time) & (time <= sample.stop)
        dies = at_risk & sample.event & (sample.stop == time)
        d, weight = dies.sum(), sample.weights[dies].sum()
        log_likelihood += (sample.weights * predictor)[dies].sum()
        score = score + (sample.weights[:, None] * sample.values)[dies].sum(axis=0)
        for k in range(d):
            there = at_risk - dies * (k / d if ties == "efron" else 0.0)
            risk = there * sample.weights * np.exp(predictor)
            share = risk / risk.sum()
            mean = share @ sample.values
            log_likelihood -= weight / d * np.log(risk.sum())
            score = score - weight / d * mean
            about = sample.values - mean
            information = information + weight / d * (about.T * share) @ about
    return log_likelihood, score, information


BETAS = st.tuples(st.integers(-8, 8), st.integers(-8, 8)).map(lambda pair: np.array(pair) / 8)


@MANY
@given(sample=samples(), beta=BETAS, ties=st.sampled_from(TIES))
def test_the_likelihood_is_its_definition(sample, beta, ties):
    rows = sample.rows()
    likelihood = PartialLikelihood(sample.values, rows, risk_sets(rows), ties)
    here = likelihood.evaluate(beta)
    log_likelihood, score, information = by_definition(sample, beta, ties)
    assert here.log_likelihood == pytest.approx(log_likelihood, rel=1e-11, abs=1e-11)
    assert here.score == pytest.approx(score, rel=1e-10, abs=1e-10)
    assert likelihood.information(here) == pytest.approx(information, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("ties", TIES)
def test_the_score_is_the_slope_of_the_log_likelihood_and_the_information_its_curvature(ties):
    sample, beta = tied_sample(), np.array([0.3, -0.2])
    rows = sample.rows()
    likelihood = PartialLikelihood(sample.values, rows, risk_sets(rows), ties)
    here = likelihood.evaluate(beta)
    # A step into the complex plane differentiates the definition to the last digit.
    slope = [by_definition(sample, beta + 1e-20j * axis, ties)[0].imag / 1e-20 for axis in np.eye(2)]
    curvature = [-by_definition(sample, beta + 1e-20j * axis, ties)[1].imag / 1e-20 for axis in np.eye(2)]
    assert here.score == pytest.approx(np.array(slope), rel=1e-11)
    assert likelihood.information(here) == pytest.approx(np.array(curvature), rel=1e-11)


@MANY
@given(sample=samples(), ties=st.sampled_from(TIES))
def test_residuals_add_up(sample, ties):
    fit = penalised(sample, ties)
    weights = sample.weights
    score = fit.maximum.end.score * fit.scale
    by_stratum = pd.Series(weights * martingale_residuals(fit)).groupby(sample.stratum).sum()
    assert by_stratum.to_numpy() == pytest.approx(np.zeros(len(by_stratum)), abs=1e-10)
    assert weights @ score_residuals(fit) == pytest.approx(score, abs=1e-9)
    changes = dfbeta(fit, by="cluster")
    assert changes.T @ changes == pytest.approx(fit.robust_covariance, rel=1e-9, abs=1e-12)
    assert changes.sum(axis=0) == pytest.approx(fit.covariance @ score, abs=1e-9)


# Other models


def person_periods(sample: Sample) -> pd.DataFrame:
    """Return a line for each row and each event time at which it is at risk."""
    times = sorted(set(zip(sample.stratum[sample.event], sample.stop[sample.event], strict=True)))
    lines = []
    for period, (stratum, time) in enumerate(times):
        at_risk = np.flatnonzero((sample.stratum == stratum) & (sample.start < time) & (time <= sample.stop))
        happened = sample.event[at_risk] & (sample.stop[at_risk] == time)
        lines.append(pd.DataFrame({"period": period, "row": at_risk, "event": happened.astype(float)}))
    return pd.concat(lines, ignore_index=True)


def test_breslow_is_a_poisson_regression_with_a_factor_for_each_event_time():
    sample = tied_sample()
    periods = person_periods(sample)
    row = periods["row"].to_numpy()
    factor = pd.get_dummies(periods["period"]).to_numpy(float)
    poisson = sm.GLM(
        periods["event"].to_numpy(),
        np.column_stack([sample.values[row], factor]),
        family=sm.families.Poisson(),
        offset=sample.offset[row],
        freq_weights=sample.weights[row],
    ).fit(tol=1e-14, maxiter=100)
    cox = sample.fit("breslow")
    assert cox.coefficients == pytest.approx(poisson.params[:2], rel=1e-9)
    assert cox.covariance == pytest.approx(poisson.cov_params()[:2, :2], rel=1e-8)
    baseline = baseline_cumulative_hazard(cox)
    hazard = baseline.groupby("stratum")["cumulative_hazard"].diff().fillna(baseline["cumulative_hazard"])
    assert hazard.to_numpy() == pytest.approx(np.exp(poisson.params[2:]), rel=1e-9)
    # The hazards that fit best are W / S0 at a time with deaths of weight W: their own part is W log W - W.
    deaths = cox.likelihood.sets.death_weight
    assert cox.log_likelihood == pytest.approx(poisson.llf - (deaths * np.log(deaths) - deaths).sum(), rel=1e-10)


def test_without_ties_it_is_a_conditional_logit_of_who_has_the_event():
    sample = untied_sample()
    periods = person_periods(sample)
    row = periods["row"].to_numpy()
    informative = periods.groupby("period")["row"].transform("size") > 1
    logit = ConditionalLogit(
        periods["event"].to_numpy()[informative],
        sample.values[row][informative],
        offset=sample.offset[row][informative],
        groups=periods["period"].to_numpy()[informative],
    )
    cox = sample.fit(weights=None)
    # Its own search stops early: our coefficients are put to its likelihood.
    assert logit.score(cox.coefficients) == pytest.approx(np.zeros(2), abs=1e-8)
    assert logit.loglike(cox.coefficients) == pytest.approx(cox.log_likelihood, rel=1e-11)


def test_the_score_test_of_a_group_is_the_logrank_test():
    sample = untied_sample()
    group = (sample.values[:, :1] > 0).astype(float)
    cox = sample.but(values=group).fit(strata=None, weights=None, offset=None)
    statistic, p_value = survdiff(sample.stop, sample.event.astype(int), group[:, 0], entry=sample.start)
    test = score_test(cox, robust=False)
    assert test.statistic == pytest.approx(statistic, rel=1e-10)
    assert test.p_value == pytest.approx(p_value, rel=1e-9)


def test_a_stratified_fit_with_an_effect_for_each_stratum_is_a_fit_for_each():
    sample = tied_sample()
    first = sample.stratum == 0
    apart = np.hstack([sample.values * first[:, None], sample.values * ~first[:, None]])
    together = sample.but(values=apart).fit()
    parts = [sample.take(lines).fit() for lines in (first, ~first)]
    assert together.coefficients == pytest.approx(np.concatenate([part.coefficients for part in parts]), rel=1e-9)
    assert together.log_likelihood == pytest.approx(sum(part.log_likelihood for part in parts), rel=1e-12)
    assert together.covariance[:2, :2] == pytest.approx(parts[0].covariance, rel=1e-9)
    assert together.covariance[2:, 2:] == pytest.approx(parts[1].covariance, rel=1e-9)
    assert together.covariance[:2, 2:] == pytest.approx(np.zeros((2, 2)), abs=1e-14)


def test_without_ties_efron_is_breslow():
    sample = untied_sample()
    assert_same_fit(sample.fit("efron"), sample.fit("breslow"), rel=1e-13)


def test_with_ties_efron_is_not_breslow():
    sample = tied_sample()
    assert (np.abs(sample.fit("efron").coefficients - sample.fit("breslow").coefficients) > 1e-3).all()
