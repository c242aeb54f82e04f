"""How a model reads against another, and into how many groups calibration is divided."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis.evaluation.calibration.groups import calibrations, number_of_groups
from analysis.evaluation.readings import Lead, PairVerdict, Score, pair_verdicts, score_of


def pooled(**brier: float) -> pd.DataFrame:
    """Return scores of some models; each has the better AUC the worse its Brier score is."""
    lines = [(model, "brier", score) for model, score in brier.items()]
    lines += [(model, "auc", score) for model, score in brier.items()]
    table = pd.DataFrame(lines, columns=["model", "metric", "estimate"])
    return table.assign(conf_low=table["estimate"] - 0.01, conf_high=table["estimate"] + 0.01, n_folds=3)


class TestScore:
    def test_its_score_has_the_interval_and_the_quarters_that_it_rests_on(self):
        assert score_of(pooled(cox=0.75, forest=0.5), "cox", "auc") == Score("cox", "auc", 0.75, 0.74, 0.76, 3)


class TestPairs:
    @pytest.mark.parametrize(
        ("low", "high", "lead"),
        [
            (0.001, 0.02, Lead.BETTER),
            (-0.02, -0.001, Lead.WORSE),
            (-0.01, 0.01, Lead.NO_DIFFERENCE),
            (0.0, 0.02, Lead.NO_DIFFERENCE),
            (-0.02, 0.0, Lead.NO_DIFFERENCE),
            (math.nan, math.nan, Lead.NO_DIFFERENCE),
        ],
        ids=["above zero", "below zero", "about zero", "from zero", "up to zero", "unknown"],
    )
    def test_a_difference_is_shown_where_the_interval_leaves_zero_out(self, low, high, lead):
        assert PairVerdict("cox", "forest", 0.0, low, high).lead is lead

    def test_are_judged_by_explained_variation_alone(self):
        columns = ["model", "versus", "metric", "estimate", "conf_low", "conf_high"]
        lines = [("cox", "forest", "auc", 0.3, 0.2, 0.4), ("cox", "forest", "ipa", -0.2, -0.3, -0.1)]
        (pair,) = pair_verdicts(pd.DataFrame(lines, columns=columns))
        assert (pair.model, pair.versus, pair.estimate, pair.lead) == ("cox", "forest", -0.2, Lead.WORSE)


class TestCalibrationGroups:
    @pytest.mark.parametrize(("n_events", "groups"), [(0, 3), (31, 3), (32, 4), (79, 9), (80, 10), (5000, 10)], ids=str)
    def test_have_eight_events_each_on_average_and_are_three_to_ten(self, n_events, groups):
        assert number_of_groups(n_events) == groups

    def test_of_each_model_rest_on_the_rows_that_it_forecast(self):
        rows = np.arange(20)
        predictions = pd.DataFrame(
            {
                "landmark": pd.Timestamp("2024-01-01"),
                "lifetime_id": rows,
                "account_id": rows.astype(str),
                "cluster_id": rows.astype(str),
                "event": rows % 2 == 0,
                "cox": rows / 20,
                "forest": np.where(rows < 8, np.nan, rows / 20),
            }
        )
        table = calibrations(predictions, ("cox", "forest"))
        assert table.groupby("model", sort=False)["n_rows"].sum().to_dict() == {"cox": 20, "forest": 12}
        assert table.groupby("model")["group"].max().tolist() == [3, 3]
