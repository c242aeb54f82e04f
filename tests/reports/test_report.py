"""The quarterly report on the sample: true to the data, self-contained, and safe from what is in them."""

import csv
import dataclasses
import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from pages import is_shut, pictures_in, text_of
from samples import SAMPLE, SampleReport, with_little_work
from small_source import ACCOUNTS, STUDY, write_small_source

from analysis.claims.grades import Unknown
from analysis.claims.verdicts import Verdict
from analysis.contest.ranking import FamilyWorth, Rank, Ranking, Worth
from analysis.declared.contract import names_given, read_contract
from analysis.declared.needs import asked_of_rows
from analysis.declared.study import read_study
from analysis.inference.drift import Drift, DriftVerdict
from analysis.wording.remarks import Remark
from analysis.workbench import Workbench, open_study
from reports.cli.commands import main
from reports.dictionary.page import render_covariates
from reports.messages import read_catalogue
from reports.quarterly import sentences
from reports.quarterly.content import Summary
from reports.quarterly.files import write_quarterly
from reports.quarterly.page import render_quarterly
from reports.quarterly.summary import summarise

WITH_NOTICE = """subscription_id,account_id,started_on,term_ends_on,ended_on,notice_on,term_months,seats,mrr
s1,a1,2023-01-05,2023-08-05,,2023-06-20,7,5,100
s2,a2,2023-01-10,2023-04-10,2023-04-10,,3,10,200
s3,a3,2023-02-01,2024-02-01,,,12,25,450
"""


def test_page_is_well_formed_and_every_picture_is_xml(sample_report: SampleReport) -> None:
    assert text_of(sample_report.page)
    pictures = pictures_in(sample_report.page)
    assert len(pictures) == 22
    for picture in pictures:
        assert ET.fromstring(picture).findtext("{http://www.w3.org/2000/svg}title")


