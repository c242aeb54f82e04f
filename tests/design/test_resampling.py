import numpy as np
import pandas as pd
import pytest

from analysis.design.resampling import cluster_resamples, percentile_interval, purged_training_rows
from analysis.errors import ModelError


def test_training_ends_where_outcomes_were_settled():
    # landmark     horizon ends   followed   gap of 30 days: settled by 2024-10-01?
    # 2024-01-01   2024-04-01     yes        yes
    # 2024-06-01   2024-09-01     yes        yes, on 2024-10-01 itself
    # 2024-07-01   2024-10-01     yes        no: an end in September could still be a pause
    # 2024-03-01   2024-06-01     no         no
    landmarks = pd.DataFrame(
        {
            "risk_date": pd.to_datetime(["2024-01-01", "2024-06-01", "2024-07-01", "2024-03-01"]),
            "horizon_ends_on": pd.to_datetime(["2024-04-01", "2024-09-01", "2024-10-01", "2024-06-01"]),
            "is_followed": [True, True, True, False],
        }
    )
    test_landmark = pd.Timestamp("2024-10-01")
    assert purged_training_rows(landmarks, test_landmark, 30).tolist() == [True, True, False, False]
    assert purged_training_rows(landmarks, test_landmark, 31).tolist() == [True, False, False, False]
    assert purged_training_rows(landmarks, test_landmark).tolist() == [True, True, True, False]


def test_missing_columns_are_named():
    with pytest.raises(ModelError, match="missing: horizon_ends_on, is_followed"):
        purged_training_rows(pd.DataFrame({"risk_date": []}), pd.Timestamp("2024-10-01"))


def test_clusters_are_drawn_whole_and_as_many_as_there_are():
    cluster = np.array(["b", "a", "b", "c", "a"], dtype=object)
    weights = cluster_resamples(cluster, 200, seed=1)
    assert weights.shape == (200, 5)
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, 0] + weights[:, 1] + weights[:, 3] == 3).all()
    assert weights.mean() == pytest.approx(1, abs=0.15)


def test_draws_depend_on_names_and_seed_not_on_row_order():
    cluster = np.array(["b", "a", "b", "c", "a"], dtype=object)
    order = np.array([3, 1, 0, 4, 2])
    assert (cluster_resamples(cluster[order], 50, 1) == cluster_resamples(cluster, 50, 1)[:, order]).all()
    assert (cluster_resamples(cluster, 50, 2) != cluster_resamples(cluster, 50, 1)).any()


def test_percentile_interval_leaves_out_what_could_not_be_computed():
    assert percentile_interval(np.r_[np.arange(101.0), np.nan]) == pytest.approx((2.5, 97.5))
    assert np.isnan(percentile_interval(np.array([np.nan]))).all()
