import numpy as np
import pytest
from analysis.contest.reliance import missing_marks, permutation_losses
from scipy import stats
from simulated_landmarks import COVARIATES, Declared, landmark_rows

from analysis.contest.comparable import comparable_groups, shuffle_within
from analysis.cox.fit import fit_cox
from analysis.cox.global_test import global_test
from analysis.cox.proportional_hazards import coefficient_path, proportional_hazards_test
from analysis.cox.rows import counting_rows
from analysis.design.matrix import Column, learn_design
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.evaluation.rolling_origin import rolling_origin
from analysis.inference.hazard_ratios import drifts, hazard_ratios
from analysis.inference.joint_tests import family_tests
from analysis.inference.multiplicity import holm
from analysis.models.forest import Forest
from analysis.models.landmark_cox import LandmarkCox

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


@pytest.fixture(scope="module")
def folds(book):
    models = {"cox": LandmarkCox, "forest": lambda: Forest(n_trees=30)}
    return rolling_origin(book, COVARIATES, models, n_folds=4, n_resamples=5).folds


@pytest.fixture(scope="module")
def reliance(folds):
    return permutation_losses(folds, ["cox", "forest"], FAMILIES, n_repeats=5, n_resamples=100)


@pytest.fixture(scope="module")
def losses(reliance):
    return reliance.losses


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


def test_a_family_that_is_not_measured_gets_no_row(fit, design, losses):
    assert "goals" not in set(family_tests(fit, design.columns, FAMILIES)["family"])
    assert "goals" not in set(losses["family"])


def test_shuffling_hurts_where_there_is_an_effect_and_only_there(losses):
    table = losses.set_index(["model", "family", "metric"])
    for model in ("cox", "forest"):
        for family in ("usage", "champion"):
            assert table.loc[(model, family, "auc"), "conf_low"] > 0
            assert table.loc[(model, family, "ipa"), "estimate"] > table.loc[(model, "noise", "ipa"), "estimate"]
        noise = table.loc[(model, "noise", "auc")]
        assert noise["conf_low"] < 0 < noise["conf_high"]


def test_intervals_say_how_they_were_made(losses):
    assert losses["interval"].unique().tolist() == ["accounts resampled, model held fixed"]
    assert (losses["conf_low"] <= losses["estimate"]).all()
    assert (losses["estimate"] <= losses["conf_high"]).all()
    assert losses["share_moved"].between(0.9, 1).all()


def test_losses_are_the_same_every_time(folds, reliance):
    again = permutation_losses(folds, ["cox", "forest"], FAMILIES, n_repeats=5, n_resamples=100)
    assert (again.losses == reliance.losses).all(axis=None)
    assert (again.contrasts == reliance.contrasts).all(axis=None)


def test_a_contrast_is_the_difference_of_two_losses_and_found_where_one_has_an_effect(reliance):
    seen = reliance.losses.set_index(["model", "family", "metric"])["estimate"]
    contrasts = reliance.contrasts.set_index(["model", "family", "versus", "metric"])
    for (model, family, versus, metric), line in contrasts.iterrows():
        assert line["estimate"] == pytest.approx(seen[model, family, metric] - seen[model, versus, metric])
        assert line["adjusted_p_value"] >= line["p_value"]
    assert len(contrasts) == 2 * 2 * 6  # models, metrics, pairs of the four families that are measured
    assert contrasts.loc[("cox", "champion", "noise", "auc"), "adjusted_p_value"] < 0.15  # at best 2 / 101 x 6
    assert contrasts.loc[("cox", "champion", "noise", "auc"), "conf_low"] > 0


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


def test_a_model_fitted_nowhere_is_an_error(folds):
    with pytest.raises(ModelError, match="'logistic' was fitted in none of the 4 folds"):
        permutation_losses(folds, ["logistic"], ["usage"])


class TestWhatIsMissing:
    """A family that says nothing, whose values are missing where an account is young; and the young leave."""

    COVARIATES = (Declared("answers", "relationship"), Declared("visits", "relationship"), Declared("use", "usage"))

    @pytest.fixture(scope="class")
    @classmethod
    def of_the_young(cls):
        book, rng = landmark_rows(1500, 10, seed=6), np.random.default_rng(7)
        is_young = rng.random(len(book)) < 0.3
        leaves = rng.random(len(book)) < np.where(is_young, 0.25, 0.03)
        book = book.assign(
            event=leaves.astype(int),
            cause=np.where(leaves, "churn", None),
            followed_days=np.where(leaves, book["horizon_days"] // 2, book["horizon_days"]),
            lifetime_id=[f"{k}" for k in range(len(book))],
            answers=np.where(is_young, np.nan, rng.normal(size=len(book))),
            visits=np.where(is_young, np.nan, rng.normal(size=len(book))),
            use=np.where(is_young, np.nan, rng.normal(size=len(book))),
        )
        return rolling_origin(book, cls.COVARIATES, {"cox": LandmarkCox}, n_folds=4, n_resamples=5).folds

    def test_stays_where_it_is_so_that_a_family_that_says_nothing_does_not_lean_on_youth(self, of_the_young):
        table = permutation_losses(
            of_the_young, ["cox"], ["relationship", "usage"], n_repeats=5, n_resamples=100
        ).losses
        table = table[table["metric"] == "ipa"].set_index("family")
        assert table["estimate"].abs().max() < 0.2  # points; with the marks shuffled, more than 20 of relationship
        assert (table["share_moved"] > 0.95).all()

    def test_is_known_by_another_familys_mark_where_its_own_was_its_copy(self, of_the_young):
        fold = of_the_young[-1]
        marks = {family: missing_marks(fold, family) for family in ("relationship", "usage")}
        assert marks["relationship"] == marks["usage"] != []
        assert [fold.test.columns[k].name for k in marks["usage"]] == ["answers: missing"]
