"""What a check finds and does not refuse: told at once, kept with the cohort, shown in the report; nothing vanishes."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
from small_source import ACCOUNTS, STUDY, SUBSCRIPTIONS, USAGE, write_small_source

from analysis.cohort.source_check import SourceCheck, check_source
from analysis.declared.contract import read_contract
from analysis.declared.declaration import read_declaration
from analysis.declared.source import Source
from analysis.engine.engine import Engine
from analysis.engine.quoting import quoted
from analysis.ingest.files.hints import nearest
from analysis.ingest.files.opening import open_raw
from analysis.ingest.files.raw_files import locate_files
from analysis.ingest.rules.contract_rules import contract_rules, every_column
from analysis.ingest.tables.sources import load_tables
from reports.cli import commands
from reports.cli.commands import main

SCHEDULED = SUBSCRIPTIONS.replace("2024-02-01,,12", "2024-02-01,{end},12")


def found(study: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Return the messages of a check that is passed, by rule."""
    return dict(told(study, capsys))


def told(study: Path, capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    """Return rule and message of all that a check finds that is passed; the terminal shows each, once."""
    checks: list[SourceCheck] = []

    def checked(*given: Any, **named: Any) -> SourceCheck:
        checks.append(check_source(*given, **named))
        return checks[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands, "check_source", checked)
        assert main(["check", "--study", str(study)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    messages = [(finding.name, finding.message()) for check in checks for finding in check.findings]
    assert [said.count(" ".join(message.split())) for _, message in messages] == [1] * len(messages)
    return messages


def rewrite(study: Path, name: str, content: bytes) -> Path:
    (study.parent / "data" / name).write_bytes(content)
    return study


def test_nothing_is_found_in_a_good_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert found(write_small_source(tmp_path), capsys) == {}


class TestColumns:
    def test_names_match_whatever_their_case_and_the_spaces_about_them(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        study = write_small_source(tmp_path, subscriptions=SUBSCRIPTIONS.replace("ended_on,", " Ended_On ,"))
        assert found(study, capsys) == {}
        con = loaded(tmp_path / "data", tmp_path)
        assert con.execute("select count(ended_on) from subscriptions").fetchone() == (1,)

    def test_unread_columns_are_listed_with_the_nearest_name_that_is_absent(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        header, *rows = SUBSCRIPTIONS.splitlines()
        header = header.replace("ended_on", "end_date")
        text = "\n".join([f"{header},Account Manager,", *(f"{row},Ann," for row in rows)])
        message = found(write_small_source(tmp_path, subscriptions=text), capsys)["unread_columns"]
        assert "subscriptions: nothing reads these columns" in message
        assert "'end_date' ('ended_on'?), 'Account Manager', 'column 10'." in message

    def test_one_that_stands_twice_in_parquet_is_refused(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Two names that differ in case only: DuckDB renames the second, here to Segment_1."""
        study = write_small_source(tmp_path, accounts=None)
        file = tmp_path / "data" / "accounts.parquet"
        duckdb.sql(f"copy (select 'a1' as account_id, 'web' as segment, 'shop' as segmenu) to '{file}'")
        file.write_bytes(file.read_bytes().replace(b"segmenu", b"Segment"))
        assert main(["check", "--study", str(study)]) == 1
        assert "two of its columns are both called 'Segment'" in " ".join(capsys.readouterr().out.split())

    @pytest.mark.parametrize(
        ("name", "meant"),
        [
            ("end_date", "ended_on"),
            ("StartDate", "started_on"),
            ("notice-date", "notice_on"),
            ("Seats ", "seats"),
            ("billing e-mail", None),
        ],
    )
    def test_the_nearest_name(self, name: str, meant: str | None) -> None:
        assert nearest(name, read_contract()["subscriptions"].column_names, "subscriptions") == meant


NOTHING_NEAR = "No table of the contract that is absent has a name and columns like it."
FOLDER = "Files within folders are not read, but Parquet files of one table: move them into the source's own folder."


class TestFiles:
    def test_unread_ones_are_listed(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        study = write_small_source(tmp_path, usage_daily=None)
        data = tmp_path / "data"
        for name in ("tickets.xlsx", "archive.parquet", "notes.txt", "old.duckdb"):
            rewrite(study, name, b"?")
        rewrite(study, "usage.csv", USAGE.encode())
        for folder in ("contact", "truth"):
            (data / folder).mkdir()
            (data / folder / "1.csv").write_text("a\n", encoding="utf-8")
        assert [message.partition(" (rule")[0] for _, message in told(study, capsys)] == [
            f"{name}: nothing reads this file of the source. {mend}"
            for name, mend in (
                ("archive.parquet", NOTHING_NEAR),
                ("contact", FOLDER),
                ("old.duckdb", "To read a database, name the file itself as source.path."),
                ("tickets.xlsx", "Save each of its sheets as a CSV file that is named after its table."),
                ("usage.csv", "Rename it 'usage_daily.csv' if it is that table."),
            )
        ]

    def test_names_match_whatever_their_case(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        study = write_small_source(tmp_path, usage_daily=None)
        rewrite(study, "Usage_Daily.CSV", USAGE.encode())
        assert found(study, capsys) == {}

    def test_a_new_unread_file_makes_a_new_cohort(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        study, out = write_small_source(tmp_path), tmp_path / "out"
        for _ in range(2):
            assert main(["build", "--no-audits", "--study", str(study), "--out", str(out)]) == 0
            rewrite(study, "usage.csv", b"?")
        assert len(list((out / "small").glob("cohort-*.duckdb"))) == 2

    def test_a_table_without_rows_is_told_from_one_that_is_not_there(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        study = write_small_source(tmp_path, tickets="ticket_id,account_id,opened_on\n")
        assert "tickets: the table is given but has no rows" in found(study, capsys)["table_is_empty"]


class TestEncodings:
    @pytest.mark.parametrize(
        ("text", "encoding"),
        [
            ("東京", "cp932"),
            ("ソフト", "cp932"),
            ("Rémi", "cp1252"),
            ("Müller & Söhne", "cp1252"),
            ("Société “Été” – 5 €", "cp1252"),
        ],
    )
    def test_one_that_is_not_utf8_is_named(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, encoding: str
    ) -> None:
        study = rewrite(write_small_source(tmp_path), "accounts.csv", ACCOUNTS.replace("shop", text).encode(encoding))
        message = found(study, capsys)["file_is_not_utf8"]
        assert f"accounts: the file accounts.csv is not UTF-8 and was read as {encoding}" in message
        con = loaded(tmp_path / "data", tmp_path)
        assert con.execute("select segment from accounts where account_id = 'a3'").fetchone() == (text,)


class TestRows:
    def test_none_is_taken_for_a_comment(self, tmp_path: Path) -> None:
        """As DuckDB would, of its own accord, with lines that begin with '#'."""
        write_small_source(
            tmp_path,
            accounts="account_id\n#1\n#2\n",
            subscriptions="subscription_id,account_id,started_on\n#1,#1,2023-01-01\n2,#2,2023-01-01\n",
            usage_daily=None,
        )
        con = loaded(tmp_path / "data", tmp_path)
        assert con.execute("select account_id from accounts order by 1").fetchall() == [("#1",), ("#2",)]
        assert con.execute("select count(*) from subscriptions").fetchone() == (2,)


class TestDatabase:
    OWNER = 'owner\'s "name"'
    EVIL = 'x; drop table accounts; --"'

    @pytest.fixture
    def company(self, tmp_path: Path) -> Path:
        """Tables in two schemas, and a view, under names as they come."""
        folder = tmp_path / "csv"
        write_small_source(folder)
        file = tmp_path / "company's.duckdb"
        with duckdb.connect(str(file)) as con:
            crm = quoted('the "crm"')
            con.execute(f"create schema {crm}")
            con.execute(f"create table {crm}.Accounts as from '{folder}/data/accounts.csv'")
            con.execute(f"alter table {crm}.Accounts add column {quoted(self.OWNER)} varchar")
            con.execute(f"create table subscriptions as from '{folder}/data/subscriptions.csv'")
            con.execute("create view subs as from subscriptions")
            con.execute(f"create table {quoted(self.EVIL)} (i integer)")
        return file

    def test_tables_of_any_schema_are_read_and_others_listed(
        self, tmp_path: Path, company: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        study = tmp_path / "study.toml"
        study.write_text(STUDY.replace('path = "data"', 'path = "company\'s.duckdb"'), encoding="utf-8")
        assert main(["check", "--study", str(study)]) == 0
        out = capsys.readouterr().out
        assert "accounts: 3 rows" in out
        assert "subscriptions: 3 rows" in out
        out = " ".join(out.split())
        assert "main.subs: main.subs is a view: a source is read as tables" in out
        assert f"main.{self.EVIL}: nothing reads this table of the source." in out
        assert f"nothing reads these columns of the source: {self.OWNER!r}" in out


class TestScheduledEnds:
    @pytest.mark.parametrize(("end", "is_found"), [("2023-07-01", False), ("2023-07-02", True), ("2024-02-01", False)])
    def test_an_end_after_the_snapshot_needs_a_notice_unless_the_term_just_ends(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], end: str, is_found: bool
    ) -> None:
        """An end on the day of the snapshot is known; one at the end of the term may be what the source always has."""
        study = write_small_source(tmp_path, subscriptions=SCHEDULED.format(end=end))
        assert set(found(study, capsys)) == ({"end_scheduled_without_notice"} if is_found else set())

    def test_the_next_version_of_a_subscription_is_no_end(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        renewed = SCHEDULED.format(end="2023-08-01") + "s3,a3,2023-08-01,2024-08-01,,12,25,450\n"
        assert found(write_small_source(tmp_path, subscriptions=renewed), capsys) == {}


class TestHolidays:
    DAYS = "region,day\namer,2023-05-29\nemea,2023-05-01\n"

    def with_regions(
        self, folder: Path, *regions: str, holidays: str | None = DAYS, constant: str = "['region']"
    ) -> Path:
        rows = [f"a{number},web,{region}\n" for number, region in enumerate(regions, start=1)]
        study = write_small_source(folder, accounts="account_id,segment,region\n" + "".join(rows), holidays=holidays)
        declared = study.read_text(encoding="utf-8").replace(
            "[source]\n", f"[source]\nconstant_attributes = {constant}\n"
        )
        study.write_text(declared, encoding="utf-8")
        return study

    def test_a_region_that_no_holiday_names_is_found(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """As AMER is not amer; an account of a region with holidays is none of them."""
        messages = found(self.with_regions(tmp_path, "AMER", "emea", "apac"), capsys)
        assert set(messages) == {"region_without_holidays"}
        assert (
            "2 rows, among them account_id=a1; account_id=a3 (66.7% of the table)."
            in messages["region_without_holidays"]
        )
        assert "AMER is not amer" in messages["region_without_holidays"]

    def test_accounts_without_region_beside_holidays_are_found(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        messages = found(self.with_regions(tmp_path, "amer", "", "emea"), capsys)
        assert set(messages) == {"no_region_beside_holidays"}
        assert "1 row, among them account_id=a2 (33.3% of the table)." in messages["no_region_beside_holidays"]

    def test_regions_of_today_that_nothing_dates_are_found_with_what_to_declare(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Of a1 the region is dated, in a word that has no holidays; a3's has none anyway."""
        study = self.with_regions(tmp_path, "amer", "emea", "apac", constant="[]")
        header = "account_id,attribute,value,valid_from\n"
        (tmp_path / "data" / "account_attributes.csv").write_text(f"{header}a1,region,AMER,2023-01-01\n", "utf-8")
        messages = found(study, capsys)
        assert set(messages) == {"region_of_today_beside_holidays", "dated_region_without_holidays"}
        said = messages["region_of_today_beside_holidays"]
        assert "1 row, among them account_id=a2 (33.3% of the table)." in said
        assert "constant_attributes = ['region']" in said

    @pytest.mark.parametrize("holidays", [DAYS, None], ids=["alike", "no holidays"])
    def test_nothing_is_found_where_all_match_or_nothing_could(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], holidays: str | None
    ) -> None:
        regions = ("amer", "emea", "emea") if holidays else ("amer", "", "apac")
        assert found(self.with_regions(tmp_path, *regions, holidays=holidays), capsys) == {}


class TestDaysOfKnowledge:
    TICKETS = "ticket_id,account_id,opened_on,known_on\nt1,a1,2023-03-01,{}\nt2,a1,2023-03-01,\n"
    CONTACTS = (
        "contact_id,account_id,role,started_on,ended_on,ended_known_on\nc1,a1,champion,2023-01-01,2023-03-01,{}\n"
    )

    @pytest.mark.parametrize(("day", "is_found"), [("2023-02-28", True), ("2023-03-01", False), ("2023-03-02", False)])
    @pytest.mark.parametrize(
        ("table", "text", "column"),
        [("tickets", TICKETS, "known_on"), ("contacts", CONTACTS, "ended_known_on")],
        ids=["row", "end"],
    )
    def test_what_is_known_before_it_happened_is_found(
        self,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        table: str,
        text: str,
        column: str,
        day: str,
        is_found: bool,
    ) -> None:
        rule = f"{table}.{column}_is_not_before_its_fact"
        messages = found(write_small_source(tmp_path, **{table: text.format(day)}), capsys)
        assert set(messages) == ({rule} if is_found else set())
        if is_found:
            assert "1 row, among them " in messages[rule]

    def test_every_table_that_says_when_it_learned_has_its_rule(self) -> None:
        contract = read_contract()
        learned = {
            f"{table.name}.{name}" for table in contract.values() for name in table.column_names if "known_on" in name
        }
        ending = "_is_not_before_its_fact"
        names = {rule.name for rule in contract_rules(contract, every_column(contract))}
        assert {name.removesuffix(ending) for name in names if name.endswith(ending)} == learned

    def test_what_was_not_yet_known_at_the_snapshot_is_said_to_be_left_out(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        study = write_small_source(tmp_path, tickets=self.TICKETS.format("2023-07-01"))
        assert main(["check", "--study", str(study)]) == 0
        said = capsys.readouterr().out
        assert "Not used, as it was not yet known at the snapshot:\n  - tickets: 1 row\n" in said


@pytest.mark.slow
def test_findings_are_kept_with_the_cohort_and_shown_in_the_report(tmp_path: Path) -> None:
    study = write_small_source(tmp_path)
    text = "account_id,segment,<b>x</b>\n" + "".join(f"{row},1\n" for row in ACCOUNTS.splitlines()[1:])
    rewrite(study, "accounts.csv", text.encode())
    report = ["report", "quarterly", "--study", str(study), "--out", str(tmp_path / "out")]
    assert main(report) == main([*report, "--language", "ja"]) == 0
    folder = tmp_path / "out" / "small"
    with duckdb.connect(str(next(folder.glob("cohort-*.duckdb"))), read_only=True) as con:
        rows = con.execute("from rule_findings").fetchall()
    says = "nothing reads these columns of the source: '<b>x</b>'"
    code, values = "ingest.unread_columns.says", '{"columns": ["\'<b>x</b>\'"]}'
    assert rows == [("unread_columns", "accounts", "notice", None, says, code, values)]
    page = (folder / "quarterly-2023-07-01.en" / "quarterly-2023-07-01.en.html").read_text(encoding="utf-8")
    assert "nothing reads these columns of the source: &#39;&lt;b&gt;x&lt;/b&gt;&#39;" in page
    page = (folder / "quarterly-2023-07-01.ja" / "quarterly-2023-07-01.ja.html").read_text(encoding="utf-8")
    assert "元データの次の列は読み込まれない： &#39;&lt;b&gt;x&lt;/b&gt;&#39;" in page


def loaded(path: Path, scratch: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    engine = Engine(con)
    open_raw(engine, locate_files(read_declaration("contract"), path, read_contract()), scratch)
    load_tables(engine, Source("contract", path), read_contract(), lambda message: None)
    return con
