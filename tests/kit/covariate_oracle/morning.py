"""The morning of a day in a lifetime: the source's rows of one account, and which of them are known by then."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from drawn import Book

Row = Mapping[str, Any]

RECENT_DAYS, BASELINE_DAYS = 28, 91
TABLES = (
    "accounts",
    "account_attributes",
    "touchpoints",
    "tickets",
    "surveys",
    "goals",
    "contacts",
    "usage_daily",
)


@dataclass(frozen=True)
class Morning:
    """One account's rows by table, the day, the origin of its lifetime, and when each table is logged.

    ``breaks``: the first day of a break in a log, and the first that is logged again, if any is.
    """

    rows: Mapping[str, list[Row]]
    day: dt.date
    origin: dt.date
    logged_from: Mapping[str, dt.date]
    breaks: Mapping[str, tuple[dt.date, dt.date]]

    @property
    def window_from(self) -> dt.date:
        """The first day of the baseline window."""
        return max(self.origin, self.day - dt.timedelta(BASELINE_DAYS))

    def is_before(self, day: dt.date | None) -> bool:
        """Tell whether a day is over on this morning; no day is not."""
        return day is not None and day < self.day

    def known(self, table: str, happened_on: str) -> list[Row]:
        """Return the rows of what happened, and was written down, before this morning."""
        return [
            row
            for row in self.rows[table]
            if (row[happened_on] is None or row[happened_on] < self.day)
            and (row["known_on"] is None or row["known_on"] < self.day)
        ]

    def logged(self, table: str, happened_on: str) -> list[Row]:
        """Return those of the lifetime, from the day on from which the table is logged."""
        since = max(self.origin, self.logs_from(table))
        return [row for row in self.known(table, happened_on) if row[happened_on] >= since]

    def logs_from(self, table: str) -> dt.date:
        """Return the day from which a table is logged without a break up to this morning."""
        return logged_without_break(self.logged_from, self.breaks, table, self.day)

    @staticmethod
    def are_said(rows: list[Row], column: str) -> bool:
        """Tell whether at least half of some rows fill in a column; no row leaves nothing open."""
        return 2 * sum(row[column] is not None for row in rows) >= len(rows)

    def is_logged_since(self, day: dt.date, table: str) -> bool:
        """Tell whether a table is logged from a day on, and there was such a day yet."""
        return self.logs_from(table) <= day < self.day


def logged_without_break(
    logged_from: Mapping[str, dt.date], breaks: Mapping[str, tuple[dt.date, dt.date]], table: str, morning: dt.date
) -> dt.date:
    """Return the first day from which a log goes on up to a morning; the morning itself, if that has none."""
    begins = logged_from.get(table, dt.date.min)
    first, again = breaks.get(table, (dt.date.max, dt.date.max))
    return begins if first >= morning else max(begins, min(again, morning))


def mornings(
    book: Book, logged_from: Mapping[str, dt.date], breaks: Mapping[str, tuple[dt.date, dt.date]]
) -> Iterator[tuple[tuple[str, dt.date], Morning]]:
    """Yield account and day of every date on which covariates are asked for, and what there is to know."""
    by_account: dict[str, dict[str, list[Row]]] = defaultdict(lambda: {table: [] for table in TABLES})
    for table in TABLES:
        found = book.con.execute(f"select * from {table}")
        names = [column[0] for column in found.description]
        for values in found.fetchall():
            row = dict(zip(names, values, strict=True))
            by_account[row["account_id"]][table].append(row)
    dates = book.con.execute("select account_id, risk_date, origin from risk_dates order by all").fetchall()
    for account, day, origin in dates:
        yield (account, day), Morning(by_account[account], day, origin, logged_from, breaks)
