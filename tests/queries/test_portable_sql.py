"""The queries from 2_ to 8_ keep to SQL that other engines read alike, and never add up floating-point numbers."""

import duckdb
import pytest
from drawn import drawn_book
from portable_sql import bound, faults, floating_sums, typed_faults, unguarded

from analysis.cohort.build import FOLDERS
from analysis.cohort.queries import MONEY
from analysis.engine.query import read_queries

BUILT = [query for folder in (*FOLDERS, MONEY) for query in read_queries(folder)]
NEVER_ZERO = {
    # use is comparable once two recent windows have passed, and the baseline is at least as long as two
    "champion": {("baseline_from", "risk_date"), ("key_baseline_events", "baseline_from", "risk_date")},
    "relationship": {("answers",)},  # a row of answers holds one or more
    "relationship_touches": {()},  # rows of a group
    "usage": {("recent_days",), ("observed_days",), ("seats", "recent_days")},  # a window that is logged has a day
}
"""Columns of divisors and logarithms, by query, that are more than 0 for another reason than their case says."""
SHORT = {
    "use_window": {"shift by a number that may be 64 or more"},  # weeks of the baseline, 62 at most
    "user_period": {"product of sums, which elsewhere have 64 bits"},  # a user's events of a period, squared
    "usage": {"product of sums, which elsewhere have 64 bits"},  # seats by periods
}
"""What is short enough for another reason than its types (`analysis/declared/ranges.py`, the contract's ranges)."""


def named(query):
    return f"{query.folder}/{query.name}"


@pytest.fixture(scope="module")
def book():
    return drawn_book(tables={"subscriptions": "| subscription_id | account_id | started_on |"})


@pytest.fixture(scope="module")
def typed():
    """Bind a select that reads a table of every type."""
    con = duckdb.connect(config={"threads": 1})
    con.execute("create table t (a integer, b double, d decimal(9, 2), f date, u date)")
    return lambda sql, **parameters: bound(con, sql, parameters)


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
            ("with s as materialized (select a from t) select a from s", "materialized"),
            ("with s as not materialized (select a from t) select a from s", "materialized"),
        ],
    )
    def test_it_names_what_is_not_portable(self, sql, fault):
        assert fault in faults(sql)

    def test_it_lets_days_and_windows_pass(self):
        sql = """
            with s as (select date_diff('day', a, b), sum(c) over (partition by d order by a) from t)
            select * from s union all select 1, 2
        """
        assert faults(sql) == set()

    @pytest.mark.parametrize(
        ("sql", "columns"),
        [
            ("select a / b from t", {("b",)}),
            ("select a % (b * 2) from t", {("b",)}),
            ("select case when c > 0 then a / b end from t", {("b",)}),
            ("select case when b >= 0 then a / b end from t", {("b",)}),
            ("select case when b > 0 or c > 0 then a / b end from t", {("b",)}),
            ("select case when b > 0 then 1 else a / b end from t", {("b",)}),
            ("select case when b > 0 then a / s.b end from t cross join s", {("b",)}),
            ("with s as (select a from t where b > 0) select a / b from s", {("b",)}),
            ("select ln(a) from t", {("a",)}),
            ("select ln((a + b) / 7) from t", {("a", "b")}),
            ("select a / count(*) from t group by a", {()}),
        ],
    )
    def test_it_sees_divisors_and_logarithms_that_may_be_0(self, sql, columns):
        assert unguarded(sql) == columns

    @pytest.mark.parametrize(
        "sql",
        [
            "select a / 7, a / $days, a % nullif(b, 0), ln((a + 1) / greatest($days, 28)) from t",
            "select case when b > 0 and c >= 2 then a / ceil(cast(b as double) * c / 7) end from t",
            "select a / b from t where b > 0 and c is not null",
            "select a / s.b from t left join s on t.k = s.k and s.b > 0",
        ],
    )
    def test_it_sees_what_says_that_they_are_not(self, sql):
        assert unguarded(sql) == set()

    @pytest.mark.parametrize("sum_", ["sum(b)", "avg(cast(a as double))", "sum(b) over (partition by a)"])
    def test_it_sees_sums_of_floating_point_numbers(self, typed, sum_):
        assert floating_sums(typed(f"with x as (select {sum_} as s from t) select * from x"))
        assert not floating_sums(typed("select sum(a), sum(d), cast(sum(a) as double) / $n from t", n=3))

    @pytest.mark.parametrize(
        ("sql", "fault"),
        [
            ("select u - f from t", "date minus date"),
            ("select (f - cast('1900-01-01' as date)) % 7 from t", "date minus date"),
            ("select cast(b as integer) from t", "cast that rounds"),
            ("select f + cast(a / 7 as integer) from t", "cast that rounds"),
            ("select cast(d * 100 as bigint) from t", "cast that rounds"),
            ("select 1 << a from t", "shift by a number that may be 64 or more"),
            ("select cast(1 as bigint) << 64", "shift by a number that may be 64 or more"),
            (
                "with x as (select sum(a) as s from t) select s * s from x",
                "product of sums, which elsewhere have 64 bits",
            ),
        ],
    )
    def test_it_sees_what_is_not_portable_of_these_types(self, typed, sql, fault):
        assert typed_faults(typed(sql)) == {fault}

    def test_it_lets_days_whole_numbers_and_short_shifts_pass(self, typed):
        sql = """
            select u - 7, u + a, date_diff('day', f, u), cast(floor(a / 7) as integer), cast(floor(d * 100) as bigint),
                cast(a as bigint), cast(b as decimal(9, 2)), cast(1 as bigint) << 3, 2 * sum(a) over (partition by f)
            from t
        """
        assert typed_faults(typed(sql)) == set()


@pytest.mark.parametrize("query", BUILT, ids=named)
def test_a_query_keeps_to_the_portable_subset(query):
    assert faults(query.sql) == set()
    assert unguarded(query.sql) == NEVER_ZERO.get(query.name, set())


@pytest.mark.parametrize("query", BUILT, ids=named)
def test_a_query_keeps_to_it_in_its_types_and_adds_up_whole_numbers_and_decimals_only(query, book):
    plan = bound(book.con, query.sql, book.parameters)
    assert typed_faults(plan) == SHORT.get(query.name, set())
    assert floating_sums(plan) == set()
