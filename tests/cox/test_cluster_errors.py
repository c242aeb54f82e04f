"""Errors with few clusters, against R's clubSandwich, and against matrices with a line a row and event time."""

import numpy as np
import pytest
from r_reference import fit_table, numbers, table

from analysis.cox.cluster_errors import cluster_errors
from analysis.cox.coefficient_table import coefficient_table
from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.leverage import risk_means
from analysis.cox.rows import counting_rows


def few_clusters(seed: int = 1, n: int = 60, clusters: int = 8) -> CoxFit:
    rng = np.random.default_rng(seed)
    cluster = rng.integers(0, clusters, n)
    x = np.column_stack([rng.normal(size=n) + 0.3 * cluster, (cluster % 3 == 0) + 0.3 * rng.normal(size=n)])
    start = np.where(rng.random(n) < 0.3, 0.2, 0.0)
    rows = counting_rows(
        start,
        start + np.ceil(20 * rng.exponential(size=n)) / 20,
        rng.random(n) < 0.7,
        strata=rng.integers(0, 2, n),
        weights=rng.choice([1.0, 1.5], n),
        cluster=cluster,
    )
    return fit_cox(x, rows, ties="breslow")


def by_row_and_time(fit: CoxFit) -> tuple[np.ndarray, np.ndarray]:
    """Return variances and degrees of freedom from the whole hat matrix, a line for each row at each event time."""
    rows, sets, at = fit.rows, fit.likelihood.sets, fit.maximum.end
    means = risk_means(fit.likelihood, at)
    lines = [(i, j) for i in range(len(rows)) for j in range(sets.first[i], sets.last[i])]
    row, pair = np.array(lines).T
    mu = means.risk[row] * means.increments[pair]
    died = rows.weights[row] * (rows.event[row] & (sets.last[row] - 1 == pair))
    residual = (died - mu) / np.sqrt(mu)
    factor = np.sqrt(mu)[:, None] * (pair[:, None] == np.arange(len(sets.time)))
    z = np.sqrt(mu)[:, None] * (fit.likelihood.values[row] - means.mean[pair])
    inverse = np.linalg.inv(z.T @ z)
    of_sets = factor @ np.diag(1 / sets.death_weight) @ factor.T
    left = np.eye(len(mu)) - of_sets - z @ inverse @ z.T
    contributions, weights = [], []
    for cluster in range(rows.cluster.max() + 1):
        own = np.flatnonzero(rows.cluster[row] == cluster)
        first = inverse_root(np.eye(len(own)) - of_sets[np.ix_(own, own)])
        second = inverse_root(np.eye(len(own)) - first @ z[own] @ inverse @ z[own].T @ first)
        weight = np.zeros((len(mu), z.shape[1]))
        weight[own] = (second @ first).T @ z[own] @ inverse
        contributions.append(weight.T @ residual)
        weights.append(weight)
    variance = (np.array(contributions) ** 2).sum(axis=0) / fit.scale**2
    df = []
    for column in range(z.shape[1]):
        own = np.array([weight[:, column] for weight in weights])
        covariance = own @ left @ own.T
        assert np.trace(covariance) == pytest.approx(inverse[column, column])  # without bias under independence
        df.append(np.trace(covariance) ** 2 / (covariance**2).sum())
    return variance, np.array(df)


def inverse_root(matrix: np.ndarray) -> np.ndarray:
    size, axes = np.linalg.eigh(matrix)
    root = np.where(size > 1e-9, np.abs(size), np.inf) ** -0.5  # a cluster alone at risk has no residual there
    return axes @ np.diag(root) @ axes.T


@pytest.mark.parametrize("seed", [1, 2])
def test_sums_over_clusters_give_what_the_whole_hat_matrix_gives(seed):
    """With strata, delayed entry, tied events and case weights."""
    fit = few_clusters(seed)
    errors = cluster_errors(fit)
    variance, df = by_row_and_time(fit)
    assert errors.std_errors**2 == pytest.approx(variance, rel=1e-9)
    assert errors.df == pytest.approx(df, rel=1e-9)


