"""A forecast by tier, by segment, in sum and by account: counted by hand."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from four_accounts import DROP, FORECAST, LANDMARK, LANDMARKS, SEGMENTS, TERM

from analysis.declared.source import Source
from analysis.declared.study import Study
from analysis.declared.study_parts import Report, Time
from analysis.evaluation.rolling_origin import QUOTED
from analysis.forecast.about import About
from analysis.forecast.groups import RiskTier, SegmentOutlook, in_blocks, risk_tiers, segment_outlooks
from analysis.forecast.past_quarters import Held, PastForecasts
from analysis.forecast.reading import Reading, read_forecast

QUARTERS = pd.to_datetime(["2023-01-01", "2023-04-01", "2023-07-01"])
PAST = PastForecasts(
    predictions=pd.DataFrame(
        {
            "landmark": np.repeat(QUARTERS, 4),
            "lifetime_id": [1, 2, 3, 4] * 3,
            "event": [False, True, False, False] * 3,
            "cox": 0.25,
            "forest": [0.2] * 8 + [np.nan] * 4,
            QUOTED: [0.2] * 8 + [0.25] * 4,
        }
    ),
    level_variances=dict.fromkeys([*QUARTERS, LANDMARK], 0.01),
)
STUDY = Study(
    name="four",
    source=Source("contract", Path("nowhere")),
    time=Time(observation_start=dt.date(2023, 1, 1), snapshot=dt.date(2024, 1, 1)),
    report=Report(risk_tiers=(0.2, 0.3), min_cell=2),
)


def reading(segments: pd.Series | None = SEGMENTS, landmarks: pd.DataFrame = LANDMARKS) -> Reading:
    return read_forecast(FORECAST, landmarks, STUDY, PAST, About(segments=segments))


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
        assert calls["reasons"].tolist() == [(TERM,), (DROP,), (), ()]
        assert calls["peers"].tolist() == pytest.approx([0.1, 0.1, np.nan, 0.2], nan_ok=True)
        assert calls["share_contract"].tolist() == pytest.approx([0.01, 0.01, np.nan, 0.01], nan_ok=True)

    def test_expects_of_each_model_what_its_own_quarters_make_of_it(self):
        cox, forest = reading().expected
        assert (cox.model, cox.expected, cox.n_quarters) == ("cox", pytest.approx(1.2), 3)
        assert (forest.model, forest.expected, forest.n_quarters) == ("forest", pytest.approx(1.0), 2)
        assert forest.rests_on_prior

    def test_says_what_leaves_of_those_whose_price_is_known(self):
        loss = reading().loss
        assert (loss.n_known, loss.n_unknown) == (3, 1)
        assert loss.at_stake == 12 * (10 * 1.0 + 20 * 2.0 + 40 * 4.0)
        assert loss.expected == pytest.approx(12 * (0.1 * 10 + 0.2 * 40 + 0.5 * 160))
        assert reading(landmarks=LANDMARKS.drop(columns="mrr")).loss is None

    def test_says_how_often_the_intervals_before_held(self):
        assert reading().held == (Held("count", 0.8, 3, 3, 3), Held("count", 0.95, 3, 3, 3))

    def test_says_how_steady_the_reasons_are(self):
        found = reading()
        assert (found.n_peers, found.n_refits, found.kept_first) == (2, 3, 0.5)

    def test_tells_what_these_data_measure_and_nothing_else(self):
        assert reading(None).calls.columns.tolist() == [
            "account_id", "rank", "probability", "tier", "arr", "expected_loss", "rank_by_loss", "seats",
            "family", "peers", "share_usage", "share_contract", "reasons",
        ]  # fmt: skip
        assert reading(None).segments == ()
        bare = reading(None, LANDMARKS[["lifetime_id", "risk_date"]])
        assert bare.calls.columns.tolist() == [
            "account_id", "rank", "probability", "tier", "family", "peers", "share_usage", "share_contract", "reasons",
        ]  # fmt: skip

    def test_a_segment_of_one_account_shows_no_number_nor_does_the_only_other(self):
        assert [(segment.segment, segment.accounts) for segment in reading().segments] == [
            ("shop", None),
            ("web", None),
        ]
