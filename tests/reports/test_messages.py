"""The message catalogues: complete, used, in step with each other, and right in Japanese."""

import ast
import dataclasses
import datetime as dt
import re
import typing
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from string import Formatter

import pandas as pd
import pytest
from pages import ENGLISH_WORDS, pieces, text_of
from samples import SAMPLE, SampleReport, with_little_work
from worlds import TRAPS, made

from analysis.audits.alarm import Verdict
from analysis.audits.look_ahead import ROWS, SCORES
from analysis.audits.measures import MEASURES, USES
from analysis.audits.signals import Signal
from analysis.claims.grades import Unknown, Weakness
from analysis.contest.ranking import Rank, Worth
from analysis.contest.risk_difference import Shown
from analysis.declared.claim_tests import Hazard
from analysis.declared.claims import Judged
from analysis.declared.contract import read_contract
from analysis.declared.factors import read_covariates, read_families
from analysis.declared.study_parts import Definitions, Windows
from analysis.errors import ReportError
from analysis.evaluation.calibration.verdict import Calibration
from analysis.evaluation.choice import Ground
from analysis.evaluation.in_use import GROUPS
from analysis.evaluation.over_time.by_group import GroupReading
from analysis.evaluation.readings import Lead
from analysis.evaluation.rolling_origin import QUOTED
from analysis.evaluation.scores import METRICS
from analysis.evaluation.use.decision import Policy
from analysis.forecast.before import Change
from analysis.forecast.call_list import Notice
from analysis.health_score.scored import Origin
from analysis.ingest.findings import Severity
from analysis.lifetimes.clock import BANDS, NO_TERM
from analysis.lifetimes.events import CAUSES, CHANGES, CLOCKS, PHASES
from analysis.lifetimes.labels import ALL, OTHER, UNKNOWN
from analysis.models.competition import BLEND
from analysis.models.registry import (
    BOOSTING,
    CONTRACT_LOGISTIC,
    CONTRACT_ONLY,
    COX,
    FOREST,
    HEALTH_SCORE,
    KAPLAN_MEIER,
    LAST_SETTLED_QUARTER,
    LOGISTIC,
)
from analysis.money.ahead import MONTH, WEEK
from analysis.money.bridge import MOVES
from analysis.money.bridge_parts import END, START
from analysis.money.bridge_parts import OTHER as OTHER_STEPS
from analysis.money.lifetime_value import CONSTANT_RATE
from analysis.money.retention import MONTHS
from analysis.wording.remarks import Remark, english_messages, messages_of, remark
from reports.check.pictures import OF_ROWS, WORDS
from reports.claims.sentences import SHOWN as SHOWN_VERDICTS
from reports.cli.commands import main
from reports.dictionary.entries import parameter_values, phrase
from reports.health_score.content import PARTS as HEALTH_PARTS
from reports.health_score.page import PICTURES as HEALTH_PICTURES
from reports.messages import ENGLISH, LANGUAGES, read_catalogue
from reports.quarterly import sentences
from reports.quarterly.files import write_quarterly

ROOT = Path(__file__).parents[2]
TEMPLATES = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "reports" / "templates").rglob("*.j2")))
MODULES = [*(ROOT / "reports").rglob("*.py"), ROOT / "analysis" / "wording" / "catalogue.py"]
MESSAGES = {language: read_catalogue(language).messages for language in LANGUAGES}
EN, JA = MESSAGES["en"], MESSAGES["ja"]
OTHERS = [language for language in LANGUAGES if language != ENGLISH]
REMARKS = {code for code in english_messages() if not code.startswith("list.")}  # emitted by analysis, not by reports

AUDITS = tuple(MEASURES)
DISTRIBUTIONS = ("exponential", "weibull", "log-normal", "log-logistic", "piecewise exponential")


def sql(path: str) -> str:
    return (ROOT / "queries" / path).read_text(encoding="utf-8")


def levels_of(covariate: str) -> list[str]:
    """Return the levels that the SQL gives a category."""
    (cases,) = re.findall(rf"case\n((?:(?!case|end as).)*)end as {covariate}\b", sql("5_covariates/contract.sql"), re.S)
    return [f"{covariate}.{level}" for level in re.findall(r"(?:then|else) '([\w-]+)'", cases)]


TOUCH_MODELS = next(column.values for column in read_contract()["accounts"].columns if column.name == "touch_model")

