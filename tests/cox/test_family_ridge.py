"""Columns shrunk group by group: the marginal likelihood by brute force, and what many columns do to few events."""

import numpy as np
import pytest
from scipy import stats

from analysis.cox.cluster_errors import cluster_errors
from analysis.cox.family_ridge import SPREADS, fit_shrunk
from analysis.cox.fit import fit_cox
from analysis.cox.rows import CountingRows, counting_rows
from analysis.errors import ModelError


def drawn(effects: list[float], n: int, events: int, seed: int) -> tuple[np.ndarray, CountingRows]:
    """Return columns with these log hazard ratios a unit, and rows of which about so many end in an event."""
    rng = np.random.default_rng(seed)
    columns = rng.normal(size=(n, len(effects)))
    time = rng.exponential(1 / np.exp(columns @ effects))
    limit = np.quantile(time, events / n)
    return columns, counting_rows(None, np.minimum(time, limit), time <= limit)


def spreads(fit, columns: np.ndarray) -> np.ndarray:
    return columns.std(axis=0) / np.sqrt(fit.ridge)


def log_marginal_likelihood(spread: float, columns: np.ndarray, rows: CountingRows) -> float:
    """Return that of one group's spread, by Laplace's approximation at its own maximum."""
    ridge = spread**-2.0
    fit = fit_cox(columns, rows, ridge=ridge * columns.std(axis=0) ** 2)
    at, p = fit.maximum.end.coefficients, columns.shape[1]
    _, bend = np.linalg.slogdet(fit.maximum.information + ridge * np.eye(p))
    return fit.log_likelihood - 0.5 * ridge * (at**2).sum() + 0.5 * p * np.log(ridge) - 0.5 * bend


@pytest.mark.parametrize(("spread", "events"), [(0.3, 300), (0.0, 300), (0.0, 30)])
def test_the_variance_is_its_mean_over_all_spreads_weighted_by_the_marginal_likelihood(spread: float, events: int):
    """By brute force, each spread at its own maximum; the product expands the likelihood once, hence within a tenth."""
    effects = np.random.default_rng(5).normal(0, spread, 12)
    columns, rows = drawn(effects.tolist(), 900, events, seed=2)
    found = spreads(fit_shrunk(columns, rows, ["one"] * 12), columns)
    weights = np.array([log_marginal_likelihood(value, columns, rows) for value in SPREADS])
    weights = np.exp(weights - weights.max())
    np.testing.assert_allclose(found, np.sqrt((weights * SPREADS**2).sum() / weights.sum()), rtol=0.1)


@pytest.mark.slow
def test_many_columns_that_say_nothing_are_shrunk_and_the_less_is_known_the_wider_their_intervals():
    for p in (11, 22):
        columns, rows = drawn([0.0] * p, 900, 400, seed=p)
        plain, shrunk = fit_cox(columns, rows), fit_shrunk(columns, rows, ["noise"] * p)
        assert np.abs(shrunk.coefficients).max() < 0.6 * np.abs(plain.coefficients).max()
        few, fewer = (drawn([0.0] * p, 900, events, seed=p) for events in (60, 15))
        errors = [cluster_errors(fit_shrunk(*sample, ["noise"] * p)).std_errors.mean() for sample in (few, fewer)]
        assert cluster_errors(shrunk).std_errors.mean() < errors[0] < errors[1]


def test_more_columns_than_events_have_a_fit_and_a_strong_effect_is_still_seen():
    columns, rows = drawn([1.2, *[0.0] * 39], 300, 25, seed=4)
    fit = fit_shrunk(columns, rows, ["signal", *["noise"] * 39])
    assert np.abs(fit.coefficients).argmax() == 0
    assert 0.4 < fit.coefficients[0] < 2
    assert np.isfinite(fit.robust_covariance).all()


def test_where_the_likelihood_has_no_maximum_the_spread_is_bounded():
    columns = np.r_[np.ones(30), np.zeros(30)][:, None]
    rows = counting_rows(None, np.arange(1.0, 61.0), np.r_[np.ones(30), np.zeros(30)])
    fit = fit_shrunk(columns, rows, ["separates"])
    assert 0.5 < spreads(fit, columns)[0] < SPREADS[-1]


def test_the_unit_of_a_column_does_not_matter():
    columns, rows = drawn([0.5, 0.0, 0.2], 200, 60, seed=6)
    unit = np.array([1.0, 1000.0, 0.01])
    one, other = (fit_shrunk(values, rows, "aab") for values in (columns, columns * unit))
    np.testing.assert_allclose(one.coefficients, other.coefficients * unit, rtol=1e-8)


def test_groups_must_be_as_many_as_columns():
    columns, rows = drawn([0.5, 0.0], 50, 20, seed=6)
    with pytest.raises(ModelError, match="one group a column; 1 groups and shape"):
        fit_shrunk(columns, rows, ["a"])


@pytest.mark.slow
@pytest.mark.parametrize(("spread", "events"), [(0.2, 150), (0.0, 150), (0.2, 30), (0.0, 30)])
def test_intervals_of_shrunk_coefficients_hold_the_truth_nearly_as_often_as_they_say(spread: float, events: int):
    """Each let be; the sandwich of the shrunk ones leaves out what they were shrunk by."""
    held, narrow = [], []
    for seed in range(12):
        effects = np.random.default_rng(100 + seed).normal(0, spread, 30)
        columns, rows = drawn(effects.tolist(), 600, events, seed=seed)
        fit = fit_shrunk(columns, rows, ["one"] * 30)
        errors = cluster_errors(fit)
        held.append(np.abs(errors.estimates - effects) < stats.t.isf(0.025, errors.df) * errors.std_errors)
        narrow.append(np.abs(fit.coefficients - effects) < 1.96 * fit.robust_std_errors)
    assert np.mean(held) > 0.9
    assert np.mean(narrow) <= np.mean(held)


def test_without_a_ridge_there_is_nothing_to_let_be():
    columns, rows = drawn([0.5, 0.0], 300, 200, seed=3)
    fit = fit_cox(columns, rows)
    errors = cluster_errors(fit)
    assert (errors.kept == 1).all()
    np.testing.assert_array_equal(errors.estimates, fit.coefficients)
    np.testing.assert_allclose(errors.std_errors, np.sqrt((errors.influence**2).sum(axis=0)))
    estimate, error, df = errors.of_sum(np.array([1.0, 0.0]))
    assert (estimate, error) == (pytest.approx(errors.estimates[0]), pytest.approx(errors.std_errors[0]))
    assert df == errors.df[0]


@pytest.mark.slow
def test_a_single_strong_effect_among_many_that_are_shrunk_is_told_without_bias_and_held():
    """Of 30 columns one has an effect, and 60 leavers cannot tell: what is shrunk is half of it."""
    told, shrunk, held = [], [], []
    for seed in range(25):
        columns, rows = drawn([0.6, *[0.0] * 29], 300, 60, seed=seed)
        fit = fit_shrunk(columns, rows, ["one"] * 30)
        errors = cluster_errors(fit)
        told.append(errors.estimates[0])
        shrunk.append(fit.coefficients[0])
        held.append(abs(errors.estimates[0] - 0.6) < stats.t.isf(0.025, errors.df[0]) * errors.std_errors[0])
    assert np.mean(told) == pytest.approx(0.6, abs=0.08)
    assert np.mean(shrunk) < 0.45
    assert np.mean(held) > 0.85
