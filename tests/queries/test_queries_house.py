"""The house of queries: who may read whom, and that what stands beside the SQL says what the SQL does."""

import re
import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path

import duckdb
import pytest
from drawn import drawn_book

from analysis.cohort.build import FOLDERS
from analysis.cohort.queries import ASKED, MONEY
from analysis.declared.contract import as_known_sql, read_contract
from analysis.declared.declaration import read_declaration, source_kinds
from analysis.declared.factors import FOLDER as COVARIATES
from analysis.declared.factors import alternatives, read_covariates, read_families
from analysis.declared.needs import read_word
from analysis.engine.parsed import tables_read
from analysis.engine.query import read_queries
from analysis.engine.select_scope import refuse_beyond
from analysis.ingest.rules.apply import declared_rules

ROOT = Path(str(files("queries")))
BUILT = [query for folder in FOLDERS for query in read_queries(folder)]
CHECKS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "checks").glob("*.sql"))}
RULES = tomllib.loads((ROOT / "checks" / "rules.toml").read_text(encoding="utf-8"))
KEYS = {"lifetime_id", "risk_date"}


def named(query):
    return f"{query.folder}/{query.name}"


class TestReading:
    @pytest.mark.parametrize("query", BUILT, ids=named)
    def test_a_query_reads_the_contract_and_what_was_made_before_it(self, query):
        before = {other.name for other in BUILT[: BUILT.index(query)]}
        assert query.reads <= set(read_contract()) | before

    @pytest.mark.parametrize("query", [*read_queries(ASKED), *read_queries(MONEY)], ids=named)
    def test_a_question_reads_the_contract_what_was_made_or_facts_that_it_is_given(self, query):
        assert query.reads <= set(read_contract()) | {other.name for other in BUILT} | {"facts", "rule_findings"}

    @pytest.mark.parametrize("name", CHECKS)
    def test_a_rule_reads_the_table_that_it_judges_and_others_of_the_contract_only(self, name):
        assert RULES[name]["table"] in tables_read(CHECKS[name]) <= set(read_contract())

    @pytest.mark.parametrize("kind", source_kinds())
    def test_a_source_maps_the_raw_tables_that_it_declares_to_tables_of_the_contract(self, kind):
        queries = read_queries(f"1_sources/{kind}")
        assert {query.name for query in queries} <= set(read_contract())
        read = {name for query in queries for name in tables_read(query.sql)}
        assert read == {f"raw.{name}" for name in read_declaration(kind).files}

    def test_every_table_of_the_contract_is_read(self):
        """What nothing reads is not asked for."""
        read = {name for query in (*BUILT, *read_queries(ASKED), *read_queries(MONEY)) for name in query.reads}
        assert set(read_contract()) <= read

    def test_no_two_tables_share_a_name(self):
        names = Counter([*read_contract(), *(query.name for query in BUILT)])
        assert [name for name, count in names.items() if count > 1] == []


class TestHeaders:
    @pytest.mark.parametrize(
        "query",
        [
            *BUILT,
            *read_queries(ASKED),
            *read_queries(MONEY),
            *read_queries("worlds"),
            *read_queries("1_sources/fightchurn"),
        ],
        ids=named,
    )
    def test_the_first_line_says_what_one_row_is(self, query):
        assert re.match(r"-- grain: \S", query.sql)

    @pytest.mark.parametrize("query", [*BUILT, *read_queries(MONEY)], ids=named)
    def test_the_key_in_the_header_is_unique_in_the_table(self, query, small_book):
        header = re.search(r"-- grain:.*?; key: (\w+(?:, \w+)*)", query.sql)
        if header:
            if query.folder == MONEY:
                small_book.con.execute("select 1")  # all that it reads is there
                small_book.run(query)
            columns = {row[0] for row in small_book.con.execute(f"describe {query.name}").fetchall()}
            key = [name for name in header[1].split(", ") if name in columns]
            (doubled,) = small_book.con.execute(
                f"select count(*) - count(distinct ({', '.join(key)},)) from {query.name}"
            ).fetchone()
            assert doubled == 0


