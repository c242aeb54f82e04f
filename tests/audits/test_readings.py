"""What is read off the tables of the audits: signals, gaps, the slowest fact, the worst match, what looks ahead."""

import datetime as dt
import math

import pandas as pd
import pytest

from analysis.audits.compared import compared
from analysis.audits.frames import LAG_LADDER, LOOK_AHEAD, MATCH_RATES, REPORTING_DELAYS
from analysis.audits.gaps import Delay, Match, gaps, slowest_fact, worst_match
from analysis.audits.measures import MEASURES, USES, Subject, Unit
from analysis.audits.signals import Signal, SignalOfColumn, read_ladder

LADDER = pd.DataFrame(
    [
        ("a", 0, "early", 0.5, 0.0),
        ("b", 0, "late", 0.4, 0.0),
        ("c", 0, "", 0.1, 0.0),
        ("d", 0, "early", -0.5, 0.0),
        ("a", 90, "early", 0.3, -0.2),
        ("b", 90, "late", 0.0, -0.4),
        ("c", 90, "", 0.1, 0.0),
        ("d", 90, "early", -0.6, -0.1),
    ],
    columns=["term", "lag", "signal", "estimate", "change"],
).assign(covariate=lambda t: t["term"], family="usage")
LADDER = LADDER.assign(change_low=LADDER["change"] - 0.1, change_high=LADDER["change"] + 0.1)
TESTS = pd.DataFrame({"family": ["usage"] * 2, "lag": [0, 90], "rows": [120, 120], "events": [31, 31]})


class TestSignals:
    def test_early_ones_come_first_and_both_keep_the_order_of_the_columns(self):
        ladder = read_ladder(LADDER, TESTS)
        assert [(line.term, line.signal) for line in ladder.signals] == [
            ("a", Signal.EARLY),
            ("d", Signal.EARLY),
            ("b", Signal.LATE),
        ]
        assert [line.term for line in ladder.of(Signal.LATE)] == ["b"]
        assert ladder.effects["term"].unique().tolist() == ["a", "d", "b"]
        assert (ladder.lags, ladder.longest, ladder.n_rows, ladder.n_events) == ((0, 90), 90, 120, 31)

    def test_each_says_what_it_was_what_it_is_and_how_much_lies_between(self):
        (late,) = read_ladder(LADDER, TESTS).of(Signal.LATE)
        assert late == SignalOfColumn("b", "b", "usage", Signal.LATE, 0.4, 0.0, -0.4, -0.5, pytest.approx(-0.3))

    def test_one_that_rests_on_facts_nobody_dated_the_learning_of_may_have_been_dated_back(self):
        ladder = read_ladder(LADDER, TESTS, untold={"d"})
        assert {line.term: line.is_told for line in ladder.signals} == {"a": True, "d": False, "b": True}

    def test_there_may_be_none(self):
        ladder = read_ladder(LADDER.assign(signal=""), TESTS)
        assert (ladder.signals, len(ladder.effects)) == ((), 0)

    def test_where_no_ladder_could_be_made_there_is_nothing_to_read(self):
        assert read_ladder(LAG_LADDER.empty(), TESTS.head(0)) is None


class TestGaps:
    COVERAGE = pd.DataFrame(
        {
            "covariate": ["a", "a", "b", "b", "c", "c"],
            "quarter_from": pd.to_datetime(["2023-01-01", "2023-04-01"] * 3),
            "share": [1.0, 0.99, 1.0, 0.98, 0.0, 0.0],
        }
    )

    def test_a_covariate_is_complete_only_if_it_lacks_little_in_every_quarter(self):
        found = gaps(self.COVERAGE)
        assert (found.complete, found.n_covariates) == (("a",), 3)
        assert found.lines[["covariate", "place", "share"]].to_numpy().tolist() == [
            ["b", 0, 1.0],
            ["b", 1, 0.98],
            ["c", 0, 0.0],
            ["c", 1, 0.0],
        ]
        assert found.quarters == (pd.Timestamp("2023-01-01"), pd.Timestamp("2023-04-01"))

    def test_there_may_be_no_gap(self):
        found = gaps(self.COVERAGE.head(2))
        assert (len(found.lines), found.complete) == (0, ("a",))


