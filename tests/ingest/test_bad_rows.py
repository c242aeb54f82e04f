"""Bad tables, columns, rows and settings: the message says what, which rows and what to do; no output is touched."""

from pathlib import Path

import duckdb
import pytest
from refused import refused
from small_source import ACCOUNTS, STUDY, SUBSCRIPTIONS, USAGE, write_small_source

from reports.cli.commands import main


def test_missing_table(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(write_small_source(tmp_path, subscriptions=None), out, capsys)
    assert "Required table 'subscriptions' is missing" in message
    assert "There: accounts, usage_daily" in message


def test_missing_column_names_the_nearest(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    renamed = SUBSCRIPTIONS.replace("started_on", "start_on", 1)
    message = refused(write_small_source(tmp_path, subscriptions=renamed), out, capsys)
    assert "Table 'subscriptions' lacks its required column 'started_on'" in message
    assert "(rename 'start_on'?)" in message


def test_wrong_type_shows_the_values(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = SUBSCRIPTIONS.replace("2023-01-10", "10 Jan")
    message = refused(write_small_source(tmp_path, subscriptions=wrong), out, capsys)
    assert "Column 'subscriptions.started_on' must be a date written YYYY-MM-DD, but is not: 1 row" in message
    assert "among them row 3 '10 Jan'" in message


def test_fraction_in_a_whole_number_is_a_wrong_type(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cast would round 4.5 to 4 or 5 without a word."""
    wrong = SUBSCRIPTIONS.replace(",10,200", ",4.5,200")
    message = refused(write_small_source(tmp_path, subscriptions=wrong), out, capsys)
    assert "Column 'subscriptions.seats' must be a whole number such as 1234" in message
    assert "but is not: 1 row, among them row 3 '4.5'" in message


def test_empty_required_value(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = SUBSCRIPTIONS.replace("s2,a2,2023-01-10", "s2,a2,")
    message = refused(write_small_source(tmp_path, subscriptions=wrong), out, capsys)
    assert "subscriptions: started_on is empty: 1 row, among them account_id=a2, subscription_id=s2" in message


def test_duplicate_key(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twice = ACCOUNTS + "a2,shop\n"
    message = refused(write_small_source(tmp_path, accounts=twice), out, capsys)
    assert "accounts: several rows share one key (account_id): 2 rows, among them account_id=a2" in message


def test_unknown_account_in_subscriptions(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    orphan = SUBSCRIPTIONS + "s9,a9,2023-03-01,,,1,5,100\n"
    message = refused(write_small_source(tmp_path, subscriptions=orphan), out, capsys)
    assert (
        "subscriptions: account_id is not in table accounts: 1 row, among them account_id=a9, subscription_id=s9"
        in message
    )
    assert "or add it to accounts" in message


def test_unknown_account_in_usage_is_set_apart_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path, usage_daily=USAGE + "a9,2023-03-01,search,4\na9,2023-03-02,search,4\n")
    assert main(["build", "--no-audits", "--study", str(study), "--out", str(tmp_path / "out")]) == 0
    assert "usage_daily: account_id is not in table accounts: 2 rows" in capsys.readouterr().out
    cohort = next((tmp_path / "out" / "small").glob("cohort-*.duckdb"))
    with duckdb.connect(str(cohort), read_only=True) as con:
        assert con.execute("select rows, severity from rule_findings").fetchall() == [(2, "quarantine")]
        assert con.execute("select account_id, events from quarantine_usage_daily").fetchall() == [("a9", 4)] * 2
        assert con.execute("select count(*) from usage_daily").fetchone() == (5,)


def test_end_before_start(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = SUBSCRIPTIONS.replace("2023-04-10", "2023-01-09")
    message = refused(write_small_source(tmp_path, subscriptions=wrong), out, capsys)
    assert "ended_on lies before started_on (ended_on < started_on): 1 row" in message
    assert "subscription_id=s2, started_on=2023-01-10" in message


def test_all_broken_rules_are_told_at_once(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = SUBSCRIPTIONS.replace("2023-04-10", "2023-01-09") + "s9,a9,2023-03-01,,,1,5,100\n"
    message = refused(write_small_source(tmp_path, subscriptions=wrong), out, capsys)
    assert "is not in table accounts" in message
    assert "ended_on lies before started_on" in message


def test_lowered_rule_sets_the_rows_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = SUBSCRIPTIONS.replace("2023-04-10", "2023-01-09")
    study = write_small_source(tmp_path, subscriptions=wrong)
    study.write_text('lowered_rules = ["subscriptions.ended_on_is_not_before_started_on"]\n' + STUDY, encoding="utf-8")
    assert main(["build", "--no-audits", "--study", str(study), "--out", str(tmp_path / "out")]) == 0
    assert "quarantine: subscriptions: ended_on lies before started_on" in capsys.readouterr().out


def test_lowering_an_unknown_rule(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path)
    study.write_text('lowered_rules = ["no_such_rule"]\n' + STUDY, encoding="utf-8")
    assert "lowered_rules names an unknown rule 'no_such_rule'" in refused(study, out, capsys)


def test_unknown_study_key_names_the_nearest(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path)
    study.write_text(STUDY.replace("snapshot", "snapshat"), encoding="utf-8")
    assert "unknown key 'snapshat'. The nearest known key is 'snapshot'" in refused(study, out, capsys)


SUBSCRIPTIONS_IN_TWO_CURRENCIES = (
    SUBSCRIPTIONS.replace("seats,mrr", "seats,mrr,currency")
    .replace(",5,100", ",5,100,EUR")
    .replace(",10,200", ",10,200,USD")
).replace(",25,450", ",25,450,EUR")


def test_several_currencies(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path, subscriptions=SUBSCRIPTIONS_IN_TWO_CURRENCIES)
    message = refused(study, out, capsys)
    assert "subscriptions: prices are in several currencies: 3 rows" in message
    assert "Convert mrr to one currency" in message


@pytest.mark.parametrize(("good", "bad"), [(",10,200", ",-10,200"), (",10,200", ",10,-200")], ids=["seats", "mrr"])
def test_negative_seats_or_price(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], good: str, bad: str
) -> None:
    message = refused(write_small_source(tmp_path, subscriptions=SUBSCRIPTIONS.replace(good, bad)), out, capsys)
    assert "is below 0: 1 row, among them account_id=a2, subscription_id=s2" in message


def test_required_table_without_rows(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    header = SUBSCRIPTIONS.splitlines()[0]
    for text in (header, f"{header}\n"):
        message = refused(write_small_source(tmp_path, subscriptions=text), out, capsys)
        assert "subscriptions: the required table has no rows. Fill it in." in message


def test_observed_from_of_an_unknown_table(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path)
    study.write_text(STUDY + "[source.observed_from]\nusage = 2023-01-01\n", encoding="utf-8")
    for command in ("check", "build"):
        assert "observed_from names 'usage', which is no table of the contract" in refused(study, out, capsys, command)


def test_no_events_at_all(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A report on churn without any churn would be empty tables: say so, and write no report."""
    study = write_small_source(tmp_path, subscriptions=SUBSCRIPTIONS.replace("2023-04-10", ""))
    assert main(["build", "--no-audits", "--study", str(study), "--out", str(out)]) == 0
    capsys.readouterr()
    message = refused(study, out, capsys, "report", "quarterly")
    assert "No account left among the 3 lifetimes observed from 2023-01-01 to 2023-07-01" in message
    assert "Check ended_on and notice_on in subscriptions" in message


@pytest.mark.slow
def test_few_events_give_counts_but_no_forecast(tmp_path: Path) -> None:
    """One event is under the first rung of evidence: the page counts and says what is missing."""
    study = write_small_source(tmp_path)
    assert main(["report", "quarterly", "--study", str(study), "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "small" / "quarterly-2023-07-01.en" / "quarterly-2023-07-01.en.html").read_text(
        encoding="utf-8"
    )
    assert "A forecast needs 10 lifetimes with event; there is 1." in page
    assert not list((tmp_path / "out" / "small").glob("*.csv"))