# What a key may end in where a template, a module or another message puts it together from a beginning and a value.
ENDINGS = {
    "accounts.": ("high", "low", "yes", "no"),
    "accounts.change_": (*Change, f"{Change.NEW}_due", f"{Change.RISING}_due"),
    "accounts.notice_": tuple(Notice),
    "audits.": (*AUDITS, *Verdict),
    "audits.estimate_": AUDITS,
    "audits.from_": AUDITS,
    "audits.means_": (*(audit for audit in AUDITS if audit != "calendar_moves"), *USES),
    "audits.n_": AUDITS,
    "audits.needs_": (*AUDITS, "more"),
    "audits.subject_": USES,
    "attrition.": tuple(re.findall(r"'(\w+)' as what", sql("7_audit/attrition.sql"))),
    "cause.": CAUSES,
    "change.": tuple(CHANGES),
    "check.": ("enough", "too_few"),
    "check.severity.": typing.get_args(Severity),
    "claims.judged_": tuple(Judged),
    "clock.": CLOCKS,
    "term_kind.": tuple(kind for kind in BANDS if kind != NO_TERM),
    "contest.part_": ("worth", "points", "total", "touches", "cells", "vacancy", "pairs", "where", "how"),
    "contest.rank_": tuple(Rank),
    "contest.says_": tuple(Shown),
    "contest.shown_": tuple(Worth),
    "contest.worth_": tuple(Worth),
    "define.": tuple(field.name for part in (Windows, Definitions) for field in dataclasses.fields(part)),
    "health.alt_": tuple(chain.from_iterable(HEALTH_PICTURES.values())),
    "health.lead_": HEALTH_PARTS,
    "health.origin_": tuple(Origin),
    "health.part_": (*HEALTH_PARTS, "how"),
    "appendix.": ("attrition", "events", "ratios", "grounds", "card", "glossary", "methods"),
    "short.signal_": (Signal.EARLY, Signal.LATE_OR_FAST),
    "trend.": ("change_up", "change_down", "change_open"),
    "since.changed_": ("data", "program", "known"),
    "quarter.of_": ("year", "year_across", "fiscal", "fiscal_across"),
    "families.bound_": ("at_most", "at_least", "between"),
    "families.date_": ("notice", "end"),
    "forecasts.best_": tuple(Policy),
    "forecasts.beside_": tuple(Lead),
    "forecasts.by_": GROUPS,
    "forecasts.groups_": tuple(GroupReading),
    "forecasts.lead_": tuple(Lead),
    "forecasts.part_": ("models", "calibration", "quarters", "use", "groups", "drift", "card"),
    "forecasts.spread_": ("calibrated", "too_extreme", "too_flat", "cant_tell"),
    "forecasts.tier_": ("calibrated", "too_high", "too_low", "cant_tell"),
    "forecasts.word_": tuple(Calibration),
    "grounds.of_": tuple(sorted({*ROWS.values(), *SCORES.values()})),
    "group.": (ALL, OTHER, UNKNOWN),
    "ledger.expected_": ("more", "less", "not_less", "not_more", "differs"),
    "ledger.hazard_": tuple(Hazard),
    "ledger.means_": tuple(SHOWN_VERDICTS),
    "ledger.names_": ("supported", "contradicted"),
    "ledger.unknown_": tuple(Unknown),
    "ledger.weak_": tuple(Weakness),
    "level.": (
        *("missing", "(missing)", *levels_of("term"), *levels_of("phase")),
        *(f"touch_model_in_force.{value}" for value in TOUCH_MODELS),
    ),
    "methods.event_": ("notice", "end"),
    "money.": tuple(f"{name}_note" for name in (*MOVES[-2:], OTHER_STEPS)),
    "money.basis_": (*DISTRIBUTIONS, CONSTANT_RATE),
    "money.kept_": tuple(MONTHS),
    "money.part_": (*MOVES, START, END, OTHER_STEPS),
    "model.": (
        *(QUOTED, BLEND, COX, FOREST, BOOSTING, LOGISTIC, CONTRACT_ONLY, CONTRACT_LOGISTIC),
        *(HEALTH_SCORE, KAPLAN_MEIER, LAST_SETTLED_QUARTER),
    ),
    "outlook.why_": tuple(Ground),
    "phase.": PHASES,
    "provenance.": ("cohort", "data", "settings", "queries", "modules", "versions"),
    **dict.fromkeys(("renewals.tick_", "renewals.calendar_alt_", "renewals.calendar_caption_"), (WEEK, MONTH)),
    "scores.": (*METRICS, *Lead),
    "severity.": ("quarantine", "notice"),
    "short.bound_": ("at_most", "at_least"),
    "source.legend.": (*WORDS, *OF_ROWS[True], *OF_ROWS[False]),
    "source.severity_": typing.get_args(Severity),
    "source.tile_": typing.get_args(Severity),
    "transform.": ("identity", "log1p", "log_from_one", "category", "clock"),
}


