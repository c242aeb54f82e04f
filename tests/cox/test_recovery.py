"""Fifty simulated data sets: coefficients come back without bias, and robust errors are as large as their spread.

How likely a false alarm is, over all six coefficients: a t statistic of 50 estimates beyond 5.5, 1e-5; a spread of 50
estimates beyond 1.75 times the mean error, which falls short by up to 13% with 50 parents, 1e-6, or below 1 / 1.7 of
it, 3e-5; 15 of 50 intervals that miss where 9% should, 2e-5. Seeds are fixed, and `make study-worlds` repeats this with
2,000 data sets (benchmarks/cox_recovery.csv).
"""

import dataclasses
from functools import partial

import numpy as np
import pandas as pd
import pytest

from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.rows import counting_rows
from analysis.worlds.proofs.cox_recovery import (
    DAYS,
    DESIGNS,
    TRUTH,
    MonthlyRows,
    cox_recovery,
    cox_recovery_study,
    simulate_rows,
)

SETS = 50
recovery = partial(cox_recovery, SETS, seed=20, n_parents=50)


def alarms(found: pd.DataFrame) -> set[str]:
    """Say what is wrong: 'bias', 'errors too small', 'errors too large', 'coverage'."""
    ratio = found["empirical_sd"] / found["mean_robust_se"]
    checks = {
        "bias": (found["bias"].abs() > 5.5 * found["bias_mc_error"]).any(),
        "errors too small": (ratio > 1.75).any(),
        "errors too large": (ratio < 1 / 1.7).any(),
        "coverage": (found["robust_coverage"] <= 0.7).any(),
    }
    return {name for name, is_wrong in checks.items() if is_wrong}


@pytest.fixture(scope="module")
def found():
    return recovery()


def test_the_truth_is_recovered(found):
    assert alarms(found) == set()
    assert found["term"].tolist() == list(TRUTH)
    assert (found["accounts"] >= 300).all()
    assert (found["events"] >= 100).all()


def without_entry(drawn: MonthlyRows) -> CoxFit:
    rows = counting_rows(None, drawn.stop, drawn.event, cluster=drawn.parent)
    return fit_cox(drawn.values, rows, names=list(TRUTH))


def with_covariates_as_at_entry(drawn: MonthlyRows) -> CoxFit:
    first = np.searchsorted(drawn.account, drawn.account)
    return dataclasses.replace(drawn, values=drawn.values[first]).fit()


def with_model_based_errors(drawn: MonthlyRows) -> CoxFit:
    fit = drawn.fit()
    return dataclasses.replace(fit, robust_covariance=fit.covariance)


def with_errors_of_twice_the_size(drawn: MonthlyRows) -> CoxFit:
    fit = drawn.fit()
    return dataclasses.replace(fit, robust_covariance=4 * fit.robust_covariance)


@pytest.mark.parametrize(
    ("mistake", "alarm"),
    [
        (without_entry, "bias"),
        (with_covariates_as_at_entry, "bias"),
        (with_model_based_errors, "errors too small"),
        (with_model_based_errors, "coverage"),
        (with_errors_of_twice_the_size, "errors too large"),
    ],
)
def test_a_mistake_would_be_seen(mistake, alarm):
    assert alarm in alarms(recovery(fit=mistake))


def test_the_same_seed_draws_the_same_data(found):
    pd.testing.assert_frame_equal(recovery(), found, check_exact=True)
    one, other = (simulate_rows(np.random.default_rng([20, k])) for k in (0, 1))
    assert len(one.stop) != len(other.stop)


def test_rows_are_what_they_are_said_to_be():
    drawn = simulate_rows(np.random.default_rng(1))
    frame = pd.DataFrame({field.name: getattr(drawn, field.name) for field in dataclasses.fields(drawn)[1:]})
    frame["champion_left"] = drawn.values[:, 2]
    assert (frame["start"] < frame["stop"]).all()
    assert (frame["start"] // DAYS == (frame["stop"] - 1) // DAYS).all()  # each within a month
    accounts = frame.groupby("account")
    assert (accounts["start"].shift(-1).dropna() == frame.loc[accounts["stop"].shift(-1).dropna().index, "stop"]).all()
    assert accounts["event"].sum().max() == 1
    assert (frame["event"] <= (accounts.cumcount(ascending=False) == 0)).all()  # an event ends an account
    assert 0.3 < (accounts["start"].min() > 0).mean() < 0.7  # late entries
    assert accounts["parent"].nunique().max() == 1
    assert 0.02 < frame["champion_left"].mean() < 0.15  # rare
    assert (accounts["champion_left"].diff().dropna() >= 0).all()  # and it comes to stay


def test_accounts_of_one_parent_depend_on_each_other():
    drawn = simulate_rows(np.random.default_rng(2), n_parents=3000, n_accounts=9000)
    fit = drawn.fit()
    robust, model = fit.robust_std_errors, fit.std_errors
    assert (robust[3:5] > 1.1 * model[3:5]).all()  # covariates that accounts of a parent share
    assert (np.abs(robust / model - 1)[[0, 1, 5]] < 0.1).all()  # their own


def test_the_study_repeats_it_for_few_and_many_clusters():
    told = []
    table = cox_recovery_study(3, 1, told.append)
    assert table["clusters"].drop_duplicates().tolist() == [50, 100, 200, 400]
    assert len(table) == len(TRUTH) * len(told) == len(TRUTH) * len(DESIGNS)
    assert "1000 accounts of 400 parents, 3 data sets: 95% intervals cover" in told[-1]
