"""The accounts to act on, in words: by hand, in both languages, and with what these data lack said to be lacking."""

import csv
import dataclasses
import datetime as dt
import io
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pages import ENGLISH_WORDS, pieces, text_of

from analysis.declared.actions import read_actions, tiers_of
from analysis.declared.factors import read_covariates, read_families
from analysis.declared.study_parts import Report
from analysis.evaluation.use.capacity import Flagged
from analysis.forecast.before import Change
from analysis.forecast.call_list import Notice
from analysis.forecast.carriers import Carrier
from analysis.forecast.first_accounts import first_accounts
from analysis.forecast.frames import CALL_LIST
from analysis.forecast.leavers import leavers
from analysis.forecast.quarter_shift import learn_shift
from analysis.forecast.reasons import Reason
from analysis.forecast.standpoint import Standpoint
from analysis.wording.remarks import remark
from reports.messages import LANGUAGES, read_catalogue
from reports.quarterly.account_words import accounts_in_words
from reports.quarterly.accounts import ToActOn
from reports.quarterly.files import accounts_csv
from reports.writing.html import environment

DAY = pd.Timestamp
WHY = Reason("champion", 0.19, (
    Carrier("no_champion", "yes", 0.1, 1.0, 0.0, 1.0), Carrier("champions", "low", 0.1, 0.0, 2.0, 3.0),
))  # fmt: skip
CALLS = CALL_LIST.checked(
    pd.DataFrame(
        {
            "account_id": ["a<b>", "=a2", "a3", "a4"],
            "rank": [1.0, 2.0, 3.0, 4.0],
            "probability": [0.478, 0.2, 0.1, 0.004],
            "tier": ["high", "high", "middle", "low"],
            "arr": [1000.0, 14_806.32, 900.5, np.nan],
            "expected_loss": [478.0, 2961.264, 90.05, np.nan],
            "rank_by_loss": [2.0, 1.0, 3.0, np.nan],
            "segment": ["large"] * 4,
            "owner": ["S. Ito", None, "R. <i>Patel", "S. Ito"],
            "seats": [24.0, 34.0, np.nan, 2.0],
            "term": ["yearly", "monthly", None, "yearly"],
            "days_to_renewal": [100.0, 10.0, 20.0, np.nan],
            "renews_on": pd.to_datetime(["2026-06-15", "2026-01-20", "2026-01-21", None]),
            "notice_by": pd.to_datetime(["2026-03-17", "2025-12-21", None, None]),
            "notice": [str(one) for one in Notice],
            "probability_before": [0.004, 0.1, np.nan, 0.2],
            "rank_before": [260.0, 3.0, np.nan, 1.0],
            "change": [str(one) for one in (Change.NEW, Change.RISING, Change.JOINED, Change.FALLING)],
            "comes_due": [True, False, False, False],
            "family": ["champion", "none", "none", "none"],
            "peers": [0.21, 0.2, np.nan, 0.05],
            "reasons": [(WHY,), (), (), ()],
        }
    )
)
KNOWN = pd.DataFrame(
    {
        "lifetime_id": range(6),
        "account_id": [f"gone{k}" for k in range(6)],
        "notice_on": DAY("2025-11-30"),
        "ends_on": pd.to_datetime(["2026-02-01"] * 5 + [None]),
        "is_end_given": [True] * 4 + [False] * 2,
        "seats": [5.0] * 5 + [np.nan],
        "mrr": [100.0] * 5 + [np.nan],
    }
)
KNOWS = frozenset({"notice_on", "notice_period_days", "term_ends_on"})
SHIFT = learn_shift([], 0.01)