class TestKnowledge:
    DELAYS = pd.DataFrame(
        [("contacts", "started_on", 9, 30.0, 31.0, 0.9), ("contacts", "ended_on", 9, 20.0, 35.0, 0.8)],
        columns=REPORTING_DELAYS.columns,
    )
    MATCHES = pd.DataFrame(
        [("tickets", 100, 0.99, 0), ("surveys", 50, 0.4, 2), ("goals", 0, math.nan, 0)], columns=MATCH_RATES.columns
    )

    def test_the_slowest_fact_is_the_one_of_which_the_last_tenth_comes_latest(self):
        assert slowest_fact(self.DELAYS) == Delay("contacts.ended_on", 20.0, 35.0)
        assert slowest_fact(REPORTING_DELAYS.empty()) is None

    def test_the_worst_match_is_of_tables_that_have_rows(self):
        assert worst_match(self.MATCHES) == Match("surveys", 50, 0.4)
        assert worst_match(self.MATCHES.tail(1)) is None


class TestCompared:
    COUNTS = pd.DataFrame(
        [
            (dt.date(2023, 4, 1), "escalations", 10, 5, 6),
            (dt.date(2023, 4, 1), "seats", 10, 4, 0),
            (dt.date(2023, 6, 5), "escalations", 20, 5, 3),
        ],
        columns=LOOK_AHEAD.columns,
    )

    def test_what_differs_is_summed_over_the_days(self):
        found = compared(self.COUNTS)
        assert (found.cells, found.recent, found.n_compared, found.n_differing) == (40, 14, 2, 9)
        assert (found.differing, found.looks_ahead) == ((("escalations", 9),), True)
        assert found.days == (dt.date(2023, 4, 1), dt.date(2023, 6, 5))

    def test_where_nothing_differs_nothing_looks_ahead(self):
        found = compared(self.COUNTS.assign(differing=0))
        assert (found.differing, found.looks_ahead, found.n_differing) == ((), False, 0)

    def test_where_nothing_was_rebuilt_nothing_was_compared(self):
        assert compared(LOOK_AHEAD.empty()).cells == 0


class TestMeasures:
    @pytest.mark.parametrize(
        ("audit", "estimate", "unit", "read"),
        [
            ("look_ahead", 7.0, Unit.CELLS, 7.0),
            ("late_knowledge", math.log(1.5), Unit.RATIO, 1.5),
            ("one_stay", 0.8, Unit.RATIO, 0.8),
            ("falling_hazard", -1.0, Unit.RATIO, 0.5),
            ("moved_labels", math.log(4), Unit.RATIO, 4.0),
            ("rewritten_score", -0.2, Unit.DEVIATIONS, -0.2),
            ("calendar_moves", math.log(0.6), Unit.PERCENT, -40.0),
        ],
    )
    def test_an_estimate_is_read_as_the_number_that_a_reader_gets(self, audit, estimate, unit, read):
        assert MEASURES[audit].unit is unit
        assert MEASURES[audit].read(estimate) == pytest.approx(read)

    def test_a_thing_is_found_from_a_size_that_is_read_alike(self):
        sizes = {audit: measure.found_from for audit, measure in MEASURES.items() if measure.found_from is not None}
        assert sizes == pytest.approx(
            {
                **{"late_knowledge": math.exp(0.2), "one_stay": 0.9, "rewritten_score": 0.3, "calendar_moves": 25.0},
                **{"too_good_forecast": 0.95, "separates_alone": 0.95, "all_left": 200 / 3},
            }
        )

    def test_use_is_looked_at_in_two_ways(self):
        assert [audit for audit, measure in MEASURES.items() if measure.subject is Subject.USE] == ["calendar_moves"]
        assert USES == ("book", "beside_the_book")
