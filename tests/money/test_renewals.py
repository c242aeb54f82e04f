"""Renewals: due by the agreed day alone, and what became of each; money by hand; what is to come, and hidden."""

import numpy as np
import pandas as pd
import pytest
from drawn import drawn_book

from analysis.cohort.queries import MONEY
from analysis.engine.query import read_query
from analysis.money.ahead import MONTH, WEEK, announced_by_month, open_renewals, renewals_ahead
from analysis.money.paid import PARTS, Paid
from analysis.money.renewals import hide_small_periods, renewals_by_period, renewals_due

SNAPSHOT = pd.Timestamp("2024-07-01")
BOOK = """
    | subscription_id | account_id | started_on | term_ends_on | ended_on   | end_reason  | term_months | mrr |
    | s1              | renews     | 2023-05-01 | 2024-05-01   |            |             | 12          | 10  |
    | s1              | renews     | 2024-05-01 | 2025-05-01   |            |             | 12          | 12  |
    | s2              | rolls_on   | 2023-05-02 | 2024-05-02   |            |             | 12          | 20  |
    | s3              | leaves     | 2023-05-03 | 2024-05-03   | 2024-05-03 |             | 12          | 30  |
    | s4              | defaults   | 2023-05-04 | 2024-05-04   | 2024-05-04 | involuntary | 12          | 40  |
    | s5              | left_early | 2023-05-05 | 2024-05-05   | 2024-03-05 |             | 12          | 50  |
    | s6              | pauses     | 2023-05-06 | 2024-05-06   | 2024-05-06 |             | 12          | 60  |
    | s6              | pauses     | 2024-05-20 | 2025-05-20   |            |             | 12          | 60  |
    | s7              | shrinks    | 2023-05-07 | 2024-05-07   |            |             | 12          | 70  |
    | s7              | shrinks    | 2024-05-07 | 2025-05-07   |            |             | 12          | 45  |
    | s8              | drops_one  | 2023-05-08 | 2024-05-08   |            |             | 12          | 80  |
    | s8              | drops_one  | 2024-05-08 | 2025-05-08   |            |             | 12          | 80  |
    | s8b             | drops_one  | 2023-05-08 | 2024-05-08   | 2024-05-08 |             | 12          | 8   |
    | s9              | changes_id | 2023-05-09 | 2024-05-09   | 2024-05-09 |             | 12          | 90  |
    | s9b             | changes_id | 2024-05-09 | 2025-05-09   |            |             | 12          | 90  |
    | s10             | lately     | 2023-06-10 | 2024-06-10   | 2024-06-10 |             | 12          | 15  |
    | s11             | to_come    | 2023-08-05 | 2024-08-05   |            |             | 12          | 25  |
    | s12             | replaced   | 2023-05-12 | 2024-05-12   |            |             | 12          | 35  |
    | s12             | replaced   | 2024-02-12 | 2025-02-12   |            |             | 12          | 35  |
    | s13             | unpriced   | 2023-05-13 | 2024-05-13   |            |             | 12          |     |
    | s14             | monthly    | 2024-05-14 | 2024-06-14   |            |             | 1           | 9   |
"""


@pytest.fixture(scope="module")
def book():
    return drawn_book(tables={"subscriptions": BOOK}, snapshot="2024-07-01", until="2_lifetimes")


@pytest.fixture(scope="module")
def due(book) -> pd.DataFrame:
    return renewals_due(book.engine.ask(read_query(f"{MONEY}/terms_due"), book.parameters), SNAPSHOT)


@pytest.fixture(scope="module")
def paid() -> Paid:
    none = pd.DataFrame()
    return Paid(none, none, pd.Timestamp("2024-01-01"), SNAPSHOT, SNAPSHOT - pd.Timedelta(days=30))


@pytest.mark.parametrize(
    ("account", "outcome"),
    [
        ("rolls_on", "renewed"),
        ("leaves", "lost"),
        ("defaults", "lost"),
        ("left_early", "left_before"),
        ("drops_one", "renewed"),
        ("changes_id", "renewed"),
        ("lately", "open"),
        ("to_come", "open"),
        ("unpriced", "renewed"),
        ("monthly", "renewed"),
    ],
)
def test_what_became_of_a_term_is_told_by_the_account(due, account, outcome):
    assert due.loc[due["account_id"] == account, "outcome"].iloc[0] == outcome


