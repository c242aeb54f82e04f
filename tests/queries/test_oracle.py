"""The queries against an oracle: random subscriptions, walked day by day in plain Python by the rules as they are written.

A day is paid when a paid version covers it. An account is at risk on a paid day, from entry on, unless every version
that covers the day is under notice on it. A lifetime ends with its last paid day, and leaves after its last day at risk.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from drawn import Book, drawn_book, queries_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.contract import as_known_sql, read_contract

ORIGIN = dt.date(2024, 1, 1)
ENTRY, SNAPSHOT, GAP = 20, 125, 7  # in days since ORIGIN; months start on days 31, 60, 91 and 121
LAST = SNAPSHOT + 1  # a day on which only those pay whose end is not known
ACCOUNTS = tuple("abcdefghij")


@dataclass(frozen=True)
class Version:
    """One row of subscriptions; days since ORIGIN, None where open."""

    subscription: str
    account: str
    started: int
    ended: int | None = None
    notice: int | None = None
    withdrawn: int | None = None
    reason: str | None = None
    kind: str = "paid"

    def as_known(self) -> "Version":
        """Return the version as the snapshot's morning knows it."""
        ended, notice, withdrawn = (
            day if day is not None and day <= SNAPSHOT else None for day in (self.ended, self.notice, self.withdrawn)
        )
        return replace(
            self, ended=ended, notice=notice, withdrawn=withdrawn, reason=None if ended is None else self.reason
        )


@dataclass(frozen=True)
class Lifetime:
    """What the oracle says of one stay."""

    account: str
    number: int
    origin: int
    ended: int | None
    leaves: int | None
    cause: str | None
    risk_days: frozenset[int]


def covered_days(versions: list[Version]) -> dict[int, list[Version]]:
    """Return, for each paid day up to LAST, the paid versions that cover it; a version of any kind replaces the last."""
    covering: dict[int, list[Version]] = {}
    for version in [v for v in versions if v.kind == "paid"]:
        later = [v.started for v in versions if v.subscription == version.subscription and v.started > version.started]
        until = min([LAST + 1, *later] + ([version.ended] if version.ended is not None else []))
        for day in range(version.started, until):
            covering.setdefault(day, []).append(version)
    return covering


def is_under_notice(version: Version, day: int) -> bool:
    is_given = version.notice is not None and version.notice <= day
    return is_given and not (version.withdrawn is not None and version.withdrawn <= day)


def oracle(versions: list[Version], account: str, event_date: str) -> Iterator[Lifetime]:
    """Walk the days of one account."""
    known = [v.as_known() for v in versions if v.account == account and v.started <= SNAPSHOT]
    covering = covered_days(known)
    stays: list[list[int]] = []
    for day in sorted(covering):
        if not stays or day - stays[-1][-1] - 1 > GAP:
            stays.append([])
        stays[-1].append(day)
    for number, days in enumerate(stays, start=1):
        yield lifetime(account, number, days, covering, event_date)


def lifetime(
    account: str, number: int, days: list[int], covering: dict[int, list[Version]], event_date: str
) -> Lifetime:
    at_risk = [
        day
        for day in days
        if event_date == "end" or any(not is_under_notice(version, day) for version in covering[day])
    ]
    ended = None if days[-1] == LAST else days[-1] + 1
    last_risk = at_risk[-1] + 1 if at_risk else days[0]
    leaves = None if last_risk > LAST else last_risk
    final = sorted(covering[days[-1]], key=lambda version: (-version.started, version.subscription))[0]
    reason = final.reason or "voluntary"
    cause = None if leaves is None else "churn" if reason == "voluntary" else reason
    return Lifetime(account, number, days[0], ended, leaves, cause, frozenset(d for d in at_risk if d >= ENTRY))


@pytest.fixture(scope="module")
def books() -> Iterator[dict[str, Book]]:
    """An empty book for each way to date the event, with its calendar; subscriptions are put in by each example."""
    made = {
        event_date: drawn_book(
            "3_dates",
            observation_start=str(ORIGIN + dt.timedelta(ENTRY)),
            snapshot=str(ORIGIN + dt.timedelta(SNAPSHOT)),
            tables={
                "accounts": "| account_id |\n" + "\n".join(f"| {account} |" for account in ACCOUNTS),
                "subscriptions": "| subscription_id | account_id | started_on |",
            },
            allowed_gap_days=GAP,
            event_date=event_date,
        )
        for event_date in ("notice", "end")
    }
    yield made
    for book in made.values():
        book.con.close()