def test_page_needs_nothing_from_elsewhere(sample_report: SampleReport) -> None:
    """No script but its own, and every reference is to a place in the page itself."""
    assert is_shut(sample_report.page)
    targets = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]+)""", sample_report.page)
    assert [target for target in targets if not target.startswith("#")] == []


def test_unmeasured_families_are_named_never_zero(sample_report: SampleReport) -> None:
    text = text_of(sample_report.page)
    assert "Relationship not measured here; would be measured with: touchpoints, tickets, surveys, goals" in text
    assert "Champion not measured here; would be measured with: contacts" in text
    assert "Relationship, Champion: not measured here, which is not the same as unimportant" in text


def test_numbers_are_those_of_the_raw_files(sample_report: SampleReport) -> None:
    """The source's own rule, applied to the raw files: an account left if its last plan row ends by 2024-01-01.

    Those that ended in the last seven days may return, and have not left yet.
    """
    plans = f"(from '{SAMPLE.parent}/subscription.parquet' where units = 'users')"
    accounts, ended, left = duckdb.sql(
        f"select count(*), count(*) filter (last_end <= date '2024-01-01'), "
        f"count(*) filter (last_end <= date '2023-12-25') "
        f"from (select account_id, max(end_date) as last_end from {plans} group by account_id)"
    ).fetchall()[0]
    text = text_of(sample_report.page)
    assert (accounts, ended, left) == (313, 92, 91)
    assert f"Accounts in the source {accounts} " in text
    assert f"of these, left (churn) {left} " in text
    assert f"provisional, in no rate, score or forecast {ended - left} " in text
    assert f"of {accounts - ended} accounts expected to leave by" in text


def test_no_gap_in_the_words(sample_report: SampleReport) -> None:
    text = text_of(sample_report.page)
    assert not re.search(r"\b(nan|None|NaT|Timestamp|dtype)\b", text)


def test_page_says_whether_hazard_ratios_hold_over_the_lifetime(sample_report: SampleReport) -> None:
    tenure = open_study(SAMPLE, out=sample_report.out.parent, progress=lambda message: None)
    table = tenure.proportionality.table.set_index("term")
    assert f"all covariates together: {read_catalogue('en').p_value(table.loc['GLOBAL', 'p_value'])}" in text_of(
        sample_report.page
    )


@pytest.mark.parametrize(
    ("drift", "terms", "p_value", "expected"),
    [
        (Drift.OF_COLUMNS, ("age", "seats"), 0.2, "Changing: Age; Seats (all covariates together: p = 0.200)."),
        (Drift.TOGETHER, (), 0.01, "Taken together the ratios change over the lifetime (p = 0.010)"),
        (Drift.NONE, (), 0.3, "No change is shown (all covariates together: p = 0.300)."),
    ],
    ids=lambda value: value if isinstance(value, Drift) else "",
)
def test_verdict_on_proportional_hazards(drift: Drift, terms: tuple[str, ...], p_value: float, expected: str) -> None:
    verdict = DriftVerdict(drift, terms, terms, p_value)
    names = {"age": "Age", "use": "Use", "seats": "Seats"}
    assert sentences.drift_sentence(read_catalogue("en"), verdict, names).startswith(expected)


def test_list_of_accounts_is_in_order_and_complete(sample_report: SampleReport) -> None:
    rows = list(csv.DictReader(io.StringIO(sample_report.accounts)))
    probabilities = [float(row["probability"]) for row in rows]
    losses = [float(row["expected_loss"]) for row in rows]
    assert len({row["account_id"] for row in rows}) == 221
    assert losses == sorted(losses, reverse=True)
    assert losses == pytest.approx(
        [p * float(row["arr"]) for p, row in zip(probabilities, rows, strict=True)], abs=0.02
    )
    assert sorted(int(row["rank"]) for row in rows)[0] == 1
    assert 0 < min(probabilities) < max(probabilities) < 1


@pytest.mark.slow
def test_text_of_the_source_is_data_in_the_page(tmp_path: Path) -> None:
    """A segment that is markup must arrive as text, in the page and in its pictures."""
    study = write_small_source(tmp_path, accounts=ACCOUNTS.replace("web", "<b>&amp;</b>"))
    study.write_text(STUDY + "[report]\nmin_cell = 1\ncurve_from_at_risk = 1\n", encoding="utf-8")
    assert main(["report", "quarterly", "--study", str(study), "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "small" / "quarterly-2023-07-01.en" / "quarterly-2023-07-01.en.html").read_text(
        encoding="utf-8"
    )
    assert "<b>&amp;</b>" not in page
    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;" in page


@pytest.mark.parametrize(
    ("landmark", "first_month", "expected"),
    [
        ("2024-01-01", 1, "Q4 2023 (October to December 2023)"),
        ("2024-04-01", 4, "Q4 of fiscal year 2023 (January to March 2024)"),
        ("2024-04-01", 1, "Q1 2024 (January to March 2024)"),
        ("2024-02-01", 2, "Q4 of fiscal year 2023 (November 2023 to January 2024)"),
    ],
)
def test_quarters_are_fiscal_and_named_by_their_months(landmark: str, first_month: int, expected: str) -> None:
    assert sentences.quarter_label(read_catalogue("en"), pd.Timestamp(landmark), first_month) == expected


def test_a_setting_that_the_study_leaves_empty_is_none(sample_report: SampleReport) -> None:
    assert " lowered_rules none " in text_of(sample_report.page)


def test_claims_name_what_would_unlock_them_only_where_something_lacks(tmp_path: Path) -> None:
    study = read_study(write_small_source(tmp_path))
    columns = names_given({table.name: table.column_names for table in read_contract().values()}, stable_users=True)
    everything = columns | asked_of_rows()
    for given, says in ((everything, False), ({"accounts", "subscriptions"}, True)):
        page = render_covariates(study, given, read_catalogue("en"))
        assert ("Would be unlocked by" in text_of(page)) == says
        rows = re.findall(r"<tr[^>]*>(?:(?!</tr>).)*C0[1-9](?:(?!</tr>).)*</tr>", page.partition('class="claims ')[2])
        assert {row.count("<td>") for row in rows} == {2 + says}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"usage_daily"},
            "usage_daily would be better with: holidays, account_attributes.attribute=region or accounts.region",
        ),
        (
            {"usage_daily", "holidays"},
            "usage_daily would be better with: account_attributes.attribute=region or accounts.region",
        ),
        (
            {"usage_daily", "holidays", "accounts.region"},
            "usage_daily better with: holidays, account_attributes.attribute=region or accounts.region",
        ),
    ],
)
def test_the_dictionary_says_what_would_make_a_covariate_better(tmp_path: Path, given: set[str], says: str) -> None:
    page = render_covariates(read_study(write_small_source(tmp_path)), given, read_catalogue("en"))
    assert text_of(page.replace("<wbr>", "")).count(f" {says} ") == 2


@pytest.mark.slow
def test_an_end_that_is_worked_out_is_marked_and_one_that_nobody_knows_is_left_open(tmp_path: Path) -> None:
    """a1 ends with its term; of a3, without a term or a period of notice, nothing says when."""
    untold = WITH_NOTICE.replace("s3,a3,2023-02-01,2024-02-01,,,12,", "s3,a3,2023-02-01,,,2023-06-22,,")
    staying = "s4,a4,2023-02-01,2024-02-01,,,12,9,90\n"
    study = write_small_source(tmp_path, subscriptions=untold + staying, accounts=ACCOUNTS + "a4,web\n")
    study.write_text(study.read_text(encoding="utf-8") + "[report]\nname_accounts = true\n", encoding="utf-8")
    assert main(["report", "quarterly", "--study", str(study), "--out", str(tmp_path / "out")]) == 0
    text = text_of(
        (tmp_path / "out" / "small" / "quarterly-2023-07-01.en" / "quarterly-2023-07-01.en.html").read_text(
            encoding="utf-8"
        )
    )
    assert " a1 2023-06-20 2023-08-05 * 1.2k 5 " in text
    assert " a3 2023-06-22 not known 5.4k 25 " in text
    assert "* For 1 account the tables give no end: shown is the end of the first term" in text


@pytest.mark.slow
def test_announced_losses_are_listed_apart_and_in_no_forecast(tmp_path: Path) -> None:
    """a1 has given notice and its contract still runs: it is neither at risk nor forgotten."""
    study = write_small_source(tmp_path, subscriptions=WITH_NOTICE)
    assert main(["report", "quarterly", "--study", str(study), "--out", str(tmp_path / "out")]) == 0
    folder = tmp_path / "out" / "small" / "quarterly-2023-07-01.en"
    text = text_of((folder / "quarterly-2023-07-01.en.html").read_text(encoding="utf-8"))
    assert " 1 account at risk " in text
    assert "1 more is under notice already; it is listed apart and in no forecast." in text
    assert "1 account has given notice; it is in no forecast." in text
    assert (folder / "quarterly-2023-07-01-known-leavers.csv").read_text(encoding="utf-8-sig").splitlines() == [
        "account_id,notice_on,ends_on,is_end_given,seats,mrr,arr",
        "a1,2023-06-20,2023-08-05,False,5,100,1200",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ja"])
def test_few_leavers_are_told_one_family_at_a_time(tmp_path: Path, sample_report: SampleReport, language: str) -> None:
    """The sample, were its leavers too few to compare families: no number is without end, nor English in Japanese."""
    study = tmp_path / "study.toml"
    asked = SAMPLE.read_text(encoding="utf-8").replace("[report]", "[report]\ncontest_from_events = 1000")
    study.write_text(asked.replace('path = "."', f'path = "{SAMPLE.parent}"'), encoding="utf-8")
    tenure = with_little_work(open_study(study, out=sample_report.out.parent, progress=lambda message: None))
    page = write_quarterly(tenure, tmp_path, language).page.read_text(encoding="utf-8")
    text = text_of(page)
    assert {"en": "One family at a time", "ja": "要因群を1つずつ見た場合"}[language] in text
    assert re.search(r"\b(nan|inf|None|NaT)\b", text) is None
    assert ("Events are too few" in text) == (language == "en")


@pytest.mark.slow
class TestFamiliesAndClaims:
    """What the page tells of them is what the contest and the ledger hold, and nothing else."""

    @pytest.fixture(scope="class")
    @classmethod
    def tenure(cls, sample_report: SampleReport) -> Workbench:
        tenure = with_little_work(open_study(SAMPLE, out=sample_report.out.parent, progress=lambda message: None))
        models = dataclasses.replace(tenure.study.models, test_quarters=2, resamples=20)
        tenure.study = dataclasses.replace(tenure.study, models=models)
        return tenure

    @pytest.fixture(scope="class")
    @classmethod
    def summary(cls, tenure: Workbench) -> Summary:
        return summarise(tenure)

    def text(self, tenure: Workbench, summary: Summary) -> str:
        files = {"accounts_file": "a.csv", "leavers_file": "l.csv"}
        return text_of(render_quarterly(tenure, summary, None, read_catalogue("en"), {}, files))

    def test_only_usage_can_be_judged_and_the_page_says_so(self, sample_report: SampleReport) -> None:
        text = text_of(sample_report.page)
        assert text.count("Only Usage is measured: whether it matters more than other families cannot be told.") >= 2
        assert "Only claims on Usage can be judged: Relationship, Champion are not measured here." in text

    def test_the_numbers_are_those_of_the_contest_of_one_kind_of_model(
        self, tenure: Workbench, summary: Summary
    ) -> None:
        assert summary.contest is not None
        ranking = tenure.contest.brief.ranking
        assert summary.contest.compared.ranking is ranking
        assert set(tenure.contest.brief.values().table["model"]) == {ranking.model}
        (one,), said = ranking.families, read_catalogue("en")
        told = self.text(tenure, summary)
        line = tenure.effects.differences.table.set_index("family").loc["usage"]
        points = f"{said.number(line['estimate'], 1)} ({said.span(line['conf_low'], line['conf_high'], 1)})"
        assert f"Usage {said.number(one.estimate, 1)} ({said.span(one.conf_low, one.conf_high, 1)}) {points} " in told

    def test_the_brief_contest_says_what_the_whole_one_says(self, tenure: Workbench) -> None:
        brief, whole = tenure.contest.brief, tenure.contest
        own = whole.values().table[whole.values().table["model"] == brief.ranking.model]
        pd.testing.assert_frame_equal(own.reset_index(drop=True), brief.values().table.reset_index(drop=True))
        assert whole.values().table["model"].nunique() == 3
        assert brief.brief is brief
        assert whole.ranking.rank is brief.ranking.rank

    def test_planted_worths_are_told_and_no_others(self, tenure: Workbench, summary: Summary) -> None:
        """A contest in which two families are drivers, and neither comes first; all other answers as they were."""
        assert summary.contest is not None
        compared = summary.contest.compared
        worths = (("champion", Worth.DRIVER, 77.7), ("usage", Worth.DRIVER, 66.6))
        families = tuple(
            FamilyWorth(name, worth, estimate, estimate - 1, estimate + 1, 0.001, 0.5, 0.1, 0, 0)
            for name, worth, estimate in worths
        )
        ranking = Ranking("cox", families, Rank.UNORDERED, 144.3, 140.0, 150.0, 90)
        drawn = pd.concat([compared.drawn.assign(family=name) for name, _, _ in worths], ignore_index=True)
        assert not isinstance(compared.differences, Remark)
        table = compared.differences.table
        table = table.assign(
            shown="more", estimate=55.5, conf_low=50.0, conf_high=60.0, accounts=44.4, revenue=33_333.0
        )
        differences = dataclasses.replace(compared.differences, table=table)
        planted = dataclasses.replace(compared, ranking=ranking, drawn=drawn, differences=differences, not_measured=())
        told = self.text(
            tenure, dataclasses.replace(summary, contest=dataclasses.replace(summary.contest, compared=planted))
        )
        assert "Usage and Champion are shown to drive" not in told
        assert "Champion and Usage are shown to tell who leaves here; that Champion is worth more than every" in told
        assert "Champion shown 77.7 (76.7 to 78.7) 55.5 (50.0 to 60.0) 33.3k " in told
        assert "Champion 77.7 (76.7 to 78.7) 55.5 (50.0 to 60.0) 44 33.3k shown " in told
        assert "All families 144.3 (140.0 to 150.0) – – – " in told
        (own,), said = compared.ranking.families, read_catalogue("en")
        assert f"Usage not shown {said.number(own.estimate, 1)} " not in told

    def test_the_ledger_knows_of_late_signals_the_first_time_too(self, tenure: Workbench, summary: Summary) -> None:
        """The lag ladder of the report is made before: one that is written again grades claims no otherwise."""
        assert summary.grounds.ladder is not None
        graded = [line for line in summary.judged.ledger.lines if line.grade]
        assert graded
        assert all(Unknown.LAG not in line.unknown for line in graded)

    def test_verdicts_are_counted_and_what_changed_since_the_last_quarter_is_named(
        self, tenure: Workbench, summary: Summary
    ) -> None:
        ledger = summary.judged.ledger
        place, line = next((k, one) for k, one in enumerate(ledger.lines) if one.verdicts[-1] is Verdict.INCONCLUSIVE)
        shown = dataclasses.replace(line, judgement=dataclasses.replace(line.judgement, verdict=Verdict.SUPPORTED))
        lines = (*ledger.lines[:place], shown, *ledger.lines[place + 1 :])
        judged = dataclasses.replace(summary.judged, ledger=dataclasses.replace(ledger, lines=lines))
        told = self.text(tenure, dataclasses.replace(summary, judged=judged))
        supported, open_ones = (len(judged.ledger.of(one)) for one in (Verdict.SUPPORTED, Verdict.INCONCLUSIVE))
        assert f"{supported} supported, " in told
        assert f"{open_ones} inconclusive, " in told
        assert f"Since the quarter start of {ledger.past[-1].day:%Y-%m-%d}: " in told
        was = {Verdict.INCONCLUSIVE: "Inconclusive", Verdict.NOT_MEASURABLE: "Not measurable here"}[line.past[-1]]
        assert f"{line.claim.name} {line.claim.short('en')}: was {was}, is Supported" in told
