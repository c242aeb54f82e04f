import numpy as np
import pandas as pd
import pytest
from r_reference import cox_rows, numbers, table
from simulated_landmarks import COVARIATES, Declared, landmark_rows

from analysis.design import Column, DesignMatrix, learn_design
from analysis.errors import ModelError
from analysis.models.cox import Cox
from analysis.models.partial_likelihood import baseline_hazard, score_residuals
from analysis.models.sandwich import cluster_robust_covariance, wald_test
from analysis.outcome import Outcome

TIME_VARYING = ["heart", "jasa1", "bladder2", "mgus", "pbcseq"]


@pytest.fixture(scope="module")
def book():
    return landmark_rows(600, 8)


@pytest.fixture(scope="module")
def learned(book):
    return learn_design(book, COVARIATES)


def standard_errors(covariance):
    return np.sqrt(np.diag(covariance))


@pytest.mark.parametrize("name", TIME_VARYING)
def test_fit_equals_r(name):
    expected = numbers("cox")[name]
    cox = Cox().fit(*cox_rows(name, expected["covariates"]))
    assert cox.coefficients_ == pytest.approx(expected["coef"], rel=1e-8)
    assert standard_errors(cox.covariance_) == pytest.approx(expected["se"], rel=1e-7)
    assert standard_errors(cox.robust_covariance_) == pytest.approx(expected["robust_se"], rel=1e-6)
    assert cox.log_likelihood_ == pytest.approx(expected["loglik"], rel=1e-10)
    everything = np.arange(len(expected["coef"]))
    assert cox.block_test(everything).statistic == pytest.approx(expected["robust_wald"], rel=1e-6)
    assert wald_test(cox.coefficients_, cox.covariance_, everything).statistic == pytest.approx(
        expected["wald"], rel=1e-6
    )


@pytest.mark.parametrize("name", TIME_VARYING)
def test_baseline_hazard_equals_r(name):
    expected = numbers("cox")[name]
    design, outcome = cox_rows(name, expected["covariates"])
    sets, increments = baseline_hazard(outcome, np.zeros(len(outcome), int), design.values, np.array(expected["coef"]))
    # R treats times that differ by less than 1e-9 as one (timefix).
    passed = np.searchsorted(sets.time, np.array(expected["basehaz"]["time"]) + 1e-9)
    cumulative = np.r_[0, np.cumsum(increments)][passed]
    assert cumulative == pytest.approx(expected["basehaz"]["cumhaz"], rel=1e-9)


def test_stratified_fit_equals_r():
    expected = numbers("cox")["lung"]
    cox = Cox(strata=("sex",)).fit(*cox_rows("lung", expected["covariates"]))
    assert cox.coefficients_ == pytest.approx(expected["coef"], rel=1e-7)
    assert standard_errors(cox.covariance_) == pytest.approx(expected["se"], rel=1e-7)
    assert cox.log_likelihood_ == pytest.approx(expected["loglik"], rel=1e-10)


def test_ridge_equals_r():
    expected = numbers("cox")["veteran_ridge"]
    cox = Cox(ridge=1.0).fit(*cox_rows("veteran", expected["covariates"]))
    assert cox.coefficients_ == pytest.approx(expected["coef"], rel=1e-4)  # R stops at 1e-9 of the likelihood


def test_score_residuals_add_up_to_a_score_of_zero_at_the_fit():
    design, outcome = cox_rows("bladder2", ["rx", "size", "number"])
    stratum = table("bladder2")["id"].to_numpy() % 2
    design.rows["half"] = stratum
    cox = Cox(strata=("half",)).fit(design, outcome)
    residuals = score_residuals(outcome, stratum, design.values, cox.coefficients_)
    assert residuals.sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-6)


