"""The bridge: every movement by hand, every book to the cent, against plain sums over the subscriptions."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from drawn import drawn_book
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import BUSY, SHORT, shared_world

from analysis.cohort.queries import MONEY
from analysis.engine.query import read_query
from analysis.money.arr import arr_by_month
from analysis.money.bridge import MOVES, bridge_by_quarter, moves_between
from analysis.money.paid import PARTS, Paid, a_year, levels_on
from analysis.money.retention import rates, retention_by_quarter

JAN, APR, JUL = (pd.Timestamp(2024, month, 1) for month in (1, 4, 7))

BOOK = """
    | subscription_id | account_id | started_on | ended_on   | end_reason  | product  | seats | mrr    |
    | s1              | stays      | 2023-01-01 |            |             | core     | 5     | 100.10 |
    | s2              | leaves     | 2023-01-01 | 2024-02-01 |             | core     | 5     | 200    |
    | s3              | defaults   | 2023-01-01 | 2024-03-01 | involuntary | core     | 5     | 40     |
    | s4              | merges     | 2023-01-01 | 2024-03-01 | merged      | core     | 5     | 60     |
    | s5              | more_seats | 2023-01-01 |            |             | core     | 4     | 80     |
    | s5              | more_seats | 2024-02-15 |            |             | core     | 6     | 150    |
    | s6              | adds       | 2023-01-01 |            |             | core     | 4     | 80     |
    | s6b             | adds       | 2024-02-15 |            |             | reports  |       | 25     |
    | s7              | swaps      | 2023-01-01 | 2024-02-01 |             | core     | 4     | 80     |
    | s7b             | swaps      | 2024-02-01 |            |             | reports  | 4     | 95     |
    | s8              | cuts       | 2023-01-01 |            |             | core     | 9     | 90     |
    | s8              | cuts       | 2024-03-31 |            |             | core     | 5     | 50     |
    | s9              | begins     | 2024-04-01 |            |             | core     | 5     | 70     |
    | s10             | returns    | 2023-01-01 | 2023-10-01 |             | core     | 5     | 30     |
    | s10             | returns    | 2024-02-01 |            |             | core     | 5     | 33     |
    | s11             | rests      | 2023-01-01 | 2024-03-20 |             | core     | 5     | 10     |
    | s11             | rests      | 2024-04-10 |            |             | core     | 5     | 10     |
    | s12             | rested     | 2023-01-01 | 2023-12-20 |             | core     | 5     | 20     |
    | s12             | rested     | 2024-01-05 |            |             | core     | 5     | 21     |
    | s13             | passes     | 2024-01-10 | 2024-02-10 |             | core     | 5     | 999    |
    | s14             | unpriced   | 2023-01-01 |            |             | core     | 5     |        |
    | s15             | repriced   | 2023-01-01 |            |             | core     | 5     | 12     |
    | s15             | repriced   | 2024-02-01 |            |             | core     | 5     |        |
"""
"""What each account does in the first quarter of 2024 is its name."""


def paid_of(book, until: str = "2024-12-01", observed_from: str = "2024-01-01", first_month: int = 1) -> Paid:
    lifetimes = book.engine.frame("select * from lifetimes").set_index("lifetime_id")
    return Paid(
        versions=book.engine.ask(read_query(f"{MONEY}/paid_versions"), book.parameters),
        lifetimes=lifetimes[["lifetime_number", "origin", "ended_on", "cause"]],
        observed_from=pd.Timestamp(observed_from),
        snapshot=pd.Timestamp(until),
        settled_until=pd.Timestamp(until) - pd.Timedelta(days=30),
        fiscal_year_start_month=first_month,
    )


@pytest.fixture(scope="module")
def drawn() -> Paid:
    return paid_of(drawn_book(tables={"subscriptions": BOOK}, snapshot="2024-12-01", until="2_lifetimes"))


def in_force(subscriptions: pd.DataFrame, day: pd.Timestamp) -> float:
    """Add up, in plain pandas and with none of the project's queries, twelve times what is paid on a day."""
    rows = subscriptions.sort_values(["account_id", "subscription_id", "started_on"])
    if "kind" in rows:
        rows = rows[rows["kind"].fillna("paid") == "paid"]
    following = rows.groupby(["account_id", "subscription_id"])["started_on"].shift(-1)
    until = pd.concat([pd.to_datetime(rows["ended_on"]), following], axis=1).min(axis=1)
    there = (rows["started_on"] <= day) & (until.isna() | (until > day))
    return round(12 * float(rows.loc[there, "mrr"].sum()), 2)


