"""Queries: what they read is taken from their syntax tree, and puts them into order."""

import pytest

from analysis.engine.parsed import tables_read
from analysis.engine.query import Query, behind, downstream, read_queries
from analysis.errors import BuildError


class TestTablesRead:
    def test_names_tables_but_not_what_the_query_makes_itself(self):
        sql = "with x as (select * from a where d < $day) select * from x left join (select * from raw.b) using (i)"
        assert tables_read(sql) == {"a", "raw.b"}

    def test_sees_a_table_behind_a_name_that_the_query_gives_to_its_own(self):
        assert tables_read("with a as (select * from a) select * from a where d in (select d from c)") == {"a", "c"}

    def test_takes_no_word_of_a_comment_or_a_column_for_a_table(self):
        assert tables_read("-- as usage says\nselect a.usage, 'b' as c from a") == {"a"}

    def test_refuses_what_is_no_select(self):
        with pytest.raises(BuildError, match="no select that can be read"):
            tables_read("drop table a")


CHAIN = (
    Query("days", "", "select 1 as day"),
    Query("used", "", "select * from days inner join log using (day)"),
    Query("sums", "", "select sum(n) from used"),
    Query("other", "", "select * from days"),
)


def test_behind_a_table_stands_all_that_it_needs():
    assert behind(["sums"], CHAIN) == {"days", "used", "sums"}
    assert behind(["other", "log"], CHAIN) == {"days", "other"}


def test_downstream_of_a_table_stands_all_that_needs_it():
    assert downstream(["log"], CHAIN) == {"used", "sums"}
    assert downstream(["days"], CHAIN) == {"used", "sums", "other"}


def test_queries_that_read_each_other_in_a_circle_are_refused(tmp_path, monkeypatch):
    (tmp_path / "circle").mkdir()
    (tmp_path / "circle" / "one.sql").write_text("select * from two")
    (tmp_path / "circle" / "two.sql").write_text("select * from one")
    monkeypatch.setattr("analysis.engine.query.files", lambda package: tmp_path)
    with pytest.raises(BuildError, match="The queries one, two read each other's tables in a circle"):
        read_queries("circle")
