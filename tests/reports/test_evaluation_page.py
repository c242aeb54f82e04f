"""The page of an evaluation: true to its numbers, whole in both languages, and silent where there is nothing to say."""

import dataclasses
import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pages import ENGLISH_WORDS, is_shut, pictures_in, pieces, text_of
from samples import SAMPLE, SampleReport

from analysis.declared.study_parts import Models, Report
from analysis.errors import ModelError
from analysis.evaluation.calibration.measures import Measured
from analysis.evaluation.calibration.score_tests import ScoreTest
from analysis.evaluation.calibration.verdict import CalibrationVerdict
from analysis.evaluation.choice import Choice, Ground
from analysis.evaluation.over_time.by_group import GroupsVerdict
from analysis.evaluation.readings import PairVerdict
from analysis.evaluation.rolling_origin import QUOTED
from analysis.evaluation.use.capacity import Flagged
from analysis.evaluation.use.decision import DecisionVerdict
from analysis.models.registry import CONTRACT_ONLY
from analysis.workbench import Workbench, open_study
from reports.cli import commands
from reports.cli.commands import main
from reports.evaluation import sentences
from reports.evaluation.files import write_evaluation
from reports.evaluation.page import render_evaluation
from reports.evaluation.summary import summarise
from reports.messages import read_catalogue
from reports.writing.files import WrittenPage

QUICK = Models(
    forecast_shrinkage=(10.0,), forest_trees=3, forest_min_leaf=(60,), forest_columns=(0.3,), forest_bins=(16,),
    test_quarters=4, resamples=20,
)  # fmt: skip
DAY = pd.Timestamp("2024-01-01")
EN, JA = read_catalogue("en"), read_catalogue("ja")


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
    out = tmp_path_factory.mktemp("evaluation")
    return {language: write_evaluation(tenure, out, language) for language in ("en", "ja")}


def page(written: dict[str, WrittenPage], language: str) -> str:
    return written[language].page.read_text(encoding="utf-8")


