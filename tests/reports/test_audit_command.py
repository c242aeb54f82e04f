"""The commands that audit, list and check: their files, their words and their exit codes."""

import csv
import datetime as dt
import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest
from samples import SAMPLE, SampleReport
from small_source import STUDY, write_small_source

from analysis.audits import results
from analysis.audits.frames import LOOK_AHEAD_CELLS
from analysis.audits.look_ahead import ROWS, SCORES
from analysis.audits.signals import Ladder, Signal, SignalOfColumn
from analysis.cohort.source_check import check_source
from analysis.declared.claims import read_claims
from analysis.declared.factors import read_covariates
from analysis.declared.study import read_study
from analysis.workbench import open_study
from reports.audits.terminal import _signals, look_ahead_failure
from reports.cli.commands import main
from reports.messages import read_catalogue

FILES = {
    "alarms.csv", "look_ahead.csv", "look_ahead_cells.csv", "lag_ladder.csv", "lag_ladder_families.csv",
    "late_knowledge.csv", "coverage.csv", "reporting_delays.csv", "match_rates.csv", "made_of.json",
}  # fmt: skip


def test_audit_of_the_sample_says_what_these_data_cannot_tell(
    tmp_path: Path, sample_report: SampleReport, capsys: pytest.CaptureFixture[str]
) -> None:
    """No contacts, no touches, no score: the audit says so, and writes its tables in place of older ones.

    On as many days as the report's own audits, so that what these have found is read.
    """
    shutil.copytree(sample_report.out, tmp_path / "crm5")
    (tmp_path / "crm5" / "audit").mkdir()
    (tmp_path / "crm5" / "audit" / "older.csv").touch()
    capsys.readouterr()
    assert main(["audit", "--study", str(SAMPLE), "--out", str(tmp_path), "--days", "1"]) == 0
    said = capsys.readouterr().out
    flat = " ".join(said.split())
    assert "that knows the future (found from: one cell) not found 0 cells or rows differ; " in flat
    assert "moved to (found from: surely above 1) cannot be told accounts.segment: not measured." in flat
    assert "not found use against the account's own past: largest move " in flat
    signals = (
        "Early signals: none Early signals, unless dated back (cannot be told): none "
        "Late signals (may be symptoms): none Late signals, or factors that act fast (cannot be told): none "
        "Coverage: 10 of 22 covariates"
    )
    assert signals in flat
    assert "Match rates: lowest in usage_daily, where 100.0% of " in flat
    assert f"The 9 tables of the audits are in {tmp_path / 'crm5' / 'audit'}." in said
    assert {path.name for path in (tmp_path / "crm5" / "audit").iterdir()} == FILES
    alarms = csv.DictReader((tmp_path / "crm5" / "audit" / "alarms.csv").read_text(encoding="utf-8-sig").splitlines())
    told = {(alarm["audit"], alarm["subject"]): alarm["is_raised"] for alarm in alarms}
    assert told[("look_ahead", "")] == "False"
    assert told[("rewritten_score", "")] == told[("late_knowledge", "")] == ""


def test_commands_that_fit_nothing_do_not_wait_for_the_libraries_that_do() -> None:
    code = "import sys, reports.cli.commands; print(*({'sklearn', 'numba', 'matplotlib', 'pandas'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"


@pytest.mark.parametrize("audited", [True, False], ids=["build", "build --no-audits"])
def test_build_audits_unless_told_not_to(tmp_path: Path, audited: bool) -> None:
    study = write_small_source(tmp_path)
    arguments = ["build", "--study", str(study), "--out", str(tmp_path / "out")]
    assert main(arguments if audited else [*arguments, "--no-audits"]) == 0
    assert (tmp_path / "out" / "small" / "current.json").is_file()
    assert (tmp_path / "out" / "small" / "audit").exists() == audited