def content(calls: pd.DataFrame | None = CALLS, capacity: int = 4, **changed: Any) -> ToActOn:
    report = Report(name_accounts=True, capacity=capacity)
    found = ToActOn(
        standpoint=Standpoint(DAY("2026-01-01"), DAY("2026-01-01"), DAY("2026-04-01"), False, 4),
        report=report,
        first=None if calls is None else first_accounts(calls, capacity, "cox", SHIFT),
        no_forecast=None,
        before=DAY("2025-10-01"),
        flagged=Flagged(DAY("2025-07-01"), "quoted", "contract_only", 20, 6.0, 2.0, 1.3),
        n_peers=50,
        n_refits=3,
        kept_first=0.8,
        leavers=leavers(KNOWN),
        knows=KNOWS,
        actions=read_actions(),
        tiers=tiers_of(report.risk_tiers),
        families=("usage", "champion", "contract"),
        knows_interventions=False,
        no_prices=None,
        currency="EUR",
    )
    return dataclasses.replace(found, **changed)


def page(found: ToActOn, language: str = "en") -> str:
    text = read_catalogue(language)
    families = read_families()
    labels = {covariate.name: covariate.label(language) for covariate in read_covariates()}
    return (
        environment(text)
        .get_template("quarterly/accounts.j2")
        .render(
            labels={family.name: family.label(language) for family in families},
            colors={family.name: family.color for family in families},
            marks={family.name: family.mark(language) for family in families},
            accounts_file="all.csv",
            leavers_file="gone.csv",
            **accounts_in_words(found, text, labels, "all.csv", 1),
        )
    )


def unnamed(found: ToActOn, **report: Any) -> ToActOn:
    return dataclasses.replace(found, report=dataclasses.replace(found.report, name_accounts=False, **report))


class TestTheList:
    def test_stands_by_expected_loss_and_tells_the_other_rank(self):
        shown = page(content())
        assert re.findall(r'<th scope="row" data-value="([^"]*)">', shown)[:4] == ["=a2", "a&lt;b&gt;", "a3", "a4"]
        told = text_of(shown)
        assert "Here stand the 4 accounts with the largest expected loss" in told
        assert "=a2 large 34 seats monthly €2.96k €14.8k 20% place 2 peers 20%" in told
        assert "1 account has no known price, and so no place by loss" in told

    def test_stands_by_probability_where_prices_are_not_known(self):
        none = CALLS.drop(columns=["arr", "expected_loss", "rank_by_loss"])
        told = text_of(page(content(none, no_prices=remark("money.no_prices"))))
        assert "Here stand the 4 accounts most likely to leave." in told
        assert "a<b> S. Ito large 24 seats yearly 48% peers 21%" in told
        assert "these data give no prices (subscriptions.mrr). Accounts therefore stand by probability alone." in (
            told.replace("  ", " ")
        )
        assert "€" not in told.partition("Under notice already")[0]

    def test_tells_the_day_to_act_by_or_why_there_is_none(self):
        told = text_of(page(content()))
        assert "2026-03-17 term ends 2026-06-15" in told
        assert "passed 2025-12-21 term ends 2026-01-20" in told
        assert "no notice period known term ends 2026-01-21" in told
        assert "no term known" in told

    def test_without_notice_periods_it_tells_the_end_of_the_term(self):
        told = text_of(page(content(knows=KNOWS - {"notice_period_days"})))
        assert "Term ends" in told
        assert "Notice by" not in told
        assert "48% place 1 peers 21% 2026-06-15" in told
        assert "These data give no notice periods" in told

    def test_without_terms_it_tells_no_day_at_all(self):
        told = text_of(page(content(CALLS.drop(columns=["renews_on", "notice_by", "notice"]), knows=frozenset())))
        assert "2026-06-15" not in told
        assert "These data do not say when terms end" in told

    def test_tells_what_has_changed_in_words_and_a_sign(self):
        told = text_of(page(content()))
        assert "● new as its term comes due: was place 260, under 1%" in told
        assert "▲ rising: was 10%" in told
        assert "+ new: not at risk then" in told
        assert "▼ falling: was 20%" in told
        assert "Changes are against 2025-10-01" in told
        nothing = CALLS.drop(columns=["probability_before", "rank_before", "change", "comes_due"])
        assert "no forecast could be made then" in text_of(page(content(nothing, before=None)))

    def test_tells_what_raises_it_with_a_sign_of_its_family_and_what_is_usual(self):
        shown = page(content())
        assert re.search(
            r'role="img" aria-label="Champion" title="Champion"><svg class="swatch".*?</svg>C</span>', shown
        )
        assert "C +19.0 points No champion or sponsor Champions and sponsors in force (low) 0 usually 3, peers 2" in (
            text_of(shown)
        )
        assert "Suggested: Find a second sponsor before the notice deadline" in shown
        assert "No family raises it above its peers. Suggested: No one reason stands out: call and ask." in text_of(
            shown
        )

    def test_can_be_sorted_by_numbers_and_days_as_data_have_them(self):
        shown = page(content())
        assert '<table class="sortable cards to-act-on">' in shown
        row = shown[shown.index('data-value="=a2"') : shown.index('data-value="a&lt;b&gt;"')]
        assert re.findall(r'data-value="([^"]*)"', row) == ["=a2", "2961.26", "14806.32", "0.200000", "2025-12-21"]
        last = shown[shown.index('data-value="a4"') : shown.index("</tbody>")]
        assert re.findall(r'data-value="([^"]*)"', last) == ["a4", "", "", "0.004000", ""]

    def test_runs_nothing_that_a_source_says(self):
        shown = page(content())
        assert "<i>Patel" not in shown
        assert "R. &lt;i&gt;Patel" in shown

    def test_names_nobody_unless_the_study_asks(self):
        shown = page(unnamed(content()))
        for name in ("a&lt;b&gt;", "=a2", "Ito", "gone0", "to-act-on"):
            assert name not in shown
        told = text_of(shown)
        assert "The list is in all.csv." in told
        assert "The list is in gone.csv." in told
        assert "Of these 4 about" not in told  # four are fewer than may be shown
        assert "Of these 4 about 0.8 leave" in text_of(page(unnamed(content(), min_cell=4)))


