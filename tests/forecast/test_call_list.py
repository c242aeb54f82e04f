"""The call list by hand: ranks, what is expected to be lost, until when notice can be given, and what has changed."""

import dataclasses
import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from four_accounts import FORECAST, LANDMARK, LANDMARKS

from analysis.declared.actions import NO_FAMILY
from analysis.declared.source import Source
from analysis.declared.study import Study
from analysis.declared.study_parts import Report, Time
from analysis.design.matrix import DesignMatrix
from analysis.forecast.about import About
from analysis.forecast.before import LEAST_RISE, RISES_BY, Before, Change, changes, forecast_before, is_due, ranks
from analysis.forecast.call_list import Notice, call_list, in_order_to_act, is_by_loss
from analysis.forecast.first_accounts import first_accounts
from analysis.forecast.leavers import leavers
from analysis.forecast.quarter_shift import learn_shift

REPORT = Report(risk_tiers=(0.15, 0.3), capacity=2)
DAY = pd.Timestamp


def listed(about: About = About(), landmarks: pd.DataFrame = LANDMARKS, report: Report = REPORT) -> pd.DataFrame:  # noqa: B008  # frozen
    return call_list(FORECAST, landmarks, about, report).set_index("account_id")


class TestRanks:
    def test_expected_loss_is_probability_times_what_is_paid_in_a_year(self):
        """a3 has no seats, so no price; the forest says 0.1, 0.2, 0.2, 0.5."""
        calls = listed()
        assert calls.index.tolist() == ["a4", "a2", "a3", "a1"]
        assert calls["rank"].tolist() == [1, 2, 2, 4]
        assert calls["arr"].tolist() == pytest.approx([1920, 480, np.nan, 120], nan_ok=True)
        assert calls["expected_loss"].tolist() == pytest.approx([960, 96, np.nan, 12], nan_ok=True)
        assert calls["rank_by_loss"].tolist() == pytest.approx([1, 2, np.nan, 3], nan_ok=True)
        assert calls["tier"].tolist() == ["high", "middle", "middle", "low"]
        assert calls["family"].tolist() == ["contract", "usage", NO_FAMILY, NO_FAMILY]

    def test_an_account_without_a_price_follows_those_with_one(self):
        calls = listed().reset_index()
        assert is_by_loss(calls)
        assert in_order_to_act(calls)["account_id"].tolist() == ["a4", "a2", "a1", "a3"]

    def test_where_most_prices_are_unknown_the_likeliest_come_first(self):
        calls = listed(landmarks=LANDMARKS.assign(mrr=[np.nan, np.nan, np.nan, 160.0, 495.0])).reset_index()
        assert not is_by_loss(calls)
        assert in_order_to_act(calls)["account_id"].tolist() == ["a4", "a2", "a3", "a1"]

    def test_prices_in_several_currencies_are_no_money(self):
        assert not {"arr", "expected_loss", "rank_by_loss"} & set(listed(About(is_priced=False)))


class TestNotice:
    TERMS = pd.DataFrame(
        {
            "renews_on": pd.to_datetime(["2024-06-01", "2024-01-20", "2024-03-01", None]),
            "notice_by": pd.to_datetime(["2024-01-01", "2023-12-31", None, None]),
        },
        index=["a1", "a2", "a3", "a4"],
    )

    def test_the_last_day_is_ahead_until_it_is_over_and_never_guessed(self):
        calls = listed(About(terms=self.TERMS)).loc[["a1", "a2", "a3", "a4"]]
        assert calls["notice"].tolist() == [Notice.AHEAD, Notice.PASSED, Notice.NO_PERIOD, Notice.NO_TERM]
        assert calls["notice_by"].tolist()[:2] == [DAY("2024-01-01"), DAY("2023-12-31")]
        assert calls["notice_by"].isna().tolist() == [False, False, True, True]
        assert calls["renews_on"].isna().tolist() == [False, False, False, True]

    def test_it_is_over_by_the_day_that_is_looked_from(self):
        later = dataclasses.replace(FORECAST, stands_on=LANDMARK + pd.Timedelta(days=1))
        calls = call_list(later, LANDMARKS, About(terms=self.TERMS), REPORT).set_index("account_id")
        assert calls["notice"]["a1"] == Notice.PASSED

    def test_without_terms_nothing_is_said_of_them(self):
        assert not {"renews_on", "notice_by", "notice"} & set(listed())


