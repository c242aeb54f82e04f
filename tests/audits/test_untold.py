"""What these data cannot tell: facts dated back of which no day of learning is given, and other looks without eyes."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.audits.alarm import Alarm, Verdict
from analysis.audits.frames import LATE_KNOWLEDGE
from analysis.audits.knowledge import knowledge_alarms
from analysis.audits.lag_ladder import _with_signal, days_in_windows
from analysis.audits.overwritten import ENOUGH, _moves
from analysis.audits.results import AuditResults
from analysis.audits.shortcuts import one_stay
from analysis.audits.signals import Signal
from analysis.audits.untold import untold
from analysis.declared.factors import read_covariates
from analysis.declared.study_parts import Windows


def cohort(given: set[str], filled: set[str] = frozenset()) -> SimpleNamespace:
    """Return what is asked of a cohort: which columns its source gives, and which of them hold anything."""

    def query(sql: str) -> pd.DataFrame:
        column, table = sql.split("count(")[1].split(")")[0], sql.split(" from ")[1]
        return pd.DataFrame({"is_filled": [f"{table}.{column}" in filled]})

    return SimpleNamespace(given=given, query=query, covariates=read_covariates)


CONTACTS = {"contacts", "contacts.ended_on"}


class TestDaysOfLearning:
    @pytest.mark.parametrize(
        ("given", "filled", "columns"),
        [
            (CONTACTS, set(), ("contacts.known_on", "contacts.ended_known_on")),
            ({*CONTACTS, "contacts.known_on"}, {"contacts.known_on"}, ("contacts.ended_known_on",)),
            (
                {*CONTACTS, "contacts.known_on", "contacts.ended_known_on"},
                {"contacts.known_on"},
                ("contacts.ended_known_on",),
            ),
            ({"contacts", "contacts.known_on"}, {"contacts.known_on"}, ()),
            ({"tickets", "usage_daily", "user_activity", "users"}, set(), ("tickets.known_on",)),
        ],
        ids=["none", "of arrivals", "an empty column", "of all there is", "of what people write"],
    )
    def test_are_untold_where_no_column_gives_them(self, given, filled, columns):
        assert untold(cohort(given, filled)).columns == columns

    def test_are_missed_by_the_covariates_that_rest_on_the_table(self):
        resting = untold(cohort(CONTACTS)).covariates
        assert {"departures", "no_champion", "sponsor_silence"} <= resting
        assert not {"complaints", "seats", "active_day_share"} & resting

    def test_an_early_signal_of_departures_is_no_praise_where_they_may_be_dated_back(self):
        """'Not found' was said of them, as some other table had days of learning."""
        alarms = knowledge_alarms(LATE_KNOWLEDGE.empty(), ("tickets",), ("contacts.ended_known_on",))
        assert [(alarm.subject, alarm.verdict) for alarm in alarms] == [
            ("tickets", Verdict.NOT_FOUND),
            ("contacts.ended_known_on", Verdict.CANNOT_TELL),
        ]

    def test_all_told_is_not_found_and_nothing_told_cannot_be_told(self):
        assert [alarm.verdict for alarm in knowledge_alarms(LATE_KNOWLEDGE.empty(), ("contacts",), ())] == [
            Verdict.NOT_FOUND
        ]
        assert [alarm.verdict for alarm in knowledge_alarms(LATE_KNOWLEDGE.empty(), (), ())] == [Verdict.CANNOT_TELL]


class TestLateSignals:
    """Log hazard ratios of today and 90 days before: gone, all of them, but for the last."""

    @staticmethod
    def signals(longest: int, windows: Windows) -> dict[str, str]:
        names = ["usage_surge", "complaints", "days_since_touch", "champions"]
        today = pd.DataFrame({"term": names, "lag": 0, "estimate": 0.5, "change": 0.0, "change_p_holm": 1.0})
        ago = today.assign(lag=longest, estimate=[0.0, 0.0, 0.0, 0.5], change=[-0.5, -0.5, -0.5, 0.0])
        ago["change_p_holm"] = [0.001, 0.001, 0.001, 1.0]
        ladder = pd.concat([today.assign(p_value_holm=0.001), ago.assign(p_value_holm=[1.0, 1.0, 1.0, 0.001])])
        ladder = ladder.assign(covariate=ladder["term"]).reset_index(drop=True)
        read = _with_signal(ladder, days_in_windows(windows))
        return dict(zip(read["term"], read["signal"], strict=True))

    def test_are_no_accusation_where_the_window_is_another_as_a_fast_cause_is_lost_with_it(self):
        assert self.signals(90, Windows()) == {
            "usage_surge": Signal.LATE_OR_FAST,
            "complaints": Signal.LATE_OR_FAST,
            "days_since_touch": Signal.LATE_OR_FAST,
            "champions": Signal.EARLY,
        }

    def test_are_late_where_most_of_the_window_is_the_same(self):
        """Of 91 days 61 are the same after a lag of 30; of 28, and of a state of the day, none."""
        assert self.signals(30, Windows()) == {
            "usage_surge": Signal.LATE_OR_FAST,
            "complaints": Signal.LATE,
            "days_since_touch": Signal.LATE_OR_FAST,
            "champions": Signal.EARLY,
        }


class TestMovedLabels:
    DAYS = np.full(1000, 100.0)
    LEFT = np.arange(1000) < 200

    @pytest.mark.parametrize(
        ("moved", "expected"),
        [
            (
                np.arange(1000) < 2,
                Verdict.CANNOT_TELL,
            ),  # two, both leavers: p = 0.04, and as like as not ten times as many
            (np.arange(1000) < 60, Verdict.FOUND),
            (np.arange(1000) % 2 == 0, Verdict.NOT_FOUND),
            (np.zeros(1000, bool), Verdict.NOT_FOUND),
        ],
        ids=["a few", "leavers only", "everybody alike", "nobody"],
    )
    def test_a_few_moves_cannot_tell(self, moved, expected):
        alarm = _moves("segment", moved, self.LEFT, self.DAYS)
        assert alarm.verdict is expected
        assert not np.isinf([alarm.conf_low, alarm.conf_high]).any()
        assert ENOUGH > 1


class TestLooksWithoutEyes:
    @pytest.mark.parametrize(("recent", "expected"), [(0, Verdict.CANNOT_TELL), (5, Verdict.NOT_FOUND)])
    def test_where_no_cell_lay_near_the_day_a_short_look_ahead_would_not_show(self, recent, expected):
        seen = SimpleNamespace(recent=recent, looks_ahead=False, n_differing=0, n_cells=100)
        assert AuditResults._look_ahead_alarm(SimpleNamespace(compared=seen)).verdict is expected

    @pytest.mark.parametrize(
        ("kept", "returns", "expected"), [(False, 0, Verdict.CANNOT_TELL), (True, 0, Verdict.NOT_FOUND)]
    )
    def test_a_source_with_one_row_an_account_cannot_tell_who_came_back(self, kept, returns, expected):
        days = pd.to_datetime(["2023-01-01"] * 2)
        lifetimes = pd.DataFrame(
            {
                "lifetime_id": ["a#1", "b#1"],
                "account_id": ["a", "b"],
                "lifetime_number": 1,
                "entry_on": days,
                "leaves_on": [pd.Timestamp("2024-01-01"), pd.NaT],
            }
        )
        rows = pd.DataFrame({"lifetime_id": ["a#1", "b#1"], "event": [1, 0], "start": 0, "stop": [365, 365]})
        tables = {"lifetimes": lifetimes, "returns": pd.DataFrame(index=range(returns))}
        tenure = SimpleNamespace(
            counting_process=rows,
            settled_until=pd.Timestamp("2024-01-01"),
            table=tables.get,
            query=lambda sql: pd.DataFrame({"kept": [kept]}),
        )
        alarm = one_stay(tenure)
        assert isinstance(alarm, Alarm)
        assert alarm.verdict is expected
