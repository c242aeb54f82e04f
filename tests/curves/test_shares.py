"""Shares with intervals by clusters: R's survey, and what any such interval must keep."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.curves.shares import cluster_share

CLUSTER = np.array([1, 1, 1, 2, 2, 3, 4, 5, 5, 5, 6, 7, 8, 8, 9, 10, 10, 11, 12, 12, 13, 14, 14, 15])
EVENT = np.array([1, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], dtype=bool)


def test_the_interval_is_that_of_r_survey() -> None:
    """R's survey 4.1.1: svyciprop(~event, svydesign(ids = ~cl, data = d, weights = ~1), method = "beta", df = 14)."""
    found = cluster_share(EVENT, CLUSTER)
    assert (found.n, found.n_events) == (24, 5)
    assert found.estimate == pytest.approx(0.208333333333333)
    assert found.conf_low == pytest.approx(0.0504425217161564, rel=1e-12)
    assert found.conf_high == pytest.approx(0.4796953496415337, rel=1e-12)


def test_rows_by_themselves_have_the_interval_of_clopper_and_pearson() -> None:
    """Of 100 rows with 20 events: 0.1266556 to 0.2918427 (R: binom.test(20, 100)); variances here have n - 1."""
    event = np.arange(100) < 20
    found = cluster_share(event, np.arange(100))
    assert found.conf_low == pytest.approx(0.1266556, abs=2e-3)
    assert found.conf_high == pytest.approx(0.2918427, abs=2e-3)


def test_where_nobody_left_each_cluster_counts_once() -> None:
    found = cluster_share(np.zeros(30, dtype=bool), np.repeat(np.arange(10), 3))
    assert (found.estimate, found.conf_low) == (0, 0)
    assert found.conf_high == pytest.approx(1 - 0.025 ** (1 / 10))  # the root of (1 - p)^10 = 0.025


def test_a_single_cluster_has_no_interval_and_nobody_no_share() -> None:
    one = cluster_share(np.array([True, False]), np.zeros(2, dtype=np.intp))
    assert one.estimate == 0.5
    assert np.isnan([one.conf_low, one.conf_high]).all()
    assert np.isnan(cluster_share(np.zeros(0, dtype=bool), np.zeros(0, dtype=np.intp)).estimate)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=2, max_size=40))
def test_the_share_lies_in_its_interval(rows) -> None:
    event, cluster = (np.array(part) for part in zip(*rows, strict=True))
    found = cluster_share(event, cluster)
    if len(set(cluster.tolist())) > 1:
        assert 0 <= found.conf_low <= found.estimate <= found.conf_high <= 1