def test_robust_errors_are_the_same_whether_a_subject_is_one_row_or_many():
    design, outcome = cox_rows("mgus", ["male", "hgb", "creat"])
    middle = (outcome.start + outcome.stop) / 2
    split = Outcome(
        start=np.r_[outcome.start, middle],
        stop=np.r_[middle, outcome.stop],
        event=np.r_[np.zeros(len(outcome), bool), outcome.event],
        cause=np.tile(outcome.cause, 2),
        lifetime=np.tile(outcome.lifetime, 2),
        account=np.tile(outcome.account, 2),
        cluster=np.tile(outcome.cluster, 2),
        clock="lifetime",
    )
    twice = DesignMatrix(np.tile(design.values, (2, 1)), design.columns, pd.concat([design.rows, design.rows]))
    whole, parts = Cox().fit(design, outcome), Cox().fit(twice, split)
    assert parts.coefficients_ == pytest.approx(whole.coefficients_, rel=1e-9)
    assert parts.robust_covariance_ == pytest.approx(whole.robust_covariance_, rel=1e-9)


def test_order_of_rows_changes_nothing(book, learned):
    shuffled = book.sample(frac=1, random_state=1)
    first, second = (Cox().fit(learned.apply(rows), Outcome.from_landmarks(rows)) for rows in (book, shuffled))
    assert first.coefficients_ == pytest.approx(second.coefficients_, rel=1e-9)
    assert first.robust_covariance_ == pytest.approx(second.robust_covariance_, rel=1e-9)


def test_shift_of_every_lifetimes_clock_within_its_stratum_changes_nothing():
    design, outcome = cox_rows("heart", ["age", "surgery"])
    late = np.where(table("heart")["id"].to_numpy() % 2, 1000.0, 0.0)
    design.rows["half"] = late
    shifted = Outcome(
        start=outcome.start + late,
        stop=outcome.stop + late,
        event=outcome.event,
        cause=outcome.cause,
        lifetime=outcome.lifetime,
        account=outcome.account,
        cluster=outcome.cluster,
        clock="lifetime",
    )
    here, there = Cox(strata=("half",)).fit(design, outcome), Cox(strata=("half",)).fit(design, shifted)
    assert here.robust_covariance_ == pytest.approx(there.robust_covariance_, rel=1e-9)


def test_a_stratum_of_one_row_with_its_event_tells_nothing():
    design, outcome = cox_rows("heart", ["age", "surgery"])
    alone = np.zeros(len(outcome), int)
    alone[np.flatnonzero(outcome.event)[0]] = 1
    design.rows["alone"] = alone
    with_it = Cox(strata=("alone",)).fit(design, outcome)
    without = Cox().fit(design.take(alone == 0), outcome.take(alone == 0))
    assert with_it.coefficients_ == pytest.approx(without.coefficients_, rel=1e-8)
    assert with_it.robust_covariance_ == pytest.approx(without.robust_covariance_, rel=1e-6)


def test_incidence_grows_from_zero_and_adds_up_to_the_training_events(book, learned):
    outcome = Outcome.from_landmarks(book)
    design = learned.apply(book)
    incidence = Cox().fit(design, outcome).predict_incidence(design, np.arange(14))
    assert incidence.shape == (len(book), 14)
    assert (incidence[:, 0] == 0).all()
    assert (np.diff(incidence, axis=1) >= 0).all()
    # Nobody is censored before 13, and Efron's baseline is that of the fit: expected events match those seen.
    assert incidence[:, 13].sum() == pytest.approx(outcome.event.sum(), rel=0.02)


def test_recovers_what_the_simulation_put_in(book, learned):
    cox = Cox().fit(learned.apply(book), Outcome.from_landmarks(book))
    names = [column.name for column in cox.columns_]
    spread = book["renewal_in_horizon"].std()
    position = names.index("renewal_in_horizon")
    error = standard_errors(cox.robust_covariance_)
    assert abs(cox.coefficients_[position] - 2.0 * spread) < 3 * error[position]
    position = names.index("champions")
    assert abs(cox.coefficients_[position] + 0.5 * book["champions"].std()) < 3 * error[position]
    noise = np.flatnonzero([column.family == "noise" for column in cox.columns_])
    assert cox.block_test(noise).p_value > 0.01
    assert cox.block_test(np.array([names.index("usage_trend")])).p_value < 0.01


