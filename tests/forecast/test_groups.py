"""A forecast by tier, by segment, in sum and by account: counted by hand."""

import numpy as np
import pandas as pd
import pytest
from simulated_landmarks import Declared

from analysis.declared.study_parts import Report
from analysis.design.matrix import learn_design
from analysis.evaluation.choice import Choice, Ground
from analysis.forecast.groups import RiskTier, SegmentOutlook, in_blocks, risk_tiers, segment_outlooks
from analysis.forecast.intervals import ExpectedCount, expected_counts, poisson_binomial_interval
from analysis.forecast.outlook import Forecast
from analysis.forecast.reading import Reading, read_forecast
from analysis.forecast.reasons import Reason

LANDMARK = pd.Timestamp("2024-01-01")
LANDMARKS = pd.DataFrame(
    {
        "lifetime_id": [1, 2, 3, 4, 1],
        "risk_date": [LANDMARK] * 4 + [LANDMARK - pd.DateOffset(months=1)],
        "seats": [10, 20, np.nan, 40, 99],
    }
)
FORECAST = Forecast(
    landmark=LANDMARK,
    stands_on=LANDMARK,
    horizon_ends_on=pd.Timestamp("2024-04-01"),
    choice=Choice(LANDMARK, "forest", Ground.EARLIER_QUARTERS, 8, 97, {"forest": 0.16, "cox": 0.17}),
    models=("cox", "forest"),
    accounts=pd.DataFrame(
        {
            "lifetime_id": [1, 2, 3, 4],
            "account_id": ["a1", "a2", "a3", "a4"],
            "cox": [0.9, 0.1, 0.1, 0.1],
            "forest": [0.1, 0.2, 0.2, 0.5],
        }
    ),
    reasons=((), (Reason("usage_drop", "high"),), (), (Reason("seats", "low"), Reason("term", ""))),
    n_training_rows=100,
    n_training_events=12,
    shrinkage=3.0,
    design=learn_design(LANDMARKS, [Declared("seats", "contract")]),
    fitted={},
)
SEGMENTS = pd.Series({"a1": "web", "a2": "shop", "a3": "web", "a4": "web"})


def reading(segments: pd.Series | None = SEGMENTS, landmarks: pd.DataFrame = LANDMARKS) -> Reading:
    return read_forecast(FORECAST, landmarks, Report(risk_tiers=(0.2, 0.3), min_cell=2), segments)


class TestTiers:
    def test_a_tier_begins_at_its_lower_limit_and_may_be_empty(self):
        assert risk_tiers(np.array([0.04, 0.05, 0.5]), (0.05, 0.15, 0.5)) == (
            RiskTier(0.0, 0.05, 1, 0.04),
            RiskTier(0.05, 0.15, 1, 0.05),
            RiskTier(0.15, 0.5, 0, 0.0),
            RiskTier(0.5, 1.0, 1, 0.5),
        )

    def test_a_small_tier_is_hidden_with_the_next_smallest(self):
        tiers = risk_tiers(np.array([0.01] * 9 + [0.1] * 6 + [0.5]), (0.05, 0.15), min_cell=5)
        assert [(tier.accounts, tier.expected) for tier in tiers] == [
            (9, pytest.approx(0.09)), (None, None), (None, None),
        ]  # fmt: skip

    def test_the_picture_shows_no_tier_of_few(self):
        ranked = np.r_[0.9, np.full(11, 0.1)]
        drawn = in_blocks(ranked, 5)
        assert drawn == pytest.approx([0.26] * 5 + [0.1] * 7)
        assert sum(drawn) == pytest.approx(ranked.sum())
        assert in_blocks(ranked, 1) == tuple(ranked)
        assert in_blocks(np.array([0.3, 0.1]), 5) == pytest.approx((0.2, 0.2))
        assert in_blocks(np.array([]), 5) == ()

    def test_without_limits_all_are_one_tier(self):
        assert risk_tiers(np.array([0.25, 0.5]), ()) == (RiskTier(0.0, 1.0, 2, 0.75),)


class TestSegments:
    CALLS = pd.DataFrame({"segment": ["web", "shop", "web"], "probability": [0.25, 0.5, 0.75]})

    def test_are_summed_by_name_and_small_ones_show_no_number(self):
        large = pd.DataFrame({"segment": ["mail"] * 4, "probability": [0.5] * 4})
        mail, shop, web = segment_outlooks(pd.concat([self.CALLS, large]), 2)
        assert (shop.segment, shop.is_hidden, shop.expected) == ("shop", True, None)
        assert mail == SegmentOutlook("mail", 4, 2.0, 0.5)
        # all seven less the four of mail and the two of web would tell the one of shop: web goes, too
        assert web == SegmentOutlook("web", None, None, None)

    def test_of_the_smallest_size_that_is_shown_are_shown(self):
        assert [segment.is_hidden for segment in segment_outlooks(self.CALLS, 1)] == [False, False]

    def test_there_are_none_where_the_source_gives_no_label(self):
        assert segment_outlooks(self.CALLS[["probability"]], 2) == ()


class TestExpectedCounts:
    def test_are_of_the_models_named_in_their_order(self):
        cox, forest = expected_counts(FORECAST.accounts, ("cox", "forest"))
        assert cox == ExpectedCount(
            "cox", pytest.approx(1.2), *poisson_binomial_interval(np.array([0.9, 0.1, 0.1, 0.1]))
        )
        assert (forest.model, forest.expected) == ("forest", pytest.approx(1.0))

    def test_reach_from_none_to_all_of_two_coins_and_are_certain_of_what_is_certain(self):
        assert poisson_binomial_interval(np.array([0.5, 0.5])) == (0, 2)
        assert poisson_binomial_interval(np.array([1.0, 1.0, 0.0])) == (2, 2)


class TestReading:
    def test_quotes_the_headline_model(self):
        found = reading()
        assert found.quoted.model == "forest"
        assert found.mean_probability == pytest.approx(0.25)
        assert found.probabilities == (0.5, 0.2, 0.2, 0.1)
        assert [tier.accounts for tier in found.tiers] == [None, 2, None]
        assert found.outline == pytest.approx((0.35, 0.35, 0.15, 0.15))
        assert (found.n_training_rows, found.n_training_events) == (100, 12)

    def test_lists_the_most_likely_to_leave_first_and_of_equals_by_name(self):
        calls = reading().calls
        assert calls["account_id"].tolist() == ["a4", "a2", "a3", "a1"]
        assert calls["segment"].tolist() == ["web", "shop", "web", "web"]
        assert calls["seats"].tolist() == pytest.approx([40, 20, np.nan, 10], nan_ok=True)
        assert calls["reasons"].tolist() == [FORECAST.reasons[3], FORECAST.reasons[1], (), ()]

    def test_tells_what_these_data_measure_and_nothing_else(self):
        assert reading(None).calls.columns.tolist() == ["account_id", "probability", "seats", "reasons"]
        assert reading(None).segments == ()
        bare = reading(None, LANDMARKS[["lifetime_id", "risk_date"]])
        assert bare.calls.columns.tolist() == ["account_id", "probability", "reasons"]

    def test_a_segment_of_one_account_shows_no_number_nor_does_the_only_other(self):
        assert [(segment.segment, segment.accounts) for segment in reading().segments] == [
            ("shop", None),
            ("web", None),
        ]
