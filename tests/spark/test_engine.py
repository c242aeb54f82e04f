"""A study whose log is on Spark: the same cohort and the same report, byte for byte."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from samples import SAMPLE
from small_source import content_of, write_small_source
from staying_source import write_staying_source

from analysis.audits.coverage import match_rates, reporting_delays
from analysis.cohort.build import build_cohort
from analysis.cohort.event_date import counting_process_by_other_date
from analysis.cohort.verify import verify
from analysis.declared.long_tables import LOGS
from analysis.declared.study import read_study
from analysis.engine import spark as spark_module
from analysis.engine.exchange import Connection, SharedFolder
from analysis.engine.places import StayingTable
from analysis.engine.query import Query
from analysis.engine.spark import Spark, open_spark
from analysis.errors import BuildError
from analysis.progress import quiet
from analysis.workbench import open_workbench
from reports.cli.commands import main

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("default")]  # of Spark's own many


def test_the_report_is_the_same_byte_for_byte(spark: object, tmp_path: Path) -> None:
    for engine in ("duckdb", "spark"):
        said = ["report", "quarterly", "--study", str(SAMPLE), "--out", str(tmp_path / engine)]
        assert main([*said, "--engine", engine]) == 0
    own, other = (
        {name: held for name, held in content_of(tmp_path / engine).items() if "quarterly" in name}
        for engine in ("duckdb", "spark")
    )
    assert own.keys() == other.keys()
    assert len(own) > 50
    assert [name for name in own if own[name] != other[name]] == []


def test_a_log_that_stays_gives_the_same_tables_findings_and_audits(spark: object, tmp_path: Path) -> None:
    """Faults of every kind are planted in it (`staying_source`)."""
    study = read_study(write_staying_source(tmp_path))
    copied = open_workbench(study, tmp_path / "copied", progress=quiet)
    stays = open_workbench(study.with_log_on("spark"), tmp_path / "stays", progress=quiet)
    own = LOGS | {f"quarantine_{log}" for log in LOGS}
    for table in sorted(set(copied.query("select table_name from built_tables")["table_name"]) - own):
        asked = f"select * from {table} order by all"
        pd.testing.assert_frame_equal(stays.query(asked), copied.query(asked))
    assert set(stays.query("select * from rule_findings")["table_name"]) >= LOGS
    for audit in (match_rates, reporting_delays, counting_process_by_other_date):
        pd.testing.assert_frame_equal(audit(stays), audit(copied))


@pytest.mark.parametrize("exchange", [SharedFolder, Connection])
def test_a_log_of_its_catalogue_gives_the_same_tables(
    spark: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: type
) -> None:
    """Rows go there and come back by files that both see, and, as from another machine, over the connection."""
    path = write_staying_source(tmp_path)
    copied = open_workbench(read_study(path), tmp_path / "copied", progress=quiet)
    data = tmp_path / "data"
    spark.sql("create database if not exists product")
    spark.read.parquet(str(data / "usage_daily")).write.mode("overwrite").saveAsTable("product.usage")
    shutil.move(data / "user_activity.parquet", tmp_path / "activity.parquet")
    shutil.rmtree(data / "usage_daily")
    named = f"usage_daily = 'product.usage', user_activity = 'parquet.`{tmp_path / 'activity.parquet'}`'"
    path.write_text(f"{path.read_text()}\n[engine]\nkind = 'spark'\ntables = {{ {named} }}\n")
    monkeypatch.setattr(spark_module, "exchange_with", lambda session, folder: exchange(session, folder))
    stays = open_workbench(read_study(path), tmp_path / "named", progress=quiet)
    own = LOGS | {f"quarantine_{log}" for log in LOGS}
    for table in sorted(set(copied.query("select table_name from built_tables")["table_name"]) - own):
        asked = f"select * from {table} order by all"
        pd.testing.assert_frame_equal(stays.query(asked), copied.query(asked))
    pd.testing.assert_frame_equal(match_rates(stays), match_rates(copied))
    assert verify(stays, 5).counts()["accounts"] == 5


def test_only_what_tells_its_rows_by_files_can_be_a_log(spark: object, tmp_path: Path) -> None:
    spark.sql("create database if not exists product")
    spark.sql("create or replace view product.seen as select 'a1' as account_id, date '2023-01-01' as used_on")
    with open_spark("local[1]", tmp_path) as opened:
        for name, said in (
            ("product.seen", "does not tell the rows of product.seen by their files.*Name the table beneath it"),
            ("product.nowhere", "Spark could not read product.nowhere: .*cannot be found"),
        ):
            with pytest.raises(BuildError, match=said):
                opened.describe(name)


class LikeDelta:
    """A session that says of its tables what Delta says, as documented: their id, and their latest version."""

    def __init__(self, session: object, version: int) -> None:
        self._session, self._version, self.asked = session, version, []

    def __getattr__(self, name: str) -> object:
        return getattr(self._session, name)

    def sql(self, text: str) -> object:
        self.asked.append(text)
        if text.startswith("describe detail"):
            return self._session.sql("select 'an-id' as id, 'delta' as format")
        if text.startswith("describe history"):
            return self._session.sql(f"select {self._version} as version")
        return self._session.sql(re.sub(r" version as of \d+", "", text))


def test_a_delta_table_is_read_in_its_version(spark: object, tmp_path: Path) -> None:
    spark.sql("create database if not exists product")
    spark.sql("create or replace temporary view one as select 'a1' as account_id, date '2023-01-01' as used_on")
    spark.table("one").write.mode("overwrite").saveAsTable("product.one")
    described = []
    for version in (4, 4, 5):
        session = LikeDelta(spark, version)
        other = Spark(session, SharedFolder(session, tmp_path))
        described.append(other.describe("product.one"))
        assert described[-1].reads == f"product.one version as of {version}"
        columns = {"account_id": ("varchar", "account_id"), "used_on": ("date", "used_on")}
        other.take("usage_daily", StayingTable(described[-1], columns))
        assert session.asked[-1].endswith(f"from product.one version as of {version}")
        assert other.rows("select account_id from usage_daily", {}) == [("a1",)]
    assert described[0] == described[1]
    assert described[0].digest != described[2].digest
    assert described[0].arrived == {"account_id": "VARCHAR", "used_on": "DATE"}


class MayNotAsk(LikeDelta):
    """A session that knows of Delta, and does not tell everybody."""

    def sql(self, text: str) -> object:
        if text.startswith("describe detail"):
            return self._session.sql("select raise_error('[INSUFFICIENT_PERMISSIONS] of product.one')")
        return super().sql(text)


def test_who_may_not_ask_for_the_version_of_a_table_is_told(spark: object, tmp_path: Path) -> None:
    spark.sql("create database if not exists product")
    spark.sql("create or replace temporary view one as select 'a1' as account_id, date '2023-01-01' as used_on")
    spark.table("one").write.mode("overwrite").saveAsTable("product.one")
    session = MayNotAsk(spark, 4)
    with pytest.raises(BuildError, match=r"could not tell the version of product.one: .*INSUFFICIENT_PERMISSIONS"):
        Spark(session, SharedFolder(session, tmp_path)).describe("product.one")


def test_a_query_that_fails_is_named_and_nothing_is_written(spark: object, tmp_path: Path) -> None:
    with (
        open_spark("local[1]", tmp_path) as opened,
        pytest.raises(BuildError, match=r"4_activity/broken.sql failed on Spark: .*no_such_table.*Nothing was written"),
    ):
        opened.make(Query("broken", "4_activity", "select * from no_such_table"), {})


def test_a_session_of_ones_own_is_taken_and_left_as_it_was(spark: object, tmp_path: Path) -> None:
    spark.range(3).createOrReplaceTempView("usage_daily")
    study = read_study(write_small_source(tmp_path)).with_log_on("spark")
    assert build_cohort(study, tmp_path / "out", quiet).is_new
    assert spark.sql("select count(*) from usage_daily").collect()[0][0] == 3
