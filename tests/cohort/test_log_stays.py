"""A log that stays where it lies: the same tables, findings and audits as of one that was copied, and no zeros."""

import dataclasses
import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from another_duckdb import AnotherDuckDB, in_place_of_spark
from cohort_content import rows_and_digests
from pyarrow import parquet as pq
from staying_source import write_staying_source

from analysis.audits.coverage import match_rates, reporting_delays
from analysis.audits.knowledge import without_days_of_knowledge
from analysis.audits.look_ahead import audit_accounts, look_ahead
from analysis.cohort.build import build_cohort
from analysis.cohort.event_date import counting_process_by_other_date
from analysis.cohort.long_log.log_stays import STAYS, refuse_changed_logs
from analysis.cohort.rebuild import rebuilt
from analysis.cohort.source_check import check_source
from analysis.cohort.verify import verify
from analysis.declared.long_tables import LOGS
from analysis.declared.own_queries import OwnQueries
from analysis.declared.study import read_study
from analysis.engine.query import Query
from analysis.errors import BuildError, ContractError, EngineError
from analysis.progress import quiet
from analysis.trial.telling_days import learned
from analysis.workbench import Workbench, open_workbench


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[list[AnotherDuckDB]]:
    """Let the other engine be `AnotherDuckDB`, and list those that were opened."""
    with pytest.MonkeyPatch.context() as patch, in_place_of_spark(patch) as opened:
        yield opened


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, elsewhere: list[AnotherDuckDB]) -> tuple[Workbench, Workbench]:
    """One and the same study, whose logs are copied into the cohort, and whose logs stay."""
    folder = tmp_path_factory.mktemp("staying")
    study = read_study(write_staying_source(folder))
    copied = open_workbench(study, folder / "copied", progress=quiet)
    return copied, open_workbench(study.with_log_on("spark"), folder / "stays", progress=quiet)


def test_every_table_that_is_made_is_the_same(both: tuple[Workbench, Workbench]) -> None:
    copied, stays = (rows_and_digests(tenure.cohort_file) for tenure in both)
    own = LOGS | {f"quarantine_{log}" for log in LOGS}
    assert own <= copied.keys()
    assert stays.keys() == copied.keys() - own | {STAYS}
    assert [name for name in copied if name not in own and copied[name] != stays[name]] == []
    assert both[0].hashes == both[1].hashes
    assert {"usage_daily", "user_activity", "usage_daily.known_on"} <= both[1].given


def test_every_fault_is_found_where_it_lies(both: tuple[Workbench, Workbench]) -> None:
    copied, stays = (tenure.query("select * from rule_findings order by all") for tenure in both)
    pd.testing.assert_frame_equal(stays, copied)
    of_logs = copied[copied["table_name"].isin(LOGS)]
    assert len(of_logs) >= 12
    assert set(of_logs["severity"]) == {"quarantine", "notice"}


@pytest.mark.parametrize(
    "asked",
    [
        match_rates,
        reporting_delays,
        counting_process_by_other_date,
        lambda tenure: look_ahead(tenure, [dt.date(2022, 12, 1)])[0],
        lambda tenure: learned(tenure, LOGS, audit_accounts(tenure)),
        lambda tenure: tenure.query("select user_id, count(*) as n from usage_daily group by user_id order by all"),
    ],
    ids=["match_rates", "reporting_delays", "other_date", "look_ahead", "learned", "sql"],
)
def test_who_asks_the_log_later_is_told_the_same(
    both: tuple[Workbench, Workbench], asked: Callable[[Workbench], pd.DataFrame]
) -> None:
    copied, stays = map(asked, both)
    assert len(copied) > 0
    pd.testing.assert_frame_equal(stays, copied)


def test_covariates_are_made_again_as_if_nothing_had_been_learned_late(both: tuple[Workbench, Workbench]) -> None:
    found = []
    for tenure in both:
        blanked = without_days_of_knowledge(tenure)
        assert "usage_daily" in blanked
        with rebuilt(tenure, blanked, ["covariates"]) as engine:
            found.append(engine.frame("select * from covariates order by all"))
    pd.testing.assert_frame_equal(found[1], found[0])
    assert not found[0].equals(both[0].query("select * from covariates order by all"))


def test_the_list_of_tables_counts_no_rows_that_are_not_there(both: tuple[Workbench, Workbench]) -> None:
    rows = {name: tenure.tables.frame().set_index("table")["rows"] for name, tenure in zip("ab", both, strict=True)}
    assert set(rows["b"].index[rows["b"].isna()]) == LOGS
    told = rows["b"].dropna().drop([STAYS, "built_tables"])
    assert told.to_dict() == rows["a"][told.index].to_dict()
    with pytest.raises(EngineError, match="rows of usage_daily stay where they are"):
        both[1].tables.usage_daily.frame()


