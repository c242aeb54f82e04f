"""The message catalogues: complete, used, in step with each other, and right in Japanese."""

import ast
import dataclasses
import re
from pathlib import Path
from string import Formatter
from typing import ClassVar

import pandas as pd
import pytest
from samples import SAMPLE

from analysis.audits.alarm import Verdict
from analysis.audits.measures import MEASURES, USES
from analysis.contest.verdicts import Standing
from analysis.declared.claims import Judged
from analysis.declared.factors import read_covariates
from analysis.declared.study import Definitions, Windows
from analysis.errors import Obstacle, ReportError, Why
from analysis.evaluation.selection import Lead
from analysis.lifetimes.events import CAUSES, CHANGES, CLOCKS, PHASES
from analysis.models.registry import CONTRACT_ONLY, COX, FOREST, LAST_QUARTER
from reports import words
from reports.cli import main
from reports.dictionary import parameter_values, phrase
from reports.messages import Catalogue, read_catalogue

ROOT = Path(__file__).parents[2]
TEMPLATES = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "reports" / "templates").rglob("*.j2")))
MODULES = ("page.py", "pictures.py", "words.py", "grounds.py", "dictionary.py", "audit.py", "listing.py")
ATTRITION = (ROOT / "queries" / "7_audit" / "attrition.sql").read_text(encoding="utf-8")
EN, JA = read_catalogue("en").messages, read_catalogue("ja").messages

AUDITS = tuple(MEASURES)

# What a key may end in where a template or a module puts it together from a beginning and a value.
ENDINGS = {
    "accounts.": ("high", "low"),
    "audits.": (*AUDITS, *Verdict),
    "audits.estimate_": AUDITS,
    "audits.from_": AUDITS,
    "audits.means_": (*(audit for audit in AUDITS if audit != "calendar_moves"), *USES),
    "audits.n_": AUDITS,
    "audits.subject_": USES,
    "attrition.": tuple(re.findall(r"'(\w+)' as what", ATTRITION)),
    "cause.": CAUSES,
    "change.": tuple(CHANGES),
    "claims.judged_": tuple(Judged),
    "clock.": CLOCKS,
    "define.": tuple(field.name for part in (Windows, Definitions) for field in dataclasses.fields(part)),
    "families.date_": ("notice", "end"),
    "methods.event_": ("notice", "end"),
    "model.": (COX, FOREST, CONTRACT_ONLY, LAST_QUARTER),
    "obstacle.": tuple(Why),
    "phase.": PHASES,
    "scores.": ("auc", "brier", "ipa", "observed_over_expected", *Lead),
    "severity.": ("quarantine", "notice"),
    "short.family_": tuple(Standing),
    "transform.": ("identity", "log1p", "category"),
}


