"""The book: how many accounts each fiscal quarter began with, and how many of them left in it."""

from dataclasses import dataclass

import pandas as pd

from analysis.lifetimes.frames import BOOK
from analysis.wording.remarks import english

TOTALS = ("accounts", "lifetimes", "lifetimes_at_risk")
"""Steps of the count from accounts to lifetimes at risk that are sums; the others lie between two of them."""


def book_of(quarters: pd.DataFrame) -> pd.DataFrame:
    """Return the book, as `BOOK`; a quarter that began with nobody, or is not settled yet, has no rate.

    Parameters
    ----------
    quarters
        As `analysis.cohort.frames.BOOK_BY_QUARTER`.
    """
    rate = (quarters["churned_of_start"] / quarters["at_start"]).where(
        quarters["is_settled"] & (quarters["at_start"] > 0)
    )
    label = [english().format_field(day, "MMM y") for day in quarters["quarter_from"]]
    return BOOK.checked(quarters.assign(rate=rate, label=label))


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of the book: how many there were at its start, and how many of those left, also as a share."""

    quarter_from: pd.Timestamp
    at_start: int
    churned: int
    rate: float


def last_settled_quarter(book: pd.DataFrame) -> Quarter | None:
    """Return the last settled quarter that began with anybody; None where there is none, or its numbers are hidden.

    Parameters
    ----------
    book
        As `BOOK`.
    """
    settled = book[book["is_settled"] & (book["at_start"] != 0)]
    if settled.empty or pd.isna(settled["at_start"].iloc[-1]):
        return None
    last = settled.iloc[-1]
    return Quarter(last["quarter_from"], int(last["at_start"]), int(last["churned_of_start"]), float(last["rate"]))
