"""The page of the claims ledger: whole in both languages, true to its tables, silent where nothing is to be said."""

import dataclasses
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pandas as pd
import pytest
from pages import ENGLISH_WORDS, is_shut, pictures_in, pieces, text_of
from samples import SAMPLE, SampleReport

from analysis.claims.displays import name_of
from analysis.claims.grades import Weakness
from analysis.claims.verdicts import Judgement, Verdict
from analysis.workbench import Workbench, open_study
from reports.claims import sentences
from reports.claims.content import Judged
from reports.claims.files import write_claims
from reports.cli.commands import main
from reports.messages import read_catalogue
from reports.writing.files import WrittenPage

EN, JA = read_catalogue("en"), read_catalogue("ja")


def opened(sample_report: SampleReport) -> Workbench:
    """Open the sample as its report was made of it: what that worked out is read."""
    return open_study(SAMPLE, out=sample_report.out.parent, progress=lambda message: None)


@pytest.fixture(scope="module")
def tenure(sample_report: SampleReport) -> Workbench:
    return opened(sample_report)


@pytest.fixture(scope="module")
def written(tenure: Workbench, tmp_path_factory: pytest.TempPathFactory) -> dict[str, WrittenPage]:
    out = tmp_path_factory.mktemp("claims")
    return {language: write_claims(tenure, out, language) for language in ("en", "ja")}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_is_whole_and_needs_nothing_from_elsewhere(written: dict[str, WrittenPage], language: str) -> None:
    html = written[language].page.read_text(encoding="utf-8")
    assert not re.search(r"\b(nan|inf|None|NaT|Timestamp|dtype)\b", text_of(html))
    assert is_shut(html)
    pictures = pictures_in(html)
    assert len(pictures) == 2
    assert all(ET.fromstring(picture) is not None for picture in pictures)


def test_holds_no_english_in_japanese_but_the_title_and_the_source(written: dict[str, WrittenPage]) -> None:
    html = written["ja"].page.read_text(encoding="utf-8")
    found = {piece for piece in pieces(html) if ENGLISH_WORDS.search(piece)}
    assert {piece for piece in found if "CRM product" not in piece and not piece.startswith("tenure")} == set()
    assert " or " not in html.partition("<main>")[2]


def test_every_claim_is_on_the_page_and_what_is_not_measured_is_said(written: dict[str, WrittenPage]) -> None:
    text = text_of(written["en"].page.read_text(encoding="utf-8"))
    assert all(f"C{number:02}" in text for number in range(1, 23))
    assert "C18.1 A new decision-maker" in text
    assert "C18.2 A silent sponsor" in text
    assert "Only claims on Usage can be judged: Relationship, Champion are not measured here." in text


def test_tables_stand_beside_it(written: dict[str, WrittenPage]) -> None:
    assert [path.name for path in written["en"].tables] == ["claims.csv", "past.csv"]
    table = pd.read_csv(written["en"].tables[0])
    assert len(table) == 24
    assert written["en"].tables[0].read_bytes() == written["ja"].tables[0].read_bytes()