def constants(module: str) -> set[str]:
    tree = ast.parse((ROOT / "reports" / module).read_text(encoding="utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def used_keys() -> tuple[set[str], set[str]]:
    """Return the keys that stand in templates and modules, and the beginnings of those put together there."""
    in_modules = set().union(*(constants(module) for module in MODULES))
    keys = set(re.findall(r'\bt\("([\w.]+)"[,)]', TEMPLATES))
    keys |= {text for text in in_modules if re.fullmatch(r"[a-z]+\.[a-z0-9_]*[a-z0-9]", text)}
    (sections,) = re.findall(r"set sections = \[(.*?)\] %}", TEMPLATES)
    keys |= {f"{section}.heading" for section in re.findall(r'"(\w+)"', sections)}
    beginnings = set(re.findall(r'\bt\("([\w.]+)" ~', TEMPLATES))
    beginnings |= {text for text in in_modules if re.fullmatch(r"[a-z]+\.([a-z_]+_)?", text)}
    return keys, beginnings


def places(message: str) -> set[str]:
    """Return the names of the values that a message takes, without their attributes and formats."""
    return {re.split(r"[.\[]", name)[0] for _, name, _, _ in Formatter().parse(message) if name is not None}


class TestCatalogues:
    def test_japanese_says_all_that_english_says(self):
        fall_back = sorted(set(EN) - set(JA))
        assert not fall_back, f"{len(fall_back)} of {len(EN)} messages fall back to English: {fall_back}"

    def test_japanese_says_nothing_else(self):
        assert set(JA) <= set(EN)

    @pytest.mark.parametrize("key", sorted(JA))
    def test_translation_takes_the_same_values(self, key):
        assert places(JA[key]) == places(EN[key])

    def test_no_translation_was_left_in_english(self):
        untranslated = [key for key in JA if JA[key] == EN[key]]
        assert untranslated == []

    def test_every_key_in_use_exists_and_every_key_is_in_use(self):
        keys, beginnings = used_keys()
        assert beginnings == set(ENDINGS)
        put_together = {beginning + ending for beginning, endings in ENDINGS.items() for ending in endings}
        assert keys | put_together == set(EN)

    def test_what_a_language_lacks_is_said_in_english(self):
        catalogue = Catalogue("ja", {"a.known": "既知"}, {"a.known": "known", "a.other": "{n} others"})
        assert catalogue.text("a.known") == "既知"
        assert catalogue.text("a.other", n=3) == "3 others"

    def test_an_unknown_language_is_refused_with_those_there_are(self):
        with pytest.raises(ReportError, match=r"no messages in 'de'\. Known: en, ja"):
            read_catalogue("de")

    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_an_unknown_key_and_an_open_place_are_errors(self, language):
        text = read_catalogue(language).text
        with pytest.raises(ReportError, match=r"no message 'short\.nonsense'"):
            text("short.nonsense")
        with pytest.raises(ReportError, match=r"'short\.last' needs a value for 'at_start'"):
            text("short.last", churned=1, rate="1%")


class TestObstacles:
    """Each code is said whole in either language, whatever stands in the way of what it names."""

    VALUES: ClassVar = {
        "landmark": pd.Timestamp("2024-01-01"),
        "because": Obstacle.of(Why.NO_EVENT, rows=5),
        "remarks": (
            Obstacle.of(Why.QUARTER_WITHOUT_CHURN, landmark=pd.Timestamp("2024-01-01"), accounts=7),
            Obstacle.of(Why.QUARTER_WITHOUT_MODEL, landmark=pd.Timestamp("2023-10-01")),
        ),
        "model": "cox",
        "columns": ("seats", "usage_drop"),
        "rows": 1234,
    }

    @pytest.mark.parametrize("language", ["en", "ja"])
    @pytest.mark.parametrize("why", Why)
    def test_takes_the_values_that_are_declared_and_no_others(self, why, language):
        assert places({"en": EN, "ja": JA}[language][f"obstacle.{why}"]) == set(why.takes)

    @pytest.mark.parametrize("language", ["en", "ja"])
    @pytest.mark.parametrize("why", Why)
    def test_is_said_whole(self, why, language):
        obstacle = Obstacle.of(why, **{name: self.VALUES.get(name, 3) for name in why.takes})
        said = words.obstacle_in_words(read_catalogue(language).text, obstacle)
        assert said.rstrip().endswith({"en": ".", "ja": "。"}[language])
        assert not re.search(r"[{}<>()]|Obstacle|Timestamp", said)

    def test_says_what_stands_behind_it(self):
        text = read_catalogue("en").text
        scored = Obstacle.of(Why.NO_QUARTER_SCORED, remarks=self.VALUES["remarks"])
        assert words.obstacle_in_words(text, scored) == (
            "No quarter could be scored: 2024-01-01 is not scored: nobody of its 7 accounts churned. "
            "2023-10-01 is not scored: no model could be fitted."
        )
        refused = Obstacle.of(Why.MODEL_REFUSED, **{name: self.VALUES[name] for name in Why.MODEL_REFUSED.takes})
        assert words.obstacle_in_words(text, refused) == (
            "Cox model is not fitted before 2024-01-01: "
            "A model needs at least one churn; none is among the 5 training rows."
        )
        assert "1,234" in words.obstacle_in_words(text, Obstacle.of(Why.NOTHING_VARIES, covariates=3, rows=1234))
        assert "seats, usage_drop" in words.obstacle_in_words(
            text, Obstacle.of(Why.NOT_ESTIMABLE, columns=self.VALUES["columns"])
        )


class TestDictionary:
    @pytest.mark.parametrize("said", ["unit", "window", "null_means"])
    def test_what_a_covariate_says_of_itself_is_said_in_japanese(self, said):
        """Each unit, window and meaning of a missing value stands in messages/covariates.ja.toml."""
        english = sorted({getattr(covariate, said) for covariate in read_covariates()})
        lacking = [text for text in english if not re.search("[\u3040-\u9fff]", phrase(text, {}, "ja"))]
        assert not lacking, f"add {lacking} to reports/messages/covariates.ja.toml"

    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_no_name_of_a_parameter_is_left_in_place_of_its_value(self, language):
        values = parameter_values(None)
        said = [getattr(c, name) for c in read_covariates() for name in ("unit", "window", "null_means")]
        assert [text for text in said if "_" in phrase(text, values, language)] == []


class TestJapaneseWords:
    text = staticmethod(read_catalogue("ja").text)

    @pytest.mark.parametrize(
        ("landmark", "first_month", "expected"),
        [
            ("2024-01-01", 1, "第4四半期（2023年10月～2023年12月）"),
            ("2024-01-01", 4, "第3四半期（2023年10月～2023年12月）"),
            ("2024-02-01", 2, "第4四半期（2023年11月～2024年1月）"),
        ],
        ids=["calendar year", "fiscal year from April", "quarter across the new year"],
    )
    def test_quarter_has_its_months_and_years(self, landmark, first_month, expected):
        assert words.quarter_label(self.text, pd.Timestamp(landmark), first_month) == expected

    def test_span(self):
        assert words.span(self.text, -0.025, 1234.5, 3) == "\N{MINUS SIGN}0.025～1,234.500"
        assert words.span(read_catalogue("en").text, 11, 26, 0) == "11 to 26"


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> str:
    """The quarterly report on the sample, in Japanese."""
    out = tmp_path_factory.mktemp("japanese")
    assert main(["report", "quarterly", "--study", str(SAMPLE), "--out", str(out), "--language", "ja"]) == 0
    return (out / "crm5" / "quarterly-2024-01-01.ja.html").read_text(encoding="utf-8")


class TestJapanesePage:
    def test_contains_no_sentence_of_the_english_catalogue(self, page):
        """A sentence is any stretch of a message between its values of four words or more."""
        stretches = {stretch.strip() for message in EN.values() for stretch, *_ in Formatter().parse(message)}
        sentences = {stretch for stretch in stretches if stretch.count(" ") >= 3}
        assert len(sentences) > 60
        assert sorted(sentence for sentence in sentences if sentence in page) == []

    def test_says_which_language_it_is_in(self, page):
        assert '<html lang="ja">' in page
        assert "2024年1月1日から2024年4月1日までに、221社のうち" in page

    def test_pictures_are_labelled_in_japanese_and_know_no_font_of_the_measuring_machine(self, page):
        pictures = re.findall(r"<svg role.*?</svg>", page, flags=re.DOTALL)
        assert len(pictures) == 11
        assert all(re.search(r"<text[^>]*>[^<]*[\u3040-\u9fff]", picture) for picture in pictures)
        assert set(re.findall(r"font-family: ([^;]+);", "".join(pictures))) == {"'DejaVu Sans'"}
