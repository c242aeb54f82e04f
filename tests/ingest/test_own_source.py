"""A source of the study's own: a folder beside it, held to its raw files, hashed, and told of by file and line."""

from pathlib import Path

import duckdb
import pytest
from small_source import ACCOUNTS, STUDY, SUBSCRIPTIONS

from analysis.cohort.build import build_cohort
from analysis.cohort.fingerprint import fingerprint
from analysis.cohort.source_check import check_source
from analysis.declared.contract import read_contract
from analysis.declared.declaration import read_declaration
from analysis.declared.study import Study, read_study
from analysis.engine.opening import open_engine
from analysis.errors import SourceError
from analysis.ingest.files.contents import contents_of
from analysis.ingest.files.opening import open_raw
from analysis.ingest.files.raw_files import locate_files
from analysis.ingest.tables.raw_columns import give_types
from analysis.ingest.tables.sources import load_tables
from analysis.progress import quiet

TOML = """description = "ours"
optional = ["touch"]
[files]
customer = "customers.csv"
deal = "deals.csv"
touch = "touches.csv"
[columns.deal]
started_on = "date"
[columns.touch]
id = "text"
account_id = "text"
"""
QUERIES = {
    "accounts": "select account_id, segment as Segment\nfrom raw.customer\n",
    "subscriptions": "select *\nfrom raw.deal\n",
    "tickets": "select id as ticket_id, account_id, date '2023-02-01' as opened_on\nfrom raw.touch\n",
}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study with a source of its own, good as it stands."""
    (tmp_path / "data").mkdir()
    (tmp_path / "ours").mkdir()
    (tmp_path / "data" / "customers.csv").write_text(ACCOUNTS, encoding="utf-8")
    (tmp_path / "data" / "deals.csv").write_text(SUBSCRIPTIONS, encoding="utf-8")
    (tmp_path / "ours" / "source.toml").write_text(TOML, encoding="utf-8")
    for name, sql in QUERIES.items():
        (tmp_path / "ours" / f"{name}.sql").write_text(sql, encoding="utf-8")
    text = STUDY.replace('"contract"', '"ours"').replace("[source]", 'sources = ["./ours"]\n[source]', 1)
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    return tmp_path / "study.toml"


def cohort_of(path: Path) -> str:
    study = read_study(path)
    declaration = read_declaration(study.source.kind, study.sources)
    return fingerprint(study, contents_of(declaration, study.source.path))["cohort"]


def rewrite(study: Path, name: str, text: str) -> Study:
    (study.parent / "ours" / name).write_text(text, encoding="utf-8")
    return read_study(study)


def errors(path: Path) -> str:
    """Return what is said of errors when the tables are loaded."""
    study, scratch = read_study(path), path.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    declaration = read_declaration(study.source.kind, study.sources)
    located = locate_files(declaration, study.source.path, read_contract())
    with open_engine(":memory:", 1) as engine:
        opened = open_raw(engine, located, scratch)
        give_types(engine, declaration, located, opened, study.source.date_format)
        loaded = load_tables(engine, study.source, read_contract(), quiet, opened, declaration.queries)
    found = (*opened.findings, *loaded.findings)
    return "\n".join(one.message() for one in found if one.severity == "error")


def refusal(study: Study) -> str:
    with pytest.raises(SourceError) as refused:
        read_declaration(study.source.kind, study.sources)
    return str(refused.value)


@pytest.mark.parametrize("beside", ["", "inner join raw.customer using (account_id)\n"])
def test_builds_from_the_folder_without_what_a_missing_optional_file_would_give(study: Path, beside: str) -> None:
    """Names of columns match whatever their case; a file that is there gives no table for one that is not."""
    said: list[str] = []
    rewrite(study, "tickets.sql", QUERIES["tickets"] + beside)
    build = build_cohort(read_study(study), study.parent / "out", said.append, 1)
    assert "  accounts: 3 rows" in said
    assert any("touches.csv: the file is not there: it is read as empty" in line for line in said)
    with duckdb.connect(str(build.path), read_only=True) as con:
        names = {name for (name,) in con.execute("from given_names").fetchall()}
    assert "accounts.segment" in names
    assert "tickets" not in names


@pytest.mark.parametrize("name", ["accounts.sql", "source.toml"])
def test_the_folder_is_part_of_the_hash_but_not_where_it_lies(study: Path, name: str, tmp_path: Path) -> None:
    before = cohort_of(study)
    moved = tmp_path / "moved"
    moved.mkdir()
    for entry in ("data", "ours", "study.toml"):
        (tmp_path / entry).rename(moved / entry)
    assert cohort_of(moved / "study.toml") == before
    path = moved / "ours" / name
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert cohort_of(moved / "study.toml") != before


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("select content\nfrom read_text('/etc/hostname')", r"accounts.sql, line 2: it reads read_text()"),
        ("select *\nfrom raw.customer\nwhere 1 = (select count(*) from 'x.csv')", "line 3: it reads x.csv"),
        ("select * from raw.customer, accounts", "it reads accounts"),
        ("select * from raw.customer, system.information_schema.tables", "it reads system.information_schema.tables"),
        ("select * from raw.deal as d, (describe raw.customer) as t", "it reads what the engine says of a table"),
        ("select account_id\nfrom raw.customer\nwher 1 = 1", "accounts.sql, line 3: this cannot be read as SQL"),
        ("copy (select 1) to 'x'", "Only SELECT statements"),
        ("select 1; select 2", "must hold one select, but holds 2"),
    ],
)
def test_reads_the_raw_files_alone_and_is_one_select(study: Path, sql: str, says: str) -> None:
    assert says in refusal(rewrite(study, "accounts.sql", sql))


def test_values_made_by_the_query_itself_are_no_reading(study: Path) -> None:
    own = "with own as (select * from raw.customer), many as (select unnest([1]) as n) "
    sql = f"{own} select own.* from own, many, range(1)"
    read_declaration("ours", rewrite(study, "accounts.sql", sql).sources)


def test_an_error_of_sql_names_file_line_and_what_to_do(study: Path) -> None:
    rewrite(study, "accounts.sql", "select\n    account_id,\n    nmae as name\nfrom raw.customer")
    said = errors(study)
    assert "the query ours/accounts.sql fails in line 3: Binder Error" in said
    assert "nmae" in said
    assert "Correct it there" in said


def test_a_value_that_a_query_cannot_convert_names_its_file(study: Path) -> None:
    rewrite(study, "accounts.sql", "select account_id, cast(segment as integer) as employees from raw.customer")
    assert "the query ours/accounts.sql fails" in errors(study)


def test_thousands_are_read_as_the_message_says(study: Path) -> None:
    """What it says of a column declared as a number is done, step by step, until nothing stands in the way."""
    deals = study.parent / "data" / "deals.csv"
    deals.write_text(SUBSCRIPTIONS.replace(",10,200", ',10,"1,200.50"'), encoding="utf-8")
    toml = TOML.replace("[columns.deal]\n", '[columns.deal]\nmrr = "number"\n')
    rewrite(study, "source.toml", toml)
    sql = "cast(replace(\"mrr\", ',', '') as decimal(18, 6))"
    told = f"declare 'mrr' as text under [columns.deal] in source.toml, and write where the SQL reads it: {sql}"
    assert f"If '1,200.50' is 1200.5: {told}" in errors(study)
    rewrite(study, "source.toml", toml.replace('mrr = "number"', 'mrr = "text"'))
    in_sql = "cast(replace(mrr, ',', '') as decimal(18, 6)) as mrr"
    assert f"If '1,200.50' is 1200.5: write in subscriptions.sql: {in_sql}" in errors(study)
    rewrite(study, "subscriptions.sql", f"select * exclude (mrr), {in_sql}\nfrom raw.deal\n")
    assert errors(study) == ""


def test_a_query_without_a_required_column_is_told_what_it_has(study: Path) -> None:
    rewrite(study, "accounts.sql", "select account_id as id from raw.customer")
    assert "lacks its required column 'account_id'. It has: id" in errors(study)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("source.toml", TOML + "[colums]\n", "unknown key 'colums'. The nearest known key is 'columns'"),
        ("source.toml", TOML + '[columns.customer]\nsegment = "txt"\n', "must be one of text, integer"),
        ("source.toml", TOML + '[needed]\ncustomers = ["id"]\n', "needed names 'customers', but [files] has no such"),
        ("source.toml", 'description = ""\n', "[files] names no file"),
        ("ticket.sql", QUERIES["tickets"], "ticket.sql makes no table of the contract"),
    ],
)
def test_a_folder_that_is_not_as_it_must_be_is_refused(study: Path, name: str, text: str, says: str) -> None:
    assert says in refusal(rewrite(study, name, text))


def test_a_kind_that_no_folder_has_is_told_how_to_name_one(study: Path) -> None:
    study.write_text(study.read_text(encoding="utf-8").replace('sources = ["./ours"]', ""), encoding="utf-8")
    assert 'write sources = ["./ours"] in it' in refusal(read_study(study))


@pytest.mark.parametrize(("raw", "column"), [("customer", "account_id"), ("deal", "started_on")])
def test_a_needed_column_that_is_not_there_is_the_one_error_told(
    study: Path, raw: str, column: str, tmp_path: Path
) -> None:
    """What is made of the file would be nothing, and nothing follows from that."""
    rewrite(study, "source.toml", f'{TOML}[columns.customer]\naccount_id = "text"\n[needed]\n{raw} = ["{column}"]\n')
    file = study.parent / "data" / f"{raw}s.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(column, "other", 1), encoding="utf-8")
    (tmp_path / "check").mkdir()
    checked = check_source(read_study(study), tmp_path / "check", quiet)
    (error,) = [found for found in checked.findings if found.severity != "notice"]
    assert (error.name, error.table) == ("raw_columns_are_missing", file.name)
    assert not [found for found in checked.findings if found.name.endswith("without_subscription")]