class TestPromiseAndRecord:
    def test_are_told_by_the_numbers_that_analysis_has(self):
        told = text_of(page(content()))
        assert "Of these 4 about 0.8 leave by 2026-04-01; in 19 of 20 such quarters from 0 to 2." in told
        assert "They pay €16.7k a year, of which €3.53k is expected to go (€0 to €15.8k)." in told
        assert (
            "In the last settled quarter, Q3 2025 (July to September 2025), 6 of the 20 left that were the most likely "
            "by the forecast quoted then; of as many chosen by the contract alone 2, by chance 1.3."
        ) in told

    def test_a_quarter_that_nothing_else_forecast_is_held_against_chance(self):
        told = text_of(page(content(flagged=Flagged(DAY("2025-07-01"), "quoted", "quoted", 20, 6.0, 6.0, 1.3))))
        assert "6 of the 20 left that were the most likely by the forecast quoted then; by chance 1.3." in told

    def test_what_is_too_little_or_not_there_is_said(self):
        hidden = Flagged(DAY("2025-07-01"), "quoted", "contract_only", None, None, None, None)
        assert "nothing is told: the list had fewer than 5 accounts" in text_of(page(content(flagged=hidden)))
        assert "no quarter could be checked" in text_of(page(content(flagged=None)))

    def test_without_a_forecast_the_reason_stands_and_who_leaves(self):
        told = text_of(page(content(None, no_forecast=remark("evaluation.none_followed"))))
        assert "There is no forecast:" in told
        assert "6 accounts have given notice" in told
        assert "Suggested" not in told


class TestActions:
    def test_are_a_table_by_family_and_tier_of_those_that_are_measured(self):
        told = text_of(page(content())).partition("First family")[2]
        assert told.startswith(" Risk 15% and more Risk 5% to 15% Risk under 5% U Usage Look at the use")
        assert "C Champion Find a second sponsor" in told
        assert "Relationship" not in told
        assert "No family stands out No one reason stands out: call and ask." in told

    def test_are_called_suggestions_of_which_no_effect_is_shown(self):
        told = text_of(page(content()))
        assert "no effect of them has been shown, as these data do not record what was done" in told
        told = text_of(page(content(knows_interventions=True)))
        assert "who was helped was not left to chance, and no effect of these suggestions has been shown" in told

    def test_of_one_tier_are_one_column(self):
        found = content()
        report = dataclasses.replace(found.report, risk_tiers=())
        told = text_of(page(dataclasses.replace(found, report=report, tiers=tiers_of(()))))
        assert "First family At any risk U Usage" in told


