"""The queries against an oracle: random subscriptions, walked day by day in plain Python by the rules as they are written."""

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from drawn import Book, drawn_book, queries_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle import NAMES, Clock, Lifetime, Version, walk
from random_source import BEGINS, SPAN, random_subscriptions

from analysis.declared.contract import as_known_sql, read_contract

CLOCK = Clock(dt.date(2024, 1, 1), 20, 125, 7, "notice", 40, 75)  # months start on days 31, 60, 91 and 121
ENTRY, SNAPSHOT, GAP = CLOCK.entry, CLOCK.snapshot, CLOCK.gap
ONBOARDED = dict.fromkeys("abcdefghijklmnopqrst") | {"a": 21, "b": 60, "c": 61, "d": 91, "e": 124}
JUDGED = [
    "subscription_versions",
    "spells",
    "account_stays",
    "end_reasons",
    "lifetimes",
    "risk_spells",
    "account_levels",
    "changes",
    "landmark_dates",
    "risk_intervals",
    "risk_dates",
    "terms_in_force",
    "counting_process",
    "phase_intervals",
    "recurrent_events",
    "returns",
]
LEVELS = """
account_levels inner join lifetimes
    on
        account_levels.account_id = lifetimes.account_id
        and level_from >= origin
        and level_until <= coalesce(ended_on, cast('9999-12-31' as date))
"""


def empty_book(clock: Clock, onboarded: dict[str, int | None]) -> Book:
    """Return a book of these accounts, with its calendar and no subscription."""
    return drawn_book(
        observation_start=str(clock.date(clock.entry)),
        snapshot=str(clock.date(clock.snapshot)),
        tables={
            "accounts": "| account_id | onboarding_completed_on |\n"
            + "\n".join(f"| {account} | {clock.date(day) or ''} |" for account, day in onboarded.items()),
            "subscriptions": "| subscription_id | account_id | started_on |",
        },
        allowed_gap_days=clock.gap,
        event_date=clock.event_date,
        adoption_from_day=clock.adoption_from,
        mature_from_day=clock.mature_from,
    )


def run_queries(book: Book, versions: Sequence[Version], clock: Clock) -> None:
    """Put subscriptions, as known at the snapshot, into the book and run the queries that the oracle judges."""
    table = read_contract()["subscriptions"]
    as_of = {"as_of": book.parameters["snapshot"]}
    days = [column.name for column in table.columns if column.type == "date"]
    rows = [
        [clock.date(getattr(v, own)) if name in days else getattr(v, own) for name, own in NAMES.items()]
        for v in versions
    ]
    book.con.execute("drop table if exists written")
    book.con.execute(f"create table written as {as_known_sql(table)} limit 0", as_of)
    marks = ", ".join(["(" + ", ".join("?" * len(NAMES)) + ")"] * len(rows))
    book.con.execute(f"insert into written ({', '.join(NAMES)}) values {marks}", list(itertools.chain(*rows)))
    book.con.execute(f"create or replace table subscriptions as {as_known_sql(table, 'written')}", as_of)
    for query in judged_queries():
        book.run(query)


def judged_queries():
    folders = ("2_lifetimes", "3_dates", "4_activity", "6_cohorts", "7_audit")
    return [query for folder in folders for query in queries_of(folder) if query.name in JUDGED]


