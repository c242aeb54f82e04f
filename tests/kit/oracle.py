"""An oracle for the queries: subscriptions walked day by day in plain Python, by the rules as they are written.

A day is paid when a paid version covers it. An account is at risk on a paid day, from entry on, unless every version
that covers the day is under notice on it. A lifetime ends with its last paid day, and leaves after its last day at
risk. What an account pays for is compared between a paid day and the paid day before it.

Days are numbers: days since the first day of the book.
"""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction


@dataclass(frozen=True)
class Clock:
    """The dates of a study."""

    first_day: dt.date
    entry: int
    snapshot: int
    gap: int
    event_date: str
    adoption_from: int
    mature_from: int

    @property
    def settled(self) -> int:
        """An end after this day is provisional."""
        return self.snapshot - self.gap

    @property
    def last(self) -> int:
        """A day on which only those pay whose end is not known."""
        return self.snapshot + 1

    def date(self, day: int | None) -> dt.date | None:
        return None if day is None else self.first_day + dt.timedelta(day)

    def day(self, date: dt.date | None) -> int | None:
        return None if date is None else (date - self.first_day).days

    def is_month_start(self, day: int) -> bool:
        return (self.first_day + dt.timedelta(day)).day == 1


NAMES = {
    "subscription_id": "subscription",
    "account_id": "account",
    "started_on": "started",
    "ended_on": "ended",
    "notice_on": "notice",
    "notice_withdrawn_on": "withdrawn",
    "end_reason": "reason",
    "kind": "kind",
    "term_ends_on": "term_ends",
    "notice_period_days": "notice_days",
    "product": "product",
    "seats": "seats",
    "mrr": "mrr",
}
"""The field of `Version` for each column of subscriptions."""


@dataclass(frozen=True)
class Version:
    """One row of subscriptions; None where open or not given."""

    subscription: str
    account: str
    started: int
    ended: int | None = None
    notice: int | None = None
    withdrawn: int | None = None
    reason: str | None = None
    kind: str | None = "paid"
    term_ends: int | None = None
    notice_days: int | None = None
    product: str | None = None
    seats: int | None = None
    mrr: int | None = None

    def as_known(self, snapshot: int) -> "Version":
        """Return the version as the snapshot's morning knows it."""
        ended, notice, withdrawn = (
            day if day is not None and day <= snapshot else None for day in (self.ended, self.notice, self.withdrawn)
        )
        return replace(
            self, ended=ended, notice=notice, withdrawn=withdrawn, reason=None if ended is None else self.reason
        )

    def is_under_notice(self, day: int) -> bool:
        is_given = self.notice is not None and self.notice <= day
        return is_given and not (self.withdrawn is not None and self.withdrawn <= day)

    def cuts(self) -> tuple[int | None, int | None]:
        """Return the end of the term and the last day to give notice of it, where known."""
        if self.term_ends is None or self.notice_days is None:
            return self.term_ends, None
        return self.term_ends, self.term_ends - self.notice_days


Covering = dict[int, list[Version]]
Interval = tuple[int, int, str, str, str | None]
"""First day, day after the last, phase, renewal clock, cause of leaving on that day."""
Level = tuple[int, int, int | None, int | None, int, int, int, int]
"""First day, day after the last, seats, MRR, number of products, versions without seats, MRR, product."""


@dataclass(frozen=True)
class Lifetime:
    """What is said of one stay."""

    account: str
    number: int
    origin: int
    ended: int | None
    leaves: int | None
    cause: str | None
    risk_days: frozenset[int]
    unannounced_days: frozenset[int]
    changes: tuple[tuple[int, str], ...]
    at_risk_changes: tuple[tuple[int, str], ...]
    intervals: tuple[Interval, ...]
    levels: tuple[Level, ...]
    gap_before: int | None


def walk(versions: list[Version], onboarded: int | None, account: str, clock: Clock) -> Iterator[Lifetime]:
    """Walk the days of one account."""
    known = [v.as_known(clock.snapshot) for v in versions if v.account == account and v.started <= clock.snapshot]
    covering = covered_days(known, clock)
    stays: list[list[int]] = []
    for day in sorted(covering):
        if not stays or day - stays[-1][-1] - 1 > clock.gap:
            stays.append([])
        stays[-1].append(day)
    for number, days in enumerate(stays, start=1):
        gap_before = days[0] - stays[number - 2][-1] - 1 if number > 1 else None
        yield lifetime(account, number, days, covering, onboarded, gap_before, clock)


def covered_days(versions: list[Version], clock: Clock) -> Covering:
    """Return the paid versions that cover each paid day; a version of any kind replaces the one before it."""
    covering: Covering = {}
    for version in [v for v in versions if v.kind in ("paid", None)]:
        for day in range(version.started, covered_until(version, versions, clock)):
            covering.setdefault(day, []).append(version)
    return covering


def covered_until(version: Version, versions: list[Version], clock: Clock) -> int:
    later = [v.started for v in versions if v.subscription == version.subscription and v.started > version.started]
    return min([clock.last + 1, *later] + ([version.ended] if version.ended is not None else []))