@pytest.mark.slow
def test_it_is_verified_by_the_rows_of_drawn_accounts(both: tuple[Workbench, Workbench]) -> None:
    found = verify(both[1], 7)
    rows = {one.table: one.rows for one in found.tables}
    assert found.accounts == 7
    assert LOGS.isdisjoint(rows)
    assert min(rows[table] for table in ("usage_account_day", "user_counts", "feature_counts", "covariates")) > 0


def test_the_log_is_no_empty_table(both: tuple[Workbench, Workbench], tmp_path: Path) -> None:
    """Nobody is told of use that there is none where it is only elsewhere."""
    path = Path(shutil.copy(both[1].cohort_file, tmp_path))
    with duckdb.connect(str(path), read_only=True) as con:
        for asked in ("count(*)", "*", "max(events)"):
            with pytest.raises(duckdb.Error, match="rows of usage_daily stay where they are"):
                con.execute(f"select {asked} from usage_daily").fetchall()


@pytest.mark.slow
def test_a_check_keeps_the_rows_of_findings(both: tuple[Workbench, Workbench], tmp_path: Path) -> None:
    found = []
    for tenure in both:
        name = tenure.study.engine.kind
        (rows := tmp_path / name / "rows").mkdir(parents=True)
        (scratch := tmp_path / name / "scratch").mkdir()
        checked = check_source(tenure.study, scratch, quiet, rows=rows)
        overview = checked.overview
        assert overview is not None
        found.append((checked.findings, checked.matches, checked.not_yet_known, overview.tables, overview.months, rows))
    copied, stays = found
    said = [[(one.name, one.rows, one.examples) for one in findings] for findings, *_ in found]
    assert said[0] == said[1]
    assert copied[1:3] == stays[1:3]
    for one, other in zip(copied[3:5], stays[3:5], strict=True):
        pd.testing.assert_frame_equal(other, one)
    names = sorted(path.name for path in copied[5].iterdir())
    assert names == sorted(path.name for path in stays[5].iterdir())
    assert "usage_daily.account_id_is_known.csv" in names
    assert [name for name in names if (copied[5] / name).read_bytes() != (stays[5] / name).read_bytes()] == []


@pytest.mark.slow
def test_a_shared_key_that_is_no_error_keeps_the_same_row(tmp_path: Path, elsewhere: list[AnotherDuckDB]) -> None:
    twice = "select 'a01', date '2022-05-01', 'u1-0', 'search', n, 0, null from range(3, 6) t(n)"
    path = write_staying_source(tmp_path, faults=twice, activity="")
    path.write_text(f'lowered_rules = ["usage_daily_key_is_unique"]\n{path.read_text()}', encoding="utf-8")
    study = read_study(path)
    copied = open_workbench(study, tmp_path / "copied", progress=quiet)
    stays = open_workbench(study.with_log_on("spark"), tmp_path / "stays", progress=quiet)
    of_copied, of_stays = (rows_and_digests(tenure.cohort_file)["usage_account_day"] for tenure in (copied, stays))
    assert of_copied == of_stays
    asked = "select events from usage_daily where account_id = 'a01' and used_on = '2022-05-01' order by all"
    pd.testing.assert_frame_equal(stays.query(asked), copied.query(asked))
    assert sum(copied.query("select rows from rule_findings where severity = 'quarantine'")["rows"]) == 3


def test_types_that_need_reading_are_refused(tmp_path: Path, elsewhere: list[AnotherDuckDB]) -> None:
    study = read_study(write_staying_source(tmp_path, faults="", activity="")).with_log_on("spark")
    con = duckdb.connect()
    con.execute(f"create table log as from read_parquet('{tmp_path}/data/usage_daily/*/*.parquet')")
    shutil.rmtree(tmp_path / "data" / "usage_daily")
    con.execute(
        "copy (select * replace (strftime(used_on, '%d.%m.%Y') as used_on, events + 0.5 as events) from log) "
        f"to '{tmp_path}/data/usage_daily.parquet'"
    )
    with pytest.raises(ContractError, match=r"'used_on' \(varchar; it should be .*\), 'events' \(decimal"):
        build_cohort(study, tmp_path / "out", quiet)
    assert not list((tmp_path / "out").glob("cohort-*"))