def lifetimes_found(book: Book, clock: Clock) -> set[Lifetime]:
    """Return what the queries made, in the oracle's terms."""
    spells = rows_of(book, "risk_spells", "risk_from, risk_until")
    unannounced = unannounced_found(book, clock)
    changes = rows_of(book, "changes", "changed_on, kind")
    events = rows_of(book, "recurrent_events", "age, kind")
    pieces = rows_of(book, "phase_intervals", "start, stop, phase, renewal_clock, cause, event")
    gaps = rows_of(book, "returns", "gap_days")
    levels = rows_of(
        book,
        LEVELS,
        "level_from, level_until, seats, cast(mrr as integer), products, "
        "versions_without_seats, versions_without_mrr, versions_without_product",
    )
    found = book.con.execute(
        "select lifetime_id, account_id, lifetime_number, origin, ended_on, leaves_on, cause from lifetimes"
    ).fetchall()
    return {
        Lifetime(
            account=account,
            number=number,
            origin=clock.day(origin),
            ended=clock.day(ended),
            leaves=clock.day(leaves),
            cause=cause,
            risk_days=days_of(spells.get(key, []), clock),
            unannounced_days=unannounced[key],
            changes=tuple((clock.day(day), kind) for day, kind in changes.get(key, [])),
            at_risk_changes=tuple(events.get(key, [])),
            intervals=tuple(with_event(clock.day(origin), *row) for row in pieces.get(key, [])),
            levels=tuple(
                (clock.day(since), min(clock.day(until), clock.last + 1), *level)
                for since, until, *level in levels[key]
            ),
            gap_before=gaps[key][0][0] if key in gaps else None,
        )
        for key, account, number, origin, ended, leaves, cause in found
    }


def unannounced_found(book: Book, clock: Clock) -> dict[str, frozenset[int]]:
    """Return, by lifetime, its days from entry on that some version covers that is not under notice."""
    rows = book.con.execute(
        "select lifetime_id, spell_from, spell_until from lifetimes inner join spells using (account_id) "
        "where kind = 'unannounced' and spell_from >= origin "
        "and spell_until <= coalesce(ended_on, cast('9999-12-31' as date)) order by all"
    ).fetchall()
    lifetimes = [key for (key,) in book.con.execute("select lifetime_id from lifetimes").fetchall()]
    spells = {key: [(since, until) for own, since, until in rows if own == key] for key in lifetimes}
    return {key: frozenset(day for day in days_of(own, clock) if day >= clock.entry) for key, own in spells.items()}


def rows_of(book: Book, table: str, columns: str) -> dict[int, list[tuple]]:
    """Return rows of a table by lifetime, in order."""
    grouped: dict[int, list[tuple]] = {}
    for key, *row in book.con.execute(f"select lifetime_id, {columns} from {table} order by all").fetchall():
        grouped.setdefault(key, []).append(tuple(row))
    return grouped


def with_event(origin: int, start: int, stop: int, phase: str, clock: str, cause: str | None, event: int):
    assert event == (cause == "churn"), (start, stop, cause, event)
    return origin + start, origin + stop, phase, clock, cause


def days_of(spells: Iterable[tuple], clock: Clock) -> frozenset[int]:
    """Expand spells to days; spells without length, or that overlap or touch, are refused."""
    own = [(clock.day(since), min(clock.day(until), clock.last + 1)) for since, until in spells]
    limits = [limit for spell in own for limit in spell]
    assert limits == sorted(set(limits)), f"spells are not unbroken runs: {own}"
    return frozenset(day for since, until in own for day in range(since, until))


def landmarks_found(book: Book, clock: Clock) -> list[tuple[str, int, int]]:
    rows = book.con.execute(
        "select account_id, lifetime_number, landmark from landmark_dates inner join lifetimes using (lifetime_id)"
    ).fetchall()
    return sorted((account, number, clock.day(landmark)) for account, number, landmark in rows)


def landmarks_expected(lifetimes: set[Lifetime], clock: Clock) -> list[tuple[str, int, int]]:
    month_starts = [day for day in range(clock.entry, clock.snapshot + 1) if clock.is_month_start(day)]
    return sorted(
        (one.account, one.number, day) for one in lifetimes for day in month_starts if day in one.unannounced_days
    )


MARKS = (ENTRY, 60, 91, SNAPSHOT)
# days on which something may happen: few, so that they coincide, and around the marks and the allowed gap's length
DAYS = sorted({mark + offset for mark in MARKS for offset in (-1, 0, 1, GAP, GAP + 1)})


def some_day(since: int):
    """Draw one of the next days of the list, not before another one, or none."""
    later = [day for day in DAYS if day >= since][:8]
    return st.none() | st.sampled_from(later) if later else st.none()


