"""How a catalogue fills in its messages: plurals, numbers, days and names as each language writes them."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import remark
from reports.messages import read_catalogue

EN, JA = read_catalogue("en"), read_catalogue("ja")
DAY = dt.date(2024, 1, 31)


def filled(language: str, message: str, **values: object) -> str:
    own = {"mine.message": message, "mine.other": "[{n}]"}
    return Catalogue(language, read_catalogue(language).messages | own).text("mine.message", **values)


class TestPlurals:
    @pytest.mark.parametrize(("n", "expected"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1000, "1,000 rows")])
    def test_the_form_goes_with_the_number(self, n, expected):
        assert filled("en", "{n} {n:row|rows}", n=n) == expected
        assert filled("en", "{n} {n:row|rows}", n=np.int64(n)) == expected

    @pytest.mark.parametrize(("names", "expected"), [(["a"], "a is"), (("a", "b"), "a, b are")])
    def test_the_form_goes_with_how_many_names_there_are(self, names, expected):
        assert filled("en", "{names} {names:is|are}", names=names) == expected

    def test_a_form_may_hold_other_values(self):
        message = "{n:one of {k}|{n} of {k}}"
        assert [filled("en", message, n=n, k=2000) for n in (1, 2)] == ["one of 2,000", "2 of 2,000"]

    def test_a_language_of_one_form_has_one(self):
        assert filled("ja", "{n}行", n=1) == "1行"
        with pytest.raises(ValueError, match="longer than"):
            filled("ja", "{n:row|rows}", n=1)

    def test_a_language_of_three_forms_has_three(self):
        """As Polish: 1 wiersz, 2 wiersze, 5 wierszy; fractions have a form of their own."""
        forms = "{n:wiersz|wiersze|wierszy|wiersza}"
        catalogue = Catalogue("pl", {"a.b": forms})
        assert [catalogue.text("a.b", n=n) for n in (1, 2, 5)] == ["wiersz", "wiersze", "wierszy"]


class TestNumbers:
    def test_whole_ones_have_their_thousands_apart(self):
        assert filled("en", "{n}", n=1234567) == "1,234,567"
        assert Catalogue("de", {"a.b": "{n} {x:.1f}"}).text("a.b", n=1234567, x=-0.25) == "1.234.567 \N{MINUS SIGN}0,2"

    @pytest.mark.parametrize(
        ("spec", "value", "expected"),
        [
            (":.2f", 1234.5, "1,234.50"),
            (":.0f", 2.5, "2"),
            (":.1f", -0.04, "\N{MINUS SIGN}0.0"),
            (":.0%", 0.995, "100%"),
            (":.1%", 0.0812, "8.1%"),
            (":p", 0.0004, "p < 0.001"),
            (":p", 0.04, "p = 0.040"),
            ("", 1.0, "1.0"),
            ("", 0.25, "0.25"),
        ],
    )
    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_others_are_written_as_their_place_asks(self, language, spec, value, expected):
        assert filled(language, f"{{x{spec}}}", x=value) == expected

    @pytest.mark.parametrize("value", [float("nan"), None, pd.NaT, pd.NA])
    @pytest.mark.parametrize("spec", ["", ":.1f", ":p", ":.0%"])
    def test_what_is_missing_is_a_dash(self, spec, value):
        assert filled("en", f"{{x{spec}}}", x=value) == "–"

    def test_in_cells_of_tables(self):
        assert EN.number(-0.0004, 3) == "\N{MINUS SIGN}0.000"
        assert EN.number(-0.0, 3) == "0.000"
        assert EN.number(-1234.5, 1) == "\N{MINUS SIGN}1,234.5"
        assert EN.share(0.0812) == "8.1%"
        assert EN.p_value(0.0004) == "p < 0.001"
        assert EN.ratio(0.0) == "1.00"
        assert EN.count(float("nan")) == EN.number(float("nan")) == EN.share(float("nan")) == "–"
        assert EN.day(pd.Timestamp(DAY)) == "2024-01-31"
        assert JA.day(pd.Timestamp(DAY)) == "2024年1月31日"

    def test_rounding_is_that_of_the_number_itself_not_of_its_decimal_notation(self):
        """2.675 is stored as a little less, and 0.125 as itself: its half goes to the even digit."""
        assert [EN.number(value) for value in (2.675, 0.125, 0.375)] == ["2.67", "0.12", "0.38"]

    def test_an_interval_that_reaches_below_zero_says_so(self):
        assert EN.span(-0.003, 0.02) == "\N{MINUS SIGN}0.00 to 0.02"
        assert EN.span(11, 26, 0) == "11 to 26"
        assert JA.span(-0.025, 1234.5, 3) == "\N{MINUS SIGN}0.025～1,234.500"


class TestDays:
    @pytest.mark.parametrize(
        ("language", "spec", "expected"),
        [
            ("en", "", "2024-01-31"),
            ("ja", "", "2024年1月31日"),
            ("en", ":MMM y", "Jan 2024"),
            ("en", ":MMMM", "January"),
            ("ja", ":long", "2024年1月31日"),
            ("ja", ":y年M月", "2024年1月"),
        ],
    )
    @pytest.mark.parametrize("day", [DAY, pd.Timestamp(DAY)], ids=["date", "timestamp"])
    def test_are_written_by_a_pattern(self, language, spec, expected, day):
        assert filled(language, f"{{day{spec}}}", day=day) == expected


class TestNames:
    @pytest.mark.parametrize(
        ("language", "spec", "expected"),
        [
            ("en", "", "a, b, c"),
            ("ja", "", "a、b、c"),
            ("en", ":or", "a, b, or c"),
            ("ja", ":or", "a、b、またはc"),
            ("en", ":quoted", "'a', 'b', 'c'"),
            ("ja", ":quoted", "「a」、「b」、「c」"),
            ("en", ":list.semicolon", "a; b; c"),
            ("ja", ":list.semicolon", "a、b、c"),
        ],
    )
    def test_are_joined_as_the_language_does(self, language, spec, expected):
        assert filled(language, f"{{names{spec}}}", names=("a", "b", "c")) == expected

    def test_of_many_the_first_are_quoted(self):
        assert filled("en", "{names:quoted}", names=list("abcdefghij")).endswith("'g', 'h' and 2 more")
        assert filled("ja", "{names:quoted}", names=list("abcdefghij")).endswith("「g」、「h」ほか2件")

    def test_days_of_a_list_are_written_like_one(self):
        assert filled("ja", "{days:long}", days=[DAY, DAY]) == "2024年1月31日、2024年1月31日"

    def test_braces_in_a_name_are_no_places(self):
        assert filled("en", "{x} {names:quoted}", x="{y}", names=["{z}"]) == "{y} '{z}'"


class TestOtherMessages:
    def test_a_place_may_name_one(self):
        assert filled("en", "{model:model.}", model="cox") == "Cox model"
        assert filled("ja", "{model:model.}", model="cox") == "Coxモデル"

    def test_a_value_may_be_one(self):
        inner = remark("mine.other", n=1000)
        assert filled("en", "{x} {xs:list.semicolon}", x=inner, xs=(inner, inner)) == "[1,000] [1,000]; [1,000]"

    def test_what_is_unknown_or_left_open_is_named(self):
        with pytest.raises(LookupError, match=r"no message 'short\.nonsense' in 'ja'"):
            JA.text("short.nonsense")
        with pytest.raises(LookupError, match=r"'short\.last' needs a value for 'quarter'"):
            JA.text("short.last", churned=1, rate="1%")


class TestLabels:
    @pytest.mark.parametrize(
        ("column", "english", "japanese"),
        [
            ("seats", "Seats", "シート数"),
            ("seats: missing", "Seats: missing", "シート数：欠測"),
            ("term: half-yearly", "Length of term: half-yearly", "契約期間：6か月"),
            ("touch_model_in_force: (missing)", "Touch model at the time: (missing)", "当時のタッチモデル：欠測"),
            ("segment_in_force: monthly", "Segment at the time: monthly", "当時のセグメント：monthly"),
            ("x1", "x1", "x1"),
        ],
    )
    def test_of_a_column_are_those_of_its_covariate_and_level(self, column, english, japanese):
        """A level that the source has named keeps its name, also where another covariate has a level of that name."""
        assert (EN.label(column), JA.label(column)) == (english, japanese)
