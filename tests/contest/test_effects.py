import numpy as np
import pytest
from scipy import stats
from simulated_landmarks import COVARIATES, landmark_rows
from statsmodels.stats.multitest import multipletests

from analysis.contest.comparable import comparable_groups, shuffle_within
from analysis.cox.fit import fit_cox
from analysis.cox.global_test import global_test
from analysis.cox.proportional_hazards import coefficient_path, proportional_hazards_test
from analysis.cox.rows import counting_rows
from analysis.design.matrix import Column, learn_design
from analysis.design.outcome import Outcome
from analysis.inference.hazard_ratios import drifts, hazard_ratios
from analysis.inference.joint_tests import family_tests
from analysis.inference.multiplicity import holm

FAMILIES = ["usage", "relationship", "champion", "noise", "goals"]


@pytest.fixture(scope="module")
def book():
    return landmark_rows(1200, 10, seed=5)


@pytest.fixture(scope="module")
def design(book):
    return learn_design(book, COVARIATES).apply(book)


@pytest.fixture(scope="module")
def fit(book, design):
    rows = Outcome.from_landmarks(book).on_grid().counting_rows()
    return fit_cox(design.values, rows, names=design.names)


def test_hazard_ratios_are_the_fits_with_the_errors_of_its_clusters(fit, design):
    """Some 600 parents: about the sandwich's errors; t's degrees of freedom by column."""
    table = hazard_ratios(fit, design.columns)
    assert table["term"].tolist() == list(design.names)
    assert table["estimate"].to_numpy() == pytest.approx(fit.coefficients)
    assert len(table) == 9
    assert table["std_error"].to_numpy() == pytest.approx(fit.robust_std_errors, rel=0.03)
    assert table["df"].between(20, 600).all()
    row = table.set_index("term").loc["renewal_in_horizon"]
    assert row["hazard_ratio"] == pytest.approx(np.exp(row["estimate"]))
    half = stats.t.ppf(0.975, row["df"]) * row["std_error"]
    assert row["hazard_ratio_low"] == pytest.approx(np.exp(row["estimate"] - half), rel=1e-6)
    assert row["p_value"] < 1e-6


def test_a_narrower_level_gives_a_narrower_interval(fit, design):
    wide, narrow = hazard_ratios(fit, design.columns), hazard_ratios(fit, design.columns, level=0.5)
    assert (narrow["conf_low"] > wide["conf_low"]).all()


def test_a_ratio_that_turns_over_the_lifetime_is_found_and_drawn_where_it_turns():
    rng = np.random.default_rng(3)
    steady, turning = rng.normal(size=(2, 3000))
    # Exponential times with the effect of `turning` gone after time 1: the inverse of the cumulative hazard by hand.
    to_come = rng.exponential(size=3000) / np.exp(0.5 * steady)
    early = np.exp(turning)
    time = np.where(to_come < early, to_come / early, 1 + to_come - early)
    rows = counting_rows(None, np.minimum(time, 3), time < 3)
    columns = [Column("steady", "steady", "usage"), Column("turning", "turning", "champion")]
    fit = fit_cox(np.column_stack([steady, turning]), rows, names=["steady", "turning"])
    result = proportional_hazards_test(fit)
    table = drifts(result, columns).set_index("term")
    assert table.loc["turning", "drifts"]
    # A wrong constant for one column leaks into the tests of others: the culprit has by far the largest statistic.
    assert table.loc["turning", "statistic"] > 10 * table.loc["steady", "statistic"]
    path = coefficient_path(result, "turning").set_index("time")
    assert (path.loc[:0.6, "conf_low"] > 0.7).all()
    assert (path.loc[1.5:, "conf_high"] < 0.4).all()


