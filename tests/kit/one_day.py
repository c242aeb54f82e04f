"""The covariates of one day, Monday, 1 July 2024, from drawn tables.

The recent window [d - 28, d) begins on 3 June, the baseline window [d - 91, d) on 1 April; between them lie 63 days.
"""

import functools
from typing import Any

from drawn import Book, drawn_book

DAY = "risk_date = date '2024-07-01'"
OLD = """
| subscription_id | account_id | started_on | seats |
| s1              | a          | 2023-01-01 | 10    |
"""
OLD_AND_OTHER = """
| subscription_id | account_id | started_on | seats |
| s1              | a          | 2023-01-01 | 10    |
| s2              | b          | 2023-01-01 | 10    |
"""


def young(origin: str) -> str:
    """Return the subscription of an account that began on a day."""
    return f"""
    | subscription_id | account_id | started_on | seats |
    | s1              | a          | {origin}   | 10    |
    """


@functools.cache
def covariates(subscriptions: str = OLD, **tables: Any) -> Book:
    """Return the book of these tables, built once for all who ask for it.

    ``usage_daily_from``: its log's start; ``usage_daily_until``: the first day on which it has ended;
    ``usage_daily_hole``: the first day of a hole in it, and the first that is logged again, with a slash between;
    ``constant``: attributes of accounts that never change.
    """
    begins, ends, holes = (
        {name.removesuffix(ending): tables.pop(name) for name in list(tables) if name.endswith(ending)}
        for ending in ("_from", "_until", "_hole")
    )
    return drawn_book(
        "5_covariates",
        snapshot=tables.pop("snapshot", "2024-07-01"),
        observation_start="2024-06-01",
        observed_from=begins,
        observed_until=ends,
        constant=tables.pop("constant", ("region",)),
        hole={name: tuple(days.split("/")) for name, days in holes.items()},
        tables={"subscriptions": subscriptions, **tables},
    )


def day_shows(family: str, expected: str, subscriptions: str = OLD, **tables: Any) -> None:
    """Assert that the covariates of a family on the day are as drawn."""
    covariates(subscriptions, **tables).shows(family, expected, where=DAY)


def each_its_account(header: str, rows: str, started_on: str = "2023-01-01") -> tuple[str, str]:
    """Return subscriptions and a table in which every drawn row is an account of its own, named in its first cell."""
    accounts = [row.strip("| ").split("|")[0].strip() for row in rows.strip().splitlines()]
    subscriptions = "| subscription_id | account_id | started_on |\n" + "".join(
        f"| s-{account} | {account} | {started_on} |\n" for account in dict.fromkeys(accounts)
    )
    return subscriptions, header.strip() + "\n" + rows
