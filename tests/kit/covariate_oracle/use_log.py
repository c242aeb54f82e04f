"""All use of a source, as it was known on the morning of a day; and one account's part in it."""

import datetime as dt
import functools
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from covariate_oracle.morning import logged_without_break
from drawn import Book

Row = Mapping[str, Any]

RECENT, BASELINE = dt.timedelta(28), dt.timedelta(91)
ONE_DAY = dt.timedelta(1)


@dataclass(frozen=True, eq=False)
class UseLog:
    """The source's rows by table and account, and when its tables are logged."""

    use: Mapping[str, list[Row]]
    users: list[Row]
    features: list[Row]
    versions: Mapping[str, list[Row]]
    region: Mapping[str, str | None]
    attributes: Mapping[str, list[Row]]
    holidays: frozenset[tuple[str | None, dt.date]]
    logged_from: Mapping[str, dt.date]
    breaks: Mapping[str, tuple[dt.date, dt.date]]

    def known_use(self, account: str, day: dt.date) -> list[Row]:
        """Return the account's use that was over, and in the log, before the day."""
        return [
            row
            for row in self.use[account]
            if row["events"] > 0 and row["used_on"] < day and (row["known_on"] or row["used_on"]) < day
        ]

    def is_paid(self, account: str, day: dt.date) -> bool:
        """Tell whether some version covers the day."""
        return any(version["started_on"] <= day < version["covered_until"] for version in self.versions[account])

    @functools.cache  # noqa: B019  the log lives as long as the test
    def region_on(self, account: str, day: dt.date) -> str | None:
        """Return the region of an account as it was known on a day: what was dated last, else the declared one."""
        known = [
            (row["valid_from"], row["known_on"] or row["valid_from"], row["value"])
            for row in self.attributes[account]
            if row["attribute"] == "region" and max(row["valid_from"], row["known_on"] or row["valid_from"]) < day
        ]
        newest = max((dates for *dates, _ in known), default=None)
        return min(value for *dates, value in known if dates == newest) if known else self.region[account]

    def business_days(self, account: str, since: dt.date, until: dt.date, *, is_paid_only: bool = False) -> int:
        """Count the account's business days of [since, until)."""
        days = [since + number * ONE_DAY for number in range((until - since).days)]
        return sum(
            day.weekday() < 5
            and (self.region_on(account, day), day) not in self.holidays
            and (not is_paid_only or self.is_paid(account, day))
            for day in days
        )

    @functools.cached_property
    def book(self) -> dict[tuple[dt.date, dt.date, dt.date], float]:
        """Use by the book per account and business day, by window and day on which it is looked at."""
        return {}

    def book_rate(self, since: dt.date, until: dt.date, day: dt.date) -> float:
        """Return the book's use of a window, known on a day, and one event more, per account and business day."""
        key = (since, until, day)
        if key not in self.book:
            events = sum(
                row["events"]
                for account in self.versions
                for row in self.known_use(account, day)
                if since <= row["used_on"] < until and self.is_paid(account, row["used_on"])
            )
            days = sum(self.business_days(account, since, until, is_paid_only=True) for account in self.versions)
            self.book[key] = (events + 1) / days
        return self.book[key]

    @functools.cache  # noqa: B019  the log lives as long as the test
    def weeks(self, day: dt.date) -> frozenset[dt.date]:
        """Return the Mondays of the weeks that were over and had named use by anybody."""
        mondays = {
            monday(row) for account in self.use for row in self.known_use(account, day) if row["user_id"] is not None
        }
        return frozenset(start for start in mondays if start + 7 * ONE_DAY <= day)