@st.composite
def version(draw, subscription: str, account: str, started: int) -> Version:
    """Draw one version that keeps the contract's rules; of 5 seats 4 are just few enough to be a contraction."""
    ended = draw(some_day(started))
    notice = draw(some_day(started - GAP - 1))
    term_ends = draw(some_day(started))
    return Version(
        subscription,
        account,
        started,
        ended=ended,
        notice=notice,
        withdrawn=None if notice is None else draw(some_day(notice)),
        reason=None if ended is None else draw(st.sampled_from([None, "voluntary", "involuntary", "merged"])),
        kind=draw(st.sampled_from(["paid", "paid", None, "paid", "trial"])),
        term_ends=term_ends,
        notice_days=None if term_ends is None else draw(st.sampled_from([None, 0, GAP])),
        product=draw(st.sampled_from(["x", "x", "y", None])),
        seats=draw(st.sampled_from([5, 5, 5, 5, 4, 4, 0, None])),
        mrr=draw(st.sampled_from([100, 100, 100, 100, 80, 79, 0, None])),
    )


@st.composite
def subscriptions(draw) -> list[Version]:
    """Draw ten accounts, as each judgement costs the same, with up to three subscriptions of up to two versions each."""
    drawn = []
    for account in ONBOARDED:
        for place in range(draw(st.integers(1, 3))):
            starts = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=2, unique=True))
            drawn += [draw(version(f"{account}{place}", account, started)) for started in starts]
    return drawn


def judge(book: Book, versions: Sequence[Version], onboarded: dict[str, int | None], clock: Clock) -> set[Lifetime]:
    """Assert that the queries make of the versions what the oracle makes of them, and return that."""
    run_queries(book, versions, clock)
    expected = {one for account, day in onboarded.items() for one in walk(list(versions), day, account, clock)}
    assert lifetimes_found(book, clock) == expected
    assert landmarks_found(book, clock) == landmarks_expected(expected, clock)
    return expected


CLOCKS = {event_date: replace(CLOCK, event_date=event_date) for event_date in ("notice", "end")}


@pytest.fixture(scope="module")
def books() -> Iterator[dict[str, Book]]:
    """An empty book for each way to date the event; subscriptions are put in by each example."""
    made = {event_date: empty_book(clock, ONBOARDED) for event_date, clock in CLOCKS.items()}
    yield made
    for book in made.values():
        book.con.close()


@pytest.mark.slow
@pytest.mark.parametrize("event_date", ["notice", "end"])
@settings(derandomize=True, deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(versions=subscriptions())
def test_what_the_queries_make_of_subscriptions_is_what_the_oracle_makes_of_them(books, event_date, versions):
    judge(books[event_date], versions, ONBOARDED, CLOCKS[event_date])


def versions_of(frame: pd.DataFrame, clock: Clock) -> list[Version]:
    """Return a source's subscriptions in the oracle's terms."""
    columns = {own: frame[name] for name, own in NAMES.items() if name in frame}
    for own, column in columns.items():
        if column.dtype.kind == "M":
            columns[own] = (column - pd.Timestamp(clock.first_day)).dt.days
    rows = pd.DataFrame(columns).convert_dtypes().astype(object).to_dict("records")
    return [Version(**{name: None if pd.isna(cell) else cell for name, cell in row.items()}) for row in rows]


@pytest.mark.parametrize("event_date", ["notice", pytest.param("end", marks=pytest.mark.slow)])
def test_the_queries_and_the_oracle_agree_on_a_year_and_a_half_of_a_random_source(event_date):
    clock = Clock(BEGINS, entry=181, snapshot=SPAN, gap=30, event_date=event_date, adoption_from=90, mature_from=365)
    rng = np.random.default_rng(20240101)
    versions = versions_of(random_subscriptions(rng, accounts=150), clock)
    onboarded = {account: int(rng.integers(SPAN)) for account in sorted({version.account for version in versions})}
    book = empty_book(clock, onboarded)
    lifetimes = judge(book, versions, onboarded, clock)
    book.con.close()
    kinds = Counter(kind for one in lifetimes for _, kind in one.at_risk_changes)
    assert min(kinds["contraction"], kinds["upsell"], kinds["cross_sell"]) > 15, "or agreement would prove little"