def test_few_events_per_column_are_noted(book, learned):
    few = book[book["risk_date"] <= "2022-04-01"]
    assert "lifetimes with event for 9 columns" in Cox().fit(learned.apply(few), Outcome.from_landmarks(few)).notes_[0]
    one = learned.apply(book).select_families(["usage"])
    assert Cox().fit(one, Outcome.from_landmarks(book)).notes_ == ()


def test_no_events_is_refused(book, learned):
    quiet = book[book["event"] == 0]
    with pytest.raises(ModelError, match="needs at least one churn; none"):
        Cox().fit(learned.apply(quiet), Outcome.from_landmarks(quiet))


@pytest.mark.parametrize("churned_value", [0.0, 1.0])
def test_separation_names_the_column(book, churned_value):
    often = np.arange(len(book)) % 4 == 0
    rows = book.assign(culprit=np.where(book["event"] == 1, churned_value, often.astype(float)))
    design = learn_design(rows, [*COVARIATES, Declared("culprit", "usage")]).apply(rows)
    with pytest.raises(ModelError, match=r"no maximum in 'culprit'"):
        Cox().fit(design, Outcome.from_landmarks(rows))
    assert np.isfinite(Cox(ridge=1.0).fit(design, Outcome.from_landmarks(rows)).coefficients_).all()


def test_collinear_columns_are_refused():
    design, outcome = cox_rows("heart", ["age", "surgery"])
    doubled = DesignMatrix(
        np.column_stack([design.values, design.values[:, 0]]),
        (*design.columns, Column("age_again", "age", "usage")),
        design.rows,
    )
    with pytest.raises(ModelError, match=r"'age'.*'age_again'"):
        Cox().fit(doubled, outcome)


def test_a_fit_on_lifetimes_gives_no_absolute_risk():
    design, outcome = cox_rows("heart", ["age"])
    with pytest.raises(ModelError, match=r"fitted on the lifetime clock.*Fit it to landmark rows"):
        Cox().fit(design, outcome).predict_incidence(design, [13])


def test_a_row_far_outside_the_training_range_still_gets_a_probability(book, learned):
    design = learned.apply(book)
    cox = Cox().fit(design, Outcome.from_landmarks(book))
    extreme = design.with_values(np.sign(cox.coefficients_) * np.full_like(design.values, 1e6))
    assert cox.predict_incidence(extreme, [0, 13])[0].tolist() == [0, 1]


def test_what_a_fitted_model_refuses(book, learned):
    design, outcome = learned.apply(book), Outcome.from_landmarks(book)
    cox = Cox().fit(design, outcome)
    with pytest.raises(ModelError, match="'merged' was asked for"):
        cox.predict_incidence(design, [13], cause="merged")
    with pytest.raises(ModelError, match="columns differ in"):
        cox.predict_incidence(design.select_families(["usage"]), [13])
    with pytest.raises(ModelError, match="Landmark fits take no strata"):
        Cox(strata=("phase",)).fit(design, outcome)
    with pytest.raises(ModelError, match="absent: colour"):
        Cox(strata=("colour",)).fit(*cox_rows("heart", ["age"]))
    with pytest.raises(ModelError, match="same rows"):
        Cox().fit(design, outcome.take(np.arange(10)))


def test_a_block_with_fewer_clusters_than_columns_is_refused():
    with pytest.raises(ModelError, match="too few clusters"):
        wald_test(np.ones(2), np.ones((2, 2)), np.array([0, 1]))
    with pytest.raises(ModelError, match="block is empty"):
        wald_test(np.ones(2), np.eye(2), np.array([], dtype=int))


def test_one_cluster_has_no_robust_spread():
    design, outcome = cox_rows("heart", ["age"])
    cox = Cox().fit(design, outcome)
    together = Outcome(
        outcome.start, outcome.stop, outcome.event, outcome.cause, outcome.lifetime, outcome.account,
        np.full(len(outcome), "one", dtype=object), "lifetime",
    )  # fmt: skip
    robust = cluster_robust_covariance(
        together, np.zeros(len(outcome), int), design.values, cox.coefficients_, cox.covariance_
    )
    assert robust == pytest.approx(np.zeros((1, 1)), abs=1e-9)