def constants() -> set[str]:
    """Return the texts that stand in modules and begin like a key."""
    trees = [ast.parse(module.read_text(encoding="utf-8")) for module in MODULES]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    sections = {key.partition(".")[0] for key in EN}
    return {node.value for node in nodes if str(node.value).partition(".")[0] in sections and "." in str(node.value)}


def places(message: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the kind of each value that a message takes, those within other places among them."""
    for _, name, spec, _ in Formatter().parse(message):
        if name is not None:
            yield name, spec
            yield from places(spec)


def used_keys() -> tuple[set[str], set[str]]:
    """Return the keys that stand in templates, modules and messages, and the beginnings of those put together there."""
    texts = [text for messages in MESSAGES.values() for text in messages.values()]
    written = constants() | {kind for text in texts for _, kind in places(text)}
    keys = set(re.findall(r'\bt\("([\w.]+)"[,)]', TEMPLATES))
    keys |= {text for text in written if re.fullmatch(r"[a-z]+(\.[a-z0-9_]+)*\.[a-z0-9_]*[a-z0-9]", text)}
    (sections,) = re.findall(r"set sections = \[(.*?)\] %}", TEMPLATES)
    keys |= {f"{section}.heading" for section in re.findall(r'"(\w+)"', sections)}
    beginnings = set(re.findall(r'\bt\("([\w.]+)" ~', TEMPLATES))
    beginnings |= {text for text in written if re.fullmatch(r"([a-z]+\.)+([a-z_]+_)?", text)}
    return keys, beginnings


class TestCatalogues:
    @pytest.mark.parametrize("language", OTHERS)
    def test_another_language_says_all_that_english_says_and_nothing_else(self, language):
        """Every code that analysis can emit is among them, and every rule of the contract."""
        assert sorted(set(EN) - set(MESSAGES[language])) == []
        assert sorted(set(MESSAGES[language]) - set(EN)) == []

    @pytest.mark.parametrize("language", OTHERS)
    def test_a_translation_takes_the_same_values_and_writes_numbers_alike(self, language):
        """A number that only chooses a plural's form may be of no use to a language without plurals."""
        decimals = re.compile(r"\.\d[f%]|p")
        for key in sorted(set(EN) - {"wording.untold"}):
            own, english = list(places(MESSAGES[language][key])), list(places(EN[key]))
            written = {name for name, kind in english if "|" not in kind}
            assert written <= {name for name, _ in own} <= {name for name, _ in english}, key
            assert {place for place in own if decimals.fullmatch(place[1])} == {
                place for place in english if decimals.fullmatch(place[1])
            }, key

    @pytest.mark.parametrize("language", OTHERS)
    def test_no_translation_was_left_in_english(self, language):
        own = MESSAGES[language]
        same = [key for key in own if own[key] == EN[key] and re.sub(r"\{.*\}", "", EN[key])]
        assert same == []

    def test_a_range_has_one_sign_in_japanese(self):
        wave = "\N{WAVE DASH}"  # beside the wider tilde it looks like another word
        assert [key for key, text in JA.items() if wave in text] == []

    def test_every_key_in_use_exists_and_every_key_is_in_use(self):
        keys, beginnings = used_keys()
        assert beginnings == set(ENDINGS)
        put_together = {beginning + ending for beginning, endings in ENDINGS.items() for ending in endings}
        assert keys | put_together == set(EN) - REMARKS

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_each_key_stands_in_one_file(self, language):
        files = [path for path in (ROOT / "reports" / "messages" / language).glob("*.toml") if path.stem != "phrases"]
        keys = [key for path in files for key in messages_of(path)]
        if language == ENGLISH:
            keys += english_messages()
        assert len(keys) == len(set(keys)) == len(MESSAGES[language])

    def test_an_unknown_language_is_refused_with_those_there_are(self):
        with pytest.raises(ReportError, match=r"no messages in 'de'\. Known: en, ja"):
            read_catalogue("de")

    def test_no_label_of_a_family_is_taken_for_one_of_a_covariate(self):
        assert {family.name for family in read_families()}.isdisjoint(covariate.name for covariate in read_covariates())


class TestRemarks:
    """Every code that analysis can emit is said whole in every language."""

    DAY = dt.date(2024, 1, 1)
    COLUMNS = ("seats: missing", "term: half-yearly")
    THIN = (remark("cox.thin_column", column="seats: missing", number=3),) * 2
    VALUES: typing.ClassVar[dict[str, object]] = {
        "landmark": DAY,
        "model": COX,
        "reason": remark("models.no_event", rows=5),
        "notes": (remark("evaluation.nobody_left", landmark=DAY, accounts=7), remark("design.no_rows")),
        "says": remark("rules.mixed_currencies.says"),
        "mend": remark("rules.mixed_currencies.mend"),
        "column": COLUMNS[0],
        "covariate": "seats",
        "candidates": (COX, FOREST),
        "columns": COLUMNS,
        "others": COLUMNS,
        "unread": "deals.csv",
        "families": ("usage", "champion"),
        "present": ("contract",),
        "values": ("a", "b"),
        "words": (remark("ingest.not_measured.because", name="x", reason=remark("models.no_event", rows=5)),),
        **dict.fromkeys(("begins", "ends"), "2024-01-01"),
        "key": ("account_id", "used_on"),
        "each": 6.57,
        "examples": ("account_id=a1", remark("ingest.row", number="7", text="'1'")),
        "ways": (remark("ingest.other_event.left_but_open", number=7),),
        "covariates": ("seats", "term"),
        "dates": ("contacts", "users"),
        **dict.fromkeys(("table", "rule", "learned", "happened", "file", "encoding", "name", "near"), "x"),
        **dict.fromkeys(("first", "told", "other"), "x"),
    }
    OWN: typing.ClassVar[dict[str, dict[str, object]]] = {
        "ingest": {"column": "'end'", "columns": ("'end'", "'plan'")},  # the source's own, whose names stay as they are
        "cox.thin": {"columns": THIN},
        "cox.thin_clusters": {"columns": THIN},
        "claims": {
            "moves": (remark("claims.move", covariate="seats", start=1, end=2),) * 2,
            "held": (remark("claims.held", covariate="seats", value=1),),
            "reasons": (remark("claims.left_out", covariate="seats", reason=remark("claims.stands_still")),),
            "contrast": remark("claims.phases", start=1, end=2),
            "needs": ("a", remark("claims.either", names=("b", "c"))),
            "names": ("a", "b"),
        },
    }

    def said(self, code: str, language: str, number: int) -> str:
        own = self.OWN.get(code, self.OWN.get(code.partition(".")[0], {}))
        own = {"columns": number} if code in {"cox.few_events", "cox.few_clusters_a_column"} else own
        values = {name: (self.VALUES | own).get(name, number) for name, _ in places(EN[code])}
        return Remark(code, tuple(values.items())).in_words(read_catalogue(language))

    @pytest.mark.parametrize("number", [1, 1234])
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_said_whole(self, language, number):
        for code in sorted(REMARKS):
            said = self.said(code, language, number)
            assert not re.search(r"[{}|]|Remark|datetime", said), code
            if language != ENGLISH:
                assert not ENGLISH_WORDS.search(said), code

    def test_japanese_is_japanese_and_names_columns_by_their_labels(self):
        for code in sorted(REMARKS):
            said = self.said(code, "ja", 1234)
            assert re.search("[\u3040-\u9fff]", said) or not re.sub(r"\{.*\}", "", EN[code]), code
            assert "missing" not in said, code
            assert "half-yearly" not in said, code

    def test_an_error_without_words_of_its_own_is_not_quoted_in_another_language(self):
        untold = ReportError("names must differ").remark
        assert untold.in_words(read_catalogue("en")) == "names must differ"
        assert untold.in_words(read_catalogue("ja")) == JA["wording.untold"]


class TestDictionary:
    @pytest.mark.parametrize("said", ["unit", "window", "null_means"])
    def test_what_a_covariate_says_of_itself_is_said_in_japanese(self, said):
        """Each unit, window and meaning of a missing value stands in messages/ja/phrases.toml."""
        english = sorted({getattr(covariate, said) for covariate in read_covariates()})
        assert [text for text in english if not re.search("[\u3040-\u9fff]", phrase(text, {}, "ja"))] == []

    def test_what_nobody_has_translated_is_an_error_not_english(self):
        assert phrase("per moon", {}, "en") == "per moon"
        with pytest.raises(ReportError, match=r"'per moon' has no words in 'ja'. Add it to .*messages/ja/phrases.toml"):
            phrase("per moon", {}, "ja")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_no_name_of_a_parameter_is_left_in_place_of_its_value(self, language):
        values = parameter_values(None)
        said = [getattr(c, name) for c in read_covariates() for name in ("unit", "window", "null_means")]
        assert [text for text in said if "_" in phrase(text, values, language)] == []


class TestJapaneseWords:
    @pytest.mark.parametrize(
        ("landmark", "first_month", "expected"),
        [
            ("2024-01-01", 1, "2023年度第4四半期（2023年10月～12月）"),
            ("2024-01-01", 4, "2023年度第3四半期（2023年10月～12月）"),
            ("2024-02-01", 2, "2023年度第4四半期（2023年11月～2024年1月）"),
        ],
        ids=["calendar year", "fiscal year from April", "quarter across the new year"],
    )
    def test_quarter_has_its_months_and_years(self, landmark, first_month, expected):
        assert sentences.quarter_label(read_catalogue("ja"), pd.Timestamp(landmark), first_month) == expected


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> str:
    """The quarterly report on a world in which every table is given and every trap was set, in Japanese."""
    folder = tmp_path_factory.mktemp("japanese")
    tenure = made(TRAPS.replace("2022-10-01", "2023-01-01"), 160, 1, folder).study(folder / "out")
    report = dataclasses.replace(tenure.study.report, segment="segment", min_cell=40, forecast_from_events=1)
    tenure.study = dataclasses.replace(tenure.study, title="Acme", report=report)
    return write_quarterly(with_little_work(tenure), folder, "ja").page.read_text(encoding="utf-8")


class TestJapanesePageOfTheSample:
    def test_contains_no_english_but_names_of_the_source_and_the_command(self, sample_report: SampleReport) -> None:
        study = ["--study", str(SAMPLE), "--out", str(sample_report.out.parent)]
        assert main(["report", "quarterly", *study, "--language", "ja"]) == 0
        page = sample_report.out / "quarterly-2024-01-01.ja" / "quarterly-2024-01-01.ja.html"
        title_or_command = "A CRM product sold by subscription|tenure report (quarterly --language ja|health-score)"
        told = re.sub(title_or_command, "", page.read_text(encoding="utf-8"))
        assert [piece for piece in pieces(told) if ENGLISH_WORDS.search(piece)] == []


@pytest.mark.slow
class TestJapanesePage:
    def test_contains_no_english_but_names_of_the_source_and_the_command(self, page):
        english = {piece for piece in pieces(page) if ENGLISH_WORDS.search(piece)}
        assert english == {"tenure report quarterly --language ja"}

    def test_holds_what_english_used_to_come_from(self, page):
        """Notes on the fit, reasons why columns were left out, levels, pooled groups, findings, provenance."""
        text = text_of(page)
        notes = ("0に向けて縮小しています", "学習に用いる行で", "欠測", "その他")
        provenance = ("コホートのハッシュ", "duckdbのバージョン")
        assert [said for said in (*notes, *provenance) if said not in text] == []
        assert {"missing", "all", "other", "unknown", "monthly", "yearly"}.isdisjoint(pieces(page))

    def test_says_which_language_it_is_in(self, page):
        assert '<html lang="ja">' in page
        assert "<title>Acme：顧客解約分析 四半期報告、2022年度第4四半期（2022年10月～12月）</title>" in page

    def test_pictures_are_labelled_in_japanese_and_know_no_font_of_the_measuring_machine(self, page):
        pictures = re.findall(r"<svg role.*?</svg>", page, flags=re.DOTALL)
        assert len(pictures) > 10
        assert all(re.search(r"<text[^>]*>[^<]*[\u3040-\u9fff]", picture) for picture in pictures)
        assert set(re.findall(r'font-family="([^"]+)"', "".join(pictures))) == {"'DejaVu Sans'"}