@dataclass(frozen=True)
class Morning:
    """A day in an account's lifetime."""

    log: UseLog
    account: str
    day: dt.date
    origin: dt.date

    @functools.cached_property
    def recent_from(self) -> dt.date:
        """The first day of the recent window."""
        return max(self.origin, self.day - RECENT)

    @functools.cached_property
    def baseline_from(self) -> dt.date:
        """The first day of the baseline window."""
        return max(self.origin, self.day - BASELINE)

    @functools.cached_property
    def baseline(self) -> list[Row]:
        """Known use of the baseline window, the recent one included."""
        known = self.log.known_use(self.account, self.day)
        return [row for row in known if row["used_on"] >= self.baseline_from]

    @functools.cached_property
    def recent(self) -> list[Row]:
        """Known use of the recent window."""
        return [row for row in self.baseline if row["used_on"] >= self.recent_from]

    @functools.cached_property
    def before(self) -> list[Row]:
        """Known use of the baseline window before the recent one."""
        return [row for row in self.baseline if row["used_on"] < self.recent_from]

    @functools.cached_property
    def seats(self) -> int | None:
        """The seats of the versions in force, as far as they are known."""
        known = [
            version["seats"]
            for version in self.log.versions[self.account]
            if version["started_on"] <= self.day < version["covered_until"] and version["seats"] is not None
        ]
        return sum(known) if known else None

    @staticmethod
    def is_said(rows: list[Row], column: str) -> bool:
        """Tell whether at least half of the events of rows fill in a column; no use leaves nothing open."""
        return 2 * events([row for row in rows if row[column] is not None]) >= events(rows)

    def is_logged(self, since: dt.date, table: str = "usage_daily") -> bool:
        """Tell whether a table is logged from a day on, and there was a day yet."""
        return self.origin < self.day and since >= self.logs_from(table)

    def logs_from(self, table: str) -> dt.date:
        """Return the day from which a table is logged without a break up to this morning."""
        return logged_without_break(self.log.logged_from, self.log.breaks, table, self.day)

    @property
    def has_baseline(self) -> bool:
        """Tell whether two recent windows have passed, and the whole baseline window is logged."""
        return self.day - self.origin >= 2 * RECENT and self.is_logged(self.baseline_from)

    def change(self, recent: int, before: int) -> float | None:
        """Return the change of a number of events by business day beside the book's, as a difference of logarithms."""
        days = self.log.business_days(self.account, self.recent_from, self.day)
        days_before = self.log.business_days(self.account, self.baseline_from, self.recent_from)
        if not self.has_baseline or not days or not days_before:
            return None
        own = math.log((recent + 1) / days) - math.log((before + 1) / days_before)
        book = self.log.book_rate(self.day - RECENT, self.day, self.day)
        return own - math.log(book) + math.log(self.log.book_rate(self.day - BASELINE, self.day - RECENT, self.day))


def events(rows: list[Row]) -> int:
    """Add up the events of rows."""
    return sum(row["events"] for row in rows)


def monday(row: Row) -> dt.date:
    """Return the Monday of a day with use."""
    return row["used_on"] - row["used_on"].weekday() * ONE_DAY


def use_log(book: Book, logged_from: Mapping[str, dt.date], breaks: Mapping[str, tuple[dt.date, dt.date]]) -> UseLog:
    """Read the source tables of a book."""
    is_constant = book.parameters["is_region_constant"]
    use, versions = _by_account(book, "usage_daily"), _by_account(book, "subscription_versions")
    return UseLog(
        use=use,
        users=_rows(book, "users"),
        features=_rows(book, "features"),
        versions=versions,
        region={row["account_id"]: row["region"] if is_constant else None for row in _rows(book, "accounts")},
        attributes=_by_account(book, "account_attributes"),
        holidays=frozenset((row["region"], row["day"]) for row in _rows(book, "holidays")),
        logged_from=logged_from,
        breaks=breaks,
    )


def mornings(book: Book, log: UseLog) -> Iterator[tuple[tuple[str, dt.date], Morning]]:
    """Yield account and day of every date on which covariates are asked for, and what there is to know."""
    dates = book.con.execute("select account_id, risk_date, origin from risk_dates order by all").fetchall()
    for account, day, origin in dates:
        yield (account, day), Morning(log, account, day, origin)


def _rows(book: Book, table: str) -> list[Row]:
    found = book.con.execute(f"select * from {table}")
    names = [column[0] for column in found.description]
    return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


def _by_account(book: Book, table: str) -> Mapping[str, list[Row]]:
    found = defaultdict(list)
    for row in _rows(book, table):
        found[row["account_id"]].append(row)
    return found
