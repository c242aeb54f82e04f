"""The test of proportional hazards and the path of a coefficient against R's cox.zph."""

import numpy as np
import pytest
from r_reference import COX_CASES, MORE_CASES, cox_fit, fit_table, more, more_fit, numbers, table
from scipy import stats

from analysis.cox.fit import fit_cox
from analysis.cox.proportional_hazards import coefficient_path, proportional_hazards_test
from analysis.cox.rows import counting_rows

TIES = ["efron", "breslow"]
TRANSFORMS = ["km", "rank", "identity", "log"]


def assert_table(found, expected, names):
    assert found["term"].tolist() == [*names, "GLOBAL"]
    assert found["statistic"].to_numpy() == pytest.approx(expected["chisq"], rel=1e-9)
    assert found["df"].tolist() == expected["df"]
    assert found["p_value"].to_numpy() == pytest.approx(expected["p"], rel=1e-9)


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", COX_CASES)
def test_proportional_hazards_tests_equal_r(case, ties, transform):
    fit = cox_fit(case, ties)
    expected = numbers(f"cox_{case}")[ties]["zph"][transform]
    assert_table(proportional_hazards_test(fit, transform).table, expected, fit.names)


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", MORE_CASES)
def test_proportional_hazards_tests_with_weights_and_strata_equal_r(case, ties, transform):
    fit, expected = more_fit(case, ties), more(case, ties)
    found = proportional_hazards_test(fit, transform)
    x = expected["zph"][transform]["x"]
    assert found.residuals["x"].head(len(x)).to_numpy() == pytest.approx(x, rel=1e-12)
    assert_table(found.table, expected["zph"][transform], fit.names)
    assert found.variance == pytest.approx(np.array(expected["zph_var"]), rel=1e-9, abs=1e-10)


def test_a_stratified_test_equals_the_copied_result_of_r():
    fit, expected = more_fit("lung_stratified", "efron"), numbers("cox_lung")["zph"]["km"]
    assert_table(proportional_hazards_test(fit, "km").table, expected, fit.names)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_a_column_that_is_constant_in_one_stratum_equals_r(transform):
    expected, rows = numbers("more_cases")["lung_men_only"], table("lung")
    values = np.column_stack([rows["age"], rows["ph_ecog"] * (rows["sex"] == 1)])
    outcome = counting_rows(None, rows["stop"], rows["event"], strata=rows["sex"])
    found = proportional_hazards_test(fit_cox(values, outcome, names=expected["covariates"]), transform)
    assert_table(found.table, expected["zph"][transform], expected["covariates"])
    assert found.variance == pytest.approx(np.array(expected["zph_var"]), rel=1e-9)
    women = found.residuals[found.residuals["stratum"] == 2]
    assert women["ecog_men"].isna().all()
    assert women["time"].head(8).tolist() == expected["time_women"]
    assert women["age"].head(8).to_numpy() == pytest.approx([line[0] for line in expected["y_women"]], rel=1e-9)


@pytest.mark.parametrize("case", ["heart_path", "veteran_path"])
def test_the_path_of_a_coefficient_equals_a_natural_spline_of_r(case):
    expected = numbers("more_cases")[case]
    result = proportional_hazards_test(fit_table(expected["table"], expected["covariates"]), expected["transform"])
    found = coefficient_path(result, expected["term"], df=4, level=0.95, n_points=40)
    spline = expected["knots_of_events"]
    half = stats.norm.isf(0.025) * np.array(spline["std_error"])
    size = np.abs(spline["estimate"]).max()
    assert found["x"].to_numpy() == pytest.approx(expected["x"], rel=1e-12)
    assert found["estimate"].to_numpy() == pytest.approx(spline["estimate"], abs=1e-9 * size)
    assert (found["conf_high"] - found["estimate"]).to_numpy() == pytest.approx(half, rel=1e-9)
    assert (found["estimate"] - found["conf_low"]).to_numpy() == pytest.approx(half, rel=1e-9)
    # plot.cox.zph takes its knots from grid and events together: the same curve within its standard error.
    plotted = expected["plotted"]
    off = (found["estimate"] - plotted["estimate"]).abs().to_numpy()
    assert (off < np.array(plotted["std_error"])).all()


def test_a_path_with_two_degrees_of_freedom_is_the_line_of_least_squares():
    expected = numbers("more_cases")["veteran_path"]
    result = proportional_hazards_test(fit_table(expected["table"], expected["covariates"]), expected["transform"])
    found = coefficient_path(result, expected["term"], df=2)
    x, y = result.residuals["x"], result.residuals[expected["term"]]
    assert found["estimate"].to_numpy() == pytest.approx(np.polyval(np.polyfit(x, y, 1), found["x"]))
