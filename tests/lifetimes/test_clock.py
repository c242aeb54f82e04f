"""When before a renewal accounts leave: days at risk and churns by days left, by hand and in sum."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.rates import confint_poisson

from analysis.curves.rates import DAYS_A_YEAR
from analysis.declared.study_parts import Report
from analysis.figures.survival import draw_before_renewal
from analysis.lifetimes.clock import commonest_kind, kinds_to_draw, leaving_before_renewal
from analysis.lifetimes.results import EventResults

mpl.use("agg")


def intervals(*rows: tuple[str, str, float | None, int, int, int]) -> pd.DataFrame:
    columns = ["lifetime_id", "term_kind", "days_to_renewal", "start", "stop", "event"]
    return pd.DataFrame(rows, columns=columns).astype({"days_to_renewal": float})


def cell(table: pd.DataFrame, kind: str, days_from: float) -> pd.Series:
    found = table[(table["kind"] == kind) & (table["days_from"] == days_from)]
    assert len(found) == 1
    return found.iloc[0]


def drawn_book(n: int = 300, seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    left = rng.integers(40, 400, n)
    length = np.minimum(rng.integers(1, 32, n), left)
    kind = rng.choice(["yearly", "part_year"], n)
    event = rng.integers(0, 2, n)
    return intervals(*[(f"a{k // 3}#1", kind[k], int(left[k]), 0, int(length[k]), int(event[k])) for k in range(n)])


class TestByHand:
    def test_days_at_risk_are_cut_where_bands_begin(self):
        """40 days left, 25 lived through: 10 of them in [30, 61), 15 in [15, 30) of the part-year's bands."""
        table = leaving_before_renewal(intervals(("a#1", "part_year", 40, 0, 25, 1)), 1)
        assert table[["days_from", "days_to", "exposure", "events"]].to_numpy().tolist() == [
            [15, 30, 15, 1],
            [30, 61, 10, 0],
        ]

    @pytest.mark.parametrize(("length", "band"), [(10, 30), (11, 0), (40, 0)])
    def test_a_churn_counts_where_its_day_lies_and_one_at_the_end_of_the_term_at_nought(self, length, band):
        table = leaving_before_renewal(intervals(("a#1", "yearly", 40, 5, 5 + length, 1)), 1)
        assert cell(table, "yearly", band)["events"] == 1
        assert table["events"].sum() == 1

    def test_no_term_is_a_kind_of_its_own_without_days(self):
        table = leaving_before_renewal(
            intervals(("a#1", "no_term", None, 0, 31, 1), ("b#1", "monthly", 31, 0, 31, 0)), 1
        )
        (none,) = table[table["kind"] == "no_term"].itertuples()
        assert np.isnan(none.days_from)
        assert np.isnan(none.days_to)
        assert (none.exposure, none.events, none.lifetimes) == (31, 1, 1)
        assert kinds_to_draw(table) == ()

    def test_the_last_band_has_no_far_end(self):
        table = leaving_before_renewal(intervals(("a#1", "yearly", 900, 0, 31, 0)), 1)
        assert table[["days_from", "exposure"]].to_numpy().tolist() == [[366, 31]]
        assert np.isnan(table["days_to"].iloc[0])


class TestSums:
    def test_every_day_and_every_churn_is_counted_once(self):
        book = drawn_book()
        table = leaving_before_renewal(book, 1)
        assert table["exposure"].sum() == (book["stop"] - book["start"]).sum()
        assert table["events"].sum() == book["event"].sum()

    def test_intervals_of_rates_are_exact(self):
        table = leaving_before_renewal(drawn_book(), 1)
        low, high = confint_poisson(table["events"], table["exposure"] / DAYS_A_YEAR, method="exact-c")
        np.testing.assert_allclose(table["conf_low"], low)
        np.testing.assert_allclose(table["conf_high"], high)

    def test_the_order_of_rows_does_not_matter(self):
        book = drawn_book()
        pd.testing.assert_frame_equal(
            leaving_before_renewal(book, 5), leaving_before_renewal(book.sample(frac=1, random_state=1), 5)
        )


class TestHiding:
    def test_a_small_cell_is_hidden_and_with_a_single_one_the_next_smallest(self):
        """Of 30, 6 and 2 lifetimes: what the 2 did could be told from all churns less those of the others."""
        sizes = {200: 30, 100: 6, 20: 2}
        book = intervals(*[(f"{left}-{k}#1", "yearly", left, 0, 5, 1) for left, n in sizes.items() for k in range(n)])
        table = leaving_before_renewal(book, 5).set_index("days_from")
        assert table["is_hidden"].to_dict() == {0: True, 91: True, 183: False}
        assert (
            table.loc[[0, 91], ["lifetimes", "events", "exposure", "rate", "conf_low", "conf_high"]]
            .isna()
            .all(axis=None)
        )

    def test_nothing_more_is_hidden_where_two_are_or_none(self):
        sizes = {200: 30, 100: 6, 40: 3, 20: 2}
        book = intervals(*[(f"{left}-{k}#1", "yearly", left, 0, 5, 1) for left, n in sizes.items() for k in range(n)])
        hidden = leaving_before_renewal(book, 5).set_index("days_from")["is_hidden"]
        assert hidden.to_dict() == {0: True, 30: True, 91: False, 183: False}
        assert not leaving_before_renewal(book, 2)["is_hidden"].any()


class TestDisplay:
    def test_the_commonest_kind_is_drawn_unless_another_is_asked_for(self):
        book = drawn_book()
        results = EventResults({"counting_process": book}.__getitem__, Report(min_cell=5))
        table = results.before_renewal().frame()
        assert set(kinds_to_draw(table)) == {"yearly", "part_year"}
        assert commonest_kind(table) in results.before_renewal().title
        for kind in kinds_to_draw(table):
            shown = table[(table["kind"] == kind) & ~table["is_hidden"]]
            texts = [text.get_text() for text in results.before_renewal(kind).plot().axes[0].texts]
            assert texts.count("At risk") == 1
            assert sorted(texts[:-2]) == sorted(f"{int(n)}" for n in [*shown["lifetimes"], *shown["events"]])
        with pytest.raises(ValueError, match="There is no picture of kind 'monthly'; there is of: part_year, yearly"):
            results.before_renewal("monthly")

    def test_without_terms_there_is_a_table_and_no_picture(self):
        book = intervals(*[(f"a{k}#1", "no_term", None, 0, 31, k % 2) for k in range(10)])
        display = EventResults({"counting_process": book}.__getitem__, Report(min_cell=5)).before_renewal()
        assert display.draw is None
        assert display.frame()["events"].tolist() == [5]

    def test_hidden_bands_are_not_drawn(self):
        sizes = {200: 30, 130: 40, 100: 3, 20: 2}
        book = intervals(*[(f"{left}-{k}#1", "yearly", left, 0, 5, 1) for left, n in sizes.items() for k in range(n)])
        ax = mpl.figure.Figure().subplots()
        draw_before_renewal(ax, leaving_before_renewal(book, 5))
        assert {"3", "2"}.isdisjoint(text.get_text() for text in ax.texts)
