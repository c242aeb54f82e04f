import numpy as np
import pytest

from analysis.design.resampling import cluster_resamples, percentile_interval


def test_clusters_are_drawn_whole_and_as_many_as_there_are():
    weights = cluster_resamples(np.array([1, 0, 1, 2, 0]), 200, seed=1)
    assert weights.shape == (200, 5)
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, 0] + weights[:, 1] + weights[:, 3] == 3).all()
    assert weights.mean() == pytest.approx(1, abs=0.15)


def test_draws_depend_on_places_and_seed_not_on_row_order():
    cluster = np.array([1, 0, 1, 2, 0])
    order = np.array([3, 1, 0, 4, 2])
    assert (cluster_resamples(cluster[order], 50, 1) == cluster_resamples(cluster, 50, 1)[:, order]).all()
    assert (cluster_resamples(cluster, 50, 2) != cluster_resamples(cluster, 50, 1)).any()


def test_percentile_interval_leaves_out_what_could_not_be_computed():
    assert percentile_interval(np.r_[np.arange(101.0), np.nan]) == pytest.approx((2.5, 97.5))
    assert np.isnan(percentile_interval(np.array([np.nan]))).all()


def test_one_cluster_is_drawn_never_for_it_tells_of_no_other():
    """Every draw would be the rows as they are: an interval without width."""
    weights = cluster_resamples(np.zeros(4, dtype=np.intp), 50, 1)
    assert weights.shape == (0, 4)
    assert np.isnan(percentile_interval(weights.mean(axis=1))).all()
