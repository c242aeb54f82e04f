"""The page of the contest: true to its numbers, whole in both languages, in words where nothing can be compared."""

import dataclasses
import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest
from pages import ENGLISH_WORDS, pictures_in, pieces, text_of
from samples import SAMPLE, SampleReport

from analysis.contest.ranking import FamilyWorth, Rank, Ranking, Worth, rank_families
from analysis.declared.study_parts import Models, Report
from analysis.workbench import Workbench, open_study
from reports.contest import sentences
from reports.contest.files import write_contest
from reports.messages import read_catalogue
from reports.writing.files import WrittenPage

QUICK = Models(
    forecast_shrinkage=(10.0,), forest_trees=3, forest_min_leaf=(60,), forest_columns=(0.3,), forest_bins=(16,),
    test_quarters=3, resamples=20,
)  # fmt: skip
EN, JA = read_catalogue("en"), read_catalogue("ja")
LABELS = {"usage": "Usage", "champion": "Champion"}


def opened(sample_report: SampleReport, **report: object) -> Workbench:
    """Open the sample as its report was made of it, so that what that worked out is read; or with other floors."""
    tenure = open_study(SAMPLE, out=sample_report.out.parent, progress=lambda message: None)
    if report:
        tenure.study = dataclasses.replace(tenure.study, models=QUICK, report=Report(**report))
    return tenure


@pytest.fixture(scope="module")
def tenure(sample_report: SampleReport) -> Workbench:
    return opened(sample_report)


@pytest.fixture(scope="module")
def written(tenure: Workbench, tmp_path_factory: pytest.TempPathFactory) -> dict[str, WrittenPage]:
    out = tmp_path_factory.mktemp("contest")
    return {language: write_contest(tenure, out, language) for language in ("en", "ja")}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_is_whole_and_needs_nothing_from_elsewhere(written: dict[str, WrittenPage], language: str) -> None:
    html = written[language].page.read_text(encoding="utf-8")
    assert not re.search(r"\b(nan|inf|None|NaT|Timestamp|dtype)\b", text_of(html))
    assert set(re.findall(r'<a href="#(\w+)"', html)) == set(re.findall(r'<section id="(\w+)"', html)) - {"short"}
    pictures = pictures_in(html)
    assert len(pictures) == 3  # no role is recorded in the sample: nothing on vacancies
    assert all(ET.fromstring(picture) is not None for picture in pictures)


def test_holds_no_english_in_japanese_but_the_title_and_the_command(written: dict[str, WrittenPage]) -> None:
    found = {piece for piece in pieces(written["ja"].page.read_text(encoding="utf-8")) if ENGLISH_WORDS.search(piece)}
    assert {piece for piece in found if "A CRM product sold by subscription" not in piece} == set()
    assert "tenure contest --language ja" in text_of(written["ja"].page.read_text(encoding="utf-8"))


def test_says_that_only_usage_is_measured_and_what_it_is_worth(tenure: Workbench, written) -> None:
    text = text_of(written["en"].page.read_text(encoding="utf-8"))
    (usage,) = tenure.contest.ranking.families
    assert "Only Usage is measured: whether it matters more than other families cannot be told." in text
    assert "Of Relationship and Champion these data tell nothing" in text
    assert f"{EN.number(usage.estimate, 1)} points of skill ({EN.span(usage.conf_low, usage.conf_high, 1)})" in text
    assert "What follows on a champion's departure is not measured here" in text


def test_tables_are_those_of_the_displays(tenure: Workbench, written: dict[str, WrittenPage]) -> None:
    names = {path.stem for path in written["en"].tables}
    assert names == {"values", "contrasts", "where", "differences", "risk-differences", "blind-spots"}
    values = pd.read_csv(next(path for path in written["en"].tables if path.stem == "values"))
    assert len(values) == len(tenure.contest.values().table)


def test_too_few_leavers_are_told_in_words(sample_report: SampleReport, tmp_path) -> None:
    written = write_contest(opened(sample_report, contest_from_events=1000), tmp_path)
    text = text_of(written.page.read_text(encoding="utf-8"))
    assert written.tables == ()
    assert written.obstacle is not None
    assert f"The families are not compared: {written.obstacle}" in text


