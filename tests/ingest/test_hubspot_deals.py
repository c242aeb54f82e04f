"""HubSpot's deals made into subscriptions, and use of merged companies into that of one: by hand, on a few rows."""

from importlib.resources import files

import duckdb
import pytest

SOURCE = files("queries") / "1_sources" / "hubspot"
NEW, RENEWAL, OTHER = ("default", "newbusiness"), ("renewals", "existingbusiness"), ("default", "existingbusiness")
RAW = """
create schema raw;
create table raw.company (hs_object_id text, archived boolean, hs_merged_object_ids text, hs_lastmodifieddate date);
create table raw.deal (
    hs_object_id text, associated_company_id text, pipeline text, dealtype text, closedate date, amount decimal(18, 6),
    hs_is_closed_won boolean default true, hs_is_closed boolean default true, closed_lost_reason text,
    deal_currency_code text default 'EUR', hs_lastmodifieddate date, archived boolean
);
create table raw.line_item (
    hs_object_id text, associated_deal_id text, name text, quantity decimal(18, 6), hs_mrr decimal(18, 6),
    hs_recurring_billing_start_date date, hs_recurring_billing_period text, archived boolean
);
create table raw.product_event (account_id text, user_id text, event text, occurred_at timestamp);
insert into raw.company values ('a', false, null, '2025-06-30');
"""


@pytest.fixture
def raw():
    with duckdb.connect() as con:
        con.execute(RAW)
        yield con


def add_deal(raw, deal, kind, closed, amount=1200, items=(), *, company="a", won=True):
    raw.execute(
        "insert into raw.deal (hs_object_id, associated_company_id, pipeline, dealtype, closedate, amount, "
        "hs_is_closed_won) values (?, ?, ?, ?, ?, ?, ?)",
        [deal, company, *kind, closed, amount, won],
    )
    for seats, mrr, start in items:
        raw.execute(
            "insert into raw.line_item (associated_deal_id, quantity, hs_mrr, hs_recurring_billing_start_date, "
            "hs_recurring_billing_period) values (?, ?, ?, ?, 'P1Y')",
            [deal, seats, mrr, start],
        )


def subscriptions(raw):
    """Return deal, start, end, seats and price a month of every version."""
    sql = (SOURCE / "subscriptions.sql").read_text(encoding="utf-8")
    rows = raw.execute(
        f"select subscription_id, started_on::text, ended_on::text, seats::int, mrr::int from ({sql}) order by 2, 1"
    )
    return rows.fetchall()


def test_a_renewal_without_a_start_begins_when_the_term_is_over_however_often(raw):
    """Each is closed three weeks early; began each when it was closed, the fourth year would end in October."""
    add_deal(raw, "1", NEW, "2021-01-10")
    for number, closed in enumerate(["2021-12-20", "2022-12-20", "2023-12-20"], start=2):
        add_deal(raw, str(number), RENEWAL, closed)
    assert subscriptions(raw) == [
        ("1", "2021-01-10", "2022-01-10", None, 100),
        ("2", "2022-01-10", "2023-01-10", None, 100),
        ("3", "2023-01-10", "2024-01-10", None, 100),
        ("4", "2024-01-10", "2025-01-10", None, 100),
    ]


def test_a_late_renewal_begins_when_it_is_closed_and_products_side_by_side_renew_their_own_term(raw):
    add_deal(raw, "1", NEW, "2023-01-10")
    add_deal(raw, "2", NEW, "2023-06-01")
    add_deal(raw, "3", RENEWAL, "2023-12-20")
    add_deal(raw, "4", RENEWAL, "2024-06-10")
    assert subscriptions(raw) == [
        ("1", "2023-01-10", "2024-01-10", None, 100),
        ("2", "2023-06-01", "2024-06-01", None, 100),
        ("3", "2024-01-10", "2025-01-10", None, 100),
        ("4", "2024-06-10", "2025-06-10", None, 100),
    ]


def test_a_renewal_that_begins_early_replaces_the_term_that_it_renews_and_no_other(raw):
    """Else the price of both is counted in November and December."""
    add_deal(raw, "1", NEW, "2023-01-01", items=[(10, 200, "2023-01-01")])
    add_deal(raw, "2", NEW, "2023-07-01", items=[(5, 50, "2023-07-01")])
    add_deal(raw, "3", RENEWAL, "2023-10-20", items=[(12, 240, "2023-11-01")])
    assert subscriptions(raw) == [
        ("1", "2023-01-01", "2023-11-01", 10, 200),
        ("2", "2023-07-01", "2024-07-01", 5, 50),
        ("3", "2023-11-01", "2024-11-01", 12, 240),
    ]


def test_a_notice_after_an_early_renewal_is_of_the_renewal(raw):
    add_deal(raw, "1", NEW, "2023-01-01", items=[(10, 200, "2023-01-01")])
    add_deal(raw, "2", RENEWAL, "2023-10-20", items=[(12, 240, "2023-11-01")])
    add_deal(raw, "3", RENEWAL, "2023-12-01", won=False)
    sql = (SOURCE / "subscriptions.sql").read_text(encoding="utf-8")
    found = raw.execute(f"select subscription_id, notice_on::text from ({sql}) order by 1").fetchall()
    assert found == [("1", None), ("2", "2023-12-01")]


def test_what_is_added_to_seats_that_are_not_known_is_not_known(raw):
    """Three seats less of nobody knows how many are not -3."""
    add_deal(raw, "1", NEW, "2023-01-01", 2400)
    add_deal(raw, "2", OTHER, "2023-06-01", items=[(-3, -60, "2023-06-01")])
    assert subscriptions(raw) == [
        ("1", "2023-01-01", "2023-06-01", None, 200),
        ("1", "2023-06-01", "2024-01-01", None, 140),
    ]


def test_line_items_that_do_not_recur_count_no_price_where_others_do(raw):
    add_deal(raw, "1", NEW, "2023-01-01", items=[(10, 200, "2023-01-01")])
    add_deal(raw, "2", OTHER, "2023-06-01", 12000, items=[(1, None, None)])
    assert [row[-1] for row in subscriptions(raw)] == [200, 200]


def test_no_won_deal_is_lost(raw):
    """One that nothing dates, one that is won while no term runs, and those of no company are all rows."""
    add_deal(raw, "1", NEW, "2023-01-01")
    add_deal(raw, "2", OTHER, None)
    add_deal(raw, "3", OTHER, "2024-03-01")
    add_deal(raw, "4", OTHER, "2024-05-01", 600)
    add_deal(raw, "5", NEW, "2024-01-01", company=None)
    add_deal(raw, "6", RENEWAL, "2025-01-01", company=None)
    assert subscriptions(raw) == [
        ("1", "2023-01-01", "2024-01-01", None, 100),
        ("5", "2024-01-01", "2025-01-01", None, 100),
        ("3", "2024-03-01", "2024-05-01", None, 100),
        ("3", "2024-05-01", "2025-03-01", None, 150),
        ("6", "2025-01-01", None, None, 100),
        ("2", None, None, None, 100),
    ]


def test_use_of_a_merged_company_is_that_of_the_one_that_is_left(raw):
    raw.execute("insert into raw.company values ('b', false, 'old;older', null), ('c', true, 'gone', null)")
    raw.execute(
        "insert into raw.product_event "
        "select unnest(['b', 'old', 'older', 'gone', 'a']), 'u', 'click', '2024-01-08 10:00'"
    )
    sql = (SOURCE / "usage_daily.sql").read_text(encoding="utf-8")
    assert raw.execute(f"select account_id, events from ({sql})").fetchall() == [("a", 1), ("b", 3), ("gone", 1)]
