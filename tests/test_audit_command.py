"""The commands that audit, list and check: their files, their words and their exit codes."""

import csv
import shutil
from pathlib import Path

import pandas as pd
import pytest
from conftest import SAMPLE, SampleReport
from small_source import STUDY, write_small_source

from analysis.audits import results
from analysis.claims import read_claims
from analysis.factors import read_covariates
from reports.cli import main

FILES = {
    "alarms.csv", "look_ahead.csv", "look_ahead_cells.csv", "lag_ladder.csv", "lag_ladder_families.csv",
    "late_knowledge.csv", "coverage.csv", "reporting_delays.csv", "match_rates.csv",
}  # fmt: skip


def test_audit_of_the_sample_says_what_these_data_cannot_tell(
    tmp_path: Path, sample_report: SampleReport, capsys: pytest.CaptureFixture[str]
) -> None:
    """No contacts, no touches, no score: the audit says so, and writes its tables in place of older ones."""
    shutil.copytree(sample_report.out, tmp_path / "crm5")
    (tmp_path / "crm5" / "audit").mkdir()
    (tmp_path / "crm5" / "audit" / "older.csv").touch()
    capsys.readouterr()
    assert main(["audit", "--study", str(SAMPLE), "--out", str(tmp_path), "--days", "1"]) == 0
    said = capsys.readouterr().out
    assert "not found: a covariate, or a choice of rows, that knows the future" in said
    assert "cannot tell: a health score that knows more of who leaves than was known on its day" in said
    assert "cannot tell: a label of today that leavers were moved to (segment)" in said
    assert "not found: a calendar that moves the use of all at once (book)" in said
    assert {path.name for path in (tmp_path / "crm5" / "audit").iterdir()} == FILES
    alarms = csv.DictReader((tmp_path / "crm5" / "audit" / "alarms.csv").read_text(encoding="utf-8").splitlines())
    told = {(alarm["audit"], alarm["subject"]): alarm["is_raised"] for alarm in alarms}
    assert told[("look_ahead", "")] == "False"
    assert told[("rewritten_score", "")] == told[("late_knowledge", "")] == ""


@pytest.mark.parametrize("audited", [True, False], ids=["build", "build --no-audits"])
def test_build_audits_unless_told_not_to(tmp_path: Path, audited: bool) -> None:
    study = write_small_source(tmp_path)
    arguments = ["build", "--study", str(study), "--out", str(tmp_path / "out")]
    assert main(arguments if audited else [*arguments, "--no-audits"]) == 0
    assert (tmp_path / "out" / "small" / "current.json").is_file()
    assert (tmp_path / "out" / "small" / "audit").exists() == audited


def test_a_covariate_that_looks_ahead_is_exit_code_1_with_the_cells_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = pd.DataFrame([("2023-04-01", "seats", 10, 2)], columns=["day", "what", "compared", "differing"])
    monkeypatch.setattr(results, "look_ahead", lambda tenure, days: (counts, counts.head(1)))
    study = write_small_source(tmp_path)
    assert main(["audit", "--study", str(study), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr()
    assert "FOUND: a covariate, or a choice of rows, that knows the future" in said.out
    assert "looks ahead: see look_ahead_cells.csv" in said.err
    assert len((tmp_path / "out" / "small" / "audit" / "look_ahead_cells.csv").read_text().splitlines()) == 2


def test_check_ends_with_what_these_data_can_judge(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--study", str(write_small_source(tmp_path))]) == 0
    said = capsys.readouterr().out
    assert "Champion: 0 of" in said
    lines = {line.split()[0]: line for line in said.splitlines() if line.startswith("  C")}
    assert list(lines) == [claim.name for claim in read_claims()]
    assert lines["C12"].startswith("  C12  yes ")
    assert lines["C06"].startswith("  C06  no ")
    table = said.partition("Of 22 claims")[2].partition("Next:")[0]
    assert max(map(len, table.splitlines())) <= 120


class TestCovariates:
    def test_are_listed_with_all_that_is_declared_of_each(self, tmp_path, capsys, monkeypatch):
        """Also where there is no study yet: then with the windows that a study has by default."""
        monkeypatch.chdir(tmp_path)
        assert main(["covariates"]) == 0
        said = " ".join(capsys.readouterr().out.split())
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

    def test_a_study_that_was_named_must_be_there(self, tmp_path, capsys):
        assert main(["covariates", "--study", str(tmp_path / "none.toml")]) == 1
        assert "No study file at" in capsys.readouterr().err

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
        assert f"{lacks}<br>contacts.ended_on" in rows["departures"]
        assert lacks not in rows["active_day_share"]