def test_ids_with_spaces_about_them_are_refused(tmp_path: Path, elsewhere: list[AnotherDuckDB]) -> None:
    """One id would be two users there, and is one where the log is copied, which takes the spaces away."""
    study = read_study(write_staying_source(tmp_path, faults="", activity=""))
    log = tmp_path / "data" / "usage_daily.parquet"
    spaced = "case when used_on = date '2022-05-02' then user_id || chr(160) else user_id end"
    rows = f"select * replace ({spaced} as user_id) from '{tmp_path}/data/usage_daily/*/*.parquet'"
    duckdb.sql(f"copy ({rows}) to '{log}' (format parquet)")
    n = duckdb.sql(f"select count(*) from '{log}' where used_on = date '2022-05-02'").fetchall()[0][0]
    shutil.rmtree(tmp_path / "data" / "usage_daily")
    says = rf"usage_daily: .*so that one would count as two: column 'user_id' \({n} rows\)\. Write them without"
    with pytest.raises(ContractError, match=says):
        build_cohort(study.with_log_on("spark"), tmp_path / "stays", quiet)
    assert build_cohort(study, tmp_path / "copied", quiet).is_new


def test_a_column_of_no_type_holds_nothing(tmp_path: Path, elsewhere: list[AnotherDuckDB]) -> None:
    """As pandas writes one in which no cell is filled in."""
    study = read_study(write_staying_source(tmp_path, faults="", activity=""))
    rows = pq.read_table(tmp_path / "data" / "usage_daily").drop_columns(["known_on"])
    shutil.rmtree(tmp_path / "data" / "usage_daily")
    pq.write_table(rows.append_column("known_on", pa.nulls(len(rows))), tmp_path / "data" / "usage_daily.parquet")
    copied, stays = (build_cohort(study.with_log_on(kind), tmp_path / kind, quiet) for kind in ("duckdb", "spark"))
    own = {*LOGS, *(f"quarantine_{log}" for log in LOGS), STAYS}
    for name, held in rows_and_digests(copied.path).items():
        assert name in own or rows_and_digests(stays.path)[name] == held


@pytest.mark.parametrize(("told", "is_read"), [("%Y-%m", False), ("%Y-%m-%d", True)])
def test_folders_that_say_months_say_no_days(
    tmp_path: Path, elsewhere: list[AnotherDuckDB], told: str, is_read: bool
) -> None:
    """Of a text like 2022-05 Spark makes the first of the month, on which all use would be; a copied log is refused."""
    study = read_study(write_staying_source(tmp_path, faults="", activity=""))
    rows = f"select * replace (strftime(used_on, '{told}') as used_on) from '{tmp_path}/data/usage_daily/*/*.parquet'"
    duckdb.sql(f"copy ({rows}) to '{tmp_path}/log' (format parquet, partition_by (used_on))")
    shutil.rmtree(tmp_path / "data" / "usage_daily")
    (tmp_path / "log").rename(tmp_path / "data" / "usage_daily")
    for engine in ("duckdb", "spark"):
        if is_read:
            assert build_cohort(study.with_log_on(engine), tmp_path / engine, quiet).is_new
        else:
            with pytest.raises(ContractError, match="used_on"):
                build_cohort(study.with_log_on(engine), tmp_path / engine, quiet)


def test_a_query_of_ones_own_that_reads_the_log_is_refused(elsewhere: list[AnotherDuckDB], tmp_path: Path) -> None:
    study = read_study(write_staying_source(tmp_path, faults="", activity="")).with_log_on("spark")
    reads = Query("busy", "own", "select account_id, count(*) as rows from usage_daily group by account_id")
    own = dataclasses.replace(study, own=OwnQueries((reads,), ()))
    with pytest.raises(
        BuildError, match=r"own/busy.sql reads usage_daily, whose rows stay where they are.*user_counts"
    ):
        build_cohort(own, tmp_path / "out", quiet)
    assert not list((tmp_path / "out").glob("cohort-*"))


def test_another_engine_is_asked_for_where_a_log_stays(both: tuple[Workbench, Workbench]) -> None:
    study = both[1].study.with_log_on("duckdb")
    tenure = open_workbench(study, both[1].cohort_file.parent.parent, progress=quiet)
    with pytest.raises(BuildError, match=r"left where it is, which is read by Spark. Say so"):
        tenure.query("select count(*) as n from usage_daily")


def test_a_file_that_is_no_longer_what_it_was_is_named(both: tuple[Workbench, Workbench]) -> None:
    logs = both[1].logs_that_stay
    refuse_changed_logs(logs)
    sizes = (*logs["usage_daily"].sizes[:-1], 7)
    told = (
        rf"log usage_daily stays in .*, and its file {logs['usage_daily'].table.place.parts[-1].name} is no longer what"
    )
    with pytest.raises(BuildError, match=told):
        refuse_changed_logs(logs | {"usage_daily": dataclasses.replace(logs["usage_daily"], sizes=sizes)})