def run_queries(book: Book, versions: list[Version]) -> None:
    """Put subscriptions, as known at the snapshot, into the book and run the queries that the oracle judges."""
    table = read_contract()["subscriptions"]
    book.con.execute("drop table if exists written")
    book.con.execute(f"create table written as {as_known_sql(table)} limit 0", {"as_of": book.parameters["snapshot"]})
    names = "subscription_id, account_id, started_on, ended_on, notice_on, notice_withdrawn_on, end_reason, kind"
    rows = [
        [v.subscription, v.account, *map(date, (v.started, v.ended, v.notice, v.withdrawn)), v.reason, v.kind]
        for v in versions
    ]
    book.con.executemany(f"insert into written ({names}) values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    as_known = as_known_sql(table, "written")
    book.con.execute(f"create or replace table subscriptions as {as_known}", {"as_of": book.parameters["snapshot"]})
    book.run_folders(("2_lifetimes",))
    for query in queries_of("3_dates"):
        if query.name == "landmark_dates":
            book.run(query)


def date(day: int | None) -> dt.date | None:
    return None if day is None else ORIGIN + dt.timedelta(day)


def number(day: dt.date | None) -> int | None:
    return None if day is None else (day - ORIGIN).days


def lifetimes_found(book: Book) -> set[Lifetime]:
    """Return what the queries made, in the oracle's terms."""
    spells = book.con.execute("select lifetime_id, risk_from, risk_until from risk_spells").fetchall()
    found = book.con.execute(
        "select lifetime_id, account_id, lifetime_number, origin, ended_on, leaves_on, cause from lifetimes"
    ).fetchall()
    return {
        Lifetime(account, place, number(origin), number(ended), number(leaves), cause, days_of(spells, lifetime_id))
        for lifetime_id, account, place, origin, ended, leaves, cause in found
    }


def days_of(spells, lifetime_id) -> frozenset[int]:
    """Expand spells to days; spells without length, or that overlap or touch, are refused."""
    own = sorted((number(since), min(number(until), LAST + 1)) for key, since, until in spells if key == lifetime_id)
    limits = [limit for spell in own for limit in spell]
    assert limits == sorted(set(limits)), f"spells of lifetime {lifetime_id} are not unbroken runs: {own}"
    return frozenset(day for since, until in own for day in range(since, until))


def landmarks_found(book: Book) -> list[tuple[str, int, int]]:
    rows = book.con.execute(
        "select account_id, lifetime_number, landmark from landmark_dates inner join lifetimes using (lifetime_id)"
    ).fetchall()
    return sorted((account, place, number(landmark)) for account, place, landmark in rows)


def landmarks_expected(lifetimes: set[Lifetime]) -> list[tuple[str, int, int]]:
    month_starts = [day for day in range(ENTRY, SNAPSHOT + 1) if date(day).day == 1]
    return sorted((one.account, one.number, day) for one in lifetimes for day in month_starts if day in one.risk_days)


MARKS = (ENTRY, 60, 91, SNAPSHOT)
# days on which something may happen: few, so that they coincide, and around the marks and the allowed gap's length
DAYS = sorted({mark + offset for mark in MARKS for offset in (-1, 0, 1, GAP, GAP + 1)})


def some_day(since: int):
    """Draw one of the next days of the list, not before another one, or none."""
    later = [day for day in DAYS if day >= since][:8]
    return st.none() | st.sampled_from(later) if later else st.none()


@st.composite
def version(draw, subscription: str, account: str, started: int) -> Version:
    """Draw one version that keeps the contract's rules."""
    ended = draw(some_day(started))
    notice = draw(some_day(started - GAP - 1))
    return Version(
        subscription,
        account,
        started,
        ended=ended,
        notice=notice,
        withdrawn=None if notice is None else draw(some_day(notice)),
        reason=None if ended is None else draw(st.sampled_from([None, "voluntary", "involuntary", "merged"])),
        kind=draw(st.sampled_from(["paid", "paid", "paid", "paid", "trial"])),
    )


@st.composite
def subscriptions(draw) -> list[Version]:
    """Draw ten accounts, as each judgement costs the same, with up to three subscriptions of up to two versions each."""
    drawn = []
    for account in ACCOUNTS:
        for place in range(draw(st.integers(1, 3))):
            starts = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=2, unique=True))
            drawn += [draw(version(f"{account}{place}", account, started)) for started in starts]
    return drawn


@pytest.mark.parametrize("event_date", ["notice", "end"])
@settings(derandomize=True, deadline=None, max_examples=50, suppress_health_check=list(HealthCheck))
@given(versions=subscriptions())
def test_lifetimes_risk_and_landmarks_are_those_of_the_oracle(books, event_date, versions):
    run_queries(books[event_date], versions)
    expected = {one for account in ACCOUNTS for one in oracle(versions, account, event_date)}
    assert lifetimes_found(books[event_date]) == expected
    assert landmarks_found(books[event_date]) == landmarks_expected(expected)
