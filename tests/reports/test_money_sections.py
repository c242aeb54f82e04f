"""The sections on renewals and money: true to their tables, silent where data are, whole in both languages."""

import re

import numpy as np
import pandas as pd
import pytest
from pages import ENGLISH_WORDS, pieces, text_of

from analysis.figures.style import HIDDEN
from analysis.money.brief import MoneyBrief
from analysis.money.frames import AHEAD, ANNOUNCED, ARR, BRIDGE_PARTS, LIFETIME_VALUE, RENEWALS
from analysis.money.lifetime_value import MeanPrice
from analysis.wording.remarks import remark
from reports.messages import LANGUAGES, read_catalogue
from reports.quarterly.money import MoneyContent, money_in_words
from reports.quarterly.renewals import RenewalsContent, renewals_in_words
from reports.writing.html import environment

DAY = pd.Timestamp("2026-01-01")
BRIEF = MoneyBrief(
    currency="JPY",
    arr_now=220_000_000.0,
    n_unpriced=3,
    arr_at_risk_expected=13_300_000.0,
    arr_at_risk_low=9_000_000.0,
    arr_at_risk_high=20_000_000.0,
    arr_to_leave=6_000_000.0,
    arr_under_notice=8_300_000.0,
    n_under_notice=7,
    renewals_due=40,
    renewals_due_arr=55_000_000.0,
    hides_renewals=False,
    renewal_rate=0.8,
    renewal_arr_rate=0.75,
    grr=0.8,
    nrr=1.05,
    retention_is_yearly=True,
)


def quarter(start: str, due: int, renewed: int, *, is_hidden: bool = False) -> dict:
    line = {
        "period": "quarter",
        "period_from": pd.Timestamp(start),
        "period_until": pd.Timestamp(start),
        "is_monthly": False,
    }
    numbers = {
        "due": due,
        "renewed": renewed,
        "renewed_early": 0,
        "lost": due - renewed,
        "lost_otherwise": 0,
        "open": 0,
        "left_before": 0,
    }
    numbers |= {
        "rate": renewed / due,
        "due_arr": 1e6 * due,
        "renewed_arr": 9e5 * renewed,
        "lost_arr": 1e5,
        "open_arr": 0.0,
    }
    numbers |= {"unpriced": 0, "arr_rate": 0.75}
    return line | (dict.fromkeys(numbers, np.nan) if is_hidden else numbers) | {"is_hidden": is_hidden}


def renewals(**changed) -> RenewalsContent:
    weeks = pd.DataFrame(
        [
            ["week", pd.Timestamp("2025-12-29"), 6, 3e6, 0.02, 6e4, 1, 2, 1e6, False],
            ["week", pd.Timestamp("2026-01-05"), *[np.nan] * 7, True],
            ["week", pd.Timestamp("2026-01-12"), 9, 4e6, 0.20, 8e5, 0, 0, 0.0, False],
        ],
        columns=AHEAD.columns,
    )
    quarters = pd.DataFrame([quarter("2025-04-01", 9, 8), quarter("2025-07-01", 10, 8)])
    content = {
        "no_terms": None,
        "no_prices": None,
        "no_forecast": None,
        "brief": BRIEF,
        "horizon_ends_on": pd.Timestamp("2026-04-01"),
        "calendar": AHEAD.checked(weeks),
        "quarters": RENEWALS.checked(quarters),
        "monthly": quarters.assign(due=300, rate=0.95),
        "last": quarters.iloc[-1],
        "tiers": (0.05, 0.15),
        "min_cell": 5,
    }
    return RenewalsContent(**content | changed)


def money(**changed) -> MoneyContent:
    days = [pd.Timestamp("2025-01-01"), DAY]
    parts = pd.DataFrame(
        [
            ["start", 2e8, 90, True],
            ["new", 3e7, 9, False],
            ["churn", -1e7, 6, False],
            ["other", 0.5, 7, False],
            ["end", 2.2e8, 92, True],
        ],
        columns=BRIDGE_PARTS.columns,
    )
    line = {
        "quarter_from": pd.Timestamp("2025-07-01"),
        "quarter_until": pd.Timestamp("2025-10-01"),
        "n_came_and_went": 6,
    }
    line |= {"start": 2e8, "end": 2.2e8, "upsell_seats": 0.0, "upsell_price": 0.0}
    kept = {over: pd.Series({"last_day": DAY, "grr": 0.8, "nrr": 1.05}) for over in ("year", "quarter")}
    announced = pd.DataFrame([[DAY, 7.0, 8.3e6, 0.0, False]], columns=ANNOUNCED.columns)
    values = pd.DataFrame(
        [["log-normal", 0.0, 3.0, np.nan, 7.5e6, np.nan], ["constant_rate", np.nan, 3.2, 5.0, 8e6, 1.25e7]],
        columns=LIFETIME_VALUE.columns,
    )
    content = {
        "obstacle": None,
        "no_forecast": None,
        "brief": BRIEF,
        "arr": ARR.checked(pd.DataFrame({"day": days, "arr": [2e8, 2.2e8], "accounts": [90, 92], "unpriced": [0, 3]})),
        "quarter": pd.Series(line),
        "parts": BRIDGE_PARTS.checked(parts),
        "kept": kept,
        "announced": ANNOUNCED.checked(announced),
        "values": LIFETIME_VALUE.checked(values),
        "price": MeanPrice(2.5e6, 89, 3),
        "horizon_ends_on": pd.Timestamp("2026-04-01"),
        "min_cell": 5,
    }
    return MoneyContent(**content | changed)


