"""A built store that stays open: its engines are nothing to each other, and one that is sealed reads nothing else."""

from pathlib import Path

import pytest

from analysis.engine.opening import Standing, open_engine
from analysis.errors import EngineError


@pytest.fixture
def built(tmp_path: Path) -> Path:
    with open_engine(tmp_path / "built.duckdb") as engine:
        engine.run("create table facts as select 7 as number, timestamptz '2024-03-01 23:30:00+00' as moment")
    (tmp_path / "other.csv").write_text("number\n8\n")
    return tmp_path / "built.duckdb"


def test_what_one_engine_names_another_does_not_see(built: Path) -> None:
    standing = Standing(built)
    with standing.engine() as one, standing.engine() as other, one.named(doubled="select 2 * number as n from facts"):
        assert one.value("select n from doubled") == 14
        with pytest.raises(EngineError, match="doubled does not exist"):
            other.rows("select n from doubled")


def test_the_store_stays_open_when_an_engine_is_closed(built: Path) -> None:
    standing = Standing(built, threads=1)
    with standing.engine() as one:
        assert one.count("facts") == 1
    with standing.engine() as later:
        assert later.value("select cast(moment as date)::varchar from facts") == "2024-03-01"  # of UTC, as in the first


def test_nothing_can_be_written(built: Path) -> None:
    with Standing(built).engine() as engine, pytest.raises(EngineError, match="read-only"):
        engine.run("create table more as select 1 as number")


def test_a_sealed_one_reads_no_other_file_and_others_do(built: Path) -> None:
    asked = f"select number from read_csv('{built.parent / 'other.csv'}')"
    with Standing(built).engine() as engine:
        assert engine.value(asked) == 8
    sealed = Standing(built, is_sealed=True)
    for _ in range(2):
        with sealed.engine() as engine:
            assert engine.value("select number from facts") == 7
            with pytest.raises(EngineError, match="disabled"):
                engine.rows(asked)