def test_a_short_gap_is_a_renewal_and_the_next_term_is_open(due):
    assert due.loc[due["account_id"] == "pauses", "outcome"].tolist() == ["renewed", "open"]


def test_the_day_is_the_agreed_one_never_that_of_the_end(due):
    """'left_early' ended in March; nothing of it is due there."""
    assert due.loc[due["account_id"] == "left_early", "due_on"].tolist() == [pd.Timestamp("2024-05-05")]


@pytest.mark.parametrize(
    ("account", "own", "renewed"),
    [("shrinks", 70, 45), ("drops_one", 88, 80), ("changes_id", 90, 90), ("pauses", 60, 60), ("leaves", 30, 0)],
)
def test_money_is_renewed_as_far_as_the_account_pays_no_less(due, account, own, renewed):
    line = due[(due["account_id"] == account) & (due["due_on"] < SNAPSHOT)].iloc[0]
    assert (line["own"], line["renewed"]) == (own * PARTS, renewed * PARTS)


def test_more_at_a_renewal_is_no_more_than_renewed(due):
    line = due[(due["account_id"] == "renews") & (due["due_on"] < SNAPSHOT)].iloc[0]
    assert line["renewed"] == line["own"] == 10 * PARTS


def test_a_quarter_adds_up(due, paid):
    """Ten reach their day, one was renewed before; two are lost, one may yet return; 103 of 458 a month are lost."""
    table = renewals_by_period(due, paid)
    quarter = table[
        (table["period"] == "quarter") & ~table["is_monthly"] & (table["period_from"] == "2024-04-01")
    ].iloc[0]
    assert quarter[
        ["due", "renewed", "renewed_early", "lost", "lost_otherwise", "open", "left_before", "unpriced"]
    ].tolist() == [11, 8, 1, 2, 1, 1, 1, 1]
    amounts = quarter[["due_arr", "renewed_arr", "lost_arr", "open_arr"]].astype(float) / 12
    assert amounts.tolist() == [458, 340, 103, 15]
    assert np.isnan(quarter["rate"])
    month = table[(table["period"] == "month") & ~table["is_monthly"] & (table["period_from"] == "2024-05-01")].iloc[0]
    assert (month["rate"], month["arr_rate"]) == pytest.approx((8 / 10, 340 / 443))


def test_terms_of_a_month_are_told_apart(due, paid):
    table = renewals_by_period(due, paid)
    assert table.loc[table["is_monthly"] & (table["period"] == "quarter"), "due"].tolist() == [1]


def test_small_periods_have_no_numbers(due, paid):
    table = renewals_by_period(due, paid)
    months = table[(table["period"] == "month") & ~table["is_monthly"]]
    shown = hide_small_periods(months, 5)
    is_small = (months["due"] > 0) & (months["due"] < 5)
    assert is_small.any()
    assert shown.loc[shown["is_hidden"], ["due", "due_arr", "rate"]].isna().all(axis=None)
    assert shown["is_hidden"].ge(is_small).all()


