"""The book: its rates, and which quarter is the last that can be told of."""

import re
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from analysis.errors import StudyError
from analysis.lifetimes.book import TOTALS, Quarter, book_of, last_settled_quarter
from analysis.lifetimes.labels import refuse_unknown_label


def quarters(*lines: tuple[str, bool, int, int]) -> pd.DataFrame:
    """Return quarters by first day, whether settled, accounts at start and how many of those left."""
    table = pd.DataFrame(lines, columns=["quarter_from", "is_settled", "at_start", "churned_of_start"])
    table["quarter_from"] = pd.to_datetime(table["quarter_from"])
    table["quarter_until"] = table["quarter_from"] + pd.DateOffset(months=3)
    return table.assign(entered=0, churned_of_entered=0, ended_otherwise=0, provisional=0)


EMPTY, GOOD, CUT = ("2023-01-01", True, 0, 0), ("2023-04-01", True, 8, 2), ("2023-07-01", False, 9, 1)


def test_a_quarter_that_began_with_nobody_or_is_not_settled_has_no_rate():
    book = book_of(quarters(EMPTY, GOOD, CUT))
    assert book["rate"].tolist() == pytest.approx([np.nan, 0.25, np.nan], nan_ok=True)
    assert book["label"].tolist() == ["Jan 2023", "Apr 2023", "Jul 2023"]


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        ((EMPTY, GOOD, CUT), Quarter(pd.Timestamp("2023-04-01"), 8, 2, 0.25)),
        ((GOOD, ("2023-07-01", True, 0, 0)), Quarter(pd.Timestamp("2023-04-01"), 8, 2, 0.25)),
        ((EMPTY, CUT), None),
        ((), None),
    ],
    ids=["not the one not settled", "not one without accounts", "none", "no quarter at all"],
)
def test_the_last_quarter_is_settled_and_began_with_somebody(lines, last):
    assert last_settled_quarter(book_of(quarters(*lines))) == last


def test_a_label_that_the_source_does_not_give_is_refused_with_those_that_it_gives():
    with pytest.raises(StudyError, match=r"no column 'tier' of accounts\. It gives: region, segment"):
        refuse_unknown_label("tier", {"accounts.segment", "accounts.region", "usage_daily"})
    refuse_unknown_label("segment", {"accounts.segment"})


def test_totals_are_steps_of_the_count():
    sql = (files("queries") / "7_audit" / "attrition.sql").read_text(encoding="utf-8")
    assert set(TOTALS) <= set(re.findall(r"'(\w+)' as what", sql))