@pytest.mark.parametrize("case", ["lung", "heart"])
def test_errors_and_degrees_of_freedom_are_those_of_clubsandwich(case):
    """Both give back all leverage; clubSandwich takes another root of the same matrix, hence the hundredth.

    18 institutions, and the heart patients dealt into nine groups. cluster_errors.R has the calls. The plain sandwich
    is too small by 5 to 12%.
    """
    expected = numbers("cluster_errors")[case]
    if case == "lung":
        fit = fit_table("lung", ["age", "sex", "ph_ecog"], ties="breslow", cluster="inst")
    else:
        rows = table("heart")
        outcome = counting_rows(rows["start"], rows["stop"], rows["event"], cluster=rows["id"] % 9)
        fit = fit_cox(rows[["age", "year", "surgery"]], outcome, ties="breslow")
    errors = cluster_errors(fit)
    assert fit.coefficients == pytest.approx(expected["beta"], rel=1e-6)
    assert errors.std_errors == pytest.approx(expected["se"], rel=0.012)
    assert errors.df == pytest.approx(expected["df"], rel=1e-3)
    assert (fit.robust_std_errors < 0.96 * np.array(expected["se"])).all()


@pytest.mark.slow
def test_many_like_clusters_leave_the_sandwich_as_it_is():
    rng = np.random.default_rng(5)
    x, time = rng.normal(size=(3000, 2)), rng.exponential(size=3000)
    fit = fit_cox(x, counting_rows(None, np.minimum(time, 1), time < 1))
    errors = cluster_errors(fit)
    assert errors.std_errors == pytest.approx(fit.robust_std_errors, rel=0.003)
    assert (errors.df > 300).all()


def test_neither_units_nor_the_order_of_rows_matter():
    fit = few_clusters()
    values = fit.likelihood.values * fit.scale + fit.centre
    order = np.random.default_rng(0).permutation(len(fit.rows))
    rows = counting_rows(
        fit.rows.start[order],
        fit.rows.stop[order],
        fit.rows.event[order],
        strata=fit.rows.stratum[order],
        weights=fit.rows.weights[order],
        cluster=fit.rows.cluster[order],
    )
    one, other = cluster_errors(fit), cluster_errors(fit_cox(values[order] * [1000, 0.01], rows, ties="breslow"))
    assert other.std_errors * [1000, 0.01] == pytest.approx(one.std_errors)
    assert other.df == pytest.approx(one.df)


def test_a_column_of_one_cluster_alone_has_no_error_and_no_interval():
    """Its coefficient makes the cluster's deaths what they are, so that no other cluster says how sure it is."""
    rng = np.random.default_rng(6)
    cluster = np.arange(120) // 6
    x = np.column_stack([rng.normal(size=120), cluster == 3])
    time = rng.exponential(size=120)
    fit = fit_cox(x, counting_rows(None, time, np.ones(120), cluster=cluster), names=["common", "one"])
    errors = cluster_errors(fit)
    assert np.isnan(errors.std_errors[1])
    line = coefficient_table(fit, errors=errors).set_index("term").loc["one"]
    assert line[["conf_low", "conf_high", "p_value"]].isna().all()
    assert errors.std_errors[0] > 0
    assert (errors.df >= 1).all()


def test_an_interval_leaves_one_out_where_its_test_says_so():
    """The edge of the 95% interval, tested, has p = 0.05: test and interval are of one kind."""
    fit = few_clusters()
    errors = cluster_errors(fit)
    t_quantiles = {4.0: 2.776445, 5.0: 2.570582}  # qt(0.975, df) of R, between which both lie
    line = coefficient_table(fit, errors=errors).iloc[0]
    half = (line["conf_high"] - line["estimate"]) / line["std_error"]
    low, high = sorted(t_quantiles.values())
    assert line["df"] == pytest.approx(errors.df[0])
    assert low < half < high or errors.df[0] > 5 or errors.df[0] < 4
    for level in (0.5, 0.95):
        table_at = coefficient_table(fit, errors=errors, level=level)
        leaves_zero_out = (table_at["conf_low"] > 0) | (table_at["conf_high"] < 0)
        assert (leaves_zero_out == (table_at["p_value"] < 1 - level)).all()
