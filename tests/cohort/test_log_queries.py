"""Log queries on another engine: the same cohort, what is on the way not kept, and nothing left behind by a failure."""

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from another_duckdb import AnotherDuckDB, in_place_of_spark
from cohort_content import rows_and_digests
from samples import SAMPLE
from small_source import STUDY, content_of, write_small_source

from analysis.cohort.build import FOLDERS, build_cohort
from analysis.cohort.long_log.log_queries import is_of_the_log
from analysis.cohort.queries import ASKED, MONEY, queries_of
from analysis.cohort.runners import stretches
from analysis.declared.long_tables import LOGS, ON_THE_WAY
from analysis.declared.study import read_study
from analysis.errors import BuildError
from analysis.progress import quiet
from analysis.workbench import open_study
from reports.cli.commands import main


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[AnotherDuckDB]]:
    """Let the other engine be `AnotherDuckDB`, and list those that were opened."""
    with in_place_of_spark(monkeypatch) as opened:
        yield opened


@pytest.mark.slow
def test_the_cohort_is_the_same(tmp_path: Path, built_sample: Path, elsewhere: list[AnotherDuckDB]) -> None:
    found = build_cohort(read_study(SAMPLE).with_log_on("spark"), tmp_path, quiet)
    (own,) = (built_sample / "crm5").glob("cohort-*.duckdb")
    assert found.path.name == own.name, "another engine makes no other cohort"
    assert rows_and_digests(found.path) == rows_and_digests(own)
    assert set(elsewhere[0].made) == {query.name for query in queries_of(FOLDERS) if is_of_the_log(query)}


def test_no_query_of_the_log_waits_for_one_that_is_not(built_sample: Path) -> None:
    (_, before), (is_taken, of_the_log), (_, after) = stretches(list(queries_of(FOLDERS)), is_of_the_log)
    assert is_taken
    assert len(before) + len(of_the_log) + len(after) == len(list(queries_of(FOLDERS)))
    assert ON_THE_WAY | {"use_window", "user_counts", "feature_counts"} <= {query.name for query in of_the_log}


def test_whoever_reads_a_query_is_told_what_is_not_kept() -> None:
    assert {query.name for query in queries_of(FOLDERS) if "not kept\n" in query.sql} == ON_THE_WAY


def test_what_is_on_the_way_is_read_by_nothing_later_and_not_kept(built_sample: Path) -> None:
    (cohort,) = (built_sample / "crm5").glob("cohort-*.duckdb")
    assert ON_THE_WAY.isdisjoint(rows_and_digests(cohort))
    others = [query for query in queries_of((*FOLDERS, ASKED, MONEY)) if not is_of_the_log(query)]
    assert [query.path for query in others if query.reads & (ON_THE_WAY | LOGS)] == []


def test_a_failure_in_the_middle_leaves_what_was_there(tmp_path: Path, elsewhere: list[AnotherDuckDB]) -> None:
    study = write_small_source(tmp_path, usage_daily=None)
    build_cohort(read_study(study), tmp_path / "out" / "small", quiet)
    before = content_of(tmp_path / "out")
    study = read_study(write_small_source(tmp_path)).with_log_on("spark")
    failing = dataclasses.replace(study.engine, master="local[*]use_window")
    with pytest.raises(BuildError, match="the cluster is gone"):
        build_cohort(dataclasses.replace(study, engine=failing), tmp_path / "out" / "small", quiet)
    assert elsewhere[0].made
    assert content_of(tmp_path / "out") == before


@pytest.mark.slow
def test_the_study_or_the_command_asks_for_it(tmp_path: Path, elsewhere: list[AnotherDuckDB]) -> None:
    path = write_small_source(tmp_path)
    path.write_text(f'{STUDY}\n[engine]\nkind = "spark"\nmaster = "local[*]"\n', encoding="utf-8")
    out = tmp_path / "out"
    open_study(path, out=out / "study", progress=quiet)
    open_study(write_small_source(tmp_path), out=out / "argument", engine="spark", progress=quiet)
    said = ["build", "--study", str(path), "--no-audits"]
    assert main([*said, "--out", str(out / "option"), "--engine", "spark"]) == 0
    assert main([*said, "--out", str(out / "not"), "--engine", "duckdb"]) == 0
    assert len(elsewhere) == 3


def test_without_spark_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    study = read_study(write_small_source(tmp_path)).with_log_on("spark")
    with pytest.raises(
        BuildError, match=r"Spark.*is not installed. Install it: pip install 'tenure-workbench\[spark\]'"
    ):
        build_cohort(study, tmp_path / "out", quiet)