def page(content: RenewalsContent | MoneyContent, language: str = "en") -> str:
    catalogue = read_catalogue(language)
    name, words = ("renewals", renewals_in_words) if isinstance(content, RenewalsContent) else ("money", money_in_words)
    study = {"report": {"min_cell": 5}}
    template = environment(catalogue).get_template(f"quarterly/{name}.j2")
    return template.render(study=study, mark=HIDDEN, **words(content, catalogue))


NO_PRICES, NO_TERMS, NO_FORECAST = (
    remark("money.no_prices"),
    remark("money.no_terms"),
    remark("models.no_event", rows=5),
)
NOTHING = {
    "brief": None,
    "arr": pd.DataFrame(),
    "quarter": None,
    "parts": None,
    "kept": {},
    "values": None,
    "price": None,
}
CASES = {
    "all that can be told of renewals": renewals(),
    "no terms": renewals(no_terms=NO_TERMS),
    "no forecast": renewals(no_forecast=NO_FORECAST, tiers=()),
    "nothing told of past quarters": renewals(
        last=None, quarters=pd.DataFrame([quarter("2025-07-01", 3, 1, is_hidden=True)])
    ),
    "all that can be told of money": money(),
    "no prices": money(obstacle=NO_PRICES, announced=pd.DataFrame(), **NOTHING),
    "small book": money(kept={}, values=None, parts=money().parts.query("part in ['start', 'other', 'end']")),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_section_is_whole_and_in_one_language(case, language):
    found = page(CASES[case], language)
    assert text_of(found)
    assert not re.search(r"\b(nan|None|NaT|Timestamp|dtype)\b", text_of(found))
    if language == "ja":
        assert {piece for piece in pieces(found) if ENGLISH_WORDS.search(piece)} == set()


class TestSentences:
    def test_what_falls_due_and_what_was_renewed(self):
        text = text_of(page(renewals()))
        assert "By 2026-04-01 the terms of 40 accounts fall due, which pay ¥55M a year for them." in text
        assert "8 of 10 renewals were made: 80% of the accounts, 75% of the money." in text
        assert "95.0% were renewed" in text

    def test_yen_are_written_as_in_japan(self):
        text = text_of(page(money(), "ja"))
        assert "年額は合計2.2億円で、1年前より10.0%増えました。" in text
        assert (
            "年額1,330万円が終了すると予測されます（95%予測区間は900万円～2,000万円）。このうち830万円（7社）はすでに"
            in text
        )
        assert "ネガティブチャーンの状態です" in text

    def test_whether_churn_is_negative_follows_from_net_retention(self):
        below = {"year": pd.Series({"last_day": DAY, "grr": 0.8, "nrr": 0.99})}
        assert "Churn is negative" in text_of(page(money()))
        assert "Churn is not negative" in text_of(page(money(kept=below)))

    def test_unknown_prices_are_counted(self):
        assert "Of 3 accounts some price is not known; it is in no amount." in text_of(page(money()))

    def test_no_amount_is_told_of_too_few(self):
        text = text_of(page(CASES["small book"]))
        assert "as each is of too few accounts" in text
        assert "How long accounts stay cannot be told" in text

    def test_a_value_without_limit_is_told_only_where_it_is_finite(self):
        rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', page(money()), flags=re.DOTALL)
        cells = {name: re.findall(r"<td>(.*?)</td>", row) for name, row in rows}
        assert cells["log-normal curve"] == ["3.0", "¥7.5M", "–", "–"]

    def test_what_is_missing_is_said_never_a_zero(self):
        assert text_of(page(CASES["no terms"])).strip() == f"Renewals {NO_TERMS}"
        assert text_of(page(CASES["no prices"])).strip() == f"Yearly revenue {NO_PRICES}"

    def test_a_hidden_week_is_a_mark_in_table_and_picture(self):
        found = page(renewals())
        assert len(re.findall(f"<td>{HIDDEN}</td>", found)) == 5
        assert f">{HIDDEN}<" in re.findall(r"<svg.*?</svg>", found, flags=re.DOTALL)[0]
