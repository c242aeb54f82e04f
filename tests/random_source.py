"""A random source of few accounts in which every table of relationships and champions is filled.

Nothing in it means anything. Much happens on month starts, where covariates are asked for, and much reaches the log
days or weeks after it happened, so that a query that looks ahead by a day has something to see.
"""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.contract import SQL_TYPES, read_contract
from analysis.warehouse import connect

BEGINS, ENDS = dt.date(2023, 1, 1), dt.date(2024, 7, 1)
SPAN = (ENDS - BEGINS).days
ACCOUNTS = 40


class _Draw:
    """Draws columns of one table of a given number of rows."""

    def __init__(self, rng: np.random.Generator, rows: int) -> None:
        self.rng, self.rows = rng, rows

    def account(self) -> np.ndarray:
        return np.char.add("a", self.rng.integers(ACCOUNTS, size=self.rows).astype(str))

    def key(self, prefix: str) -> np.ndarray:
        return np.char.add(prefix, np.arange(self.rows).astype(str))

    def choice(self, *values: object) -> np.ndarray:
        return np.array(values, dtype=object)[self.rng.integers(len(values), size=self.rows)]

    def day(self) -> pd.Series:
        """Days of the source, every third of them the first of its month."""
        days = pd.Series(pd.Timestamp(BEGINS) + pd.to_timedelta(self.rng.integers(SPAN, size=self.rows), unit="D"))
        return days.where(self.rng.random(self.rows) < 2 / 3, days - pd.to_timedelta(days.dt.day - 1, unit="D"))

    def later(self, days: pd.Series, at_most: int, share: float = 0.5) -> pd.Series:
        """Up to so many days later, and often on the first of a month, for a share of the rows; else nothing."""
        shifted = days + pd.to_timedelta(self.rng.integers(at_most, size=self.rows), unit="D")
        rounded = shifted + pd.offsets.MonthBegin(0)
        shifted = shifted.where(self.rng.random(self.rows) < 0.5, rounded)
        return shifted.where(self.rng.random(self.rows) < share)


def random_subscriptions(rng: np.random.Generator, accounts: int) -> pd.DataFrame:
    """Return the versions of all subscriptions: first what was signed, then what became of it."""
    return _with_changes(rng, _signed(rng, accounts))


def _signed(rng: np.random.Generator, accounts: int) -> pd.DataFrame:
    """Most stay, some leave with or without notice, some of whom come back half a year later."""
    draw = _Draw(rng, accounts)
    days = (-200 + (SPAN + 110) * rng.random(accounts) ** 2).astype(int)  # more of them early
    begun = pd.Series(pd.Timestamp(BEGINS) + pd.to_timedelta(days, unit="D"))
    ended = (begun + pd.to_timedelta(rng.integers(200, 500, size=accounts), unit="D")).where(rng.random(accounts) < 0.4)
    first = pd.DataFrame(
        {
            "subscription_id": draw.key("s"),
            "account_id": np.char.add("a", np.arange(accounts).astype(str)),
            "started_on": begun,
            "term_ends_on": begun + pd.Timedelta(days=365),
            "ended_on": ended,
            "notice_on": (ended - pd.Timedelta(days=40)).where(rng.random(accounts) < 0.5),
            "notice_period_days": draw.choice(30, 60),
            "term_months": 12,
        }
    )
    back = first[ended.notna()].iloc[::2]
    again = back.assign(
        subscription_id=back["subscription_id"] + "-again",
        started_on=back["ended_on"] + pd.Timedelta(days=180),
        term_ends_on=back["ended_on"] + pd.Timedelta(days=545),
        ended_on=pd.NaT,
        notice_on=pd.NaT,
    )
    return pd.concat([first, again[again["started_on"] < pd.Timestamp(ENDS)]])


def _with_changes(rng: np.random.Generator, signed: pd.DataFrame) -> pd.DataFrame:
    """Return subscriptions most of which are changed on some day, and beside half of them a second one, often shorter.

    Seats, prices and products are few, so that some changes are exactly a fifth and some cancel out; not all are given.
    """
    rows = []
    for subscription in signed.to_dict("records"):
        rows += _versions(rng, subscription)
        if rng.random() < 0.5:
            started_on, ends_on = (subscription["started_on"] + _days(rng, most) for most in (120, 400))
            beside = {"subscription_id": f"{subscription['subscription_id']}-beside", "started_on": started_on}
            if started_on < ends_on < _changeable_until(subscription):
                beside |= {"ended_on": ends_on, "notice_on": pd.NaT}
            rows += _versions(rng, subscription | beside)
    return pd.DataFrame(rows)


def _versions(rng: np.random.Generator, signed: dict) -> list[dict]:
    """Return a subscription as signed, and as signed anew on up to three days, often month starts, before its end."""
    until = _changeable_until(signed)
    later = [signed["started_on"] + _days(rng, 400) for _ in range(rng.integers(4))]
    later = [day.replace(day=1) if rng.random() < 0.5 else day for day in later]
    starts = sorted({day for day in [signed["started_on"], *later] if signed["started_on"] <= day < until})
    few = {"product": ["x", "x", "y", None], "seats": [10, 10, 8, 7, 12, None], "mrr": [100, 100, 80, 79, None]}
    return [
        signed
        | {name: values[rng.integers(len(values))] for name, values in few.items()}
        | {"started_on": day, "term_ends_on": max(signed["term_ends_on"], day + pd.Timedelta(days=30))}
        | ({"ended_on": pd.NaT, "notice_on": pd.NaT} if day < starts[-1] else {})
        for day in starts
    ]


