"""The first page: money by ends, what was said before, what is not told, and nothing where nothing is known."""

from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.forecast.intervals import Interval
from analysis.forecast.past_quarters import COUNT, LOSS
from reports.messages import read_catalogue
from reports.quarterly.earlier import DATA, PROGRAM, Since, since_earlier, since_sentences
from reports.quarterly.first_page import money_sentences, outlook_sentences, record_sentences
from reports.quarterly.manifest import Headline
from reports.quarterly.trend import change_sentences
from reports.quarterly.trust import record_of, trust_in_words

EN, JA = read_catalogue("en"), read_catalogue("ja")
LANDMARK, UNTIL = pd.Timestamp("2026-01-01"), pd.Timestamp("2026-04-01")


def brief(**told: object) -> SimpleNamespace:
    usual = {
        "currency": "EUR", "arr_now": 2_220_000.0, "arr_at_risk_expected": 133_000.0, "arr_at_risk_low": 98_000.0,
        "arr_at_risk_high": 170_000.0, "arr_under_notice": 83_000.0, "n_under_notice": 9, "renewals_due": 41,
        "renewals_due_arr": 410_000.0,
    }  # fmt: skip
    return SimpleNamespace(**usual | told)


def record(observed: float, of: str = COUNT, day: str = "2025-07-01") -> pd.DataFrame:
    ends = {0.8: (28, 42), 0.95: (25, 46)}
    lines = [
        {"landmark": pd.Timestamp(day), "of": of, "level": level, "expected": 35.2, "observed": observed, "low": low,
         "high": high, "holds": low <= observed <= high}
        for level, (low, high) in ends.items()
    ]  # fmt: skip
    return pd.DataFrame(lines)


def summary(**told: object) -> SimpleNamespace:
    reading = SimpleNamespace(
        quoted=SimpleNamespace(expected=33.4, low=22, high=47), record=pd.concat([record(38), record(90_000.0, LOSS)])
    )
    usual = {
        "standpoint": SimpleNamespace(landmark=LANDMARK, stands_on=LANDMARK, horizon_ends_on=UNTIL, n_at_risk=563),
        "reading": reading, "no_forecast": None, "known_leavers": pd.DataFrame({"mrr": [100.0, None]}), "last": None,
        "brief": brief(), "accounts": SimpleNamespace(report=SimpleNamespace(min_cell=1)),
    }  # fmt: skip
    return SimpleNamespace(**usual | told)


def test_money_is_by_ends_with_what_is_under_notice() -> None:
    assert money_sentences(EN, summary()) == [
        "€133k of the €2.22M paid in a year are expected to end by April 1, 2026 (€98k to €170k in 19 of 20 such "
        "quarters).",
        "Of that, €83k is under notice already.",
        "41 contracts come up for renewal by April 1, 2026; they pay €410k a year.",
    ]
    assert (
        "年間契約額222万ユーロのうち13.3万ユーロが2026年4月1日までに終了すると予測されます"
        in money_sentences(JA, summary())[0]
    )


def test_without_prices_terms_or_notices_nothing_is_said_of_them() -> None:
    none = dict.fromkeys(("arr_now", "arr_at_risk_expected", "arr_under_notice", "renewals_due", "renewals_due_arr"))
    assert money_sentences(EN, summary(brief=brief(**none, n_under_notice=0))) == []
    assert len(money_sentences(EN, summary(brief=brief(n_under_notice=0, arr_under_notice=0.0)))) == 2


def test_known_leavers_are_told_with_what_is_known_of_their_prices() -> None:
    assert "2 more are under notice already and pay €1.2k a year" in outlook_sentences(EN, summary())[-1]
    silent = summary(known_leavers=pd.DataFrame({"mrr": [None]}, dtype=float))
    assert outlook_sentences(EN, silent)[-1].startswith("1 more is under notice already; it is listed apart")


def test_what_few_accounts_under_notice_pay_is_nowhere() -> None:
    """Their sum is where the interval begins: it is not told either."""
    told = summary(
        brief=brief(arr_under_notice=None, n_under_notice=1, arr_at_risk_low=None, arr_at_risk_high=None),
        accounts=SimpleNamespace(report=SimpleNamespace(min_cell=5)),
    )
    assert "an interval would tell" in money_sentences(EN, told)[0]
    assert outlook_sentences(EN, told)[-1] == EN("short.known_leavers", number=2)