def ranking(rank: Rank, *worths: Worth, low: float = 1.0) -> Ranking:
    families = tuple(
        FamilyWorth(name, worth, 2.0, 1.0, 3.0, 0.01, 0.5, 0.1, 1, 2)
        for name, worth in zip(LABELS, worths, strict=False)
    )
    return Ranking("cox", families, rank, 4.0, low, 7.0, 90)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (ranking(Rank.FIRST, Worth.DRIVER, Worth.NOT_SHOWN), "Usage comes first: "),
        (ranking(Rank.UNORDERED, Worth.DRIVER, Worth.DRIVER), "Usage and Champion are shown to tell who leaves here; "),
        (ranking(Rank.UNORDERED, Worth.DRIVER, Worth.NOT_SHOWN), "Usage is shown to tell who leaves here; that Usage "),
        (ranking(Rank.NONE, Worth.NOT_SHOWN, Worth.NOT_SHOWN), "No family is shown to tell who leaves here beyond "),
    ],
    ids=["first", "two", "one", "none"],
)
def test_the_order_is_said_as_far_as_it_is_shown(found: Ranking, says: str) -> None:
    assert sentences.rank_sentence(EN, found, LABELS).startswith(says)
    assert not ENGLISH_WORDS.search(sentences.rank_sentence(JA, found, {"usage": "利用", "champion": "推進者"}))


def test_a_difference_is_called_shown_by_the_rule_that_ranks() -> None:
    """A pair whose interval leaves out 0, but whose p by Holm is not below 5%, orders no families."""
    values = pd.DataFrame(
        {"model": "cox", "metric": "log_score", "family": ["usage", "champion", "all"], "estimate": [3.0, 1.0, 4.0],
         "conf_low": 0.5, "conf_high": 5.0, "adjusted_p_value": [0.001, 0.01, 0.001], "share": 0.5, "noise": 0.0,
         "n_events": 90}
    )  # fmt: skip
    pair = {"model": "cox", "metric": "log_score", "family": "usage", "versus": "champion", "estimate": 2.0}
    pairs = pd.DataFrame([pair | {"conf_low": 0.1, "conf_high": 3.9, "p_value": 0.04, "adjusted_p_value": 0.12}])
    assert rank_families(values, pairs).rank is Rank.UNORDERED
    assert "below 5% after Holm's method" in EN("contest.pairs_lead")
    assert "Holm法で補正したp値が5%を下回る" in JA("contest.pairs_lead")


def test_what_a_family_comes_to_is_told_in_the_currency_of_prices() -> None:
    points = {"shown": "more", "estimate": 4.0, "conf_low": 2.0, "conf_high": 6.0}
    line = points | {"accounts": 31.6, "revenue": 1_234_000.0}
    said = [sentences.points_sentence(text, line, "EUR") for text in (EN, JA)]
    assert said[0].endswith("that comes to 32 accounts, and to €1.23M of what they pay in a year.")
    assert said[1].endswith("換算すると32社、年間収益で123万ユーロです。")


@pytest.mark.parametrize(("p", "told"), [(0.0123, "(p = 0.012, Holm)"), (1e-5, "(p < 0.001, Holm)")])
def test_a_p_value_of_groups_is_said_once(p: float, told: str) -> None:
    differences = pd.DataFrame({"by": ["phase"], "family": ["usage"], "adjusted_p_value": [p]})
    assert sentences.where_sentences(EN, differences, LABELS) == [
        f"Usage is not worth the same in all of these groups {told}."
    ]
    (japanese,) = sentences.where_sentences(JA, differences, {"usage": "利用"})
    assert japanese.count("p ") == 1


def test_other_kinds_of_model_are_asked() -> None:
    said = sentences.worth_sentence(EN, ranking(Rank.FIRST, Worth.DRIVER).families[0], LABELS)
    assert said.endswith("Of 2 other kinds of model 1 says the same.")