class TestOwners:
    def test_are_told_where_they_are_given(self):
        calls = listed(About(owners=pd.Series({"a1": "Ito", "a2": None, "a4": "Ito"})))
        assert calls["owner"].fillna("").tolist() == ["Ito", "", "", "Ito"]
        assert "owner" not in listed()


class TestChanges:
    @pytest.mark.parametrize(
        ("now", "rank", "before", "rank_before", "change"),
        [
            (0.30, 1, np.nan, np.nan, Change.JOINED),
            (0.30, 2, 0.29, 3, Change.NEW),
            (0.30, 2, 0.10, 2, Change.RISING),
            (0.31, 3, 0.20, 3, Change.RISING),
            (0.29, 3, 0.20, 3, Change.AS_BEFORE),  # less than 1.5 times
            (0.03, 3, 0.015, 3, Change.AS_BEFORE),  # twice as much, but 1.5 points
            (0.04, 3, 0.02, 3, Change.RISING),
            (0.02, 3, 0.04, 3, Change.FALLING),
            (0.20, 1, 0.31, 1, Change.FALLING),
            (0.20, np.nan, 0.20, np.nan, Change.AS_BEFORE),
            (0.20, 1, 0.20, np.nan, Change.AS_BEFORE),  # it had no place then: nothing says that it was not first
        ],
    )
    def test_are_told_by_a_stated_rule(self, now, rank, before, rank_before, change):
        assert (RISES_BY, LEAST_RISE) == (1.5, 0.02)
        assert changes(*np.array([[now], [rank], [before], [rank_before]]), first=2) == [change]

    def test_equals_share_the_first_of_their_ranks(self):
        assert ranks(np.array([0.2, 0.5, 0.2, np.nan])).tolist() == pytest.approx([2, 1, 2, np.nan], nan_ok=True)

    def test_are_of_the_same_lifetime_by_the_order_of_the_list(self):
        """By loss a2 was third before: it is new among the first two. a4 was first, and has risen. a1 was not there."""
        before = Before(
            DAY("2023-10-01"),
            DAY("2023-07-01"),
            pd.DataFrame(
                {
                    "lifetime_id": [2, 3, 4, 9],
                    "probability": [0.2, 0.2, 0.2, 0.1],
                    "loss": [90.0, np.nan, 400.0, 100.0],
                    "is_due": [False, False, True, False],
                }
            ),
        )
        rows = LANDMARKS.assign(renewal_in_horizon=[1, 1, np.nan, 1, 0])
        calls = listed(About(before=before), rows)
        assert calls["change"].to_dict() == {
            "a4": Change.RISING,
            "a2": Change.NEW,
            "a3": Change.AS_BEFORE,
            "a1": Change.JOINED,
        }
        assert calls["rank_before"].tolist() == pytest.approx([1, 3, np.nan, np.nan], nan_ok=True)
        assert calls["comes_due"].to_dict() == {"a4": False, "a2": True, "a3": False, "a1": False}

    def test_a_term_is_due_by_either_day(self):
        rows = pd.DataFrame({"notice_deadline_in_horizon": [1, 0, np.nan], "renewal_in_horizon": [0, 0, 1]})
        assert is_due(rows).tolist() == [True, False, True]
        assert is_due(rows[[]]).tolist() == [False] * 3


class TestFirst:
    SHIFT = learn_shift([], 0.01)

    def test_are_summed_by_hand(self):
        first = first_accounts(listed().reset_index(), 2, "forest", self.SHIFT)
        assert first.accounts["account_id"].tolist() == ["a4", "a2"]
        assert (first.is_by_loss, first.n_without_price) == (True, 1)
        assert first.expected.expected == pytest.approx(0.7)
        assert (first.expected.low, first.expected.high) == (0, 2)
        assert first.loss is not None
        assert (first.loss.at_stake, first.loss.expected) == pytest.approx((2400, 1056))

    def test_without_prices_there_is_no_loss(self):
        first = first_accounts(listed(About(is_priced=False)).reset_index(), 3, "forest", self.SHIFT)
        assert (first.is_by_loss, first.loss, first.n_without_price) == (False, None, 4)
        assert first.accounts["account_id"].tolist() == ["a4", "a2", "a3"]