class TestLookingAhead:
    COUNTS = pd.DataFrame(
        [
            (dt.date(2023, 4, 1), "rows at risk on landmarks", 20, 9, 1),
            (dt.date(2023, 4, 1), "escalations", 10, 5, 6),
            (dt.date(2023, 4, 1), "seats", 10, 5, 0),
            (dt.date(2023, 6, 5), "escalations", 10, 5, 1200),
        ],
        columns=["day", "what", "compared", "recent", "differing"],
    )

    @pytest.mark.parametrize(
        "command",
        [
            ["audit"],
            pytest.param(["build"], marks=pytest.mark.slow),
            pytest.param(["report", "quarterly"], marks=pytest.mark.slow),
        ],
        ids=" ".join,
    )
    def test_is_exit_code_1_once_everything_is_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
    ) -> None:
        cell = (dt.date(2023, 4, 1), "escalations", "a1", 1, pd.Timestamp("2023-03-01"), "1", None)
        cells = pd.DataFrame([cell], columns=LOOK_AHEAD_CELLS.columns)
        monkeypatch.setattr(results, "look_ahead", lambda tenure, days: (self.COUNTS, cells))
        out = tmp_path / "out"
        assert main([*command, "--study", str(write_small_source(tmp_path)), "--out", str(out)]) == 1
        said = capsys.readouterr()
        assert "tenure: A covariate, a choice of rows, or an outcome looks ahead. Trust no finding" in said.err
        is_report = command[0] == "report"
        folder = out / "small" / ("quarterly-2023-07-01.en/audit" if is_report else "audit")
        assert f"The first cells that differ: {folder / 'look_ahead_cells.csv'}" in said.err
        assert {path.name for path in folder.iterdir()} == FILES - ({"made_of.json"} if is_report else set())
        assert len((folder / "look_ahead_cells.csv").read_text(encoding="utf-8-sig").splitlines()) == 2
        assert ("FOUND             1,207 cells or rows differ" in said.out) != is_report

    def test_is_told_with_counts_days_and_the_query_to_mend(self) -> None:
        assert look_ahead_failure(self.COUNTS, Path("audit")).splitlines()[1:] == [
            "- rows at risk on landmarks: 1 rows on 2023-04-01; "
            "mend queries/3_dates/landmark_dates.sql, or what it reads",
            "- escalations: 6 cells on 2023-04-01, 1,200 cells on 2023-06-05; "
            "mend queries/5_covariates/relationship.sql, or what it reads",
            f"The first cells that differ: {Path('audit', 'look_ahead_cells.csv')}",
        ]

    def test_nothing_is_told_where_nothing_differs(self) -> None:
        assert look_ahead_failure(self.COUNTS.assign(differing=0), Path("audit")) == ""

    @pytest.mark.parametrize("what", [*ROWS, *SCORES, *(covariate.name for covariate in read_covariates())])
    def test_the_query_to_mend_exists(self, what: str) -> None:
        counts = self.COUNTS.head(1).assign(what=what)
        path = look_ahead_failure(counts, Path("audit")).partition("mend ")[2].partition(",")[0]
        assert (Path(str(files("queries"))).parent / path).is_file()


def test_the_report_writes_the_tables_of_the_audits(sample_report: SampleReport) -> None:
    folder = sample_report.out / "quarterly-2024-01-01.en" / "audit"
    assert {path.name for path in folder.iterdir()} == FILES - {"made_of.json"}


def test_early_and_late_signals_are_counted_and_named() -> None:
    numbers = (0.4, 0.1, -0.3, -0.5, -0.1)
    kinds = (("seats", Signal.EARLY), ("b", Signal.LATE), ("c", Signal.LATE_OR_FAST))
    signals = (
        *(SignalOfColumn(term, term, "usage", signal, *numbers) for term, signal in kinds),
        SignalOfColumn("term: yearly", "term", "contract", Signal.EARLY, *numbers, is_told=False),
    )
    ladder = Ladder((0, 90), 100, 30, signals, pd.DataFrame(), pd.DataFrame())
    assert _signals(ladder, read_catalogue("en")) == [
        "Early signals: 1 (Seats)",
        "Early signals, unless dated back (cannot be told): 1 (Length of term: yearly)",
        "Late signals (may be symptoms): 1 (b)",
        "Late signals, or factors that act fast (cannot be told): 1 (c)",
    ]


BESIDE = {
    "own/exported.sql": "select lifetime_id, risk_date, sum(events) as exports from risk_dates "
    "inner join usage_daily using (account_id) where used_on < risk_date group by all",
    "own/exported.toml": 'family = "usage"\n[exports]\nlabel_en = "Exports"\n',
    "claims.toml": '[EXPORT]\nsays_en = "Accounts that stop exporting leave."\n[[EXPORT.tests]]\n'
    'moves = [{ covariate = "exports", from = "p90", to = 0 }]\nexpected = "+"\n',
    "health_score.toml": 'name = "ours"\n'
    + "".join(
        f'[[components]]\nname = "{name}"\ncovariate = "{name}"\nweight = 50\nscaling = {{ way = "percentile" }}\n'
        for name in ("exports", "days_since_touch")
    ),
}
"""What a study may have beside it."""


