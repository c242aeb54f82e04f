"""A database is read as tables: nothing in it is run, whatever it may have been made to do."""

from pathlib import Path

import duckdb
import pytest
from read_source import reading
from small_source import STUDY, content_of, write_small_source

from analysis.declared.study import read_study
from analysis.errors import SourceError, StudyError
from reports.cli.commands import main

SECRET = "what the file says"


@pytest.fixture
def company(tmp_path: Path) -> Path:
    write_small_source(tmp_path)
    (tmp_path / "secret.txt").write_text(SECRET, encoding="utf-8")
    file = tmp_path / "company.duckdb"
    for name in ("accounts", "subscriptions"):
        run(file, f"create table {name} as from '{tmp_path}/data/{name}.csv'")
    return file


def run(file: Path, sql: str) -> None:
    with duckdb.connect(str(file)) as con:
        con.execute(sql)


def study_of(company: Path) -> Path:
    study = company.with_name("study.toml")
    study.write_text(STUDY.replace('"data"', '"company.duckdb"'), encoding="utf-8")
    return study


def without_line_breaks(text: str) -> str:
    return " ".join(text.split())


def test_a_view_over_a_file_of_the_machine_is_not_run(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(company, "alter table accounts rename to kept")
    run(
        company,
        "create view accounts as select kept.account_id, files.content as segment "
        f"from kept, read_text('{company.parent}/secret.txt') as files",
    )
    out = company.parent / "out"
    for command in (["check"], ["check", "--page"], ["build"]):
        assert main([*command, "--study", str(study_of(company)), "--out", str(out)]) == 1
        said = capsys.readouterr()
        told = without_line_breaks(said.out + said.err)
        assert "accounts: main.accounts is a view: a source is read as tables" in told
        assert SECRET not in told
    assert not any(SECRET.encode() in content for content in content_of(out).values())


def test_what_is_to_be_done_about_a_view_works(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(company, "alter table accounts rename to kept; create view accounts as from kept")
    assert main(["check", "--study", str(study_of(company))]) == 1
    told = without_line_breaks(capsys.readouterr().out)
    run(company, told.partition("make a table of it: ")[2].partition(" (rule ")[0])
    assert main(["check", "--study", str(study_of(company))]) == 0


@pytest.mark.parametrize(
    "view",
    [
        "from read_text('/etc/hostname')",
        "from glob('/etc/*')",
        "select nextval('numbers') as n",
        "select current_setting('home_directory') as home",
    ],
)
def test_a_view_that_nobody_needs_is_a_notice_and_runs_nothing(company: Path, view: str) -> None:
    run(company, f"create sequence numbers; create view churn_events as {view}")
    with reading(company) as read:
        (finding,) = [finding for finding in read.findings if finding.name == "view_is_not_read"]
        assert (finding.table, finding.severity) == ("main.churn_events", "notice")
        assert read.rows("select count(*) from accounts") == [(3,)]


def test_a_column_that_is_computed_when_it_is_read_is_left_out(company: Path) -> None:
    run(company, "create table accounts_2 (account_id varchar, region varchar generated always as (now()::varchar))")
    run(company, "insert into accounts_2 select account_id from accounts; drop table accounts")
    run(company, "alter table accounts_2 rename to accounts")
    with reading(company) as read:
        (finding,) = [finding for finding in read.findings if finding.name == "computed_columns"]
        assert "region" in finding.message()
        assert read.rows("select distinct region from accounts") == [(None,)]


def test_macros_and_orders_of_letters_of_the_database_are_not_ours(company: Path) -> None:
    """Ids that differ in case are two accounts, as they are in any other kind of source."""
    run(company, "create macro lower(x) as 'shadowed'; create macro trim(x) as 'shadowed'")
    run(company, "drop table accounts; create table accounts (account_id varchar collate nocase, segment varchar)")
    run(company, "insert into accounts values ('a1', 'web'), ('A1', 'web'), ('a2', 'web'), ('a3', 'shop')")
    with reading(company) as read:
        assert read.rows("select count(distinct account_id), count(*) from accounts where account_id <> 'A1'") == [
            (3, 3)
        ]
        assert read.rows("select min(segment), lower('Ab') from accounts") == [("shop", "ab")]


def test_a_source_is_never_written_to(company: Path) -> None:
    before = company.read_bytes()
    with reading(company) as read, pytest.raises(duckdb.Error):
        read.engine._con.execute("insert into given.main.accounts values ('a4', 'web')")
    assert company.read_bytes() == before


@pytest.mark.parametrize("path", ["https://example.com/data", "s3://bucket/data", "HTTP://x/y.duckdb"])
def test_an_address_is_no_source(tmp_path: Path, path: str) -> None:
    study = write_small_source(tmp_path)
    with pytest.raises(StudyError, match="must be a folder or file on this machine"):
        read_study(study).with_source(Path(path))
    study.write_text(STUDY.replace('"data"', f'"{path}"'), encoding="utf-8")
    with pytest.raises(StudyError, match="Fetch it first"):
        read_study(study)


def test_a_database_of_another_kind_is_refused_without_an_extension(tmp_path: Path) -> None:
    (tmp_path / "company.db").write_bytes(b"SQLite format 3\0" + bytes(4096))
    with pytest.raises(SourceError, match=r"company\.db cannot be read"), reading(tmp_path / "company.db"):
        pass