def _days(rng: np.random.Generator, at_most: int) -> pd.Timedelta:
    return pd.Timedelta(days=int(rng.integers(1, at_most)))


def _changeable_until(signed: dict) -> pd.Timestamp:
    """Return the day of its notice or end, or that on which the source ends."""
    return min(day for day in (signed["notice_on"], signed["ended_on"], pd.Timestamp(ENDS)) if not pd.isna(day))


def _usage(rng: np.random.Generator, rows: int = 12000) -> pd.DataFrame:
    draw = _Draw(rng, rows)
    account, used_on = draw.account(), draw.day()
    frame = pd.DataFrame(
        {
            "account_id": account,
            "used_on": used_on,
            "user_id": [f"{name}-u{number}" for name, number in zip(account, rng.integers(25, size=rows), strict=True)],
            "feature": draw.choice("x", "y", "z"),
            "events": rng.integers(1, 9, size=rows),
            "known_on": draw.later(used_on, 30, share=0.2),
        }
    )
    return frame.drop_duplicates(["account_id", "used_on", "user_id", "feature"])


def _contacts(rng: np.random.Generator, rows: int = 1200) -> pd.DataFrame:
    """Few people with several roles one after the other, so that some leave one and stay in another."""
    draw = _Draw(rng, rows)
    account, started_on = draw.account(), draw.day()
    ended_on = draw.later(started_on, 150, share=0.8)
    frame = pd.DataFrame(
        {
            "contact_id": [
                f"{name}-c{number}" for name, number in zip(account, rng.integers(15, size=rows), strict=True)
            ],
            "account_id": account,
            "role": draw.choice("champion", "executive_sponsor", "buyer", "admin"),
            "started_on": started_on,
            "ended_on": ended_on,
            "department": draw.choice(None, "it", "hr", "law", "sales", "finance", "service", "plant", "research"),
            "known_on": draw.later(started_on, 40, share=0.3),
            "ended_known_on": draw.later(ended_on, 60),
        }
    )
    return frame.drop_duplicates(["contact_id", "role", "started_on"])


def _touchpoints(rng: np.random.Generator, rows: int = 10000) -> pd.DataFrame:
    draw = _Draw(rng, rows)
    occurred_on = draw.day()
    days_to_response = (draw.later(occurred_on, 25, share=0.6) - occurred_on).dt.days
    return pd.DataFrame(
        {
            "touchpoint_id": draw.key("t"),
            "account_id": draw.account(),
            "occurred_on": occurred_on,
            "kind": "call",
            "initiated_by": draw.choice("vendor", "customer"),
            "status": draw.choice("held", "cancelled", "no_show", None),
            "automated": draw.choice(True, False, None),
            "response_hours": (24 * days_to_response - 12).clip(lower=1),  # known when that day is over
            "known_on": draw.later(occurred_on, 20, share=0.2),
        }
    )


def _tickets(rng: np.random.Generator, rows: int = 2500) -> pd.DataFrame:
    draw = _Draw(rng, rows)
    opened_on = draw.day()
    return pd.DataFrame(
        {
            "ticket_id": draw.key("k"),
            "account_id": draw.account(),
            "opened_on": opened_on,
            "category": draw.choice("bug", "complaint", "feature_request", "contract", "cancellation", "how_to"),
            "escalated_on": draw.later(opened_on, 60),
            "sentiment": pd.Series(rng.integers(-10, 11, size=rows) / 10).where(rng.random(rows) < 0.7),
            "known_on": draw.later(opened_on, 20, share=0.2),
        }
    )


def _surveys(rng: np.random.Generator, rows: int = 1200) -> pd.DataFrame:
    draw = _Draw(rng, rows)
    responded_on = draw.day()
    return pd.DataFrame(
        {
            "account_id": draw.account(),
            "responded_on": responded_on,
            "kind": draw.choice("nps", "nps", "csat"),
            "score": rng.integers(0, 11, size=rows),
            "known_on": draw.later(responded_on, 20, share=0.2),
        }
    )


def write_random_source(path: Path, seed: int) -> dict[str, tuple[str, ...]]:
    """Write the contract's tables into a DuckDB file and return those that are filled, each with its columns."""
    rng = np.random.default_rng(seed)
    frames = {
        "accounts": pd.DataFrame({"account_id": np.char.add("a", np.arange(ACCOUNTS).astype(str))}),
        "subscriptions": random_subscriptions(rng, ACCOUNTS),
        "usage_daily": _usage(rng),
        "contacts": _contacts(rng),
        "touchpoints": _touchpoints(rng),
        "tickets": _tickets(rng),
        "surveys": _surveys(rng),
    }
    con = connect(path, threads=1)
    for table in read_contract().values():
        columns = ", ".join(f"{column.name} {SQL_TYPES[column.type]}" for column in table.columns)
        con.execute(f"create table {table.name} ({columns})")
        if table.name in frames:
            con.register("frame", frames[table.name])
            con.execute(f"insert into {table.name} by name select * from frame")
            con.unregister("frame")
    con.close()
    return {name: tuple(frame.columns) for name, frame in frames.items()}