@pytest.fixture(scope="module")
def small_book():
    return drawn_book(
        tables={
            "subscriptions": """
                | subscription_id | account_id | started_on | ended_on   | notice_on  | notice_withdrawn_on | seats |
                | s1              | a          | 2023-02-01 | 2024-05-01 | 2024-02-10 | 2024-03-10          | 5     |
                | s1              | a          | 2024-05-01 |            |            |                     | 4     |
                | s2              | a          | 2024-02-01 | 2024-07-01 |            |                     | 3     |
                | s3              | b          | 2024-01-10 | 2024-03-01 |            |                     | 2     |
                | s4              | b          | 2024-03-20 | 2024-06-01 | 2024-05-20 |                     | 2     |
                | s5              | b          | 2024-09-01 |            |            |                     | 2     |
            """,
            "usage_daily": """
                | account_id | used_on    | user_id | feature | events | known_on   |
                | a          | 2024-04-01 | u1      | x       | 2      |            |
                | a          | 2024-04-01 | u2      | x       | 3      |            |
                | a          | 2024-04-01 | u1      | y       | 1      | 2024-04-20 |
                | b          | 2024-04-01 | u3      | x       | 1      |            |
            """,
            "user_activity": """
                | account_id | user_id | period_start | period_days | events | known_on   |
                | a          | u1      | 2024-04-01   | 7           | 2      |            |
                | a          | u2      | 2024-04-01   | 7           | 3      | 2024-04-20 |
                | b          | u3      | 2024-04-01   | 7           | 3      |            |
            """,
        }
    )


def is_of_the_contract(name):
    """Tell whether a word names a table, a column, a value that the column may have, or a table with the same column."""
    word = read_word(name)
    if word is None or not word.column:
        return word is not None
    column = next((column for column in read_contract()[word.table].columns if column.name == word.column), None)
    if column is None or (word.other and word.column not in read_contract()[word.other].column_names):
        return False
    return not word.value or not column.values or word.value in column.values


class TestCovariates:
    @pytest.mark.parametrize("table", [query.name for query in read_queries(COVARIATES)])
    def test_a_topic_declares_the_columns_of_its_query_and_no_others(self, table, small_book):
        columns = [row[0] for row in small_book.con.execute(f"describe {table}").fetchall()]
        declared = {covariate.name for covariate in read_covariates() if covariate.table == table}
        undeclared, absent = set(columns) - KEYS - declared, declared - set(columns)
        assert not undeclared, f"Add an entry for {sorted(undeclared)} to queries/5_covariates/{table}.toml."
        assert not absent, (
            f"{table}.toml declares {sorted(absent)}: add the column to queries/5_covariates/{table}.sql."
        )
        assert set(columns) >= KEYS

    def test_every_topic_is_declared_and_belongs_to_a_family(self):
        queries = {query.name for query in read_queries(COVARIATES)}
        assert {path.stem for path in (ROOT / COVARIATES).glob("*.toml")} - {"families", "claims"} == queries
        assert {covariate.family for covariate in read_covariates()} == {family.name for family in read_families()}

    def test_no_two_covariates_share_a_name(self):
        names = Counter(covariate.name for covariate in read_covariates())
        assert [name for name, count in names.items() if count > 1] == []

    def test_what_a_covariate_needs_exists_in_the_contract(self):
        unknown = {
            f"{covariate.table}.toml: {covariate.name} needs {name}"
            for covariate in read_covariates()
            for need in (*covariate.needs, *covariate.better_with)
            for name in alternatives(need)
            if name != "stable_users" and not is_of_the_contract(name)
        }
        assert not unknown, f"Not a table or column of queries/1_sources/contract.toml: {sorted(unknown)}."

    def test_a_covariate_is_a_column_of_each_cohort_that_it_names(self, small_book):
        for cohort in ("counting_process", "landmarks"):
            columns = {row[0] for row in small_book.con.execute(f"describe {cohort}").fetchall()}
            lacking = [c for c in read_covariates() if cohort in c.cohorts and c.name not in columns]
            tables = sorted({covariate.table for covariate in lacking})
            names = [covariate.name for covariate in lacking]
            assert not lacking, f"{cohort} lacks {names}: join {tables} in queries/6_cohorts/covariates.sql."