class TestByHand:
    @pytest.mark.parametrize(
        ("part", "monthly"),
        [
            ("new", 70),
            ("returned", 33),
            ("cross_sell", 25 + 15),  # swaps pays 15 more than before, with a product that is new
            ("upsell", 70),
            ("contraction", -40),
            ("churn", -200),
            ("involuntary", -40),
            ("merged", -60),
            ("gaps", 21 - 10),
            ("repriced", -12),
        ],
    )
    def test_each_part_is_what_its_accounts_do(self, drawn, part, monthly):
        assert moves_between(drawn, JAN, APR).amounts[part] == monthly * PARTS

    def test_the_parts_lead_from_the_first_day_to_the_last(self, drawn):
        moves = moves_between(drawn, JAN, APR)
        assert moves.start == (10010 + 100 * (200 + 40 + 60 + 80 + 80 + 80 + 90 + 10 + 12)) * PARTS // 100
        assert moves.end == (10010 + 100 * (150 + 80 + 25 + 95 + 50 + 70 + 33 + 21)) * PARTS // 100
        assert moves.start + sum(moves.amounts.values()) == moves.end

    def test_accounts_are_counted_in_the_part_that_they_are_in(self, drawn):
        moves = moves_between(drawn, JAN, APR)
        once = (
            "new",
            "returned",
            "upsell",
            "contraction",
            "churn",
            "involuntary",
            "merged",
            "paused",
            "resumed",
            "repriced",
        )
        assert {name: moves.counts[name] for name in once} == dict.fromkeys(once, 1)
        assert moves.counts["cross_sell"] == 2
        assert (moves.n_start, moves.n_end, moves.n_came_and_went) == (11, 10, 1)

    def test_prices_that_are_not_known_are_counted_never_taken_as_nothing(self, drawn):
        moves = moves_between(drawn, JAN, APR)
        assert (moves.n_unpriced_start, moves.n_unpriced_end) == (1, 2)

    def test_an_upsell_is_of_seats_and_of_their_price(self, drawn):
        """Four seats of 20 become six of 25: two more at the old price are 40, and 6 x 5 the rise."""
        assert moves_between(drawn, JAN, APR).upsell_by == {"upsell_seats": 40 * PARTS, "upsell_price": 30 * PARTS}

    def test_retention_is_of_those_there_at_the_start(self, drawn):
        """752.10 begin; 40, 200, 40 and 60 are lost, 70 and 40 added; a gap and an unknown price change nothing."""
        found = rates(moves_between(drawn, JAN, APR))
        assert found["grr"] == pytest.approx((752.10 - 340) / 752.10)
        assert found["nrr"] == pytest.approx((752.10 - 340 + 110) / 752.10)

    def test_net_retention_above_one_is_negative_churn(self):
        book = drawn_book(
            tables={
                "subscriptions": """
                    | subscription_id | account_id | started_on | ended_on   | mrr |
                    | s1              | a          | 2023-01-01 | 2024-02-01 | 10  |
                    | s2              | b          | 2023-01-01 |            | 90  |
                    | s2              | b          | 2024-03-01 |            | 120 |
                """
            },
            snapshot="2024-12-01",
            until="2_lifetimes",
        )
        found = retention_by_quarter(paid_of(book)).iloc[0]
        assert (found["grr"], found["nrr"]) == pytest.approx((0.9, 1.2))

    def test_a_day_of_an_end_is_not_paid_and_that_of_a_start_is(self, drawn):
        assert "leaves#1" in levels_on(drawn, pd.Timestamp("2024-01-31")).table.index
        assert "leaves#1" not in levels_on(drawn, pd.Timestamp("2024-02-01")).table.index
        assert "begins#1" in levels_on(drawn, APR).table.index

    def test_arr_is_on_the_first_of_each_month_and_the_snapshot(self):
        book = drawn_book(tables={"subscriptions": BOOK}, snapshot="2024-04-11", until="2_lifetimes")
        found = arr_by_month(paid_of(book, until="2024-04-11"))
        assert [str(day.date()) for day in found["day"]] == [
            *("2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"),
            "2024-04-11",
        ]
        assert found["arr"].iloc[0] == pytest.approx(12 * 752.10)
        assert found["unpriced"].iloc[0] == 1

    def test_quarters_are_fiscal_and_whole(self, drawn):
        fiscal = Paid(drawn.versions, drawn.lifetimes, drawn.observed_from, drawn.snapshot, drawn.settled_until, 2)
        found = bridge_by_quarter(fiscal)
        assert [f"{day:%Y-%m}" for day in found["quarter_from"]] == ["2024-02", "2024-05", "2024-08"]
        assert found["is_settled"].tolist() == [True, True, True]
        assert found["quarter_until"].iloc[-1] == pd.Timestamp("2024-11-01") <= drawn.settled_until


