"""Sums of money as pages say them: short, in the units of the language, the currency where the language has it."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from analysis.wording.catalogue import Catalogue
from reports.messages import read_catalogue

EN, JA = read_catalogue("en"), read_catalogue("ja")


@pytest.mark.parametrize(
    ("value", "currency", "en", "ja"),
    [
        (133_000, "EUR", "€133k", "13.3万ユーロ"),
        (2_216_000, "EUR", "€2.22M", "222万ユーロ"),
        (12_300_000, "JPY", "¥12.3M", "1,230万円"),
        (13_300_000, "JPY", "¥13.3M", "1,330万円"),
        (220_000_000, "JPY", "¥220M", "2.2億円"),
        (2_216_000_000, "USD", "$2.22B", "22.2億米ドル"),
        (1_330, "EUR", "€1.33k", "1,330ユーロ"),
        (949.6, "EUR", "€950", "950ユーロ"),
        (9_999, "JPY", "¥10k", "1万円"),
        (9_994, "JPY", "¥9.99k", "9,994円"),
        (0, "EUR", "€0", "0ユーロ"),
        (0.4, "EUR", "€0", "0ユーロ"),
        (83_000, None, "83k", "8.3万"),
        (83_000, "CHF", "CHF\N{NO-BREAK SPACE}83k", "8.3万スイスフラン"),
    ],
)
def test_three_digits_count_in_the_unit_of_the_language(value, currency, en, ja):
    assert (EN.money(value, currency), JA.money(value, currency)) == (en, ja)
    assert EN.money(Decimal(str(value)), currency) == EN.money(np.float64(value), currency) == en


@pytest.mark.parametrize(("value", "en"), [(999_499, "€999k"), (999_600, "€1M"), (99_960, "€100k"), (999.6, "€1k")])
def test_what_rounds_up_to_the_next_unit_is_written_in_it(value, en):
    assert EN.money(value, "EUR") == en


def test_less_than_nothing_has_a_true_minus_sign_before_the_currency():
    assert EN.money(-83_100, "EUR") == "\N{MINUS SIGN}€83.1k"
    assert JA.money(-13_300_000, "JPY") == "\N{MINUS SIGN}1,330万円"
    assert EN.money(-0.2, "EUR") == "€0"


@pytest.mark.parametrize("value", [None, float("nan"), pd.NA, Decimal("NaN")])
def test_what_is_missing_is_a_dash(value):
    assert EN.money(value, "EUR") == JA.money(value, "EUR") == "–"


def test_other_languages_have_their_own_units():
    assert Catalogue("de", {}).money(2_216_000, "EUR") == "2,22\N{NO-BREAK SPACE}Mio.\N{NO-BREAK SPACE}€"


def test_a_code_that_is_none_is_text():
    assert EN.money(83_000, "XYZ") == "XYZ\N{NO-BREAK SPACE}83k"
