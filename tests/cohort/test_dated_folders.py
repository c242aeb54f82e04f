"""Folders of days before a log's first are not read, are told of, and no covariate misses them."""

import datetime as dt
import shutil
from pathlib import Path

import duckdb
import pytest
from another_duckdb import in_place_of_spark
from staying_source import USAGE, write_staying_source

from analysis.cohort.source_check import check_source
from analysis.cohort.verify import verify
from analysis.declared.study import Study, read_study
from analysis.errors import ContractError, SourceError
from analysis.ingest.files.dated_folders import last_day
from analysis.progress import quiet
from analysis.workbench import Workbench, open_workbench

BEGINS = dt.date(2022, 5, 10)
MONTH = "strftime(used_on, '%Y-%m')"
YEAR_AND_MONTH = "year(used_on) as year, month(used_on)"


@pytest.mark.parametrize(
    ("folders", "last"),
    [
        ("used_on=2023-01-31", dt.date(2023, 1, 31)),
        ("day=20230131", dt.date(2023, 1, 31)),
        ("DT=2023-01-31", dt.date(2023, 1, 31)),
        ("date=2023%2D01%2D31", dt.date(2023, 1, 31)),
        ("region=eu/month=2023-01", dt.date(2023, 1, 31)),
        ("year=2024/month=02/feature=search", dt.date(2024, 2, 29)),
        ("year=2024/month=2/day=7", dt.date(2024, 2, 7)),
        ("year=2024", dt.date(2024, 12, 31)),
        ("month=02", None),
        ("day=2023-W05", None),
        ("month=202302", None),
        ("year=2024/month=13", None),
        ("year=2023/month=2/day=30", None),
        ("year=0", None),
        ("year=__HIVE_DEFAULT_PARTITION__", None),
        ("created_on=2023-01-31", None),
        ("period_start=2023-01-31", None),
        ("2023-01-31", None),
        ("", None),
    ],
)
def test_the_names_of_folders_say_a_last_day_or_none(folders: str, last: dt.date | None) -> None:
    assert last_day(folders.split("/"), "used_on") == last


def write_dated(folder: Path, partition: str = MONTH, begins: dt.date = BEGINS) -> Path:
    """Write a source whose use lies in dated folders, and whose study says since when it is logged."""
    study = write_staying_source(folder, faults="", activity="")
    shutil.rmtree(folder / "data" / "usage_daily")
    keys = "year, month" if " as year" in partition else "month"
    duckdb.sql(
        f"copy (select *, {partition} as month from ({USAGE})) to '{folder}/data/usage_daily' "
        f"(format parquet, partition_by ({keys}), filename_pattern 'p{{i}}')"
    )
    text = study.read_text(encoding="utf-8")
    study.write_text(f"{text}\n[source.observed_from]\nusage_daily = {begins}\n", encoding="utf-8")
    return study


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """The same log in one file, all of it read."""
    folder = tmp_path_factory.mktemp("whole")
    study = write_dated(folder)
    shutil.rmtree(folder / "data" / "usage_daily")
    duckdb.sql(f"copy ({USAGE}) to '{folder}/data/usage_daily.parquet'")
    return open_workbench(read_study(study), folder / "out", progress=quiet)


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The log in folders by month; a file of the oldest is no Parquet, and would be refused if it were opened."""
    folder = tmp_path_factory.mktemp("dated")
    study = read_study(write_dated(folder))
    next((folder / "data" / "usage_daily" / "month=2021-11").iterdir()).write_bytes(b"not Parquet")
    return study


@pytest.fixture(scope="module", params=["duckdb", pytest.param("spark", marks=pytest.mark.slow)])
def fewer(request: pytest.FixtureRequest, dated: Study, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """What is built of the folders that are read, whatever engine reads them."""
    with pytest.MonkeyPatch.context() as patch, in_place_of_spark(patch):
        out = tmp_path_factory.mktemp(request.param)
        tenure = open_workbench(dated.with_log_on(request.param), out, progress=quiet)
        if request.param == "spark":  # and what is made again of drawn accounts is made of the same folders
            verify(tenure, 5)
        return tenure


def test_no_covariate_and_no_outcome_is_another(whole: Workbench, fewer: Workbench) -> None:
    for table in ("covariates", "landmarks", "counting_process"):
        asked = f"select * from {table} order by all"
        assert fewer.query(asked).equals(whole.query(asked)), table
    assert whole.query("from covariates")["active_seat_share"].notna().sum() > 100


def test_what_was_not_read_is_told(fewer: Workbench) -> None:
    found = fewer.query("select table_name, severity, says from rule_findings where rule = 'table_has_older_folders'")
    says = "6 of 22 files lie in folders of days before the first that the study says the log covers: these were not "
    assert found.to_numpy().tolist() == [["usage_daily", "notice", f"{says}read"]]


def test_folders_by_year_and_month_in_it(tmp_path: Path) -> None:
    study = read_study(write_dated(tmp_path, YEAR_AND_MONTH))
    found = check_source(study, tmp_path, quiet).findings
    (told,) = (str(one.says) for one in found if one.name == "table_has_older_folders")
    assert told.startswith("6 of 22 files lie in folders")


def test_a_log_that_begins_after_all_of_its_folders_is_no_empty_one(tmp_path: Path) -> None:
    study = read_study(write_dated(tmp_path, begins=dt.date(2025, 1, 1)))
    with pytest.raises((ContractError, SourceError), match="all of its files lie in folders of days before the first"):
        open_workbench(study, tmp_path / "out", progress=quiet)
