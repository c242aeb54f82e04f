"""A query in the words of another engine: its parameters written out by their types, or left by their names."""

import datetime as dt

import pytest

from analysis.engine.dialects import DIALECTS, NOT_RUN, rendered
from analysis.engine.query import Query, read_query
from analysis.errors import BuildError

pytestmark = pytest.mark.spark
QUERY = Query("q", "folder", "select date_diff('day', a, $day) as days from t where b <= $n and c = $text and $is_so\n")
VALUES = {"day": dt.date(2024, 1, 31), "n": 7, "text": "it's", "is_so": True, "unused": object()}


@pytest.fixture(autouse=True)
def sqlglot():
    return pytest.importorskip("sqlglot", reason="sqlglot is not installed: make spark does it")


def in_one_line(text):
    return " ".join(text.split())


def test_parameters_are_written_out_by_their_types():
    assert in_one_line(rendered(QUERY, "spark", VALUES)) == (
        "SELECT DATEDIFF(DAY, a, CAST('2024-01-31' AS DATE)) AS days FROM t WHERE b <= 7 AND c = 'it\\'s' AND TRUE"
    )


@pytest.mark.parametrize(
    ("dialect", "marked"), [("duckdb", "$n"), ("spark", ":n"), ("snowflake", ":n"), ("bigquery", "@n")]
)
def test_without_values_parameters_keep_their_names(dialect, marked):
    assert f"b <= {marked}" in rendered(QUERY, dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_first_line_says_where_a_text_was_never_run(dialect):
    assert rendered(QUERY, dialect).startswith("-- rendered, not run") == (dialect in NOT_RUN)


def test_a_query_that_sorts_says_where_nothing_stands():
    """DuckDB puts what is missing last, Spark first: in windows that would be another answer."""
    assert "NULLS LAST" in rendered(read_query("2_lifetimes/account_stays"), "spark")


@pytest.mark.parametrize("value", [7.5, None, b"x"])
def test_a_value_of_another_type_is_refused(value):
    with pytest.raises(BuildError, match=r"folder/q\.sql asks for \$n, which is .*: no truth value, whole number"):
        rendered(QUERY, "spark", VALUES | {"n": value})


def test_what_cannot_be_read_is_refused():
    with pytest.raises(BuildError, match=r"folder/q\.sql cannot be written for spark"):
        rendered(Query("q", "folder", "select from where ("), "spark")
