"""A log that goes by a name in another engine: the same tables as of a file, and what was read is read again later."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from another_duckdb import AnotherDuckDB, Catalogue, in_place_of_spark
from small_source import STUDY, USAGE, write_small_source

from analysis.audits.coverage import match_rates
from analysis.cohort.build import build_cohort
from analysis.cohort.long_log.log_stays import STAYS
from analysis.cohort.source_check import check_source
from analysis.cohort.verify import verify
from analysis.declared.long_tables import ON_THE_WAY
from analysis.declared.study import Study, read_study
from analysis.errors import BuildError, ContractError, SourceError, StudyError
from analysis.progress import quiet
from analysis.workbench import Workbench, open_workbench

MORE = "a2,2023-02-14,quote,5\nzz,2023-03-01,quote,1\n"
"""Later rows of the log, one of them of nobody."""
ENGINE = '\n[engine]\nkind = "spark"\ntables = {{ usage_daily = "{}" }}\n'


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return {}


@pytest.fixture(scope="module")
def elsewhere(catalogue: Catalogue) -> Iterator[list[AnotherDuckDB]]:
    """Let the other engine be `AnotherDuckDB`, and list those that were opened."""
    with pytest.MonkeyPatch.context() as patch, in_place_of_spark(patch, catalogue) as opened:
        yield opened


def written(file: Path, text: str) -> Path:
    """Write a log as a Parquet file."""
    (given := file.with_suffix(".csv")).write_text(text, encoding="utf-8")
    kinds = "{'account_id': 'varchar', 'used_on': 'date', 'feature': 'varchar', 'events': 'bigint'}"
    duckdb.sql(f"from read_csv('{given}', columns = {kinds})").write_parquet(str(file))
    given.unlink()
    return file


def study_of(folder: Path, name: str) -> Study:
    path = write_small_source(folder, usage_daily=None)
    path.write_text(STUDY + ENGINE.format(name), encoding="utf-8")
    return read_study(path)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue, elsewhere: list[AnotherDuckDB]) -> Path:
    """Let two tables be known there: ``plain.usage``, and ``delta.usage``, which keeps its versions."""
    folder = tmp_path_factory.mktemp("catalogue")
    first, second = written(folder / "first.parquet", USAGE), written(folder / "second.parquet", USAGE + MORE)
    catalogue |= {"plain.usage": [first], "delta.usage": [first], "second": [second]}
    return folder


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory, tables: Path) -> Workbench:
    folder = tmp_path_factory.mktemp("named")
    return open_workbench(study_of(folder, "delta.usage"), folder / "out", progress=quiet)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    folder = tmp_path_factory.mktemp("copied")
    return open_workbench(read_study(write_small_source(folder)), folder / "out", progress=quiet)


def test_every_table_but_the_log_is_that_of_a_file(
    named: Workbench, copied: Workbench, elsewhere: list[AnotherDuckDB]
) -> None:
    ours, theirs = (t.query("from built_tables").set_index("table_name")["digest"].to_dict() for t in (named, copied))
    own = {"usage_daily", "quarantine_usage_daily", STAYS}
    assert ours.keys() - own == theirs.keys() - own
    assert [name for name in theirs if name not in own and ours[name] != theirs[name]] == []
    pd.testing.assert_frame_equal(match_rates(named), match_rates(copied))
    asked = "select account_id, used_on, events from usage_daily order by all"
    pd.testing.assert_frame_equal(named.query(asked), copied.query(asked))
    fetched = {name for opened in elsewhere for name in opened.fetched}
    assert "usage_account_day" in fetched
    assert fetched.isdisjoint(ON_THE_WAY), "what is not kept is not fetched"


@pytest.mark.slow
def test_the_rows_of_drawn_accounts_are_fetched_to_verify_it(named: Workbench) -> None:
    assert verify(named, 2).counts()["accounts"] == 2


def test_a_check_says_by_what_name_it_was_read(named: Workbench, tmp_path: Path) -> None:
    (tmp_path / "rows").mkdir()
    checked = check_source(named.study, tmp_path, quiet, rows=tmp_path / "rows")
    assert checked.overview is not None
    assert [(file.name, file.rows) for file in checked.overview.files if file.table == "usage_daily"] == [
        ("delta.usage", 5)
    ]


def test_rows_that_come_later_are_of_a_version_that_is_not_read(
    named: Workbench, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(catalogue, "delta.usage", [*catalogue["delta.usage"], *catalogue["second"]])
    assert named.query("select count(*) as n from usage_daily")["n"].item() == 5
    later = build_cohort(named.study, named.cohort_file.parent.parent / "later", quiet)
    assert later.path.name != named.cohort_file.name


def test_a_table_without_versions_must_be_as_it_was(
    tables: Path, catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenure = open_workbench(study_of(tmp_path, "plain.usage"), tmp_path / "out", progress=quiet)
    monkeypatch.setitem(catalogue, "plain.usage", catalogue["second"])
    with pytest.raises(BuildError, match=r"table plain.usage is no longer what the cohort was built from"):
        tenure.query("select count(*) as n from usage_daily")
    with pytest.raises(BuildError, match=r"no longer what the cohort .* was built from"):
        verify(tenure, 2)


def test_one_that_changes_while_it_is_read_is_refused(
    tables: Path, catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = AnotherDuckDB.take

    def take_and_change(self: AnotherDuckDB, *given: object) -> None:
        take(self, *given)
        monkeypatch.setitem(catalogue, "plain.usage", catalogue["second"])

    monkeypatch.setattr(AnotherDuckDB, "take", take_and_change)
    with pytest.raises(SourceError, match=r"table plain.usage changed while it was read. Nothing was written"):
        build_cohort(study_of(tmp_path, "plain.usage"), tmp_path / "out", quiet)
    assert not list(tmp_path.rglob("*.duckdb"))


def test_columns_that_do_not_hold_what_they_should_are_named(
    tables: Path, catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "text.parquet"
    duckdb.sql("select 'a1' as account_id, '2023-02-01' as used_on, 3 as events").write_parquet(str(file))
    monkeypatch.setitem(catalogue, "plain.usage", [file])
    with pytest.raises(ContractError, match=r"'used_on' \(varchar; it should be dates\)"):
        build_cohort(study_of(tmp_path, "plain.usage"), tmp_path / "out", quiet)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("usage; drop table x", r"engine.tables.usage_daily must be a table's name in Spark"),
        ("main..usage", r"engine.tables.usage_daily must be a table's name in Spark"),
        ("", r"engine.tables.usage_daily must be a table's name in Spark"),
        ("plain.usages", r"Spark could not read plain.usages"),
    ],
)
def test_a_name_that_is_none(tables: Path, tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises((StudyError, BuildError), match=said):
        build_cohort(study_of(tmp_path, name), tmp_path / "out", quiet)


@pytest.mark.parametrize("name", ["main.product.usage_daily", "parquet.`s3a://lake/usage_daily`", "`my lake`.usage"])
def test_names_that_may_be(tmp_path: Path, name: str) -> None:
    assert study_of(tmp_path, name).engine.tables == {"usage_daily": name}


def test_only_logs_may_lie_there(tmp_path: Path) -> None:
    path = write_small_source(tmp_path)
    path.write_text(STUDY + ENGINE.format("x").replace("usage_daily", "accounts"), encoding="utf-8")
    with pytest.raises(StudyError, match=r"engine.tables may name logs of use only: usage_daily, user_activity"):
        read_study(path)


def test_no_other_engine_can_read_it(tables: Path, tmp_path: Path) -> None:
    study = study_of(tmp_path, "plain.usage").with_log_on("duckdb")
    with pytest.raises(StudyError, match=r"usage_daily is plain.usage\): no other engine can read them"):
        build_cohort(study, tmp_path / "out", quiet)


def test_a_source_of_its_own_makes_the_log_itself(tables: Path, tmp_path: Path) -> None:
    study = study_of(tmp_path, "plain.usage")
    study = dataclasses.replace(study, source=dataclasses.replace(study.source, kind="stripe"))
    with pytest.raises(StudyError, match=r"of kind 'stripe', makes that shape by queries of its own"):
        build_cohort(study, tmp_path / "out", quiet)


def test_it_lies_in_one_place_only(tables: Path, tmp_path: Path) -> None:
    study = study_of(tmp_path, "plain.usage")
    write_small_source(tmp_path)
    with pytest.raises(
        SourceError, match=r"usage_daily is plain.usage in another engine, and .* has a file of it, too"
    ):
        build_cohort(study, tmp_path / "out", quiet)