class TestCheck:
    def test_ends_with_what_these_data_can_judge(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "--study", str(write_small_source(tmp_path))]) == 0
        said = capsys.readouterr().out
        assert "Champion: 0 of" in said
        lines = {line.split()[0]: line for line in said.splitlines() if line.startswith("  C")}
        assert list(lines) == [claim.name for claim in read_claims()]
        assert lines["C12"].startswith("  C12  yes ")
        assert lines["C06"].startswith("  C06  no ")
        table = said.partition("Of 22 claims")[2].partition("Next:")[0]
        assert max(map(len, table.splitlines())) <= 120

    def test_tells_of_own_claims_and_of_the_score_made_of_own_covariates(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "120")
        study = write_small_source(tmp_path)
        study.write_text('queries = ["own"]\n' + study.read_text(encoding="utf-8"), encoding="utf-8")
        (tmp_path / "own").mkdir()
        for file, text in BESIDE.items():
            (tmp_path / file).write_text(text, encoding="utf-8")
        assert main(["check", "--study", str(study), "--language", "ja", "--page", "--out", str(tmp_path / "out")]) == 0
        (page,) = (tmp_path / "out").rglob("check.ja.html")
        assert "<code>days_since_touch</code></th>" in page.read_text(encoding="utf-8")
        said = capsys.readouterr().out
        assert "23の仮説" in said
        assert "ヘルススコア「ours」は2個の値によります。このうち1個は、このデータから求められます。" in said
        assert main(["check", "--study", str(study)]) == 0
        said = capsys.readouterr().out
        assert "  EXPORT  yes   Accounts that stop exporting leave.\n" in said
        assert "The health score ours rests on 2 values, of which these data give 1.\n" in said
        assert re.search(r"days_since_touch\s+needs touchpoints", said)
        (tmp_path / "claims.toml").write_text(BESIDE["claims.toml"].replace("exports", "export"), encoding="utf-8")
        assert main(["check", "--study", str(study)]) == 1
        told = capsys.readouterr()
        assert "unknown covariate 'export'. The nearest known one is 'exports'" in told.err
        assert told.out == "", "before the source is read"

    def test_is_told_in_japanese_but_for_its_progress(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        study = write_small_source(tmp_path, billing="x\n1\n", tickets="ticket_id,account_id,opened_on\n")
        assert main(["check", "--study", str(study), "--language", "ja"]) == 0
        said = "\n".join(line for line in capsys.readouterr().out.splitlines() if not line.startswith("["))
        assert "作成を妨げないことが2件見つかりました：" in said
        assert "  - 注意：billing.csv：元データのこのファイルは読み込まれない。" in said
        assert "継続期間3件のうち、1件（親会社1社）が解約に至りました。" in said
        english = re.findall(r"[A-Za-z][a-z]+(?: [A-Za-z][a-z]+){2,}", said)
        assert english == ["tenure report quarterly"]

    def test_says_how_few_left_beside_what_is_needed(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "--study", str(write_small_source(tmp_path))]) == 0
        said = capsys.readouterr().out
        assert "1 of 3 lifetimes at risk left (lifetimes with event), of 1 parent account.\n" in said
        assert "A forecast needs 10 of both: too few here." in said

    def test_counts_the_lifetimes_that_the_cohort_has(self, tmp_path: Path, sample_report: SampleReport) -> None:
        checked = check_source(read_study(SAMPLE), tmp_path, lambda message: None)
        tenure = open_study(SAMPLE, out=sample_report.out.parent, progress=lambda message: None)
        assert checked.evidence == tenure.evidence
        assert checked.evidence.events > 30
        assert checked.n_lifetimes == tenure.counting_process["lifetime_id"].nunique()
        assert checked.given == tenure.given
        assert list(checked.not_yet_known) == list(tenure.table("not_yet_known").itertuples(index=False, name=None))

    @pytest.mark.parametrize("unread", [(), ("billing",), ("billing", "owner")])
    def test_repeats_all_findings_in_one_place(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], unread: tuple[str, ...]
    ) -> None:
        """A file that nothing reads is a finding each."""
        study = write_small_source(tmp_path, **dict.fromkeys(unread, "x\n1\n"))
        assert main(["check", "--study", str(study)]) == 0
        _, _, said = capsys.readouterr().out.partition("\nThe contract holds")
        says = (
            ", and nothing was found.",
            "; 1 finding that does not stop a build:",
            "; 2 findings that do not stop a build:",
        )
        assert said.startswith(says[len(unread)])
        told = said.partition("\n\n")[0].splitlines()[1:]
        assert [line.split(":")[1].strip() for line in told if line.startswith("  - ")] == [f"{c}.csv" for c in unread]

    def test_names_what_would_make_surge_and_drop_better(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["check", "--study", str(write_small_source(tmp_path))]) == 0
        said = " ".join(capsys.readouterr().out.split())
        assert "better with holidays, account_attributes.attribute=region or accounts.region: usage_surge" in said


