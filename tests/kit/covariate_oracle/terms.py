"""The morning of a day in a lifetime: what the account pays for, as its subscriptions are known by then."""

import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from drawn import Book
from oracle import NAMES, Clock, Covering, Lifetime, Version, covered_days, walk

from analysis.declared.study import Study

SIGNED_NAMES = NAMES | {"term_months": "term_months"}


@dataclass(frozen=True)
class Signed(Version):
    """A row of subscriptions with the length of its term."""

    term_months: int | None = None


@dataclass(frozen=True)
class Morning:
    """One account's subscriptions and end of onboarding, the day, and the study; days are the clock's numbers."""

    versions: list[Signed]
    account: str
    onboarded: int | None
    day: int
    clock: Clock
    study: Study

    @functools.cached_property
    def covering(self) -> Covering:
        """The paid versions in force on each paid day, as far as they are known on this morning."""
        known = [version.as_known(self.day) for version in self.versions if version.started <= self.day]
        return covered_days(known, self.clock)

    @functools.cached_property
    def lifetime(self) -> Lifetime:
        """The lifetime that the account is in, at risk, walked with what is known on this morning."""
        (lifetime,) = (
            lifetime
            for lifetime in walk(self.versions, self.onboarded, self.account, self.clock)
            if self.day in lifetime.risk_days
        )
        return lifetime

    @property
    def horizon_ends(self) -> int | None:
        """The last day of the horizon, so many calendar months later; None where no forecast is made."""
        date, time = self.clock.date(self.day), self.study.time
        is_quarter_start = (date.month - time.fiscal_year_start_month) % 3 == 0
        if date.day > 1 or not (time.landmark_every_months == 1 or is_quarter_start):
            return None
        months = date.month - 1 + time.horizon_months
        return self.clock.day(dt.date(date.year + months // 12, months % 12 + 1, 1))


def mornings(book: Book, study: Study) -> Iterator[tuple[tuple[str, dt.date], Morning]]:
    """Yield account and day of every date on which covariates are asked for, and what there is to know."""
    time = study.time
    clock = Clock(
        first_day=time.observation_start,
        entry=0,
        snapshot=(time.snapshot - time.observation_start).days,
        gap=time.allowed_gap_days,
        event_date=time.event_date,
        adoption_from=time.adoption_from_day,
        mature_from=time.mature_from_day,
    )
    versions = _versions(book, clock)
    onboarded = dict(book.con.execute("select account_id, onboarding_completed_on from accounts").fetchall())
    for account, date in book.con.execute("select account_id, risk_date from risk_dates order by all").fetchall():
        day = clock.day(date)
        as_of_today = replace(clock, snapshot=day)
        yield (
            (account, date),
            Morning(versions[account], account, clock.day(onboarded[account]), day, as_of_today, study),
        )


def _versions(book: Book, clock: Clock) -> Mapping[str, list[Signed]]:
    """Return the rows of subscriptions by account, with numbers for days, and prices that can be added up exactly."""
    by_account = defaultdict(list)
    for cells in book.con.execute(f"select {', '.join(SIGNED_NAMES)} from subscriptions order by all").fetchall():
        row = dict(zip(SIGNED_NAMES.values(), cells, strict=True))
        row = {name: clock.day(cell) if isinstance(cell, dt.date) else cell for name, cell in row.items()}
        row["mrr"] = None if row["mrr"] is None else Fraction(row["mrr"])
        by_account[row["account"]].append(Signed(**row))
    return by_account