class TestEarly:
    """Terms that are cut before they are over, by a longer one or otherwise."""

    BOOK = """
        | subscription_id | account_id  | started_on | term_ends_on | ended_on   | product | term_months | mrr |
        | e1              | early       | 2023-05-01 | 2024-05-01   |            |         | 12          | 10  |
        | e1              | early       | 2024-02-01 | 2025-02-01   |            |         | 12          | 7   |
        | e2              | another_id  | 2023-05-02 | 2024-05-02   | 2024-02-02 | crm     | 12          | 20  |
        | e2b             | another_id  | 2024-02-05 | 2026-02-05   |            | crm     | 24          | 22  |
        | e3              | seats_grow  | 2023-05-03 | 2024-05-03   |            |         | 12          | 30  |
        | e3              | seats_grow  | 2024-02-03 | 2024-05-03   |            |         | 12          | 40  |
        | e3              | seats_grow  | 2024-05-03 | 2025-05-03   |            |         | 12          | 40  |
        | e4              | leaves_then | 2023-05-04 | 2024-05-04   |            |         | 12          | 50  |
        | e4              | leaves_then | 2024-02-04 | 2025-02-04   | 2024-04-04 |         | 12          | 50  |
        | e5              | twice       | 2023-05-05 | 2024-05-05   |            |         | 12          | 60  |
        | e5              | twice       | 2023-12-05 | 2024-06-05   |            |         | 6           | 60  |
        | e5              | twice       | 2024-02-05 | 2025-02-05   |            |         | 12          | 60  |
        | e6              | other_goods | 2023-05-06 | 2024-05-06   | 2024-02-06 | crm     | 12          | 70  |
        | e6b             | other_goods | 2024-02-06 | 2025-02-06   |            | mail    | 12          | 5   |
        | e7              | to_come     | 2023-08-07 | 2024-08-07   |            |         | 12          | 80  |
        | e7              | to_come     | 2024-06-07 | 2025-06-07   |            |         | 12          | 80  |
        | e8              | half        | 2023-05-08 | 2024-05-08   |            |         | 12          | 90  |
        | e8              | half        | 2024-02-08 | 2025-02-08   |            |         | 12          | 81  |
        | e8b             | half        | 2023-05-08 | 2024-05-08   |            |         | 12          | 9   |
        | e8b             | half        | 2024-05-08 | 2025-05-08   |            |         | 12          | 6   |
    """

    @pytest.fixture(scope="class")
    @classmethod
    def due(cls) -> pd.DataFrame:
        book = drawn_book(tables={"subscriptions": cls.BOOK}, snapshot="2024-07-01", until="2_lifetimes")
        return renewals_due(book.engine.ask(read_query(f"{MONEY}/terms_due"), book.parameters), SNAPSHOT)

    @pytest.mark.parametrize(
        ("account", "told"),
        [
            ("early", ["2024-05-01 renewed early", "2025-02-01 open"]),
            ("another_id", ["2024-05-02 renewed early", "2026-02-05 open"]),
            ("seats_grow", ["2024-05-03 renewed", "2025-05-03 open"]),
            ("leaves_then", ["2025-02-04 left_before"]),
            ("twice", ["2024-05-05 renewed early", "2024-06-05 renewed early", "2025-02-05 open"]),
            ("other_goods", ["2025-02-06 open"]),
            ("to_come", ["2024-08-07 renewed early", "2025-06-07 open"]),
            ("half", ["2024-05-08 renewed", "2025-02-08 open", "2025-05-08 open"]),
        ],
    )
    def test_each_term_counts_once_on_the_day_that_was_agreed_for_it(self, due, account, told):
        rows = due[due["account_id"] == account].sort_values("due_on")
        said = rows["due_on"].dt.strftime("%Y-%m-%d ") + rows["outcome"]
        assert (said + rows["is_early"].map({True: " early", False: ""})).tolist() == told

    @pytest.mark.parametrize(
        ("account", "own", "renewed"), [("early", 10, 7), ("another_id", 20, 20), ("half", 99, 87)]
    )
    def test_its_money_is_what_was_paid_around_the_change(self, due, account, own, renewed):
        """'half' gave up 9 of 90 in February, early, and 3 of 9 in May: 99 - 9 - 3."""
        line = due[(due["account_id"] == account) & (due["due_on"] < SNAPSHOT)].iloc[0]
        assert (line["own"], line["renewed"]) == (own * PARTS, renewed * PARTS)

    def test_a_quarter_counts_them_among_the_due_and_says_how_many(self, due, paid):
        """Of six due by July all were renewed, four of them early: two of 'twice', one of 'early' and 'another_id'."""
        table = renewals_by_period(due, paid)
        quarter = table[(table["period"] == "quarter") & (table["period_from"] == "2024-04-01")].iloc[0]
        assert quarter[["due", "renewed", "renewed_early", "left_before"]].tolist() == [6, 6, 4, 0]
        assert quarter["rate"] == 1

    def test_what_was_renewed_early_is_not_to_come(self, due):
        assert open_renewals(due, SNAPSHOT, pd.Timestamp("2024-10-01")).empty

    def test_a_rate_is_the_same_whenever_customers_decide(self, paid):
        """Nine of ten stay; three of them sign in the quarter before, or all on the day."""
        rates = []
        for n_early in (0, 3):
            rows = [
                f"| s{n} | a{n} | 2023-05-02 | 2024-05-02 | {'2024-05-02' if n == 9 else ''} | 12 | 10 |"
                for n in range(10)
            ]
            rows += [
                f"| s{n} | a{n} | {'2024-02-02' if n < n_early else '2024-05-02'} | 2025-05-02 | | 12 | 10 |"
                for n in range(9)
            ]
            names = "| subscription_id | account_id | started_on | term_ends_on | ended_on | term_months | mrr |"
            drawn = "\n".join([names, *rows])
            book = drawn_book(tables={"subscriptions": drawn}, snapshot="2024-07-01", until="2_lifetimes")
            due = renewals_due(book.engine.ask(read_query(f"{MONEY}/terms_due"), book.parameters), SNAPSHOT)
            table = renewals_by_period(due, paid)
            quarter = table[(table["period"] == "quarter") & (table["period_from"] == "2024-04-01")].iloc[0]
            rates.append((quarter["due"], quarter["rate"], quarter["arr_rate"]))
        assert rates == [(10, 0.9, 0.9)] * 2


