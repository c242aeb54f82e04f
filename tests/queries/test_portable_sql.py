"""The queries from 2_ to 7_ keep to SQL that other engines read alike, and never add up floating-point numbers."""

import datetime as dt
import json
import re

import duckdb
import pytest
from drawn import drawn_book

from analysis.cohort.build import FOLDERS
from analysis.cohort.queries import MONEY
from analysis.engine.query import read_queries

BUILT = [query for folder in (*FOLDERS, MONEY) for query in read_queries(folder)]
NOT_PORTABLE = {
    *("unnest", "generate_series", "range", "list", "array_agg", "string_agg", "group_concat", "len", "array_length"),
    *("isodow", "dow", "dayofweek", "weekday", "quantile_cont", "quantile_disc", "median", "mode", "getvariable"),
    *("arg_max", "arg_min", "max_by", "min_by", "first", "last", "any_value", "random", "now", "today", "current_date"),
}
"""Functions that other engines lack, or understand in another way, or whose answer depends on the order of rows."""
FLOATING = ("DOUBLE", "FLOAT")


def named(query):
    return f"{query.folder}/{query.name}"


def nodes(tree):
    """Walk every object of a syntax tree or plan."""
    if isinstance(tree, list):
        for part in tree:
            yield from nodes(part)
    elif isinstance(tree, dict):
        yield tree
        for part in tree.values():
            yield from nodes(part)


def faults(sql: str) -> set[str]:
    """Name what in a select is not portable."""
    (text,) = duckdb.connect().execute("select json_serialize_sql(?)", [sql]).fetchone()
    tree = json.loads(text)
    assert not tree["error"], tree
    found = set()
    for node in nodes(tree):
        if node.get("function_name", "") in NOT_PORTABLE:
            found.add(node["function_name"])
        if node.get("function_name") == "date_diff" and '"month"' in json.dumps(node):
            found.add("date_diff in months")
        if node.get("qualify"):
            found.add("qualify")
        if node.get("type") in ("PIVOT", "TABLE_FUNCTION"):
            found.add(node["type"].lower())
        if node.get("ref_type") == "ASOF" or node.get("setop_type", "").endswith("BY_NAME"):
            found.add("asof join or union by name")
        if node.get("type") == "STAR" and node.get("columns"):
            found.add("columns()")
    return found


@pytest.fixture(scope="module")
def book():
    return drawn_book(tables={"subscriptions": "| subscription_id | account_id | started_on |"})


def floating_sums(con, sql: str, parameters) -> set[str]:
    """Name the aggregates of a select that add up or average floating-point numbers, from its bound plan."""
    literal = re.sub(r"\$(\w+)", lambda match: _literal(parameters[match[1]]), sql)
    (text,) = con.execute("select json_serialize_plan(?, optimize := false)", [literal]).fetchone()
    plan = json.loads(text)
    assert not plan["error"], plan
    return {
        node["qname"]["path"][-1]
        for node in nodes(plan)
        if "qname" in node
        and node["qname"]["path"][-1] in ("sum", "avg", "mean")
        and any(argument["id"] in FLOATING for argument in node.get("arguments", []))
    }


def _literal(value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return f"date '{value}'" if isinstance(value, dt.date) else f"'{value}'"


class TestTheLint:
    """The checks below stand on it."""

    @pytest.mark.parametrize(
        ("sql", "fault"),
        [
            ("select unnest([1, 2])", "unnest"),
            ("select * from range(3)", "table_function"),
            ("select median(a) from t", "median"),
            ("select date_diff('month', a, b) from t", "date_diff in months"),
            ("select a from t qualify row_number() over (order by a) = 1", "qualify"),
            ("select * from t asof join s on t.a >= s.a", "asof join or union by name"),
            ("select a from t union by name select b from s", "asof join or union by name"),
            ("select min(columns(*)) from t", "columns()"),
        ],
    )
    def test_it_names_what_is_not_portable(self, sql, fault):
        assert fault in faults(sql)

    def test_it_lets_days_and_windows_pass(self):
        sql = "select date_diff('day', a, b), sum(c) over (partition by d order by a) from t union all select 1, 2"
        assert faults(sql) == set()

    @pytest.mark.parametrize("sum_", ["sum(b)", "avg(cast(a as double))", "sum(b) over (partition by a)"])
    def test_it_sees_sums_of_floating_point_numbers(self, sum_):
        con = duckdb.connect()
        con.execute("create table t (a integer, b double, d decimal(9, 2))")
        assert floating_sums(con, f"with x as (select {sum_} as s from t) select * from x", {})
        assert not floating_sums(con, "select sum(a), sum(d), cast(sum(a) as double) / $n from t", {"n": 3})


@pytest.mark.parametrize("query", BUILT, ids=named)
def test_a_query_keeps_to_the_portable_subset(query):
    assert faults(query.sql) == set()


@pytest.mark.parametrize("query", BUILT, ids=named)
def test_a_query_adds_up_whole_numbers_and_decimals_only(query, book):
    assert floating_sums(book.con, query.sql, book.parameters) == set()