class TestCovariates:
    def test_are_listed_with_all_that_is_declared_of_each(self, tmp_path, capsys, monkeypatch):
        """Also where there is no study yet: then with the windows that a study has by default."""
        monkeypatch.chdir(tmp_path)
        assert main(["covariates"]) == 0
        printed = capsys.readouterr()
        assert "There is no study.toml here: what a source measures is not said" in printed.err
        said = " ".join(printed.out.split())
        assert " measured yes" not in said
        assert "better with holidays, account_attributes.attribute=region or accounts.region" in said
        for covariate in read_covariates():
            assert f"{covariate.name} {covariate.label_en} unit " in said
            assert f"missing {covariate.null_means} needs {', '.join(covariate.needs)} enters as" in said
        assert "The recent window is the last 28 days." in said

    def test_are_listed_with_the_values_of_the_study(self, tmp_path, capsys):
        study = write_small_source(tmp_path)
        study.write_text(STUDY + "[windows]\nrecent_days = 14\n[definitions]\nworking_weeks = 3\n", encoding="utf-8")
        assert main(["covariates", "--study", str(study)]) == 0
        said = " ".join(capsys.readouterr().out.split())
        assert "window last 14 days" in said
        assert "used in at least 3 of the last four weeks" in said

    @pytest.mark.parametrize(
        ("language", "measured", "lacks", "family"),
        [
            (
                "en",
                "measured yes",
                "measured no, lacks contacts.role=",
                "Champion 0 of 11 measured here; would be",
            ),
            (
                "ja",
                "測定 可",
                "測定 不可。不足：contacts.role=",
                "社内推進者 11項目のうち0項目を測定（測定に必要な",
            ),
        ],
    )
    def test_say_in_either_language_what_the_source_measures(self, tmp_path, capsys, language, measured, lacks, family):
        study = write_small_source(tmp_path)
        assert main(["covariates", "--study", str(study), "--language", language]) == 0
        printed = capsys.readouterr()
        assert "[" not in printed.out
        said = " ".join(printed.out.split())
        assert family in said
        entries = {entry.split()[0]: " ".join(entry.split()) for entry in printed.out.split("\n\n") if entry.strip()}
        assert measured in entries["active_day_share"]
        assert lacks in entries["departures"]
        assert next(c for c in read_covariates() if c.name == "departures").label(language) in entries["departures"]

    def test_a_study_that_was_named_must_be_there(self, tmp_path, capsys):
        assert main(["covariates", "--study", str(tmp_path / "none.toml")]) == 1
        assert "No study file at" in capsys.readouterr().err

    def test_a_source_must_be_there_only_where_study_or_source_was_named(self, tmp_path, capsys, monkeypatch):
        write_small_source(tmp_path)
        (tmp_path / "data").rename(tmp_path / "elsewhere")
        monkeypatch.chdir(tmp_path)
        assert main(["covariates"]) == 0
        printed = capsys.readouterr()
        assert "What the source measures is not said: " in printed.err
        assert "usage_surge" in printed.out
        assert main(["covariates", "--study", "study.toml"]) == 1
        assert main(["covariates", "--source", "nowhere"]) == 1
        assert capsys.readouterr().out == ""

    @pytest.mark.parametrize(
        ("language", "lacks"), [("en", "not measured here, lacks:"), ("ja", "測定できません。不足：")]
    )
    def test_page_says_what_would_unlock_each(self, tmp_path, language, lacks):
        study = write_small_source(tmp_path)
        out = tmp_path / "out"
        arguments = ["covariates", "--page", "--study", str(study), "--out", str(out), "--language", language]
        assert main(arguments) == 0
        assert [path.name for path in (out / "small").iterdir()] == [f"covariates.{language}.html"]
        page = (out / "small" / f"covariates.{language}.html").read_text(encoding="utf-8").replace("<wbr>", "")
        rows = {name: row for row in page.split("<tr")[1:] for name in [row.partition("<small>")[2].partition("<")[0]]}
        assert set(rows) >= {covariate.name for covariate in read_covariates()}
        assert f"{lacks}<br>contacts.role=champion" in rows["departures"]
        assert lacks not in rows["active_day_share"]
