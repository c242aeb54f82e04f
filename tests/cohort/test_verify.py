"""A cohort is held to the source's own files: an honest one passes, and any cell that was changed is named."""

import shutil
from pathlib import Path

import duckdb
import pytest
from small_source import USAGE, write_small_source

from analysis.cohort.build import Build, build_cohort
from analysis.cohort.verify import Verification, verify_build
from analysis.declared.study import Study, read_study
from analysis.errors import BuildError
from analysis.progress import quiet
from reports.cli.commands import main


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, Build]:
    """A cohort whose log was read in buckets of accounts."""
    folder = tmp_path_factory.mktemp("verified")
    study = read_study(write_small_source(folder)).with_log_on(buckets=2)
    return study, build_cohort(study, folder / "out" / "small", quiet)


def verified(study: Study, build: Build, n_accounts: int = 99) -> Verification:
    return verify_build(study, build, quiet, n_accounts, 1, None)


@pytest.fixture
def copied(built: tuple[Study, Build], tmp_path: Path) -> tuple[Study, Build]:
    study, build = built
    return study, Build(Path(shutil.copy(build.path, tmp_path)), build.hashes, is_new=True)


def test_every_cell_of_every_table_that_tells_accounts_apart_is_compared(built: tuple[Study, Build]) -> None:
    """How many there are is counted in the cohort itself."""
    study, build = built
    found = verified(study, build)
    with duckdb.connect(str(build.path), read_only=True) as con:
        told = con.execute(
            "select table_name, count(*) from duckdb_columns() where database_name = current_database() "
            "group by all having bool_or(column_name in ('account_id', 'lifetime_id')) order by all"
        ).fetchall()
        rows = {name: con.execute(f"select count(*) from {name}").fetchall()[0][0] for name, _ in told}
    assert {one.table: (one.rows, one.cells) for one in found.tables} == {
        name: (rows[name], rows[name] * columns) for name, columns in told
    }
    assert {"usage_daily", "lifetimes", "use_window", "covariates", "landmarks", "known_leavers"} <= rows.keys()
    assert found.counts() == {
        "accounts": 3, "tables": len(told), "rows": sum(rows.values()),
        "cells": sum(rows[name] * columns for name, columns in told),
    }  # fmt: skip


def test_fewer_accounts_are_drawn_if_fewer_are_asked_for(built: tuple[Study, Build]) -> None:
    found = verified(*built, 1)
    rows = {one.table: one.rows for one in found.tables}
    assert (found.accounts, rows["accounts"], rows["groups"]) == (1, 1, 1)
    assert rows["covariates"] > 0


def test_what_was_changed_is_named(copied: tuple[Study, Build]) -> None:
    """A number, a row too few, a cell that was emptied, an account too many: each with its table, key and cells."""
    study, build = copied
    with duckdb.connect(str(build.path)) as con:
        con.execute("update use_window set recent_events = 4 where recent_events = 3 and risk_date = date '2023-02-01'")
        con.execute("delete from usage_daily where account_id = 'a2'")
        con.execute("update landmarks set horizon_days = null where account_id = 'a3' and risk_date = '2023-03-01'")
        con.execute("insert into accounts (account_id) values ('a9')")
    with pytest.raises(BuildError, match=r"The cohort is not what its source says of 4 drawn accounts\.") as error:
        verified(study, build)
    said = str(error.value).split(". ", 1)[1].split(". Remove")[0]
    assert [one.split(", among them ")[1] for one in said.split("; ")] == [
        "account_id a9 (only in the cohort)",
        "account_id a2, used_on 2023-01-12, user_id None, feature search (only as made again)",
        "lifetime_id a1#1, risk_date 2023-02-01 (recent_events 4 in the cohort, 3 as made again)",
        "lifetime_id a3#1, risk_date 2023-03-01 (horizon_days None in the cohort, 92 as made again)",
    ]
    tables = ["accounts: 1 of 4 rows", "usage_daily: 1 of 5 rows", "use_window: 1 of ", "landmarks: 1 of "]
    assert all(table in said for table in tables)


def test_another_source_than_the_cohorts_is_compared_with_nothing(copied: tuple[Study, Build], tmp_path: Path) -> None:
    study, build = copied
    shutil.copytree(study.source.path, tmp_path / "data")
    (tmp_path / "data" / "usage_daily.csv").write_text(USAGE.replace("search,3", "search,4"), encoding="utf-8")
    with pytest.raises(BuildError, match=r"is no longer what the cohort .* was built from"):
        verified(study.with_source(tmp_path / "data"), build)


def test_the_command_says_what_was_compared(built: tuple[Study, Build], capsys: pytest.CaptureFixture[str]) -> None:
    study, build = built
    where = ["--study", str(study.folder / "study.toml"), "--out", str(build.path.parents[1])]
    assert main(["build", "--no-audits", "--verify", "2", *where]) == 0
    said = capsys.readouterr().out
    assert "  use_window: " in said
    assert "by DuckDB alone: the tables of 2 accounts. All " in said
