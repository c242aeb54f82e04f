"""The regression behind weights: against statsmodels, R's clubSandwich, and what can be said by hand."""

import numpy as np
import pytest
import statsmodels.api as sm

from analysis.errors import ModelError
from analysis.health_score.cluster_logit import fit_cluster_logit


def sample(n=600, n_clusters=60, seed=3):
    rng = np.random.default_rng(seed)
    cluster = np.sort(rng.integers(0, n_clusters, n))
    quarter = rng.integers(0, 3, n)
    shared = rng.normal(size=n_clusters)[cluster]
    values = np.column_stack([rng.normal(size=n) + 0.5 * shared, rng.normal(size=n), rng.normal(size=n)])
    log_odds = -1.2 + 0.3 * quarter + 0.6 * values[:, 0] - 0.4 * values[:, 1] + 0.7 * shared
    return values, rng.random(n) < 1 / (1 + np.exp(-log_odds)), quarter, cluster


def with_marks(values, quarter):
    return np.column_stack([values, quarter[:, None] == np.arange(3)]).astype(float)


def test_coefficients_are_those_of_a_plain_logistic_regression():
    values, event, quarter, cluster = sample()
    found = fit_cluster_logit(values, event, quarter, cluster)
    plain = sm.Logit(event.astype(float), with_marks(values, quarter)).fit(disp=0)
    np.testing.assert_allclose(found.coefficients, plain.params[:3], atol=1e-7)
    np.testing.assert_allclose(found.root @ found.root.T, plain.cov_params(), rtol=1e-5)


def test_many_clusters_leave_nothing_to_correct():
    values, event, quarter, _ = sample(4000, 400)
    found = fit_cluster_logit(values, event, quarter, np.arange(4000))
    plain = sm.Logit(event.astype(float), with_marks(values, quarter)).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": np.arange(4000), "use_correction": False}
    )
    np.testing.assert_allclose(found.covariance, plain.cov_params()[:3, :3], rtol=0.02, atol=1e-6)


@pytest.mark.parametrize("added", [[2], [1, 2]])
def test_the_score_test_is_that_of_generalised_estimating_equations(added):
    values, event, quarter, cluster = sample()
    kept = [k for k in range(3) if k not in added]
    found = fit_cluster_logit(values[:, kept], event, quarter, cluster).score_test(values[:, added])
    columns = with_marks(values[:, kept + added], quarter)
    held = np.zeros((len(added), columns.shape[1]))
    held[range(len(added)), range(len(kept), 3)] = 1.0
    model = sm.GEE(event.astype(float), columns, groups=cluster, family=sm.families.Binomial(),
                   constraint=(held, np.zeros(len(added))))  # fmt: skip
    model.fit()
    judge = model.score_test_results
    assert found.statistic == pytest.approx(judge["statistic"], rel=1e-4)
    assert found.p_value == pytest.approx(judge["p-value"], rel=1e-3)
    assert found.df == judge["df"]


def test_a_copy_says_nothing_new_and_a_perfect_mark_has_no_maximum():
    values, event, quarter, cluster = sample()
    found = fit_cluster_logit(values[:, :1], event, quarter, cluster)
    assert np.isnan(found.score_test(2 * values[:, :1]).p_value)
    with pytest.raises(ModelError, match="no maximum"):
        fit_cluster_logit(event[:, None].astype(float), event, quarter, cluster)
    with pytest.raises(ModelError, match="sum of others"):
        fit_cluster_logit(np.column_stack([values, values[:, 0] + values[:, 1]]), event, quarter, cluster)


@pytest.mark.parametrize(
    ("n_clusters", "errors", "df"),
    [(60, [0.0883, 0.1096, 0.0934], [49.1, 47.6, 45.0]), (12, [0.0848, 0.0885, 0.0950], [10.3, 10.6, 10.5])],
)
def test_errors_are_those_of_clubsandwich(n_clusters, errors, df):
    """R 4, clubSandwich 0.5.8: coef_test(m, vcovCR(m, cluster = d$g, type = "CR2")) of m <- glm(y ~ 0 + a + b + c +
    factor(q), binomial). Its square root of the weights is another one, so that later digits differ."""
    values, event, quarter, cluster = sample(n_clusters=n_clusters)
    found = fit_cluster_logit(values, event, quarter, cluster)
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), errors, rtol=3e-3)
    np.testing.assert_allclose([found.degrees_of_freedom(one) for one in np.eye(3)], df, rtol=5e-3)
