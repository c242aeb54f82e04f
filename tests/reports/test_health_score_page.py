"""The page of a score's audit: whole in both languages, true to what is found, and open where nothing can be said."""

import dataclasses
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from pages import ENGLISH_WORDS, is_shut, pictures_in, pieces, text_of
from samples import SAMPLE, SCORE, SampleReport, with_little_work

from analysis.errors import StudyError
from analysis.workbench import Workbench, open_study
from reports.cli.commands import main
from reports.health_score.content import PARTS, AuditedScore
from reports.health_score.files import PROPOSED, write_health_score
from reports.health_score.page import render_health_score
from reports.health_score.summary import summarise
from reports.messages import read_catalogue
from reports.writing.files import WrittenPage

EN, JA = read_catalogue("en"), read_catalogue("ja")


def opened(sample_report: SampleReport, score: Path) -> Workbench:
    tenure = with_little_work(open_study(SAMPLE, out=sample_report.out.parent, progress=lambda message: None))
    models = dataclasses.replace(tenure.study.models, test_quarters=2, resamples=50)
    tenure.study = dataclasses.replace(tenure.study, models=models, health_score=score)
    return tenure


@pytest.fixture(scope="module")
def tenure(sample_report: SampleReport, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    score = tmp_path_factory.mktemp("score") / "health_score.toml"
    score.write_text(SCORE, encoding="utf-8")
    return opened(sample_report, score)


@pytest.fixture(scope="module")
def audited(tenure: Workbench) -> AuditedScore:
    return summarise(tenure)


@pytest.fixture(scope="module")
def written(tenure: Workbench, tmp_path_factory: pytest.TempPathFactory) -> dict[str, WrittenPage]:
    out = tmp_path_factory.mktemp("health-score")
    return {language: write_health_score(tenure, out, language) for language in ("en", "ja")}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_is_whole_and_needs_nothing_from_elsewhere(written: dict[str, WrittenPage], language: str) -> None:
    html = written[language].page.read_text(encoding="utf-8")
    assert not re.search(r"\b(nan|inf|None|NaT|Timestamp|dtype)\b", text_of(html))
    assert is_shut(html)
    pictures = pictures_in(html)
    assert len(pictures) >= 5
    assert all(ET.fromstring(picture) is not None for picture in pictures)


def test_holds_no_english_in_japanese_but_names_of_the_source(written: dict[str, WrittenPage]) -> None:
    found = {piece for piece in pieces(written["ja"].page.read_text(encoding="utf-8")) if ENGLISH_WORDS.search(piece)}
    assert {piece for piece in found if "CRM product" not in piece and not piece.startswith("tenure")} == set()


@pytest.mark.parametrize("catalogue", [EN, JA], ids=["en", "ja"])
def test_every_question_is_asked_and_every_answer_is_on_the_page(
    tenure: Workbench, audited: AuditedScore, catalogue
) -> None:
    assert [part.name for part in audited.parts] == list(PARTS)
    text = " ".join(text_of(render_health_score(tenure, audited, catalogue, {})).split())
    for part in audited.parts:
        assert catalogue(f"health.part_{part.name}") in text
        for said in (*part.answers, *part.notes):
            assert " ".join(said.in_words(catalogue).split()) in text


def test_a_score_that_is_computed_is_not_passed_off_as_published(audited: AuditedScore, written) -> None:
    assert (audited.origin, audited.is_recovered) == ("computed", False)
    text = text_of(written["en"].page.read_text(encoding="utf-8"))
    assert EN("health.origin_computed") in text
    assert EN("health.origin_published") not in text
    assert "days 70, breadth 30" in " ".join(text.split())


def test_what_the_source_does_not_tell_is_refused_in_words(audited: AuditedScore) -> None:
    """The sample has no interventions: nothing is said of what they did."""
    said = {part.name: part for part in audited.parts}
    assert "whether accounts were called because of their score" in str(said["interventions"].answers[0])


def test_tables_stand_beside_it(audited: AuditedScore, written: dict[str, WrittenPage]) -> None:
    names = {path.stem for path in written["en"].tables}
    assert {"order", "colours", "warnings", "alarms"} <= names
    assert len(names) == len(audited.tables)
    assert PROPOSED not in {path.name for path in written["en"].tables}


def test_without_a_score_the_page_says_what_is_missing(
    sample_report: SampleReport, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tenure = opened(sample_report, tmp_path / "health_score.toml")
    page = write_health_score(tenure, tmp_path, "ja").page.read_text(encoding="utf-8")
    assert "検証できるヘルススコアがありません" in text_of(page)
    study = tmp_path / "study.toml"
    text = SAMPLE.read_text(encoding="utf-8").replace('path = "."', f'path = "{SAMPLE.parent}"')
    study.write_text(text, encoding="utf-8")
    assert main(["report", "health-score", "--study", str(study), "--out", str(sample_report.out.parent)]) == 0
    assert "no history of one (table health_scores)" in capsys.readouterr().out


def test_a_definition_that_cannot_be_is_refused_and_nothing_is_written(
    sample_report: SampleReport, tmp_path: Path
) -> None:
    score = tmp_path / "health_score.toml"
    score.write_text(SCORE.replace("weight = 30", "weight = 40"), encoding="utf-8")
    with pytest.raises(StudyError, match="100 in sum"):
        write_health_score(opened(sample_report, score), tmp_path / "out")
    assert not (tmp_path / "out").exists()