def lifetime(
    account: str,
    number: int,
    days: list[int],
    covering: Covering,
    onboarded: int | None,
    gap_before: int | None,
    clock: Clock,
) -> Lifetime:
    unannounced = [day for day in days if any(not version.is_under_notice(day) for version in covering[day])]
    at_risk = days if clock.event_date == "end" else unannounced
    risk_days = frozenset(day for day in at_risk if day >= clock.entry)
    ended = None if days[-1] == clock.last else days[-1] + 1
    last_risk = at_risk[-1] + 1 if at_risk else days[0]
    leaves = None if last_risk > clock.last else last_risk
    given = {version: version.reason if version.ended == ended else None for version in covering[days[-1]]}
    _, reason = max((version.started, said or "voluntary") for version, said in given.items())
    cause = None if leaves is None else "churn" if reason == "voluntary" else reason
    compared = [(day, change(covering[day - 1], covering[day])) for day in days[1:] if day - 1 in covering]
    changes = tuple((day, kind) for day, kind in compared if kind)
    return Lifetime(
        account=account,
        number=number,
        origin=days[0],
        ended=ended,
        leaves=leaves,
        cause=cause,
        risk_days=risk_days,
        unannounced_days=frozenset(day for day in unannounced if day >= clock.entry),
        changes=changes,
        at_risk_changes=tuple(
            (day - days[0], kind) for day, kind in changes if day - 1 in risk_days and day <= clock.settled
        ),
        intervals=tuple(intervals(days[0], risk_days, covering, onboarded, leaves, cause, clock)),
        levels=tuple(levels(days, covering)),
        gap_before=gap_before,
    )


def levels(days: list[int], covering: Covering) -> Iterator[Level]:
    """Yield runs of days in a row on which an account pays for as much."""
    run: list[int] = []
    for day in days:
        if run and (day - 1 != run[-1] or level(covering[day]) != level(covering[run[-1]])):
            yield (run[0], run[-1] + 1, *level(covering[run[-1]]))
            run = []
        run.append(day)
    yield (run[0], run[-1] + 1, *level(covering[run[-1]]))


def level(in_force: list[Version]) -> tuple[int | None, int | None, int, int, int, int]:
    seats, mrr, products = ([getattr(v, name) for v in in_force] for name in ("seats", "mrr", "product"))
    totals = [
        sum(n for n in part if n is not None) if any(n is not None for n in part) else None for part in (seats, mrr)
    ]
    return (*totals, len(set(products) - {None}), seats.count(None), mrr.count(None), products.count(None))


def change(before: list[Version], after: list[Version]) -> str | None:
    """Return what became of what an account pays for from one day to the next."""
    totals = [*totals_given(before, after, lambda v: v.seats), *totals_given(before, after, lambda v: v.mrr)]
    if any(was > 0 and Fraction(now, was) <= Fraction(4, 5) for was, now in totals):
        return "contraction"
    is_more = any(now > was for was, now in totals)
    were, are = {v.product for v in before} - {None}, {v.product for v in after} - {None}
    is_named = [v.product for v in before].count(None) == [v.product for v in after].count(None)
    if is_named and are - were and (is_more or were <= are):
        return "cross_sell"
    return "upsell" if is_more else None


def totals_given(
    before: list[Version], after: list[Version], part: Callable[[Version], int | None]
) -> list[tuple[int, int]]:
    """Return both days' totals of something, if as many versions leave it out on the one as on the other."""
    was, now = [part(version) for version in before], [part(version) for version in after]
    given_before, given_after = [n for n in was if n is not None], [n for n in now if n is not None]
    is_comparable = was.count(None) == now.count(None) and given_before and given_after
    return [(sum(given_before), sum(given_after))] if is_comparable else []


def intervals(
    origin: int,
    risk_days: frozenset[int],
    covering: Covering,
    onboarded: int | None,
    leaves: int | None,
    cause: str | None,
    clock: Clock,
) -> Iterator[Interval]:
    """Walk the days at risk whose ends are settled: a cut begins an interval; so does a phase, with the same clock."""
    observed = sorted(day for day in risk_days if day < clock.settled)
    cuts = cut_days(covering)
    belongs: dict[int, tuple[int, str]] = {}
    begun = 0
    for day in observed:
        if day - 1 not in risk_days or clock.is_month_start(day) or day in cuts:
            begun = day
        belongs[day] = (begun, phase_on(day, origin, onboarded, clock))
    for (begun, phase), days in itertools.groupby(observed, key=belongs.__getitem__):
        piece = list(days)
        follows = piece[-1] + 1
        yield piece[0], follows, phase, clock_on(begun, covering[begun], clock), cause if leaves == follows else None


def cut_days(covering: Covering) -> set[int]:
    """Return the days on which a term, or the time to give notice of it, ends in a version or right after it."""
    days_of: dict[Version, list[int]] = {}
    for day, versions in covering.items():
        for version in versions:
            days_of.setdefault(version, []).append(day)
    return {
        cut
        for version, days in days_of.items()
        for cut in version.cuts()
        if cut is not None and version.started < cut <= max(days) + 1
    }


def clock_on(day: int, in_force: list[Version], clock: Clock) -> str:
    """Return what the next cut is, as the terms in force on a day say."""
    month = next(later for later in range(day + 1, day + 32) if clock.is_month_start(later))
    terms, deadlines = (
        [cut for cut in cuts if cut is not None and cut > day]
        for cuts in zip(*(v.cuts() for v in in_force), strict=True)
    )
    next_cut = min([month, *terms, *deadlines])
    if next_cut in terms:
        return "renewal"
    if next_cut in deadlines:
        return "deadline"
    return "between" if terms else "no_term"


def phase_on(day: int, origin: int, onboarded: int | None, clock: Clock) -> str:
    if day - origin >= clock.mature_from:
        return "mature"
    is_onboarded = onboarded is not None and origin <= onboarded < day
    return "adoption" if is_onboarded or day - origin >= clock.adoption_from else "onboarding"