class TestAgainstPlainSums:
    @pytest.mark.parametrize(
        "world", [("short", SHORT, 150, 3), pytest.param(("busy", BUSY, 250, 5), marks=pytest.mark.slow)]
    )
    def test_bridges_of_a_simulated_world_tie_to_its_subscriptions(self, tmp_path_factory, tmp_path: Path, world):
        tenure = shared_world(tmp_path_factory, *world).opened(tmp_path)
        subscriptions = tenure.query("select * from subscriptions")
        bridge, arr = tenure.money.bridge().table, tenure.money.arr().table
        assert len(bridge) >= 2
        for row in bridge.itertuples():
            assert round(row.start, 2) == in_force(subscriptions, row.quarter_from)
            assert round(row.end, 2) == in_force(subscriptions, row.quarter_until)
            assert round(row.start + sum(getattr(row, part) for part in MOVES), 2) == round(row.end, 2)
        assert bridge["churn"].min() < 0 < bridge["new"].max()
        for row in arr.itertuples():
            assert round(row.arr, 2) == in_force(subscriptions, row.day)

    def test_drawn_sums_are_the_plain_ones(self, drawn):
        rows = [
            [cell.strip() or None for cell in line.strip().strip("|").split("|")] for line in BOOK.strip().splitlines()
        ]
        plain = pd.DataFrame(rows[1:], columns=rows[0])
        plain = plain.assign(started_on=pd.to_datetime(plain["started_on"]), mrr=plain["mrr"].astype(float))
        for day in (JAN, APR, JUL):
            assert round(a_year(levels_on(drawn, day).table["monthly"].sum()), 2) == in_force(plain, day)


DAYS = st.integers(0, 400).map(lambda number: dt.date(2023, 6, 1) + dt.timedelta(days=number))
STAYS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from(["s1", "s2"]),
        DAYS,
        st.none() | st.integers(1, 300),
        st.none() | st.integers(0, 10**7),
        st.none() | st.integers(0, 40),
        st.sampled_from(["core", "reports", ""]),
        st.sampled_from(["", "involuntary", "merged"]),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda stay: stay[:3],
)


@pytest.mark.slow
@given(STAYS)
@settings(max_examples=25, deadline=None)
def test_the_parts_of_any_book_add_up_to_its_difference(stays):
    lines = ["| subscription_id | account_id | started_on | ended_on | end_reason | product | seats | mrr |"]
    for account, subscription, began, length, cents, seats, product, reason in stays:
        ended = "" if length is None else str(began + dt.timedelta(days=length))
        price = "" if cents is None else f"{cents // 100}.{cents % 100:02d}"
        cells = (account + subscription, account, began, ended, reason if ended else "", product, seats, price)
        lines.append("| " + " | ".join("" if cell is None else str(cell) for cell in cells) + " |")
    book = drawn_book(
        tables={"subscriptions": "\n".join(lines)},
        until="2_lifetimes",
        snapshot="2024-12-01",
        observation_start="2023-07-01",
    )
    paid = paid_of(book, observed_from="2023-07-01")
    total = book.con.execute
    for start, end in ((pd.Timestamp("2023-10-01"), JAN), (JAN, APR), (pd.Timestamp("2023-07-01"), JUL)):
        moves = moves_between(paid, start, end)
        assert moves.start + sum(moves.amounts.values()) == moves.end
        for day, sum_ in ((start, moves.start), (end, moves.end)):
            sql = (
                "select coalesce(sum(mrr), 0) from subscription_versions where started_on <= $d and covered_until > $d"
            )
            assert total(sql, {"d": day.date()}).fetchone()[0] * PARTS == sum_
        assert all(moves.amounts[name] >= 0 for name in ("new", "returned", "cross_sell", "upsell"))
        assert all(moves.amounts[name] <= 0 for name in ("contraction", "churn", "involuntary", "merged"))
        found = rates(moves)
        assert not found["grr"] > min(found["nrr"], 1)
