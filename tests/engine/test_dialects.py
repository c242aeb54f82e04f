"""A query for another engine, where what translates is not there."""

import sys

import pytest

from analysis.engine.dialects import rendered
from analysis.engine.query import Query
from analysis.errors import BuildError

QUERY = Query("q", "folder", "select $n as n\n")


def test_without_sqlglot_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    with pytest.raises(BuildError, match=r"needs sqlglot.*pip install 'tenure-workbench\[spark\]'"):
        rendered(QUERY, "spark")


def test_the_text_as_it_is_needs_nothing(monkeypatch):
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    assert rendered(QUERY, "duckdb") == "select $n as n"


def test_a_dialect_that_is_not_known_is_refused():
    with pytest.raises(BuildError, match=r"no dialect 'oracle'\. Known: duckdb, spark, snowflake, bigquery"):
        rendered(QUERY, "oracle")
