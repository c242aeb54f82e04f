"""A memory limit: refused where it is none, kept to by writing beside the file, and without effect on any result."""

import re
from pathlib import Path

import pytest
from small_source import content_of, write_small_source

from analysis.engine.opening import open_engine
from analysis.errors import BuildError
from reports.cli.commands import main

A_LOT = "select hash(range) as number, range::varchar as name from range(3000000) order by number"


@pytest.mark.parametrize("size", ["plenty", "4", "-1GB", "none", ""])
def test_what_is_no_size_is_refused(tmp_path: Path, size: str) -> None:
    with pytest.raises(BuildError, match=rf"memory limit must be a size such as 4GB or 80%, but is '{size}' \("):
        open_engine(tmp_path / "warehouse.duckdb", memory_limit=size)
    assert list(tmp_path.iterdir()) == []


def test_the_limit_reaches_the_database(tmp_path: Path) -> None:
    with open_engine(tmp_path / "warehouse.duckdb", memory_limit="512MiB") as engine:
        assert engine.value("select current_setting('memory_limit')") == "512.0 MiB"


@pytest.mark.slow
def test_what_does_not_fit_is_written_beside_the_file_and_goes_away(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    is_written = f"select count(*) > 0 from glob('{file}.tmp/*')"
    with open_engine(file, 1, "64MiB") as engine:
        (first,) = engine.rows(f"select *, ({is_written}) from ({A_LOT}) limit 1")
        engine.run(f"create table a_lot as {A_LOT}")
        assert engine.count("a_lot") == 3_000_000
    assert list(tmp_path.iterdir()) == [file]
    with open_engine(":memory:", 1) as unlimited:
        assert unlimited.rows(f"{A_LOT} limit 1") == [first[:2]]


@pytest.mark.parametrize("command", [["build", "--no-audits"], ["report", "quarterly"]])
def test_a_command_says_that_a_size_is_none_even_where_the_cohort_is_built(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    study = ["--study", str(write_small_source(tmp_path)), "--out", str(tmp_path / "out")]
    assert main(["build", "--no-audits", *study, "--memory-limit", "200MB"]) == 0
    before = content_of(tmp_path / "out")
    assert main([*command, *study, "--memory-limit", "plenty"]) == 1
    assert "tenure: The memory limit must be a size such as 4GB or 80%, but is 'plenty'" in capsys.readouterr().err
    assert content_of(tmp_path / "out") == before


def test_a_limit_too_small_says_what_failed_and_what_to_give(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = ["--study", str(write_small_source(tmp_path)), "--out", str(tmp_path / "out")]
    assert main(["build", "--no-audits", *study, "--memory-limit", "5MB"]) == 1
    said = capsys.readouterr().err
    assert re.search(r"failed: Out of Memory Error: .*Give it more memory \(--memory-limit\), fewer threads", said)
    assert "SET threads" not in said
    assert not list(tmp_path.glob("out/**/*.duckdb"))
