"""Colours: counted by hand, held against statsmodels, and judged where the truth is known."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scored_rows import REPORT, drawn_book, shuffled, with_score
from statsmodels.stats.contingency_tables import Table

from analysis.contest.blind_spots import clustered_interval, compare_shares
from analysis.evaluation.calibration.measures import Measured
from analysis.evaluation.calibration.verdict import Calibration
from analysis.health_score.colours import Monotone, colour_meanings
from analysis.health_score.order_verdicts import SCORE
from analysis.health_score.score_forecasts import score_calibration
from analysis.health_score.settled import settled_rows

BOOK = drawn_book(says=0.8, n_accounts=600)


def test_shares_and_rates_are_counted_by_hand():
    score = BOOK.score.copy()
    score[::7] = np.nan
    book = with_score(BOOK, score)
    own = settled_rows(book)
    table = colour_meanings(book, REPORT).table.set_index("colour")
    assert table.index.tolist() == ["red", "yellow", "green", "none"]
    for colour, line in table.iterrows():
        mine = ~own.has_score if colour == "none" else own.colour == colour
        assert line["n_rows"] == mine.sum()
        assert line["rate"] == own.event[mine].mean()
        assert line["share_of_book"] == mine.mean()
        assert line["share_of_leavers"] == (mine & own.event).sum() / own.event.sum()
        assert line["lift"] == pytest.approx(own.event[mine].mean() / own.event.mean())
        low, high = clustered_interval(own.event[mine], own.rows["cluster_id"].to_numpy()[mine])
        assert (line["conf_low"], line["conf_high"]) == (low, high)
    assert table["share_of_book"].sum() == pytest.approx(1)


def test_trend_is_cochrans_and_armitages_where_rows_are_independent_and_nothing_is_said():
    """With a trend the variance between rows is not the binomial one: the two agree where there is none."""
    for seed in range(3):
        alone = shuffled(BOOK, seed)
        alone.rows["cluster_id"] = [f"r{place}" for place in range(len(alone.rows))]
        own = settled_rows(alone)
        rank = pd.Categorical(own.colour, ["green", "yellow", "red"]).codes
        counts = np.array([[((rank == k) & (own.event == e)).sum() for k in range(3)] for e in (False, True)])
        judge = Table(counts).test_ordinal_association(col_scores=np.arange(3))
        fit = sm.Logit(own.event.astype(float), sm.add_constant(rank.astype(float))).fit(disp=0)
        found = colour_meanings(alone, REPORT).verdict
        assert found.odds_ratio.estimate == pytest.approx(np.exp(fit.params[1]), rel=1e-6)
        assert found.p_value == pytest.approx(judge.pvalue, abs=0.02)


def test_worse_colours_that_leave_more_are_monotone_and_turned_ones_are_not():
    assert colour_meanings(BOOK, REPORT).verdict.reading is Monotone.MONOTONE
    turned = colour_meanings(with_score(BOOK, 100 - BOOK.score), REPORT).verdict
    assert turned.reading is Monotone.NOT_MONOTONE
    assert turned.red_lift.conf_high < 1


def test_a_score_that_knows_all_is_monotone_though_no_odds_are_known():
    found = colour_meanings(with_score(BOOK, np.where(BOOK.event, 10.0, 90.0)), REPORT)
    assert found.verdict.reading is Monotone.MONOTONE
    assert np.isnan(found.verdict.odds_ratio.estimate)
    assert found.table.set_index("colour").loc["red", "rate"] == 1


def test_middle_colours_that_leave_most_are_not_monotone():
    """Yellow and red change places: the trend may stand, the order does not."""
    score = np.select([BOOK.score < 40, BOOK.score < 60], [50.0, 10.0], 90.0)
    assert colour_meanings(with_score(BOOK, score), REPORT).verdict.reading is Monotone.NOT_MONOTONE


@pytest.mark.slow
def test_shuffled_colours_are_hardly_ever_monotone():
    readings = [colour_meanings(shuffled(BOOK, seed), REPORT).verdict.reading for seed in range(30)]
    assert readings.count(Monotone.MONOTONE) <= 3
    assert readings.count(Monotone.CANT_TELL) >= 25


def test_one_colour_tells_nothing():
    found = colour_meanings(with_score(BOOK, np.full(len(BOOK.score), 80.0)), REPORT)
    assert found.verdict.reading is Monotone.CANT_TELL
    assert "one colour" in str(found.verdict.remark)
    assert found.curve.empty


def test_few_leavers_have_counts_and_no_rates():
    found = colour_meanings(drawn_book(says=3.0, n_accounts=12, hazard=0.02, seed=3), REPORT)
    assert found.verdict.reading is Monotone.TOO_FEW
    assert found.table["rate"].isna().all()
    assert found.table["n_rows"].notna().any()


def test_the_curve_of_the_score_falls_where_the_hazard_does():
    curve = colour_meanings(BOOK, REPORT).curve
    assert len(curve) == 101
    assert curve["rate"].iloc[0] > 2 * curve["rate"].iloc[-1]
    assert (curve["conf_low"] <= curve["rate"]).all()


def test_risks_of_the_score_are_learned_before_each_quarter_and_hold_where_nothing_changes():
    found = score_calibration(BOOK, allowed_gap_days=30, least_events=10)
    assert found.verdict is not None
    assert found.verdict.reading in (Calibration.CALIBRATED, Calibration.CANT_TELL)
    later = with_score(BOOK, BOOK.score)
    last = later.rows["risk_date"] == found.predictions["landmark"].max()
    later.rows.loc[last, "event"] = 1 - later.rows.loc[last, "event"]
    again = score_calibration(later, allowed_gap_days=30, least_events=10)
    assert again.predictions[SCORE].equals(found.predictions[SCORE])  # its own outcomes are not learned from


@pytest.mark.parametrize("reading", list(Calibration))
def test_whether_they_hold_is_said_in_a_sentence(reading):
    """Each verdict has its words, made of what is measured: the rates double after they were learned, and so on."""
    found = score_calibration(BOOK, allowed_gap_days=30, least_events=10)
    ratio, slope = {
        Calibration.CALIBRATED: (Measured(1.0, 0.9, 1.1), Measured(1.0, 0.9, 1.1)),
        Calibration.TOO_HIGH: (Measured(0.5, 0.4, 0.6), Measured(1.0, 0.9, 1.1)),
        Calibration.TOO_LOW: (Measured(2.0, 1.8, 2.3), Measured(1.0, 0.9, 1.1)),
        Calibration.TOO_EXTREME: (Measured(1.0, 0.9, 1.1), Measured(0.5, 0.4, 0.6)),
        Calibration.TOO_FLAT: (Measured(1.0, 0.9, 1.1), Measured(2.0, 1.8, 2.3)),
        Calibration.CANT_TELL: (Measured(1.0, 0.5, 1.6), Measured(1.0, 0.2, 1.8)),
    }[reading]
    verdict = dataclasses.replace(found.verdict, ratio=ratio, slope=slope)
    sentence = dataclasses.replace(found, verdict=verdict).sentence
    assert sentence.code == f"health_score.risk_{reading}"
    is_of_slope = reading in (Calibration.TOO_EXTREME, Calibration.TOO_FLAT)
    told = f"slope {slope.estimate:.2f}" if is_of_slope else f"{verdict.n_events} accounts left"
    assert told in str(sentence)


def test_where_leavers_are_too_few_for_a_slope_the_sum_alone_is_told():
    found = score_calibration(BOOK, allowed_gap_days=30, least_events=10)
    unknown = dataclasses.replace(found.verdict, slope=Measured(np.nan, np.nan, np.nan))
    sentence = dataclasses.replace(found, verdict=unknown).sentence
    assert sentence.code == "health_score.risk_level_alone"
    assert "in sum alone" in str(sentence)


def test_where_no_quarter_can_be_told_the_sentence_says_so():
    assert (
        score_calibration(BOOK, allowed_gap_days=30, least_events=10**6).sentence.code == "health_score.no_calibration"
    )


def test_weights_of_whole_numbers_are_rows_that_are_there_so_often():
    rng = np.random.default_rng(2)
    event, own, weight = rng.random(80) < 0.3, np.arange(80) < 30, rng.integers(1, 4, 80).astype(float)
    cluster = np.arange(80) // 2
    often = np.repeat(np.arange(80), weight.astype(int))
    once = compare_shares(event, cluster, own, ~own, weight)
    repeated = compare_shares(event[often], cluster[often], own[often], ~own[often])
    assert once["difference"] == pytest.approx(repeated["difference"])
    assert once["p_value"] == pytest.approx(repeated["p_value"], rel=1e-9)
    assert clustered_interval(event, cluster, weight=weight) == pytest.approx(
        clustered_interval(event[often], cluster[often]), rel=1e-9
    )


def test_a_small_group_in_which_nobody_left_is_not_shown_to_differ_from_a_low_rate():
    """Of 80 rows at 1.2% one is expected: none is no evidence, though none of them varies."""
    event = np.r_[np.zeros(80, bool), np.arange(1720) < 22]
    own = np.arange(1800) < 80
    assert compare_shares(event, np.arange(1800), own, ~own)["p_value"] > 0.2
