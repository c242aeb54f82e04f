"""The book: its rates, and which quarter is the last that can be told of."""

import re
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from analysis.errors import StudyError
from analysis.lifetimes.book import TOTALS, Quarter, book_of, last_settled_quarter
from analysis.lifetimes.displays import show_book
from analysis.lifetimes.hidden_quarters import hide_small_quarters
from analysis.lifetimes.labels import pooled_labels, refuse_unknown_label


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


class TestHiddenQuarters:
    @staticmethod
    def book(*entered: int, at_start: int = 20) -> pd.DataFrame:
        lines = [(f"{year}-01-01", True, at_start, 2) for year in range(2020, 2020 + len(entered))]
        return book_of(quarters(*lines).assign(entered=list(entered), churned_of_entered=1))

    def test_few_that_entered_are_hidden_with_those_of_another_quarter(self):
        shown = hide_small_quarters(self.book(9, 3, 7, 30), 5)
        assert shown["hides_entered"].tolist() == [False, True, True, False]
        for column in ("entered", "churned_of_entered", "ended_otherwise"):
            assert shown[column].isna().tolist() == [False, True, True, False]
        assert shown["at_start"].tolist() == [20] * 4

    def test_a_quarter_that_began_with_few_hides_all_and_what_led_to_it(self):
        book = self.book(9, 8, 7, 6)
        book.loc[2, "at_start"] = 4
        shown = hide_small_quarters(book, 5)
        assert shown["hides_start"].tolist() == [False, False, True, False]
        assert shown.loc[2, ["at_start", "churned_of_start", "rate", "entered"]].isna().all()
        assert pd.isna(shown.loc[1, "entered"])

    def test_a_last_quarter_that_is_hidden_is_not_told_of(self):
        shown = hide_small_quarters(self.book(9, 9, at_start=3), 5)
        assert last_settled_quarter(shown) is None

    def test_the_picture_draws_what_is_left(self):
        show_book(hide_small_quarters(self.book(9, 9, at_start=3), 5)).plot()

    def test_nothing_small_nothing_hidden(self):
        book = self.book(9, 8)
        pd.testing.assert_frame_equal(hide_small_quarters(book, 5)[book.columns], book, check_dtype=False)


class TestPooledLabels:
    @staticmethod
    def sizes(**counts: int) -> dict[str, int]:
        labels = pd.Series([name for name, number in counts.items() for _ in range(number)], dtype=object)
        return pooled_labels(labels, 5, most=3).value_counts().to_dict()

    def test_small_groups_are_pooled(self):
        assert self.sizes(a=9, b=8, c=3, d=2) == {"a": 9, "b": 8, "other": 5}

    def test_a_pool_that_is_too_small_takes_in_the_next_smallest(self):
        assert self.sizes(a=9, b=8, c=7, d=2) == {"a": 9, "b": 8, "other": 9}
        assert self.sizes(a=9, d=2) == {"other": 11}

    def test_a_group_that_the_source_calls_other_is_part_of_the_pool(self):
        assert self.sizes(a=9, other=2) == {"other": 11}
        assert self.sizes(a=9, b=8, other=20, c=3) == {"a": 9, "b": 8, "other": 23}

    def test_all_but_the_largest_are_pooled(self):
        assert self.sizes(a=9, b=8, c=7, d=6) == {"a": 9, "b": 8, "c": 7, "other": 6}