class TestKnownLeavers:
    def test_stand_apart_with_the_day_of_their_end_and_what_they_pay(self):
        told = text_of(page(content(capacity=5))).partition("Under notice already")[2]
        assert "6 accounts have given notice; they are in no forecast. Together they pay €6k a year." in told
        assert "For 1 of them no price is known. The 5 next to end are shown; all are in gone.csv." in told
        assert "gone0 2025-11-30 2026-02-01 €1.2k 5" in told
        assert "gone4 2025-11-30 2026-02-01 * €1.2k 5" in told
        assert "* For 1 account the tables give no end" in told

    def test_none_and_not_known_are_different_answers(self):
        nobody = leavers(KNOWN.head(0))
        assert "No account is under notice." in text_of(page(content(leavers=nobody)))
        told = text_of(page(content(leavers=nobody, knows=frozenset({"term_ends_on"}))))
        assert "These data do not say who has given notice" in told
        assert "No account is under notice." not in told

    def test_of_few_what_they_pay_is_told_only_where_accounts_are_named(self):
        few = content(leavers=leavers(KNOWN.head(3)))
        assert "€3.6k" in text_of(page(few))
        assert "€3.6k" not in text_of(page(unnamed(few)))
        assert "€6k" in text_of(page(unnamed(content())))


class TestJapanese:
    CASES = (
        content(),
        content(before=None, flagged=None, knows=frozenset({"term_ends_on"}), currency="JPY", kept_first=None),
        content(knows=frozenset(), knows_interventions=True, leavers=leavers(KNOWN.head(0))),
        unnamed(content()),
    )

    @pytest.mark.parametrize("found", CASES)
    def test_leaves_no_english_but_names(self, found):
        """What the source calls its own, a file, and three words in a row of English."""
        assert [piece for piece in pieces(page(found, "ja")) if ENGLISH_WORDS.search(piece)] == []

    def test_reads_as_japanese(self):
        told = text_of(page(content(), "ja"))
        assert "この4社のうち、2026年4月1日までに約0.8社が解約する見込みです" in told
        assert "20社のうち6社が解約しました。契約だけで同数を選んだ場合は2社、無作為なら1.3社です。" in told
        assert "担当：S. Ito" in told
        assert "1.48万ユーロ" in told
        assert "2026年3月17日" in told
        assert "推 +19.0ポイント" in told
        yen = text_of(page(content(currency="JPY"), "ja"))
        assert "1.48万円" in yen


class TestCsv:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_holds_all_accounts_and_columns_in_the_order_to_act_in(self, language):
        text = accounts_csv(CALLS, read_actions(), language)
        assert text.startswith("\ufeff")
        rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
        assert [row["account_id"] for row in rows] == ["'=a2", "a<b>", "a3", "a4"]
        assert set(rows[0]) == {*CALLS.columns, "suggestion"}
        first = rows[0]
        assert (first["arr"], first["expected_loss"]) == ("14806.32", "2961.26")
        assert (first["rank"], first["rank_by_loss"], first["rank_before"]) == ("2", "1", "3")
        assert (first["renews_on"], first["notice_by"], first["notice"]) == ("2026-01-20", "2025-12-21", "passed")
        assert (rows[3]["notice_by"], rows[3]["arr"], rows[3]["rank_by_loss"]) == ("", "", "")
        assert first["suggestion"] == read_actions()["none", "high"].says(language)
        assert dt.date.fromisoformat(rows[1]["notice_by"]) == dt.date(2026, 3, 17)
