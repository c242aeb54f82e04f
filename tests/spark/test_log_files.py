"""Files of a log that stays, as they lie in a lake: of any name, linked, of two types, broken."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from staying_source import write_staying_source

from analysis.declared.study import read_study
from analysis.errors import BuildError, ContractError
from analysis.progress import quiet
from analysis.workbench import Workbench, open_workbench

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("default")]  # of Spark's own many
NAMES = ("[a]", "a", "{b,c}", "b", "d*", "d1", "e?", "e2", "f\\g", "50%20", "h i", "ü")
"""Of each pattern among them another is an instance, whose rows would be read twice."""


def build(folder: Path, engine: str) -> Workbench:
    return open_workbench(read_study(folder / "study.toml").with_log_on(engine), folder / engine, progress=quiet)


def split(folder: Path, files: dict[str, str]) -> None:
    """Put the rows of the log into files, each by the SQL that selects and types its rows."""
    log = folder / "data" / "usage_daily"
    rows = duckdb.sql(f"from read_parquet('{log}/*/*.parquet')").to_arrow_table()  # noqa: F841 - read by its name
    log.rename(folder / "before")
    (log := folder / "data" / "usage_daily").mkdir()
    plain = folder / "plain.parquet"  # to DuckDB a name is a pattern, too
    for name, sql in files.items():
        duckdb.sql(f"copy ({sql}) to '{plain}' (format parquet)")
        plain.rename(log / name)


def of_any_name(folder: Path) -> None:
    """In files whose names are patterns, one of them a link to a file elsewhere."""
    parts = {f"{name}.parquet": f"from rows where day(used_on) % {len(NAMES)} = {n}" for n, name in enumerate(NAMES)}
    split(folder, parts)
    linked = folder / "data" / "usage_daily" / "b.parquet"
    linked.rename(folder / "elsewhere.parquet")
    linked.symlink_to(folder / "elsewhere.parquet")


def of_two_types(folder: Path) -> None:
    """Counts of 16, 32 and 64 bits, as a table's writers change, and a column that only the later files have."""
    kinds = ("smallint", "integer", "bigint")
    split(
        folder,
        {
            f"{kind}.parquet": f"select * {'' if n else 'exclude (out_of_hours_events)'} "
            f"replace (cast(events as {kind}) as events) from rows where year(used_on) = {2021 + n}"
            for n, kind in enumerate(kinds)
        },
    )


@pytest.mark.parametrize("lie", [of_any_name, of_two_types])
def test_the_same_rows_are_read(spark: object, tmp_path: Path, lie: Callable[[Path], None]) -> None:
    write_staying_source(tmp_path, faults="", activity="")
    lie(tmp_path)
    copied, stays = (build(tmp_path, engine) for engine in ("duckdb", "spark"))
    for table in ("usage_account_day", "user_counts", "feature_counts", "covariates", "rule_findings"):
        asked = f"select * from {table} order by all"
        pd.testing.assert_frame_equal(stays.query(asked), copied.query(asked))
    assert stays.query("select sum(events) as n from usage_account_day")["n"][0] > 10_000


def breaks_within(file: Path) -> None:
    """Between head and foot, which are all that is looked at before Spark reads it."""
    held = bytearray(file.read_bytes())
    held[20 : len(held) // 2] = bytes(len(held) // 2 - 20)
    file.write_bytes(held)


def test_a_file_that_cannot_be_read_is_named(spark: object, tmp_path: Path) -> None:
    """Spark's own words of it come by the bridge to Java, not as an error of PySpark."""
    write_staying_source(tmp_path, faults="", activity="")
    split(tmp_path, {"a.parquet": "from rows where year(used_on) < 2022", "b.parquet": "from rows order by all"})
    breaks_within(tmp_path / "data" / "usage_daily" / "b.parquet")
    says = r"on Spark: .*reading file .*usage_daily/b\.parquet.*Nothing was written"
    with pytest.raises(BuildError, match=says) as told:
        build(tmp_path, "spark")
    assert "\n" not in str(told.value)
    assert list((tmp_path / "spark").glob("**/*.duckdb")) == []


def test_ids_with_spaces_about_them_are_refused(spark: object, tmp_path: Path) -> None:
    """Whatever space it is: one that does not break among them, and none for letters beyond ASCII."""
    write_staying_source(tmp_path, faults="", activity="")
    spaces = "when 1 then user_id || chr(160) when 2 then ' ' || user_id when 3 then 'é'"
    spaced = f"case day(used_on) {spaces} else user_id end"
    split(tmp_path, {"a.parquet": f"select * replace ({spaced} as user_id) from rows"})
    log = tmp_path / "data" / "usage_daily" / "a.parquet"
    ((n,),) = duckdb.sql(f"select count(*) from '{log}' where day(used_on) <= 2").fetchall()
    with pytest.raises(ContractError, match=rf"would count as two: column 'user_id' \({n} rows\)\. Write them without"):
        build(tmp_path, "spark")