def test_holm_bounds_any_false_alarm():
    # 0.01 x 3 = 0.03; 0.02 x 2 = 0.04; 0.9 x 1; the missing one counts for nothing.
    assert holm(np.array([0.9, 0.01, np.nan, 0.02])) == pytest.approx([0.9, 0.03, np.nan, 0.04], nan_ok=True)
    # Adjusted values never fall as p values grow, and never exceed one.
    assert holm(np.array([0.3, 0.04, 0.041])) == pytest.approx([0.3, 0.12, 0.12])
    assert holm(np.array([0.7, 0.8])).tolist() == [1.0, 1.0]
    # Where nothing was tested nothing is adjusted.
    assert len(holm(np.array([]))) == 0
    assert np.isnan(holm(np.array([np.nan]))).all()


def test_holm_is_statsmodels_to_the_bit():
    """Ties, zeros and ones among them; statsmodels tidies the whole memory at each call, so a few sizes must do."""
    rng = np.random.default_rng(4)
    for size in (1, 2, 3, 8, 25, 60):
        p_values = np.where(rng.random(size) < 0.3, rng.choice([0.0, 0.02, 1.0], size), rng.random(size) ** 3)
        assert (holm(p_values) == multipletests(p_values, method="holm")[1]).all()


def test_family_test_is_the_global_test_of_its_columns_beside_a_fit_of_the_others(fit, design, book):
    tests = family_tests(fit, design.columns, FAMILIES).set_index("family")
    is_champion = np.array([column.family == "champion" for column in design.columns])
    null = fit_cox(design.values[:, ~is_champion], Outcome.from_landmarks(book).on_grid().counting_rows())
    own = global_test(null, design.values[:, is_champion])
    assert tests.loc["champion", "statistic"] == pytest.approx(own.statistic, rel=1e-6)
    assert tests.loc["champion", "p_value"] == own.p_value == 1 / 2000
    assert tests.loc["relationship", "n_columns"] == 1  # its mark of missing values is adjusted for, not tested
    assert tests.loc["noise", "p_value"] > 0.01


def test_a_family_with_nothing_else_in_the_model_is_tested_alone(book, design):
    alone = design.without(column.name for column in design.columns if column.family != "usage")
    rows = Outcome.from_landmarks(book).on_grid().counting_rows()
    tests = family_tests(fit_cox(alone.values, rows, names=alone.names), alone.columns, FAMILIES)
    assert tests["family"].tolist() == ["usage"]
    assert tests["p_value"].iloc[0] < 0.01


def test_a_family_that_is_not_measured_gets_no_row(fit, design):
    assert "goals" not in set(family_tests(fit, design.columns, FAMILIES)["family"])


def test_values_are_swapped_within_groups_only():
    group = np.array([0, 1, 0, 2, 1, 0, 1])
    taken = shuffle_within(group, np.arange(7, dtype=np.uint64), np.random.default_rng(0))
    assert sorted(taken) == list(range(7))
    assert (group[taken] == group).all()
    assert taken[3] == 3  # alone in its group


def test_every_order_of_a_group_is_equally_likely():
    one, content = np.zeros(3, int), np.array([7, 3, 5], dtype=np.uint64)
    draws = np.array([shuffle_within(one, content, np.random.default_rng(seed)) for seed in range(1200)])
    orders, counts = np.unique(draws, axis=0, return_counts=True)
    assert len(orders) == 6
    assert ((counts > 150) & (counts < 250)).all()


def test_comparable_accounts_share_landmark_phase_and_term(book):
    rows = book.assign(phase=np.where(book["lifetime_id"] % 2, "mature", "adoption"))
    rows["term_months"] = np.where(rows["lifetime_id"] % 3, 12.0, np.nan)
    design = learn_design(rows, COVARIATES).apply(rows)
    group = comparable_groups(design)
    keys = design.rows[["risk_date", "phase", "term_months"]].drop_duplicates()
    assert len(np.unique(group)) == len(keys)
    assert design.rows.assign(group=group).groupby("group")["risk_date"].nunique().max() == 1
