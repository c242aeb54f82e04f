"""Stories: what happened to the customers of a small company of our own making, told once for every vendor's exports.

The first are told by hand, so that their lifetimes can be read off; the rest are plain, drawn from a seed, so that
there is a book around them. Days are those of Tokyo; every moment is one o'clock there, which is the evening before
in UTC.
"""

import csv
import datetime as dt
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = "Asia/Tokyo"
EXPORTED_ON = dt.date(2025, 6, 30)
SNAPSHOT = dt.date(2025, 7, 1)
PRICE = 240
"""Of a seat, for a year."""


@dataclass(frozen=True, slots=True)
class Term:
    """One agreed term: seats from its first day on, and from days within it."""

    start: dt.date
    seats: int
    changes: tuple[tuple[dt.date, int], ...] = ()
    notice: dt.date | None = None
    signed: dt.date | None = None
    months: int = 12

    @property
    def end(self) -> dt.date:
        """The first day after it."""
        months = self.start.month - 1 + self.months
        return self.start.replace(year=self.start.year + months // 12, month=months % 12 + 1)

    @property
    def signed_on(self) -> dt.date:
        """The day on which it was signed."""
        return self.signed or self.start - dt.timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to one customer.

    Attributes
    ----------
    is_failed
        Whether it ended because it could not pay.
    trial_days
        Days of trial before the first term.
    champion_left
        The day on which its champion left.
    """

    name: str
    terms: tuple[Term, ...]
    employees: int = 50
    is_failed: bool = False
    trial_days: int = 0
    champion_left: dt.date | None = None

    def stays(self) -> list[list[Term]]:
        """Return its terms, those that follow without a gap together."""
        stays: list[list[Term]] = []
        for term in self.terms:
            if stays and stays[-1][-1].end == term.start:
                stays[-1].append(term)
            else:
                stays.append([term])
        return stays


def day(text: str) -> dt.date:
    """Return a day."""
    return dt.date.fromisoformat(text)


TOLD = (
    Story("renews", (Term(day("2023-02-01"), 10), Term(day("2024-02-01"), 10), Term(day("2025-02-01"), 12)), 40),
    Story("upgrades", (Term(day("2023-03-15"), 10, ((day("2023-09-10"), 25),)), Term(day("2024-03-15"), 25),
                       Term(day("2025-03-15"), 25)), 1500),
    Story("cancels", (Term(day("2023-04-01"), 8, notice=day("2024-01-20")),), champion_left=day("2023-12-15")),
    Story("returns", (Term(day("2023-01-15"), 5, notice=day("2023-12-01")), Term(day("2024-06-01"), 6),
                      Term(day("2025-06-01"), 6))),
    Story("leaves soon", (Term(day("2023-08-01"), 20), Term(day("2024-08-01"), 20, notice=day("2025-05-20")))),
    Story("fails", (Term(day("2024-01-10"), 4),), is_failed=True),
    Story("tries", (Term(day("2024-10-01"), 30),), 300, trial_days=14),
    Story("stays after all", (Term(day("2023-11-10"), 9, notice=day("2024-09-05")),
                              Term(day("2024-11-10"), 9, signed=day("2024-09-25")))),
)  # fmt: skip


def stories(plain: int = 16, seed: int = 7) -> tuple[Story, ...]:
    """Return those told by hand, and so many plain ones."""
    draw = random.Random(seed)
    found = list(TOLD)
    for number in range(plain):
        start = dt.date(2023, draw.randint(1, 12), draw.randint(1, 28))
        seats, terms = draw.randint(3, 60), []
        while start < SNAPSHOT:
            is_last = draw.random() < 0.3
            term = Term(start, seats)
            if is_last and term.end < EXPORTED_ON:
                term = Term(start, seats, notice=term.end - dt.timedelta(days=draw.randint(20, 100)))
            terms.append(term)
            start = term.end
            if term.notice:
                break
        found.append(Story(f"plain {number}", tuple(terms), draw.choice([20, 200, 2000])))
    return tuple(found)


def moment(on: dt.date, hour: int = 1) -> dt.datetime:
    """Return an hour of a day in Tokyo, as a moment of UTC."""
    return dt.datetime.combine(on, dt.time(hour), ZoneInfo(ZONE)).astimezone(dt.UTC)


def seconds(on: dt.date | None) -> int | str:
    """Return one o'clock of a day in seconds since 1970; nothing for no day."""
    return int(moment(on).timestamp()) if on else ""


def milliseconds(on: dt.date | None) -> int | str:
    """Return one o'clock of a day in milliseconds since 1970; nothing for no day."""
    return int(moment(on).timestamp()) * 1000 if on else ""


def write(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows as CSV, in the columns of the first."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows({key: str(value).lower() if isinstance(value, bool) else value for key, value in row.items()}
                         for row in rows)  # fmt: skip


def product_events(accounts: Iterable[tuple[str, Story]]) -> list[dict[str, object]]:
    """Return the log of a product that two users of each customer open every fourteen days, once at night."""
    rows: list[dict[str, object]] = []
    for account, story in accounts:
        for term in story.terms:
            on = term.start
            while on < min(term.end, EXPORTED_ON):
                for user, hour in (("1", 10), ("2", 23)):
                    rows.append({"account_id": account, "user_id": f"{account}-{user}", "event": "open report",
                                 "occurred_at": f"{moment(on, hour):%Y-%m-%dT%H:%M:%SZ}"})  # fmt: skip
                on += dt.timedelta(days=14)
    return rows