class TestLeavers:
    KNOWN = pd.DataFrame(
        {
            "lifetime_id": [1, 2, 3],
            "account_id": ["a", "b", "c"],
            "notice_on": pd.to_datetime(["2024-01-01"] * 3),
            "ends_on": pd.to_datetime(["2024-02-01", "2024-03-01", None]),
            "is_end_given": [True, False, False],
            "seats": [1.0, 2.0, 3.0],
            "mrr": [10.0, 20.5, np.nan],
        }
    )

    def test_pay_twelve_times_their_monthly_price(self):
        found = leavers(self.KNOWN)
        assert found.arr == 366.0
        assert (found.n_without_price, found.n_worked_out) == (1, 1)

    def test_without_one_currency_nothing_is_said_of_what_they_pay(self):
        found = leavers(self.KNOWN, is_priced=False)
        assert (found.arr, found.n_without_price) == (None, 3)

    def test_may_be_none(self):
        assert leavers(self.KNOWN.head(0)).arr is None


class Constant:
    """Forecasts one probability of everybody, through the design that it comes with."""

    def __init__(self, probability: float) -> None:
        self.probability = probability

    def predict_incidence(self, design, times, cause="churn"):
        return np.full((len(design), len(times)), self.probability)


@dataclass
class Learned:
    """As much of a fold as is asked of it; its design keeps the rows that it was given."""

    landmark: pd.Timestamp
    models: dict
    applied: list = field(default_factory=list)

    @property
    def design(self):
        return self

    def apply(self, rows):
        self.applied.append(rows)
        return DesignMatrix(np.zeros((len(rows), 0)), (), rows)


class TestBefore:
    """Lifetime 3 had given notice by the first of October; lifetime 4 came in November."""

    ROWS = pd.DataFrame(
        {
            "lifetime_id": [1, 2, 3, 1, 2, 4],
            "risk_date": pd.to_datetime(["2023-10-01"] * 3 + ["2024-01-01"] * 3),
            "horizon_ends_on": pd.to_datetime(["2024-01-01"] * 3 + ["2024-04-01"] * 3),
            "horizon_days": [92] * 3 + [91] * 3,
            "is_followed": False,
            "out_on": pd.to_datetime([None, None, "2023-10-01", None, None, None]),
            "seats": [10.0, np.nan, 5.0, 99.0, 99.0, 99.0],
            "mrr": [20.0, np.nan, 10.0, 198.0, 198.0, 198.0],
            "renewal_in_horizon": [0.0, 1.0, 1.0, 1.0, 1.0, 1.0],
        }
        | dict.fromkeys(("believed_from", "believed_until", "unpaid_from"), pd.NaT)
        | {"believed_cause": None}
    )
    STUDY = Study(
        name="three",
        source=Source("contract", Path("nowhere")),
        time=Time(observation_start=dt.date(2023, 1, 1), snapshot=dt.date(2024, 1, 1)),
    )

    def test_the_last_quarter_that_had_begun_forecasts_who_was_at_risk_then(self):
        """The fold of January has learned who was still there; that of July has the model, that of October none."""
        april, july, october, january = (
            Learned(DAY(day), {"cox": Constant(p)} if p else {})
            for day, p in (("2023-04-01", 0.1), ("2023-07-01", 0.2), ("2023-10-01", None), ("2024-01-01", 0.4))
        )
        found = forecast_before(self.ROWS, self.STUDY, [april, july, october, january], "cox")
        assert found is not None
        assert (found.landmark, found.learned_by) == (DAY("2023-10-01"), DAY("2023-07-01"))
        assert found.accounts["lifetime_id"].tolist() == [1, 2]
        assert found.accounts["probability"].tolist() == pytest.approx([0.2, 0.2])
        assert found.accounts["loss"].tolist() == pytest.approx([0.2 * 240, np.nan], nan_ok=True)
        assert found.accounts["is_due"].tolist() == [False, True]
        assert (len(july.applied), april.applied, january.applied) == (1, [], [])

    def test_there_is_none_where_nobody_was_at_risk_or_nothing_had_been_learned(self):
        july = Learned(DAY("2023-07-01"), {"cox": Constant(0.2)})
        assert forecast_before(self.ROWS, self.STUDY, [], "cox") is None
        assert forecast_before(self.ROWS, self.STUDY, [july], "forest") is None
        assert forecast_before(self.ROWS.iloc[3:], self.STUDY, [july], "cox") is None
