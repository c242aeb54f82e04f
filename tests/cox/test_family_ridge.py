"""Columns shrunk group by group: the marginal likelihood by brute force, and what many columns do to few events."""

import numpy as np
import pytest
from scipy import optimize, stats

from analysis.cox.cluster_errors import cluster_errors
from analysis.cox.family_ridge import LARGEST_SPREAD, SMALLEST_SPREAD, fit_shrunk
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


def laplace(log_spread: np.ndarray, columns: np.ndarray, rows: CountingRows, groups: np.ndarray) -> float:
    """Return minus the log marginal likelihood of the groups' spreads, by Laplace's approximation."""
    ridge = np.exp(-2 * log_spread)[groups]
    fit = fit_cox(columns, rows, ridge=ridge * columns.std(axis=0) ** 2)
    at = fit.maximum.end.coefficients
    _, bend = np.linalg.slogdet(fit.maximum.information + np.diag(ridge))
    return -(fit.log_likelihood - 0.5 * (ridge * at**2).sum() + 0.5 * np.log(ridge).sum() - 0.5 * bend)


def test_the_spread_of_each_group_is_where_the_marginal_likelihood_is_largest():
    """The fixed point leaves out how the likelihood's bend moves with the coefficients, hence within a tenth."""
    rng = np.random.default_rng(5)
    effects = [*rng.normal(0, 0.25, 12), *rng.normal(0, 0.7, 6)]
    columns, rows = drawn(effects, 900, 300, seed=2)
    groups = np.repeat([0, 1], [12, 6])
    fit = fit_shrunk(columns, rows, groups.tolist())
    best = optimize.minimize(laplace, np.log([0.3, 0.3]), (columns, rows, groups), method="Nelder-Mead").x
    np.testing.assert_allclose(spreads(fit, columns)[[0, 12]], np.exp(best), rtol=0.1)


def test_many_columns_that_say_nothing_are_shrunk_to_nearly_nothing_whatever_their_number():
    for p in (11, 22):
        columns, rows = drawn([0.0] * p, 400, 40, seed=p)
        plain, shrunk = fit_cox(columns, rows), fit_shrunk(columns, rows, ["noise"] * p)
        assert np.abs(shrunk.coefficients).max() < 0.25 * np.abs(plain.coefficients).max()
        assert (spreads(shrunk, columns) >= SMALLEST_SPREAD * 0.999).all()


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
    assert spreads(fit, columns)[0] == pytest.approx(LARGEST_SPREAD)


def test_the_unit_of_a_column_does_not_matter():
    columns, rows = drawn([0.5, 0.0, 0.2], 200, 60, seed=6)
    unit = np.array([1.0, 1000.0, 0.01])
    one, other = (fit_shrunk(values, rows, "aab") for values in (columns, columns * unit))
    np.testing.assert_allclose(one.coefficients, other.coefficients * unit, rtol=1e-8)


def test_groups_must_be_as_many_as_columns():
    columns, rows = drawn([0.5, 0.0], 50, 20, seed=6)
    with pytest.raises(ModelError, match="one group a column; 1 groups and shape"):
        fit_shrunk(columns, rows, ["a"])


def test_intervals_of_shrunk_coefficients_hold_the_truth_as_often_as_they_say():
    """On average over columns whose effects are spread around zero; the sandwich alone leaves out what was shrunk."""
    held, narrow = [], []
    for seed in range(12):
        effects = np.random.default_rng(100 + seed).normal(0, 0.2, 30)
        columns, rows = drawn(effects.tolist(), 600, 150, seed=seed)
        fit = fit_shrunk(columns, rows, ["one"] * 30)
        errors = cluster_errors(fit)
        off = np.abs(fit.coefficients - effects)
        held.append(off < stats.t.isf(0.025, errors.df) * errors.std_errors)
        narrow.append(off < 1.96 * fit.robust_std_errors)
    assert 0.92 < np.mean(held) < 0.98
    assert np.mean(narrow) < np.mean(held)


def test_without_a_ridge_nothing_is_added_to_errors():
    columns, rows = drawn([0.5, 0.0], 300, 200, seed=3)
    errors = cluster_errors(fit_cox(columns, rows))
    assert (errors.shrinkage == 0).all()
    np.testing.assert_allclose(errors.std_errors, np.sqrt((errors.influence**2).sum(axis=0)))
    error, df = errors.of_sum(np.array([1.0, 0.0]))
    assert (error, df) == (pytest.approx(errors.std_errors[0]), errors.df[0])
