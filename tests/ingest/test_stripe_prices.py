"""Stripe's prices and what an item is paid by the month, whatever they are billed by: by hand, on a few rows."""

from importlib.resources import files

import duckdb
import pytest

SQL = (files("queries") / "1_sources" / "stripe" / "subscriptions.sql").read_text(encoding="utf-8")
RAW = """
create schema raw;
create table raw.subscription (
    id text, customer text, status text default 'active', livemode boolean, start_date timestamp default '2024-01-01',
    trial_start timestamp, trial_end timestamp, current_period_end timestamp, cancel_at timestamp,
    cancel_at_period_end boolean, canceled_at timestamp, ended_at timestamp, cancellation_details_reason text,
    cancellation_details_feedback text
);
create table raw.subscription_item (
    id text, subscription text, price text, quantity integer, created timestamp, current_period_end timestamp
);
create table raw.price (
    id text, nickname text, product text, unit_amount integer, currency text default 'eur', recurring_interval text,
    recurring_interval_count integer
);
create table raw.invoice (id text, status text, created timestamp);
create table raw.invoice_line (
    invoice_id text, subscription text, subscription_item text, price text, quantity integer, amount integer,
    period_start timestamp, period_end timestamp
);
insert into raw.subscription (id, customer) values ('sub', 'cus');
"""


@pytest.fixture
def raw():
    with duckdb.connect() as con:
        con.execute(RAW)
        yield con


def subscriptions(raw):
    """Return item, kind, months of a term, plan, seats and price a month (to the cent) of every version."""
    told = "subscription_id, kind, term_months, plan, seats, round(mrr, 2)"
    return raw.execute(f"select {told} from ({SQL}) order by subscription_id, started_on").fetchall()


@pytest.mark.parametrize(
    ("interval", "count", "amount", "term_months", "mrr"),
    [
        ("month", 1, 2_000, 1, 60.0),
        ("month", 3, 2_000, 3, 20.0),
        ("year", 1, 24_000, 12, 60.0),
        ("year", None, 24_000, 12, 60.0),
        (None, None, 2_000, 1, 60.0),
        ("week", 1, 300, None, 39.0),
        ("week", 2, 600, None, 39.0),
        ("day", 1, 73, None, 66.61),
        ("month", 1, None, 1, None),
    ],
)
def test_a_price_is_told_by_the_month(raw, interval, count, amount, term_months, mrr):
    """Three seats; 52 weeks and 365 days are a year: 3 x 3.00 x 52 / 12 and 3 x 0.73 x 365 / 12."""
    raw.execute("insert into raw.price values ('p', 'Team', null, ?, 'eur', ?, ?)", [amount, interval, count])
    raw.execute("insert into raw.subscription_item (id, subscription, price, quantity) values ('si', 'sub', 'p', 3)")
    assert subscriptions(raw) == [("si", "paid", term_months, "Team", 3, mrr)]


def test_an_item_whose_price_was_not_exported_is_there_without_one(raw):
    """An account whose only price is no longer listed would have no lifetime at all, and nobody would be told."""
    raw.execute("update raw.subscription set trial_start = '2023-12-01', trial_end = '2024-01-01'")
    raw.execute("insert into raw.subscription_item (id, subscription, price, quantity) values ('si', 'sub', 'old', 3)")
    assert subscriptions(raw) == [
        ("si", "trial", None, "old", 3, None),
        ("si", "paid", None, "old", 3, None),
    ]


def test_a_change_of_interval_is_a_version_of_its_own(raw):
    raw.execute("insert into raw.price values ('m', 'By month', null, 2000, 'eur', 'month', 1)")
    raw.execute("insert into raw.price values ('w', 'By week', null, 300, 'eur', 'week', 1)")
    raw.execute("insert into raw.subscription_item (id, subscription, price, quantity) values ('si', 'sub', 'm', 1)")
    raw.execute(
        "insert into raw.invoice_line values (null, 'sub', 'si', 'w', 1, 300, '2024-01-01', '2024-01-08'), "
        "(null, 'sub', 'si', 'm', 1, 2000, '2024-01-08', '2024-02-08')"
    )
    assert subscriptions(raw) == [
        ("si", "paid", None, "By week", 1, 13.0),
        ("si", "paid", 1, "By month", 1, 20.0),
    ]
