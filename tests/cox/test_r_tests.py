"""Wald, score and likelihood-ratio tests against R's coxph and anova."""

import numpy as np
import pytest
from r_reference import COX_CASES, MORE_CASES, cox_fit, fit_table, more, more_fit, numbers

from analysis.cox.hypothesis_tests import likelihood_ratio_test, score_test, wald_test

TIES = ["efron", "breslow"]


def assert_tests(fit, expected):
    assert wald_test(fit, robust=False).statistic == pytest.approx(expected["wald"], rel=1e-9)
    assert score_test(fit, robust=False).statistic == pytest.approx(expected["score"], rel=1e-9)
    assert likelihood_ratio_test(fit).statistic == pytest.approx(expected["likelihood_ratio"], rel=1e-9)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", COX_CASES)
def test_tests_of_all_coefficients_equal_r(case, ties):
    assert_tests(cox_fit(case, ties), numbers(f"cox_{case}")[ties])


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", MORE_CASES)
def test_tests_with_weights_strata_and_offsets_equal_r(case, ties):
    assert_tests(more_fit(case, ties), more(case, ties))


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", [case for case in COX_CASES if case != "pbc"])
def test_robust_tests_of_all_coefficients_equal_r(case, ties):
    fit, expected = cox_fit(case, ties), numbers(f"cox_{case}")[ties]
    assert wald_test(fit, robust=True).statistic == pytest.approx(expected["robust_wald"], rel=1e-9)
    assert score_test(fit, robust=True).statistic == pytest.approx(expected["robust_score"], rel=1e-9)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", MORE_CASES)
def test_robust_tests_with_weights_strata_and_offsets_equal_r(case, ties):
    fit, expected = more_fit(case, ties), more(case, ties)
    assert wald_test(fit, robust=True).statistic == pytest.approx(expected["robust_wald"], rel=1e-9)
    assert score_test(fit, robust=True).statistic == pytest.approx(expected["robust_score"], rel=1e-9)


@pytest.mark.parametrize("case", ["veteran_block", "heart_block", "bladder2_block"])
def test_tests_of_a_block_equal_r(case):
    expected = numbers("more_cases")[case]
    fit, block = fit_table(expected["table"], np.atleast_1d(expected["covariates"]).tolist()), expected["block"]
    ratio = likelihood_ratio_test(fit, block)
    assert ratio.statistic == pytest.approx(expected["likelihood_ratio"], rel=1e-9)
    assert ratio.df == expected["df"]
    assert ratio.p_value == pytest.approx(expected["p"], rel=1e-9)
    assert score_test(fit, block, robust=False).statistic == pytest.approx(expected["score"], rel=1e-9)
    assert score_test(fit, block, robust=True).statistic == pytest.approx(expected["robust_score"], rel=1e-9)
