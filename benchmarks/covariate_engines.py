"""One engine makes covariates of one source, timed in a process of its own; prints JSON.

``python covariate_engines.py ENGINE SOURCE START``: SOURCE is a folder of Parquet, START one that ``begin`` has made.
"""

import argparse
import json
import shutil
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from covariate_source import study_of
from covariates_in_polars import TWELVE, twelve_covariates
from cox_engines import resident_bytes
from polars_book import KEY, Tables, Windows

from analysis.cohort.queries import run_folders
from analysis.declared.contract import names_given, read_contract
from analysis.declared.declaration import CONTRACT_KIND, read_declaration
from analysis.declared.parameters import query_parameters
from analysis.engine import raw_views
from analysis.engine.engine import Engine
from analysis.engine.opening import open_engine
from analysis.ingest.files.opening import open_raw
from analysis.ingest.files.raw_files import RawFiles, locate_files
from analysis.ingest.tables.sources import create_table, load_tables
from analysis.progress import Progress, quiet

USAGE = "usage_daily"
BEFORE_USE = ("2_lifetimes", "3_dates")
FROM_USE = ("4_activity", "5_covariates")
SIDE_BY_SIDE = "6_cohorts"
NEEDED_BY_TWELVE = (
    *("usage_account_day", "usage_feature_day", "usage_user_day", "user_period"),
    *("window_blocks", "use_window", "feature_window", "user_window", "terms_in_force", "contact_role"),
    *("known_feature", "feature_counts", "dated_user", "user_counts", "log_periods"),
    *("work_region", "business_day", "business_window", "paying_day", "book_day", "book_window"),
    *("usage", "champion"),
)
START_TABLES = ("risk_dates", "subscription_versions", "spells", "accounts", "holidays", "calendar_days")


@dataclass
class Clock:
    """Notes the seconds since the last call, or since it was made, as those of what is named."""

    laps: list[dict] = field(default_factory=list)
    last: tuple[float, float] = field(default_factory=lambda: (time.perf_counter(), time.process_time()))

    def __call__(self, what: str) -> None:
        now = time.perf_counter(), time.process_time()
        self.laps.append({"what": what, "wall_seconds": now[0] - self.last[0], "cpu_seconds": now[1] - self.last[1]})
        self.last = now

    def query(self, message: str) -> None:
        """Take the name from what the build says when a query is done."""
        self(message.strip().partition(":")[0])


@dataclass(frozen=True)
class Company:
    """A source, with what the queries and the peer are told of it."""

    folder: Path

    @property
    def located(self) -> RawFiles:
        return locate_files(read_declaration(CONTRACT_KIND), self.folder, read_contract())

    @property
    def given(self) -> frozenset[str]:
        files = self.located.tables.items()
        one = {name: next(path.rglob("*.parquet")) if path.is_dir() else path for name, path in files}
        return names_given({name: tuple(pl.read_parquet_schema(path)) for name, path in one.items()}, stable_users=True)

    @property
    def windows(self) -> Windows:
        study = study_of(self.folder)
        own, logged_from = study.windows, study.source.observed_from[USAGE]
        return Windows(own.recent_days, own.baseline_days, study.definitions.key_user_percent, logged_from)

    def load(self, engine: Engine, names: Collection[str], scratch: Path) -> None:
        """Make these of the contract's tables as the build does, its rules apart."""
        files = {name: path for name, path in self.located.tables.items() if name in names}
        contract = {name: table for name, table in read_contract().items() if name in names}
        open_raw(engine, RawFiles(files), scratch)
        load_tables(engine, study_of(self.folder).source, contract, quiet)
        raw_views.end(engine)

    def run(
        self,
        engine: Engine,
        folders: tuple[str, ...],
        told: Progress,
        only: Collection[str] | None = None,
    ) -> None:
        parameters = query_parameters(study_of(self.folder), read_declaration(CONTRACT_KIND))
        run_folders(engine, folders, parameters, self.given, told, only)