def renewals(days: list[str], price: int = 100) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "lifetime_id": [f"a{number}#1" for number in range(len(days))],
            "due_on": pd.to_datetime(days),
            "is_monthly": False,
            "outcome": "open",
            "own": pd.array([price * PARTS] * len(days), dtype="Int64"),
        }
    )


class TestAhead:
    DAYS = (pd.Timestamp("2024-07-01"), pd.Timestamp("2024-07-22"))

    def test_a_week_has_its_accounts_their_risk_and_what_is_expected_to_be_lost(self):
        rows = renewals(["2024-07-02", "2024-07-07", "2024-07-09", "2024-07-10"])
        chance = pd.Series({"a0#1": 0.2, "a1#1": 0.4, "a2#1": 0.1})
        found = renewals_ahead(rows, chance, pd.Series(["a3#1"]), self.DAYS, min_cell=1)
        assert found["span"].unique().tolist() == [WEEK]
        assert found["begins_on"].dt.strftime("%m-%d").tolist() == ["07-01", "07-08", "07-15", "07-22"]
        assert found["accounts"].tolist() == [2, 1, 0, 0]
        assert found["mean_probability"].iloc[:2].tolist() == pytest.approx([0.3, 0.1])
        assert found["expected_loss"].iloc[:2].tolist() == pytest.approx([12 * 100 * 0.6, 12 * 100 * 0.1])
        assert (found["under_notice"].iloc[1], found["under_notice_arr"].iloc[1]) == (1, 1200)

    def test_where_most_weeks_have_too_few_it_is_by_month(self):
        rows = renewals(["2024-07-02", "2024-07-03", "2024-07-09", "2024-07-10", "2024-07-17", "2024-07-18"])
        found = renewals_ahead(rows, None, pd.Series(dtype=object), self.DAYS, min_cell=5)
        assert found["span"].tolist() == [MONTH]
        assert found["accounts"].tolist() == [6]
        assert found["mean_probability"].isna().all()

    def test_a_small_week_and_one_that_would_tell_it_are_hidden(self):
        rows = renewals(["2024-07-02"] * 2 + ["2024-07-09"] * 6 + ["2024-07-16"] * 7)
        found = renewals_ahead(rows, None, pd.Series(dtype=object), self.DAYS, min_cell=5)
        assert found["is_hidden"].tolist() == [True, True, False, False]
        assert found.loc[found["is_hidden"], ["accounts", "arr", "under_notice"]].isna().all(axis=None)

    def test_only_what_falls_due_within_the_horizon_is_to_come(self, due):
        to_come = open_renewals(due, SNAPSHOT, pd.Timestamp("2024-10-01"))
        assert to_come["account_id"].tolist() == ["to_come"]


def test_announced_losses_are_by_the_month_of_the_end_and_unknown_ends_apart():
    leavers = pd.DataFrame(
        {
            "ends_on": pd.to_datetime(["2024-07-31", "2024-07-01", "2024-09-05", None]),
            "mrr": [100.0, None, 10.0, 1.0],
        }
    )
    found = announced_by_month(leavers, min_cell=1)
    assert found["month"].dropna().dt.strftime("%m").tolist() == ["07", "09"]
    assert found["accounts"].tolist() == [2, 1, 1]
    assert found["arr"].tolist() == [1200, 120, 12]
    assert found["unpriced"].tolist() == [1, 0, 0]
    assert announced_by_month(leavers, min_cell=5)["is_hidden"].all()


def test_of_prices_none_of_which_is_known_the_sum_is_not_known_either():
    leavers = pd.DataFrame({"ends_on": pd.to_datetime(["2024-07-31", "2024-09-05"]), "mrr": [np.nan, 1.0]})
    assert announced_by_month(leavers, min_cell=1)["arr"].isna().tolist() == [True, False]
