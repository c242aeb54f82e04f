"""Residuals against R's residuals.coxph and cox.zph."""

import numpy as np
import pytest
from r_reference import COX_CASES, MORE_CASES, cox_fit, more, more_fit, numbers, table

from analysis.cox.prediction import linear_predictor
from analysis.cox.residuals import (
    dfbeta,
    martingale_residuals,
    scaled_schoenfeld_residuals,
    schoenfeld_residuals,
    score_residuals,
)

TIES = ["efron", "breslow"]


def assert_head(found, expected):
    """Compare the first rows, each column to a share of its own size."""
    head = np.array(expected, dtype=float)
    size = np.abs(head).max(axis=0)
    assert found[: len(head)] / size == pytest.approx(head / size, abs=1e-9)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", COX_CASES)
def test_residuals_of_unweighted_rows_equal_r(case, ties):
    fit, expected = cox_fit(case, ties), numbers(f"cox_{case}")[ties]
    assert_head(martingale_residuals(fit), expected["martingale_head"])
    assert_head(dfbeta(fit, by="row"), expected["dfbeta_head"])


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", COX_CASES)
def test_the_linear_predictor_equals_rs_up_to_its_centre(case, ties):
    fit, expected = cox_fit(case, ties), numbers(f"cox_{case}")[ties]
    means = [expected["baseline_at_means"]["means"]]
    values = table(case)[list(fit.names)].to_numpy(float)
    centred = linear_predictor(fit, values) - linear_predictor(fit, means)
    assert_head(centred, expected["linear_predictor_head"])


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", MORE_CASES)
def test_residuals_of_weighted_and_stratified_rows_equal_r(case, ties):
    fit, expected = more_fit(case, ties), more(case, ties)
    assert_head(martingale_residuals(fit), expected["martingale_head"])
    assert_head(score_residuals(fit), expected["score_residual_head"])
    assert_head(dfbeta(fit, by="row"), expected["dfbeta_head"])


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", MORE_CASES)
def test_dfbeta_of_clusters_equals_r(case, ties):
    fit, expected = more_fit(case, ties), more(case, ties)["dfbeta_cluster"]
    clusters = table(MORE_CASES[case]["name"])[MORE_CASES[case].get("cluster", "id")]
    order = clusters.drop_duplicates().tolist()
    position = [order.index(int(label)) for label in expected["label"]]
    assert_head(dfbeta(fit, by="cluster")[position], expected["values"])


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", MORE_CASES)
def test_schoenfeld_residuals_equal_r(case, ties):
    fit, expected = more_fit(case, ties), more(case, ties)["schoenfeld_head"]
    found = schoenfeld_residuals(fit)
    assert found["time"].head(len(expected["time"])).tolist() == expected["time"]
    assert len(found) == fit.rows.n_events
    assert_head(found[list(fit.names)].to_numpy(), expected["values"])


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("case", MORE_CASES)
def test_scaled_schoenfeld_residuals_equal_r(case, ties):
    fit, expected = more_fit(case, ties), more(case, ties)
    found = scaled_schoenfeld_residuals(fit)
    assert found["time"].head(len(expected["zph_time"])).tolist() == expected["zph_time"]
    by_value = found.sort_values(["stratum", "time", fit.names[0]])  # tied events have no order of their own
    assert_head(by_value[list(fit.names)].to_numpy(), expected["zph_y"])
