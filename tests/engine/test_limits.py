"""The limits that a user sets hold for every connection that a command opens, the second cohort's included."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
from small_source import SUBSCRIPTIONS, write_small_source

from analysis.cohort.event_date import counting_process_by_other_date
from analysis.cohort.rebuild import rebuilt
from analysis.engine import parsed
from analysis.workbench import open_study
from reports.cli.commands import main

LIMIT = "300MB"
MOST = 300_000_000

NOTICES = SUBSCRIPTIONS.replace("mrr\n", "mrr,notice_on\n", 1).replace("200\n", "200,2023-03-20\n")
NOTICES = NOTICES.replace("5,100\n", "5,100,\n").replace("25,450\n", "25,450,\n")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, float]]:
    """What each connection may use: where it leads, its threads and its memory in bytes, as DuckDB itself says."""
    found: list[tuple[str, int, float]] = []
    connect = duckdb.connect

    def recorded(*where: Any, **how: Any) -> duckdb.DuckDBPyConnection:
        con = connect(*where, **how)
        threads, memory = con.execute("select current_setting('threads'), current_setting('memory_limit')").fetchone()
        number, unit = memory.split()
        found.append((str(where), threads, float(number) * 1024 ** ("bytes", "KiB", "MiB", "GiB").index(unit)))
        return con

    monkeypatch.setattr(duckdb, "connect", recorded)
    parsed._parser.cache_clear()
    parsed.tables_read.cache_clear()
    return found


def assert_kept(opened: list[tuple[str, int, float]], least: int) -> None:
    assert len(opened) >= least
    assert [entry for entry in opened if entry[1] != 1 or entry[2] > MOST] == []


@pytest.mark.parametrize(
    "command", [["check"], ["covariates", "--page"], pytest.param(["report", "quarterly"], marks=pytest.mark.slow)]
)
def test_every_connection_of_a_command_keeps_to_the_limits(
    tmp_path: Path, opened: list[tuple[str, int, float]], command: list[str]
) -> None:
    study = ["--study", str(write_small_source(tmp_path, subscriptions=NOTICES)), "--out", str(tmp_path / "out")]
    assert main([*command, *study, "--threads", "1", "--memory-limit", LIMIT]) == 0
    assert_kept(opened, 30 if command[0] == "report" else 2)


@pytest.mark.slow
def test_so_does_the_cohort_by_the_other_date_and_whatever_is_made_again(
    tmp_path: Path, opened: list[tuple[str, int, float]]
) -> None:
    study = write_small_source(tmp_path, subscriptions=NOTICES)
    quiet = {"progress": lambda step: None}
    for _ in range(2):  # built, and found built
        tenure = open_study(study, out=tmp_path / "out", threads=1, memory_limit=LIMIT, **quiet)
    opened.clear()
    assert not counting_process_by_other_date(tenure).equals(tenure.counting_process)
    with rebuilt(tenure, {}, ["landmarks"]):
        pass
    assert len(tenure.audits.look_ahead) > 0
    assert_kept(opened, 5)