def test_the_command_writes_it_and_a_bad_claim_is_refused(
    sample_report: SampleReport, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    study = tmp_path / "study.toml"
    text = SAMPLE.read_text(encoding="utf-8").replace('path = "."', f'path = "{SAMPLE.parent}"')
    study.write_text(text, encoding="utf-8")
    (tmp_path / "claims.toml").write_text('[X]\nsays_en = "x"\n', encoding="utf-8")
    assert main(["claims", "--study", str(study), "--out", str(sample_report.out.parent)]) == 1
    assert "[X] has no test" in capsys.readouterr().err


class TestSentences:
    """A ledger in which everything has happened."""

    def ledger(self, tenure: Workbench, *verdicts: tuple[Verdict, ...]) -> Judged:
        known = [line for line in tenure.ledger.lines if line.estimate.refused is None]
        lines = tuple(
            dataclasses.replace(line, past=told[:-1], judgement=dataclasses.replace(line.judgement, verdict=told[-1]))
            for line, told in zip(known, verdicts, strict=False)
        )
        ledger = dataclasses.replace(tenure.ledger, lines=lines)
        return Judged(ledger, 91, 91, ("usage",), (), {})

    def test_flips_and_withdrawals_are_named(self, tenure: Workbench) -> None:
        s, c, i = Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.INCONCLUSIVE
        judged = self.ledger(tenure, (s, c), (s, i), (i, s))
        first, second, third = (sentences.rows_of(EN, [line])[0].name for line in judged.ledger.lines)
        said = sentences.changes(EN, judged)
        assert said[0].startswith(
            f"Both supported and contradicted within the last 4 quarter starts and today: {first}."
        )
        assert said[1].startswith(f"Once decided and inconclusive today: {second}.")
        short = sentences.in_short(EN, judged)
        assert f"Supported: {third}." in short
        assert f"Contradicted: {first}." in short
        assert all(re.search("[\u3040-\u9fff]", text) for text in sentences.in_short(JA, judged))

    def test_nothing_taken_back_is_said_too(self, tenure: Workbench) -> None:
        judged = self.ledger(tenure, (Verdict.SUPPORTED, Verdict.SUPPORTED))
        assert sentences.changes(EN, judged) == ["No verdict of the last 4 quarter starts was taken back."]

    def test_of_claims_that_were_never_judged_it_is_not_said_that_no_verdict_changed(self, tenure: Workbench) -> None:
        no = Verdict.NOT_MEASURABLE
        never, once = self.ledger(tenure, (no, no)), self.ledger(tenure, (no, Verdict.INCONCLUSIVE))
        assert (sentences.since_last(EN, never), sentences.changes(EN, never)) == ([], [])
        assert sentences.since_last(EN, once)
        assert sentences.changes(EN, once)

    def test_what_can_be_decided_and_what_cannot(self, tenure: Workbench) -> None:
        i = Verdict.INCONCLUSIVE
        judged = self.ledger(tenure, (i, i), (i, i))
        soon = dataclasses.replace(judged.ledger.lines[0], decidable_from=pd.Timestamp("2025-04-01"))
        never = dataclasses.replace(judged.ledger.lines[1], decidable_from=None)
        judged = dataclasses.replace(judged, ledger=dataclasses.replace(judged.ledger, lines=(soon, never)))
        said = sentences.open_claims(EN, judged)
        assert said[0].endswith("from 2025-04-01 on.")
        assert said[1].startswith("Not within five years: ")

    def test_of_a_claim_without_a_ratio_it_is_not_said_that_it_takes_more_than_five_years(
        self, tenure: Workbench
    ) -> None:
        judged = self.ledger(tenure, (Verdict.INCONCLUSIVE,), (Verdict.INCONCLUSIVE,))
        first, second = (dataclasses.replace(line, decidable_from=None) for line in judged.ledger.lines)
        differs = dataclasses.replace(first, judgement=Judgement(Verdict.INCONCLUSIVE, 0.4))
        judged = dataclasses.replace(judged, ledger=dataclasses.replace(judged.ledger, lines=(differs, second)))
        names = [sentences.rows_of(EN, [line])[0].name for line in (differs, second)]
        never, unsized = sentences.open_claims(EN, judged)
        assert never == f"Not within five years: {names[1]}."
        assert unsized.startswith("Of these it cannot be told, ")
        assert unsized.endswith(f": {names[0]}.")

    def test_tests_of_one_claim_are_named_apart(self, tenure: Workbench) -> None:
        own = [line for line in tenure.ledger.lines if line.claim.name == "C18"]
        assert [name_of(line, EN) for line in own] == ["C18.1  A new decision-maker", "C18.2  A silent sponsor"]
        assert [name_of(line, JA) for line in own] == ["C18.1　新しい意思決定者", "C18.2　スポンサーの沈黙"]

    def test_evidence_is_said_in_words(self, tenure: Workbench) -> None:
        line = dataclasses.replace(
            self.ledger(tenure, (Verdict.SUPPORTED, Verdict.SUPPORTED)).ledger.lines[0],
            weaknesses=(Weakness.DRIFTS, Weakness.LATE), unknown=(),
        )  # fmt: skip
        (row,) = sentences.rows_of(EN, [line])
        assert (row.grade, row.evidence) == ("C", "changes over the lifetime; a late signal (may be a symptom)")

    def test_where_nothing_could_be_judged_that_is_said(self, tenure: Workbench) -> None:
        refused = [line for line in tenure.ledger.lines if line.judgement.verdict is Verdict.NOT_MEASURABLE]
        judged = Judged(dataclasses.replace(tenure.ledger, lines=tuple(refused)), 5, 5, (), (), {})
        assert "No claim can be judged on these data." in sentences.in_short(EN, judged)