class TestPage:
    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_is_whole_and_needs_nothing_from_elsewhere(self, written, language):
        html = page(written, language)
        text = text_of(html)
        assert not re.search(r"\b(nan|inf|None|NaT|Timestamp|dtype)\b", text)
        assert is_shut(html)
        targets = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]+)""", html)
        assert [target for target in targets if not target.startswith("#")] == []
        assert set(re.findall(r'<a href="#(\w+)"', html)) == set(re.findall(r'<section id="(\w+)"', html)) - {"short"}
        pictures = pictures_in(html)
        assert len(pictures) == 5
        assert all(ET.fromstring(picture) is not None for picture in pictures)

    def test_holds_no_english_in_japanese_but_the_title_and_the_command(self, written):
        found = {piece for piece in pieces(page(written, "ja")) if ENGLISH_WORDS.search(piece)}
        assert {piece for piece in found if "A CRM product sold by subscription" not in piece} == set()
        assert "tenure evaluate --language ja" in text_of(page(written, "ja"))
        pictures = re.findall(r"<svg role.*?</svg>", page(written, "ja"), flags=re.DOTALL)
        assert all(re.search(r"<text[^>]*>[^<]*[\u3040-\u9fff]", picture) for picture in pictures)

    def test_says_what_was_found(self, tenure, written):
        text, results = text_of(page(written, "en")), tenure.evaluation
        flagged, size = results.use.flagged, results.model_card.size
        assert f"Of the {flagged.flagged} accounts flagged in the quarter from {flagged.landmark:%Y-%m-%d}, " in text
        assert f"{size.rows:,} rows of {size.accounts} accounts" in text
        tiers = results.tiers().table
        own = tiers[tiers["model"] == QUOTED]
        low = own.iloc[0]
        assert f" under 5% {low['n_rows']:.0f} {low['expected']:.1f} {low['n_events']:.0f} " in text
        for choice in results.skill.choices[:-1]:
            assert f" {choice.landmark:%Y-%m-%d} {EN.text(f'model.{choice.model}')}" in text

    def test_no_line_names_an_account(self, written):
        for path in written["en"].tables:
            assert not {"account_id", "lifetime_id", "cluster_id"} & set(pd.read_csv(path).columns)


class TestTables:
    def test_are_what_the_displays_show(self, tenure, written):
        frames = tenure.evaluation.frames()
        assert {path.stem for path in written["en"].tables} == {*frames, "model-card"}
        for path in written["en"].tables:
            if path.stem in frames:
                assert len(pd.read_csv(path)) == len(frames[path.stem])
        scores = pd.read_csv(next(path for path in written["en"].tables if path.stem == "scores"))
        np.testing.assert_allclose(scores["estimate"], frames["scores"]["estimate"], rtol=1e-11)

    def test_the_card_is_in_the_language_of_the_page(self, written):
        cards = {
            language: pd.read_csv(next(path for path in one.tables if path.stem == "model-card"))
            for language, one in written.items()
        }
        assert cards["en"]["item"].tolist() == cards["ja"]["item"].tolist()
        assert len(cards["en"]) == 52
        assert cards["ja"]["says"].dropna().str.contains("[\u3040-\u9fff]").all()
        assert (cards["en"]["says"].isna() == cards["ja"]["says"].isna()).all()

    @pytest.mark.slow
    def test_those_of_an_earlier_run_are_gone(self, tenure, tmp_path):
        folder = write_evaluation(tenure, tmp_path).page.parent
        (folder / "tables" / "old.csv").write_text("x", encoding="utf-8")
        write_evaluation(tenure, tmp_path)
        assert not (folder / "tables" / "old.csv").exists()


@pytest.mark.slow
class TestSmallCells:
    def test_tiers_quarters_and_revenue_of_few_are_hidden(self, tenure, sample_report):
        """Were 120 accounts the fewest to be shown, a tier of fewer would not be, nor the revenue of those who left."""
        few = opened(sample_report, min_cell=120)
        few.__dict__.update(rolling=tenure.rolling, forecast=tenure.forecast)
        content = summarise(few)
        assert content.found.tiers["is_hidden"].any()
        hidden = content.found.tiers[content.found.tiers["is_hidden"]]
        assert hidden[["n_rows", "n_events", "expected", "observed_over_expected"]].isna().all(axis=None)
        assert content.found.caught["arr_left"].isna().all()
        text = text_of(render_evaluation(few, content, EN, {"command": "x"}))
        assert "stands for fewer than 120" in text
        assert not re.search(r"\b(nan|None)\b", text)


class TestRefusals:
    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_few_leavers_are_a_reason_in_words(self, sample_report, tmp_path, language):
        tenure = opened(sample_report, forecast_from_events=1000)
        done = write_evaluation(tenure, tmp_path, language)
        text = text_of(done.page.read_text(encoding="utf-8"))
        assert done.tables == ()
        assert sorted(path.name for path in done.page.parent.iterdir()) == [done.page.name]
        assert tenure.no_forecast.in_words(read_catalogue(language)) in text
        assert ("There is no forecast" in text) == (language == "en")

    def test_nobody_near_the_snapshot_writes_nothing(self, sample_report, tmp_path):
        tenure = opened(sample_report)
        tenure.landmarks = tenure.landmarks.head(0)
        with pytest.raises(ModelError, match="Nobody is at risk near the snapshot"):
            write_evaluation(tenure, tmp_path)
        assert list(tmp_path.iterdir()) == []


class TestCommand:
    @pytest.mark.parametrize(("language", "says"), [("en", "Its 16 tables are in"), ("ja", "16個の表")])
    def test_says_where_all_is(self, tenure, tmp_path, monkeypatch, capsys, language, says):
        monkeypatch.setattr(commands, "_open", lambda options: tenure)
        assert main(["evaluate", "--study", "any.toml", "--out", str(tmp_path), "--language", language]) == 0
        said = capsys.readouterr().out
        assert says in said
        assert (tmp_path / "crm5" / f"evaluation-2024-01-01.{language}" / "tables" / "scores.csv").is_file()
        assert f"evaluation-2024-01-01.{language}.html" in said

    def test_says_why_there_are_no_tables(self, sample_report, tmp_path, monkeypatch, capsys):
        tenure = opened(sample_report, forecast_from_events=1000)
        monkeypatch.setattr(commands, "_open", lambda options: tenure)
        assert main(["evaluate", "--study", "any.toml", "--out", str(tmp_path)]) == 0
        assert "There is no forecast: " in capsys.readouterr().out


class TestNotebook:
    def test_every_result_shows_itself(self, tenure):
        results = tenure.evaluation
        names = (
            "scores", "pairs", "recalibration", "calibration", "measures", "tiers", "caught", "caught_pairs", "gain",
            "decision", "profit", "by_group", "by_quarter", "drift", "choices", "card",
        )  # fmt: skip
        for name in names:
            shown = getattr(results, name)()
            assert len(shown.frame())
            assert shown.title in repr(shown)
            assert text_of(shown._repr_html_())
        assert "<svg" in results.drift()._repr_html_()
        assert tenure.evaluation is results
        assert results.use is results.use

    @pytest.mark.slow
    def test_the_last_choice_is_the_one_quoted_now(self, tenure):
        choices = tenure.evaluation.choices().table
        assert choices["model"].iloc[-1] == tenure.forecast.headline
        assert len(choices) == len(tenure.rolling.folds) + 1


def calibration(ratio: tuple[float, float, float], slope: tuple[float, float, float]) -> CalibrationVerdict:
    return CalibrationVerdict(QUOTED, 100, 50, 50.0, Measured(*ratio), Measured(*slope), 0.01, 0.02, None)


FITS, WIDE = (1.0, 0.9, 1.1), (1.0, 0.5, 2.0)


class TestSentences:
    @pytest.mark.parametrize(
        ("interval", "says"),
        [
            ((0.01, 0.03), "Those forecasts are better than 'Contract alone', by 2.0 points"),
            ((-0.01, 0.05), "No difference of those forecasts from 'Contract alone' is shown: 2.0 points"),
            ((-0.05, -0.01), "Those forecasts are worse than 'Contract alone', by 2.0 points"),
        ],
    )
    def test_a_lead_is_one_only_where_its_interval_leaves_zero_out(self, interval, says):
        pair = PairVerdict(QUOTED, CONTRACT_ONLY, 0.02, *interval)
        assert sentences.lead_sentence(EN, pair).startswith(says)
        assert not ENGLISH_WORDS.search(sentences.lead_sentence(JA, pair))

    @pytest.mark.parametrize(
        ("ratio", "slope", "says"),
        [
            (FITS, FITS, "can be taken at their word: 50 left where 50.0 were forecast to"),
            ((0.7, 0.5, 0.9), FITS, "cannot be taken at their word, they are too high"),
            ((1.4, 1.1, 1.8), FITS, "cannot be taken at their word, they are too low"),
            (FITS, (0.6, 0.4, 0.9), "high risks are not as high as forecast"),
            (FITS, (1.6, 1.1, 2.2), "high risks are higher than forecast"),
            (FITS, WIDE, "too few left to show that they can be taken at their word"),
        ],
    )
    def test_whether_to_take_probabilities_at_their_word(self, ratio, slope, says):
        verdict = calibration(ratio, slope)
        assert says in sentences.word_sentence(EN, verdict)
        assert len(sentences.calibration_sentences(EN, verdict)) == 3
        assert not ENGLISH_WORDS.search("".join(sentences.calibration_sentences(JA, verdict)))

    @pytest.mark.parametrize(
        ("ground", "says"),
        [
            (Ground.EARLIER_QUARTERS, "of 2 that compete it forecast 3 earlier quarters best"),
            (Ground.INNER_FOLDS, "those accounts of its training rows that it had not seen"),
            (Ground.NOTHING, "there is nothing yet to choose by"),
        ],
    )
    def test_why_a_model_is_quoted(self, ground, says):
        choice = Choice(DAY, CONTRACT_ONLY, ground, 3, 40, {CONTRACT_ONLY: 0.2, "cox": 0.3})
        assert says in sentences.quoted_sentence(EN, choice)

    def test_whole_accounts_are_written_whole_and_shares_of_ties_with_a_decimal(self):
        flagged = Flagged(DAY, QUOTED, CONTRACT_ONLY, 20, 6.0, 2.0, 1.2)
        assert sentences.flagged_sentence(EN, flagged) == (
            "Of the 20 accounts flagged in the quarter from 2024-01-01, 6 left; "
            "of as many flagged by the contract alone 2, by chance 1.2."
        )

    @pytest.mark.parametrize(
        ("benefit", "everyone", "says"),
        [
            (0.02, 0.01, "everyone would be worth 1.0, no one 0."),
            (0.01, 0.02, "looking after everyone was worth more: 2.0."),
            (-0.01, -0.2, "at that limit it was better to look after no one."),
        ],
    )
    def test_what_acting_is_worth_beside_everyone_and_no_one(self, benefit, everyone, says):
        verdict = DecisionVerdict(QUOTED, CONTRACT_ONLY, 0.1, 0.3, benefit, -1, 1, everyone, 0.01, 0.005, 0.02)
        said = sentences.decision_sentence(EN, verdict)
        assert says in said
        assert "9.0 wrong flags" in said
        assert said.endswith("That is more than by the contract alone, by 1.0 (0.5 to 2.0).")
        alone = dataclasses.replace(verdict, versus=QUOTED)
        assert "contract" not in sentences.decision_sentence(EN, alone)

    @pytest.mark.parametrize(
        ("p_value", "ends", "says"),
        [
            (0.01, ("mature", "adoption"), "most left for each that was forecast to in 'Mature', fewest in 'Adoption'"),
            (0.01, (None, None), "the groups are too small to be named"),
            (0.5, ("mature", "adoption"), "is not shown (p = 0.500)"),
            (float("nan"), (None, None), "cannot be told"),
        ],
    )
    def test_groups_that_differ_are_named(self, p_value, ends, says):
        verdict = GroupsVerdict(QUOTED, "phase", 3, ScoreTest(1.0, 2, p_value), *ends)
        assert says in sentences.groups_sentence(EN, verdict)

    def test_tiers_that_are_off_are_counted(self):
        tiers = pd.DataFrame({"model": [QUOTED] * 3, "reading": ["too_low", "calibrated", "too_high"]})
        assert sentences.tiers_sentence(EN, tiers).startswith("In 2 tiers more or fewer left than forecast")
        assert sentences.tiers_sentence(EN, tiers.head(2).tail(1)).startswith("In no tier")

    def test_groups_without_a_name_of_the_source_have_one_of_ours(self):
        labels = [sentences.group_label(JA, "term_kind", kind) for kind in ("no_term", "monthly", None)]
        assert all(re.search("[\u3040-\u9fff]", label) for label in labels)
        assert sentences.group_label(EN, "segment_in_force", "web & shop") == "web & shop"


def test_a_card_as_csv_reads_back(tenure):
    from analysis.written.csv_text import as_csv

    card = sentences.card_lines(EN, tenure.evaluation.model_card)
    back = pd.read_csv(io.StringIO(as_csv(card).lstrip("\ufeff")))
    assert back["topic"].tolist() == card["topic"].tolist()


def test_files_are_in_the_folder_that_is_named(written: dict[str, WrittenPage]) -> None:
    for language, one in written.items():
        assert one.page.parent.name == f"evaluation-2024-01-01.{language}"
        assert {path.parent for path in one.tables} == {Path(one.page.parent / "tables")}
