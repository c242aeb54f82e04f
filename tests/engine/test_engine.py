"""The engine: what a block made is gone behind it, a query gets what it names, and a refusal says why."""

import pandas as pd
import pytest

from analysis.engine.engine import Engine
from analysis.engine.opening import open_engine
from analysis.engine.query import Query
from analysis.errors import BuildError, EngineError


@pytest.fixture
def engine():
    with open_engine(":memory:", threads=1) as opened:
        opened.run("create table numbers as select 1 as n union all select 2")
        yield opened


def test_answers_are_rows_a_frame_a_value_or_a_count(engine: Engine):
    assert engine.rows("select n from numbers where n > $least order by n", {"least": 0}) == [(1,), (2,)]
    assert engine.frame("select n from numbers order by n")["n"].tolist() == [1, 2]
    assert engine.value("select sum(n) from numbers") == 3
    assert engine.count("numbers") == 2
    assert engine.counts(["numbers", "numbers"]) == {"numbers": 2}
    assert engine.counts([]) == {}
    assert engine.columns("(select n, 'x' as name from numbers)") == {"n": "INTEGER", "name": "VARCHAR"}


def test_a_query_is_given_the_parameters_that_it_names_and_no_others(engine: Engine):
    query = Query("large", "folder", "select n, n > 1 as is_large from numbers where n >= $least")
    assert engine.make(query, {"least": 2, "most": 9}, ["n"]) == 1
    assert engine.columns("large") == {"n": "INTEGER"}
    with pytest.raises(
        BuildError, match=r"folder/large\.sql asks for \$least, which the study does not give\. .*: most"
    ):
        engine.ask(query, {"most": 9})


def test_what_is_shown_or_named_for_a_block_is_gone_behind_it(engine: Engine):
    with engine.showing(shown=pd.DataFrame({"x": [5]})), engine.named(doubled="select 2 * n as n from numbers"):
        assert engine.value("select x from shown") == 5
        assert engine.value("select max(n) from doubled") == 4
    for name in ("shown", "doubled"):
        with pytest.raises(EngineError, match=name):
            engine.count(name)


def test_what_is_made_in_a_scratch_schema_or_undone_is_gone_behind_it(engine: Engine):
    with engine.scratch("month"):
        engine.run("create table numbers as select 7 as n")
        engine.run("create view seen as from numbers")
        assert engine.value("select n from numbers") == 7
        assert engine.tables("month") == ["numbers", "seen"]
        assert engine.tables("month", views=False) == ["numbers"]
    with engine.undone():
        engine.run("delete from numbers")
        assert engine.count("numbers") == 0
    assert engine.count("numbers") == 2
    assert engine.tables("month") == []


def test_once_sealed_it_reads_no_file(engine: Engine, tmp_path):
    path = tmp_path / "numbers.parquet"
    engine.write_parquet("select * from numbers", path)
    assert engine.count(f"read_parquet('{path}')") == 2
    engine.seal()
    with pytest.raises(EngineError, match="disabled by configuration"):
        engine.count(f"read_parquet('{path}')")


def test_another_store_is_read_beside_its_own_and_never_written(engine: Engine, tmp_path):
    with open_engine(tmp_path / "other.duckdb") as other:
        other.run("create table words as select 'a' as word")
        other.settle()
    engine.attach(tmp_path / "other.duckdb", "other")
    engine.look_in("memory.main", "other.main")
    assert engine.count("words") == engine.count("other.main.words") == 1
    assert engine.count("numbers") == 2
    with pytest.raises(EngineError, match="read-only"):
        engine.run("insert into other.main.words values ('b')")


class TestRefusals:
    def test_say_in_one_line_what_the_engine_said(self, engine: Engine):
        with pytest.raises(EngineError) as refused:
            engine.run("select * from nowhere")
        assert refused.value.first_line.startswith("Catalog Error: Table with name nowhere does not exist")
        assert str(refused.value) == f"The database failed: {refused.value.first_line}."
        assert "\n" not in str(refused.value)
        assert refused.value.advice == refused.value.details

    def test_of_a_query_name_its_file(self, engine: Engine):
        with pytest.raises(BuildError, match=r"folder/wrong\.sql failed: .*nowhere"):
            engine.make(Query("wrong", "folder", "select * from nowhere"), {})

    def test_for_want_of_memory_say_what_to_do(self):
        error = EngineError("Out of Memory Error: no room\nSET threads = 1", is_out_of_memory=True)
        mend = "Give it more memory (--memory-limit), fewer threads (--threads), or a long log in parts (--buckets)."
        assert error.advice == f"Out of Memory Error: no room. {mend}"
