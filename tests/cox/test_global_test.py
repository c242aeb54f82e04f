"""The global test: what its signs and statistic are by hand, and how often it rejects where nothing is to be found."""

import numpy as np
import pytest

from analysis.cox.fit import fit_cox
from analysis.cox.global_test import cluster_signs, global_test
from analysis.cox.hypothesis_tests import wald_test
from analysis.cox.rows import CountingRows, counting_rows
from analysis.errors import ModelError


def parents(seed: int, n_parents: int, n: int, frailty: float = 0.0, effect: float = 0.0):
    """Return one covariate to adjust for, ten that go together, and rows of accounts whose parents share a frailty."""
    rng = np.random.default_rng(seed)
    parent = rng.choice(n_parents, n, p=rng.dirichlet(np.full(n_parents, 4.0)))
    shared = frailty * rng.normal(size=n_parents)[parent]
    common = rng.normal(size=n_parents)[parent]
    adjusted = rng.normal(size=n) + rng.normal(size=n_parents)[parent]
    block = 0.7 * common[:, None] + 0.7 * rng.normal(size=(n, 10))
    time = rng.exponential(size=n) / np.exp(0.3 * adjusted + effect * block[:, 3] + shared)
    return adjusted[:, None], block, counting_rows(None, np.minimum(time, 1.0), time < 1.0, cluster=parent)


class TestSigns:
    def test_are_all_there_are_where_clusters_are_few(self):
        signs = cluster_signs(4, 2_000, 0)
        assert signs.shape == (8, 4)
        assert len(np.unique(signs, axis=0)) == 8
        assert (signs[0] == 1).all()
        assert (signs[:, 0] == 1).all()  # the other eight are these with every sign turned

    def test_are_drawn_by_the_seed_where_clusters_are_many(self):
        signs = cluster_signs(30, 2_000, 7)
        assert signs.shape == (2_000, 30)
        assert (signs[0] == 1).all()
        assert abs(signs[1:].mean()) < 0.02
        assert (signs == cluster_signs(30, 2_000, 7)).all()
        assert (signs != cluster_signs(30, 2_000, 8)).any()


def test_the_statistic_of_two_clusters_by_hand():
    """Breslow's score without covariates: at each death, x of who dies less the mean x at risk.

    Three accounts: A (x = 1, dies at 1), B (x = 0, dies at 2), C (x = 0, stays on). At 1 the mean is 1/3, at 2 zero.
    Cluster one is {A}, cluster two {B, C}; slope 1 - 1/3 = 2/3, all of it at the first death. There two thirds of A's
    residual are A's own, and a third of those of B and C: (1 - s)^(-1/2) with s = 1/3 and 2/3.
    """
    rows = counting_rows(None, [1, 2, 3], [1, 1, 0], cluster=[0, 1, 1])
    # At the first death, v = root mu: (I - v v')^(-1/2) e = e + v (v'e / s) ((1 - s)^(-1/2) - 1).
    # A: x - mean = 2/3, v'e = 1 - 1/3 = 2/3. B, C: x - mean = -1/3, v'e = -2/3.
    one = (2 / 3) * (2 / 3) * (1 - 1 / 3) ** -0.5
    two = (-1 / 3) * (-2 / 3) * (1 - 2 / 3) ** -0.5
    expected = (2 / 3) ** 2 / (one**2 + two**2)
    found = global_test(rows, [[1.0], [0.0], [0.0]])
    assert found.statistic == pytest.approx(expected)
    assert (found.n_clusters, found.n_signs, found.n_columns) == (2, 2, 1)
    assert found.p_value >= 0.5  # with two clusters nothing can be shown


def test_units_and_the_order_of_columns_do_not_matter():
    adjusted, block, rows = parents(3, 20, 200)
    null = fit_cox(adjusted, rows)
    one = global_test(null, block)
    other = global_test(null, (block * np.logspace(-3, 3, 10) + 5)[:, ::-1])
    assert other.statistic == pytest.approx(one.statistic)
    assert other.p_value == one.p_value


def test_more_columns_than_clusters_can_be_tested_and_what_is_there_is_found():
    """The Wald test of the same columns needs the inverse of a matrix that has none."""
    adjusted, block, rows = parents(4, 9, 300, effect=1.2)
    assert global_test(fit_cox(adjusted, rows), block).p_value < 0.02
    with pytest.raises(ModelError, match="singular"):
        wald_test(fit_cox(np.hstack([adjusted, block]), rows), [f"x{k}" for k in range(1, 11)])


def test_what_one_cluster_alone_says_is_no_evidence():
    """All 20 accounts of one parent leave at once; the next parent with the mark might do otherwise."""
    cluster = np.arange(240) // 20
    time = np.random.default_rng(5).exponential(size=240)
    mark = cluster == 2
    rows = counting_rows(None, np.where(mark, time / 1000, np.minimum(time, 1)), mark | (time < 1), cluster=cluster)
    fit = fit_cox(mark[:, None].astype(float), rows)
    assert wald_test(fit).p_value < 1e-6
    with pytest.raises(ModelError, match="in more than one cluster"):
        global_test(rows, mark[:, None])
    two = np.column_stack([mark, np.random.default_rng(6).normal(size=240)])
    assert global_test(rows, two).n_columns == 1


@pytest.mark.slow
def test_a_fit_with_a_ridge_is_adjusted_for_as_one_without():
    """A strong effect, shrunk to a third by the ridge, must not come back as that of a column that goes with it."""
    rng = np.random.default_rng(8)
    p_values = []
    for seed in range(60):
        rng = np.random.default_rng([8, seed])
        cause = rng.normal(size=400)
        follower = 0.8 * cause + 0.6 * rng.normal(size=400)
        time = rng.exponential(size=400) / np.exp(cause)
        rows = counting_rows(None, np.minimum(time, 1), time < 1, cluster=np.arange(400) // 10)
        shrunk = fit_cox(cause[:, None], rows, ridge=100.0)
        assert 0.3 < shrunk.coefficients[0] < 0.8
        p_values.append(global_test(shrunk, follower[:, None], n_signs=200).p_value)
    assert np.mean(np.array(p_values) < 0.05) < 0.25


def test_what_the_fit_holds_already_cannot_be_tested():
    adjusted, _, rows = parents(6, 20, 200)
    with pytest.raises(ModelError, match="beyond what the fit explains"):
        global_test(fit_cox(adjusted, rows), 2 * adjusted + 1)


def test_a_block_of_another_length_is_refused():
    adjusted, block, rows = parents(6, 20, 200)
    with pytest.raises(ModelError, match=r"200 rows; its shape is \(199, 10\)"):
        global_test(fit_cox(adjusted, rows), block[1:])


@pytest.mark.slow
def test_with_15_parents_who_share_a_frailty_one_in_twenty_is_rejected():
    """The robust chi-square of the ten columns rejects most of the time; 3 standard errors of 200 samples are 4.6%."""
    rejected, chi_square = [], []
    for seed in range(200):
        adjusted, block, rows = parents([9, seed], 15, 250, frailty=0.7)
        rejected.append(global_test(fit_cox(adjusted, rows), block, n_signs=400).p_value < 0.05)
        if seed < 40:
            whole = fit_cox(np.hstack([adjusted, block]), rows)
            chi_square.append(wald_test(whole, [f"x{k}" for k in range(1, 11)]).p_value < 0.05)
    assert 0.01 <= np.mean(rejected) <= 0.096
    assert np.mean(chi_square) > 0.5


def test_rows_are_of_the_kind_that_counting_rows_gives():
    assert isinstance(parents(1, 5, 30)[2], CountingRows)
