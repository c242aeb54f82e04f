"""Bad input: the message says what, where, which rows and what to do; and no output is touched."""

from pathlib import Path

import duckdb
import pytest
from small_source import ACCOUNTS, STUDY, SUBSCRIPTIONS, USAGE, content_of, write_small_source

from reports.cli import main


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An output folder with a good build in it, which no failure may touch."""
    study = write_small_source(tmp_path / "good")
    folder = tmp_path / "out"
    assert main(["build", "--study", str(study), "--out", str(folder)]) == 0
    return folder


def refused(study: Path, out: Path, capsys: pytest.CaptureFixture[str], *command: str) -> str:
    """Run a command that must fail without touching the output, and return its message."""
    before = content_of(out)
    assert main([*(command or ("build",)), "--study", str(study), "--out", str(out)]) == 1
    assert content_of(out) == before
    message = capsys.readouterr().err
    assert message.startswith("tenure: ")
    assert "Traceback" not in message
    return message


def test_missing_table(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(write_small_source(tmp_path, subscriptions=None), out, capsys)
    assert "Required table 'subscriptions' is missing" in message
    assert "There: accounts, usage_daily" in message


def test_missing_column_names_the_nearest(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    renamed = SUBSCRIPTIONS.replace("started_on", "start_on", 1)
    message = refused(write_small_source(tmp_path, subscriptions=renamed), out, capsys)
    assert "Table 'subscriptions' lacks its required column 'started_on'" in message
    assert "Rename 'start_on'?" in message


def test_wrong_type_shows_the_values(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = SUBSCRIPTIONS.replace("2023-01-10", "10 Jan")
    message = refused(write_small_source(tmp_path, subscriptions=wrong), out, capsys)
    assert "Column 'subscriptions.started_on' must be date, but 1 of its values are not: '10 Jan'" in message


def test_fraction_in_a_whole_number_is_a_wrong_type(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cast would round 4.5 to 4 or 5 without a word."""
    wrong = SUBSCRIPTIONS.replace(",10,200", ",4.5,200")
    message = refused(write_small_source(tmp_path, subscriptions=wrong), out, capsys)
    assert "Column 'subscriptions.seats' must be integer, but 1 of its values are not: '4.5'" in message


def test_empty_required_value(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = SUBSCRIPTIONS.replace("s2,a2,2023-01-10", "s2,a2,")
    message = refused(write_small_source(tmp_path, subscriptions=wrong), out, capsys)
    assert "subscriptions: started_on is empty: 1 rows, among them subscription_id=s2" in message


def test_duplicate_key(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twice = ACCOUNTS + "a2,shop\n"
    message = refused(write_small_source(tmp_path, accounts=twice), out, capsys)
    assert "accounts: several rows share one key (account_id): 2 rows, among them account_id=a2" in message


def test_unknown_account_in_subscriptions(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    orphan = SUBSCRIPTIONS + "s9,a9,2023-03-01,,,1,5,100\n"
    message = refused(write_small_source(tmp_path, subscriptions=orphan), out, capsys)
    assert "subscriptions: account_id is not in table accounts: 1 rows, among them subscription_id=s9" in message
    assert "Add it to accounts" in message


def test_unknown_account_in_usage_is_set_apart_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path, usage_daily=USAGE + "a9,2023-03-01,search,4\na9,2023-03-02,search,4\n")
    assert main(["build", "--study", str(study), "--out", str(tmp_path / "out")]) == 0
    assert "usage_daily: account_id is not in table accounts: 2 rows" in capsys.readouterr().out
    cohort = next((tmp_path / "out" / "small").glob("cohort-*.duckdb"))
    with duckdb.connect(str(cohort), read_only=True) as con:
        assert con.execute("select rows, severity from rule_findings").fetchall() == [(2, "quarantine")]
        assert con.execute("select account_id, events from quarantine_usage_daily").fetchall() == [("a9", 4)] * 2
        assert con.execute("select count(*) from usage_daily").fetchone() == (4,)


def test_end_before_start(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = SUBSCRIPTIONS.replace("2023-04-10", "2023-01-09")
    message = refused(write_small_source(tmp_path, subscriptions=wrong), out, capsys)
    assert "a subscription ends before it starts (ended_on < started_on): 1 rows" in message
    assert "subscription_id=s2, started_on=2023-01-10" in message


def test_all_broken_rules_are_told_at_once(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = SUBSCRIPTIONS.replace("2023-04-10", "2023-01-09") + "s9,a9,2023-03-01,,,1,5,100\n"
    message = refused(write_small_source(tmp_path, subscriptions=wrong), out, capsys)
    assert "is not in table accounts" in message
    assert "ends before it starts" in message


def test_lowered_rule_sets_the_rows_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = SUBSCRIPTIONS.replace("2023-04-10", "2023-01-09")
    study = write_small_source(tmp_path, subscriptions=wrong)
    study.write_text('lowered_rules = ["subscription_ends_before_it_starts"]\n' + STUDY, encoding="utf-8")
    assert main(["build", "--study", str(study), "--out", str(tmp_path / "out")]) == 0
    assert "quarantine: subscriptions: a subscription ends before it starts" in capsys.readouterr().out


def test_lowering_an_unknown_rule(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path)
    study.write_text('lowered_rules = ["no_such_rule"]\n' + STUDY, encoding="utf-8")
    assert "lowered_rules names an unknown rule 'no_such_rule'" in refused(study, out, capsys)


def test_unknown_study_key_names_the_nearest(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path)
    study.write_text(STUDY.replace("snapshot", "snapshat"), encoding="utf-8")
    assert "unknown key 'snapshat'. The nearest known key is 'snapshot'" in refused(study, out, capsys)


def test_unreadable_csv(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path, usage_daily='account_id,used_on,feature,events\na1,"2023,x\n1,2\n')
    message = refused(study, out, capsys)
    assert "usage_daily.csv cannot be read" in message


def test_unreadable_parquet(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path, usage_daily=None)
    (tmp_path / "data" / "usage_daily.parquet").write_bytes(b"this is no Parquet file")
    assert "usage_daily.parquet cannot be read" in refused(study, out, capsys)


def test_missing_source_folder(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path)
    study.write_text(STUDY.replace('path = "data"', 'path = "elsewhere"'), encoding="utf-8")
    message = refused(study, out, capsys)
    assert "elsewhere does not exist. Set source.path in the study or use --source" in message


def test_no_events_at_all(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A report on churn without any churn would be empty tables: say so, and write no report."""
    study = write_small_source(tmp_path, subscriptions=SUBSCRIPTIONS.replace("2023-04-10", ""))
    assert main(["build", "--study", str(study), "--out", str(out)]) == 0
    capsys.readouterr()
    message = refused(study, out, capsys, "report", "quarterly")
    assert "No account left among the 3 lifetimes observed from 2023-01-01 to 2023-07-01" in message
    assert "Check ended_on and notice_on in subscriptions" in message


def test_few_events_give_counts_but_no_forecast(tmp_path: Path) -> None:
    """One event is under the first rung of evidence: the page counts and says what is missing."""
    study = write_small_source(tmp_path)
    assert main(["report", "quarterly", "--study", str(study), "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "small" / "quarterly-2023-07-01.en.html").read_text(encoding="utf-8")
    assert "A forecast needs 10 lifetimes with event; there are 1." in page
    assert not list((tmp_path / "out" / "small").glob("*.csv"))