class TestRules:
    def test_every_rule_has_its_query_and_every_query_its_rule(self):
        assert set(RULES) == set(CHECKS)

    @pytest.mark.parametrize("name", CHECKS)
    def test_a_rules_query_lists_the_offending_rows_by_number(self, name, small_book):
        rule = next(rule for rule in declared_rules() if rule.name == name)
        found = small_book.con.execute(rule.sql, rule.own(small_book.parameters))
        assert [column[0] for column in found.description] == ["row_id"]


class TestContract:
    @pytest.mark.parametrize("table", read_contract().values(), ids=lambda table: table.name)
    def test_what_makes_a_row_or_cell_known_is_in_the_same_table(self, table):
        """The select of the table as known runs on a table that has the contract's columns and nothing else."""
        con = duckdb.connect()
        con.execute(f"create table {table.name} ({', '.join(f'{c.name} {c.sql_type}' for c in table.columns)})")
        found = con.execute(as_known_sql(table), {"as_of": "2024-01-01"})
        assert [column[0] for column in found.description] == list(table.column_names)

    @pytest.mark.parametrize("table", read_contract().values(), ids=lambda table: table.name)
    def test_keys_and_references_exist(self, table):
        assert set(table.key) <= set(table.column_names)
        for column in table.columns:
            if column.references:
                target, _, key = column.references.partition(".")
                assert key in read_contract()[target].key
            others = (column.owner, column.at_most, column.only_with, *column.not_before, *column.seldom_before)
            assert {other for other in others if other} <= set(table.column_names)

    def test_accounts_and_subscriptions_are_all_that_is_required(self):
        assert {table.name for table in read_contract().values() if table.required} == {"accounts", "subscriptions"}

    @pytest.mark.parametrize("table", read_contract().values(), ids=lambda table: table.name)
    def test_a_day_after_which_something_ends_resolves_or_leaves_makes_itself_known(self, table):
        """A date that can be filled in after its row was written must name what makes it known."""
        later = {"ended_on", "resolved_on", "reopened_on", "escalated_on", "deactivated_on", "achieved_on", "notice_on"}
        silent = [column.name for column in table.columns if column.name in later and column.known is None]
        assert silent == []


class TestTemplates:
    """What is copied into folders of users, for whom each file must stand on its own."""

    TEMPLATES = ("hubspot", "salesforce_zendesk", "stripe")

    @pytest.mark.parametrize(
        "query", [query for kind in TEMPLATES for query in read_queries(f"1_sources/{kind}")], ids=named
    )
    def test_the_head_says_what_is_made_and_what_to_decide(self, query):
        lines = query.sql.splitlines()
        assert re.match(r"-- grain: \S", lines[0])
        assert re.match(r"-- makes:  \S", lines[1])
        assert any(re.match(r"-- decide: \S", line) for line in lines)

    def test_the_log_of_a_product_is_read_alike_in_all_of_them(self):
        """But for the companies that were merged, which HubSpot tells of: their events come first under one id."""
        texts = [(ROOT / "1_sources" / kind / "usage_daily.sql").read_text(encoding="utf-8") for kind in self.TEMPLATES]
        assert len({text[text.index("select\n    account_id,") :].replace("raw.", "") for text in texts}) == 1

    @pytest.mark.parametrize("kind", TEMPLATES)
    def test_reads_no_more_than_a_source_of_a_users_own_may(self, kind):
        declaration = read_declaration(kind)
        for query in declaration.queries:
            refuse_beyond(query, [f"raw.{name}" for name in declaration.files])

    @pytest.mark.parametrize("kind", TEMPLATES)
    def test_every_column_that_is_needed_is_declared_and_every_declared_one_is_read(self, kind):
        declaration = read_declaration(kind)
        for table, needed in declaration.needed.items():
            assert set(needed) <= set(declaration.columns[table])
        unread = [
            f"{table}.{column}"
            for table, columns in declaration.columns.items()
            for column in columns
            if column not in declaration.keys.get(table, ()) and not declaration.reads(column, table)
        ]
        assert unread == []
