"""Coefficients, standard errors and log-likelihoods against R's coxph."""

import numpy as np
import pytest
from r_reference import COX_CASES, MORE_CASES, cox_fit, fit_table, more, more_fit, numbers, table

from analysis.cox.coefficient_table import coefficient_table
from analysis.cox.fit import fit_cox
from analysis.cox.rows import counting_rows

TIES = ["efron", "breslow"]


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", COX_CASES)
def test_a_fit_equals_r(case, ties):
    fit, expected = cox_fit(case, ties), numbers(f"cox_{case}")[ties]
    assert fit.coefficients == pytest.approx(expected["coef"], rel=1e-9, abs=1e-12)
    assert [fit.null_log_likelihood, fit.log_likelihood] == pytest.approx(expected["loglik"], rel=1e-12)
    assert fit.std_errors == pytest.approx(expected["se"], rel=1e-9)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", [case for case in COX_CASES if case != "pbc"])
def test_cluster_robust_errors_equal_r(case, ties):
    fit, expected = cox_fit(case, ties), numbers(f"cox_{case}")[ties]
    assert fit.robust_std_errors == pytest.approx(expected["robust_se"], rel=1e-9)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", ["heart", "jasa1", "mgus", "bladder2", "pbcseq"])
def test_covariances_equal_r(case, ties):
    fit, expected = cox_fit(case, ties), numbers(f"cox_{case}")[ties]
    assert fit.covariance == pytest.approx(np.array(expected["vcov"]), rel=1e-9, abs=1e-12)
    assert fit.robust_covariance == pytest.approx(np.array(expected["robust_vcov"]), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", MORE_CASES)
def test_weights_strata_offsets_and_clusters_equal_r(case, ties):
    fit, expected = more_fit(case, ties), more(case, ties)
    assert fit.coefficients == pytest.approx(expected["coef"], rel=1e-9)
    assert [fit.null_log_likelihood, fit.log_likelihood] == pytest.approx(expected["loglik"], rel=1e-12)
    assert fit.covariance == pytest.approx(np.array(expected["vcov"]), rel=1e-9, abs=1e-12)
    assert fit.robust_covariance == pytest.approx(np.array(expected["robust_vcov"]), rel=1e-9, abs=1e-12)
    assert fit.std_errors == pytest.approx(expected["se"], rel=1e-9)
    assert fit.robust_std_errors == pytest.approx(expected["robust_se"], rel=1e-9)


def test_a_stratified_fit_equals_the_copied_result_of_r():
    fit, expected = more_fit("lung_stratified", "efron"), numbers("cox_lung")
    assert fit.coefficients == pytest.approx(expected["coef"], rel=1e-9)
    assert fit.std_errors == pytest.approx(expected["se"], rel=1e-9)
    assert [fit.null_log_likelihood, fit.log_likelihood] == pytest.approx(expected["loglik"], rel=1e-12)


@pytest.mark.parametrize("cause", ["pcm", "death"])
def test_cause_specific_fits_equal_r(cause):
    rows, expected = table("mgus2"), numbers("cox_mgus2")
    outcome = counting_rows(None, rows["stop"], rows["cause"] == {"pcm": 1, "death": 2}[cause])
    fit = fit_cox(rows[expected["covariates"]], outcome)
    assert fit.coefficients == pytest.approx(expected[cause]["coef"], rel=1e-7)  # R stopped at its default precision
    assert fit.std_errors == pytest.approx(expected[cause]["se"], rel=1e-8)
    assert [fit.null_log_likelihood, fit.log_likelihood] == pytest.approx(expected[cause]["loglik"], rel=1e-12)


def test_one_ridge_for_all_equals_r():
    expected = numbers("cox_veteran_ridge")
    fit = fit_table("veteran", expected["covariates"], ridge=float(expected["theta"]))
    assert fit.coefficients == pytest.approx(expected["coef"], rel=1e-9)
    assert [fit.null_log_likelihood, fit.log_likelihood] == pytest.approx(expected["loglik"], rel=1e-9)


@pytest.mark.parametrize("case", ["ridge_some", "ridge_each"])
def test_a_ridge_of_its_own_for_each_column_equals_r(case):
    expected = numbers("more_cases")[case]
    fit = fit_table(expected["table"], expected["covariates"], ridge=expected["theta"])
    assert fit.coefficients == pytest.approx(expected["coef"], rel=1e-9)
    assert [fit.null_log_likelihood, fit.log_likelihood] == pytest.approx(expected["loglik"], rel=1e-12)
    assert fit.covariance == pytest.approx(np.array(expected["vcov"]), rel=1e-9, abs=1e-12)


def test_the_coefficient_table_equals_rs_summary():
    expected = numbers("more_cases")["heart_summary"]
    found = coefficient_table(cox_fit("heart", "efron"), robust=True, level=expected["level"])
    coefficients = dict(zip(expected["coefficient_columns"], np.transpose(expected["coefficients"]), strict=True))
    limits = dict(zip(expected["conf_int_columns"], np.transpose(expected["conf_int"]), strict=True))
    assert found["term"].tolist() == expected["covariates"]
    assert found["estimate"].to_numpy() == pytest.approx(coefficients["coef"], rel=1e-9)
    assert found["hazard_ratio"].to_numpy() == pytest.approx(coefficients["exp(coef)"], rel=1e-9)
    assert found["std_error"].to_numpy() == pytest.approx(coefficients["robust se"], rel=1e-9)
    assert found["statistic"].to_numpy() == pytest.approx(coefficients["z"], rel=1e-9)
    assert found["p_value"].to_numpy() == pytest.approx(coefficients["Pr(>|z|)"], rel=1e-9)
    assert found["hazard_ratio_low"].to_numpy() == pytest.approx(limits["lower .90"], rel=1e-9)
    assert found["hazard_ratio_high"].to_numpy() == pytest.approx(limits["upper .90"], rel=1e-9)


def test_splitting_follow_up_into_rows_changes_no_number():
    whole, split = cox_fit("veteran", "efron"), cox_fit("veteran_split91", "efron")
    assert split.coefficients == pytest.approx(whole.coefficients, rel=1e-10, abs=1e-12)
    assert split.covariance == pytest.approx(whole.covariance, rel=1e-9, abs=1e-14)
    assert split.robust_covariance == pytest.approx(whole.robust_covariance, rel=1e-9, abs=1e-14)