def begin(company: Company, start: Path) -> None:
    """Make what both peers start from, the log of use apart: ``start.duckdb``, and its tables as Parquet."""
    start.mkdir(parents=True)
    with open_engine(start / "start.duckdb") as engine:
        company.load(engine, set(read_contract()) - {USAGE}, start)
        create_table(engine, read_contract()[USAGE])
        company.run(engine, BEFORE_USE, quiet)
        for name in START_TABLES:
            engine.write_parquet(f"select * from {name}", start / f"{name}.parquet")


def open_warehouse(file: Path, memory_limit: str | None) -> Engine:
    """Open as the build does, but put off checkpoints: else one falls on whichever query fills the log of writes."""
    engine = open_engine(file, memory_limit=memory_limit)
    engine.run("set checkpoint_threshold = '64GB'")
    return engine


def everything(company: Company, start: Path, memory_limit: str | None = None) -> list[dict]:
    """From Parquet to all covariates side by side."""
    file = start / "everything.duckdb"
    file.unlink(missing_ok=True)
    engine, clock = open_warehouse(file, memory_limit), Clock()
    company.load(engine, read_contract(), start)
    clock("load")
    company.run(engine, (*BEFORE_USE, *FROM_USE), clock.query)
    company.run(engine, (SIDE_BY_SIDE,), clock.query, ["covariates"])
    engine.settle()
    clock("checkpoint")
    engine.close()
    file.unlink()
    return clock.laps


def tenure(company: Company, start: Path, memory_limit: str | None = None) -> list[dict]:
    """The queries that the twelve need, and no others, though they make other covariates besides; no checkpoint."""
    file = start / "tenure.duckdb"
    shutil.copyfile(start / "start.duckdb", file)
    engine, clock = open_warehouse(file, memory_limit), Clock()
    company.load(engine, [USAGE], start)
    clock("load")
    company.run(engine, FROM_USE, clock.query, NEEDED_BY_TWELVE)
    laps = list(clock.laps)
    engine.write_parquet(
        f"select {', '.join((*KEY, *TWELVE))} from usage inner join champion using (lifetime_id, risk_date) "
        "order by lifetime_id, risk_date",
        start / "tenure.parquet",
    )
    engine.close()
    file.unlink()
    return laps


def polars(company: Company, start: Path, memory_limit: str | None = None) -> list[dict]:
    """The peer; polars takes no memory limit."""
    clock = Clock()
    found = twelve_covariates(Tables.read(company.located.tables[USAGE], start), company.windows)
    clock("twelve covariates")
    found.write_parquet(start / "polars.parquet")
    return clock.laps


ENGINES: dict[str, Callable[..., list[dict]]] = {"everything": everything, "tenure": tenure, "polars": polars}


def disagreement(start: Path) -> float:
    """Return the largest difference between the two engines' answers; infinite where only one has a value."""
    ours, theirs = (pl.read_parquet(start / f"{name}.parquet") for name in ("tenure", "polars"))
    if not ours.select(KEY).equals(theirs.select(KEY)):
        return float("inf")
    pairs = [(ours[name].cast(pl.Float64), theirs[name].cast(pl.Float64)) for name in TWELVE]
    if any((one.is_null() != other.is_null()).any() or other.is_nan().any() for one, other in pairs):
        return float("inf")
    return max((one - other).abs().max() or 0.0 for one, other in pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=["begin", *ENGINES])
    parser.add_argument("source", type=Path)
    parser.add_argument("start", type=Path)
    parser.add_argument("--memory-limit")
    options = parser.parse_args()
    company = Company(options.source)
    if options.engine == "begin":
        begin(company, options.start)
        return
    laps = ENGINES[options.engine](company, options.start, options.memory_limit)
    print(json.dumps({"laps": laps, "peak_gigabytes": resident_bytes("VmHWM") / 1e9}))


if __name__ == "__main__":
    main()
