"""Every query from lifetimes to money makes the same table on Spark as on DuckDB, cell by cell, in two worlds."""

import csv
import dataclasses
import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from drawn import Book, with_breaks
from look_ahead import LoadedSource, loaded_sample
from on_spark import Agreement, agreements
from random_source import BEGINS, ENDS, write_random_source
from samples import SAMPLE

from analysis.cohort.build import FOLDERS
from analysis.cohort.queries import MONEY, queries_of
from analysis.declared.parameters import given_parameters, log_parameters
from analysis.declared.source import Source
from analysis.declared.study import Study, read_study
from analysis.declared.study_parts import Time, Windows
from analysis.wording.columns import in_columns

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("default")]  # of Spark's own many
QUERIES = [query.path for query in queries_of((*FOLDERS, MONEY))]
HEADER = ("world", "query", "rows", "cells", "largest_difference")
BROKEN = {"usage_daily": (dt.date(2023, 9, 10), dt.date(2023, 10, 20)), "users": (dt.date(2024, 3, 1), ENDS)}
OTHER_TIME = {"event_date": "end", "horizon_months": 2, "allowed_gap_days": 20, "landmark_every_months": 3}


def late_deliveries(folder: Path) -> Book:
    """A random source of forty accounts, much of which reaches its logs late, and whose logs break off."""
    write_random_source(folder / "source.duckdb", seed=11)
    source = Source("contract", Path(), constant_attributes=("region",))
    study = Study("random", source, Time(observation_start=BEGINS, snapshot=ENDS))
    logs = log_parameters({}) | with_breaks(BROKEN) | given_parameters({"touchpoints.response_hours"})
    return LoadedSource(folder / "source.duckdb", study.query_parameters() | logs).as_known(ENDS)


def user_activity(folder: Path) -> Book:
    """The sample, by other settings: real prices, and users by the week."""
    study = read_study(SAMPLE)
    time = dataclasses.replace(study.time, **OTHER_TIME)
    study = dataclasses.replace(study, time=time, windows=Windows(recent_days=14, baseline_days=60))
    return loaded_sample(folder / "source.duckdb", study).as_known(study.time.snapshot)


WORLDS: tuple[Callable[[Path], Book], ...] = (late_deliveries, user_activity)


@pytest.fixture(scope="module", params=WORLDS, ids=lambda world: world.__name__)
def found(request: pytest.FixtureRequest, spark: object, tmp_path_factory: pytest.TempPathFactory) -> list[Agreement]:
    """What both engines make of one world; the table of it is printed, and added to the file of ``SPARK_TABLE``."""
    name = request.param.__name__
    folder = tmp_path_factory.mktemp(name)
    made = agreements(spark, request.param(folder), folder)
    rows = [(name, one.query, one.rows, one.cells, f"{one.largest:.1e}") for one in made]
    print(f"\n{in_columns(list(HEADER), [list(map(str, row)) for row in rows])}")
    if os.environ.get("SPARK_TABLE"):
        is_first = request.param is WORLDS[0]
        with Path(os.environ["SPARK_TABLE"]).open("w" if is_first else "a", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows([HEADER, *rows] if is_first else rows)
    return made


def test_every_cell_is_the_same(found: list[Agreement]) -> None:
    assert {one.query: one.faults for one in found if one.faults} == {}


def test_every_query_was_run_and_most_have_rows(found: list[Agreement]) -> None:
    assert [one.query for one in found] == QUERIES
    assert sum(one.rows > 0 for one in found) >= 40