def test_the_last_settled_quarter_is_beside_what_would_have_been_said() -> None:
    assert record_sentences(EN, summary()) == [
        "Of the last settled quarter, from July 1, 2025, the same method would have said 35 (25 to 46); 38 left.",
        "They paid €90k a year; €35 would have been expected to go.",
    ]


def test_without_a_forecast_the_last_quarter_stands_alone() -> None:
    last = SimpleNamespace(quarter_from=pd.Timestamp("2025-07-01"), churned=3, at_start=30, rate=0.1)
    assert "3 of 30 left (10.0%)" in record_sentences(EN, summary(reading=None, last=last))[0]


def said(**told: object) -> Since:
    headline = Headline(
        563, 9, "cox", 35.2, (Interval(0.8, 28, 42), Interval(0.95, 25, 46)), None, (), "2025-07-01", 540, 31, 0.057
    )
    usual = {"landmark": pd.Timestamp("2025-10-01"), "said": headline, "left": 36, "open": 2, "left_then_now": 31}
    return Since(**usual | {"changed": ()} | told)  # type: ignore[arg-type]


class TestSinceTheLastReport:
    def test_what_it_said_is_beside_what_came(self) -> None:
        assert since_sentences(EN, said(), LANDMARK) == [
            "A quarter ago, on October 1, 2025, this report said that 35 would leave by January 1, 2026 (25 to 46): "
            "36 have left so far, and 2 more seem to have, though they may yet return or withdraw."
        ]
        assert since_sentences(EN, said(open=0), LANDMARK)[0].endswith("(25 to 46): 36 left.")
        assert since_sentences(EN, said(left=None, open=None), LANDMARK)[0].endswith("(25 to 46).")

    def test_a_number_that_is_another_by_now_is_restated_with_the_reason(self) -> None:
        restated = since_sentences(EN, said(left_then_now=33, changed=(DATA, PROGRAM)), LANDMARK)[1]
        assert "said that 31 had left; it is 33 by what is known now" in restated
        assert "the source's data are others; the program is another; facts that became known since count" in restated
        assert (
            "31社でしたが、現在分かっている限りでは33社です" in since_sentences(JA, said(left_then_now=33), LANDMARK)[1]
        )

    def test_without_an_earlier_report_nothing_is_said(self, tmp_path) -> None:
        assert since_earlier(tmp_path, LANDMARK, pd.DataFrame(columns=["quarter_from"]), {}) is None
        assert since_sentences(EN, None, LANDMARK) == []


def test_the_record_has_a_line_for_each_quarter_and_counts_those_within() -> None:
    reading = SimpleNamespace(record=pd.concat([record(38), record(60, day="2025-10-01")], ignore_index=True))
    assert record_of(reading)["observed"].tolist() == [38, 60]
    told = trust_in_words(reading, EN)
    assert [(line.quarter, line.wide, line.observed, line.holds) for line in told["record"]] == [
        ("Jul 2025", "25 to 46", "38", True),
        ("Oct 2025", "25 to 46", "60", False),
    ]
    assert told["record_held"] == "The number that left lay within the 95% interval in 1 of 2 quarters."


@pytest.mark.parametrize(
    ("estimate", "low", "high", "says"),
    [(1.2, 0.2, 2.2, "1.2 points more (0.2 to 2.2)"), (-1.2, -2.2, -0.2, "1.2 points less"),
     (1.2, -0.4, 2.8, "That the rate changed is not shown")],
)  # fmt: skip
def test_a_change_is_said_only_where_it_is_shown(estimate: float, low: float, high: float, says: str) -> None:
    part = SimpleNamespace(estimate=estimate, conf_low=low, conf_high=high, is_shown=low > 0 or high < 0)
    change = SimpleNamespace(n_quarters=4, rate_before=0.06, rate_after=0.072, total=part, mix=part, within=part)
    sentences = change_sentences(change, EN)
    assert says in sentences[0]
    assert len(sentences) == 2
    change.n_quarters = 2
    assert "seasons" in change_sentences(change, EN)[2]
    assert change_sentences(None, EN) == [EN("trend.too_short")]
