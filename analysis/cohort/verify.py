"""Verification: tables of drawn accounts made again from the source's own files, and each cell held to the cohort's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.cohort.build import FOLDERS, Build
from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.fingerprint import fingerprint
from analysis.cohort.grain import grain_of
from analysis.cohort.long_log.log_queries import on_the_way
from analysis.cohort.long_log.log_stays import StayingLog, opened_elsewhere
from analysis.cohort.long_log.named_logs import contents_of_source, refuse_changed_source
from analysis.cohort.queries import queries_of, run_folders
from analysis.cohort.rebuild import COHORT, LOOKED_AT, REBUILT, STORE, open_store
from analysis.declared.contract import read_contract
from analysis.declared.declaration import Declaration, read_declaration
from analysis.declared.long_tables import ON_THE_WAY
from analysis.declared.study import Study
from analysis.engine.engine import Engine
from analysis.engine.opening import open_engine
from analysis.engine.places import Files
from analysis.engine.query import Query
from analysis.engine.quoting import literal, path_literal, quoted
from analysis.engine.raw_views import parquet_sql
from analysis.errors import BuildError
from analysis.ingest.files.raw_files import RawFiles
from analysis.ingest.load import load_source, not_yet_known
from analysis.progress import Progress, quiet
from analysis.store.working import scratch_folder

EXAMPLES = 3
"""Rows that are named of each table where any differ."""
_ACCOUNT, _LIFETIME = "account_id", "lifetime_id"


@dataclass(frozen=True, slots=True)
class Compared:
    """A table of the cohort beside the same made again, for the drawn accounts.

    Attributes
    ----------
    rows, cells
        How many were compared; a row that only one of the two has counts, too.
    differing
        Rows of which any cell differs, or that only one of the two has.
    examples
        The first of these, each by its key, with the cells.
    """

    table: str
    rows: int
    cells: int
    differing: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """What was compared: how many accounts, and every table that tells them apart; nothing differs."""

    accounts: int
    tables: tuple[Compared, ...]

    def counts(self) -> dict[str, int]:
        """Return how many accounts, tables, rows and cells were compared, by these words."""
        rows, cells = (sum(own) for own in zip(*((one.rows, one.cells) for one in self.tables), strict=True))
        return {"accounts": self.accounts, "tables": len(self.tables), "rows": rows, "cells": cells}


def verify_build(
    study: Study, build: Build, progress: Progress, n_accounts: int, threads: int | None, memory_limit: str | None
) -> Verification:
    """Verify what a build has made, or found; see `verify`."""
    return verify(CohortTables(study, build.path, build.hashes, progress, threads, memory_limit), n_accounts)


def verify(tenure: CohortTables, n_accounts: int) -> Verification:
    """Make all tables that tell accounts apart again, of drawn accounts, and compare every cell with the cohort's.

    The source is read again by DuckDB alone, and its queries run without buckets, whatever the study asks for: so a
    cohort whose log was taken in by another engine is held to the log itself. Of a log that stays where it is the rows
    of these accounts are read. What describes the whole book (its calendar, days of use, ends of logs) is taken from
    the cohort.

    Parameters
    ----------
    tenure
        The cohort; it is only read.
    n_accounts
        How many accounts are drawn, by a hash of their ids and the study's seed; all where there are no more.

    Raises
    ------
    SourceError, ContractError
        If the source can no longer be read.
    BuildError
        If it is no longer the one that the cohort was built from; or anything differs, with table, key and cells.
    """
    with scratch_folder() as scratch:
        _load(tenure, scratch, n_accounts)
        with open_store(tenure, scratch) as engine:
            drawn = _draw(engine, tenure.study.seed, n_accounts)
            _leave_out_others(engine)
            tenure.progress(f"comparing the tables of {drawn:,} accounts, made again, with the cohort's")
            keys = _make_again(engine, tenure)
            compared = []
            for table, key in keys.items():
                compared.append(one := _compare(engine, table, key))
                told = f"{one.differing:,} rows differ" if one.differing else "all alike"
                tenure.progress(f"  {table}: {one.rows:,} rows, {one.cells:,} cells compared: {told}")
    _refuse_differing(drawn, compared, tenure.cohort_file)
    return Verification(drawn, tuple(compared))


def _load(tenure: CohortTables, scratch: Path, n_accounts: int) -> None:
    """Load the source as a build does, into the store in which tables are then made again."""
    study = tenure.study
    declaration = read_declaration(study.source.kind, study.sources)
    contents = contents_of_source(study, declaration)
    if fingerprint(study, contents) != tenure.hashes:
        raise BuildError(
            f"The source {study.source.path} is no longer what the cohort {tenure.cohort_file.name} was built from, so "
            "that the two cannot be compared. Build again."
        )
    located = contents.located
    if tenure.logs_that_stay:
        located = _with_logs_of_drawn(tenure, declaration, located, scratch, n_accounts)
    with open_engine(scratch / STORE, tenure.threads, tenure.memory_limit) as engine:
        load_source(engine, study, declaration, located, scratch, tenure.progress)
        refuse_changed_source(study, declaration, contents)
        not_yet_known(engine, read_contract(), study.time.snapshot)


def _with_logs_of_drawn(
    tenure: CohortTables, declaration: Declaration, located: RawFiles, scratch: Path, n_accounts: int
) -> RawFiles:
    """Return the files of a source in which a log that was not copied has the rows of drawn accounts only."""
    logs = tenure.logs_that_stay
    (folder := scratch / "drawn").mkdir()
    others = {name: path for name, path in located.tables.items() if name not in logs}
    without = replace(located, tables=others, named={})
    with open_engine(folder / STORE, tenure.threads, tenure.memory_limit) as engine:
        load_source(engine, tenure.study, declaration, without, folder, quiet)
    with open_store(tenure, folder) as engine:
        _draw(engine, tenure.study.seed, n_accounts)
        drawn = engine.frame(f"select {_ACCOUNT} from {LOOKED_AT}")
    fewer = {name: folder / f"{name}.parquet" for name in logs}
    with open_engine(":memory:", tenure.threads, tenure.memory_limit) as engine, engine.showing(drawn=drawn):
        for name, log in logs.items():
            engine.write_parquet(_rows_of_drawn(engine, tenure.study, name, log, folder), fewer[name])
    deltas = {name: delta for name, delta in located.deltas.items() if name not in logs}
    return replace(located, tables=located.tables | fewer, deltas=deltas, named={})


def _rows_of_drawn(engine: Engine, study: Study, name: str, log: StayingLog, folder: Path) -> str:
    """Return SQL of the rows that a log has of drawn accounts; where it goes by a name elsewhere, they are fetched."""
    table, of_drawn = log.table, f"in (select {_ACCOUNT} from drawn)"
    if isinstance(table.place, Files):
        rows = parquet_sql(table.place.parts, are_partitions=bool(table.place.partitions))
        account = quoted(table.columns[_ACCOUNT][1] or _ACCOUNT)
        own = ", ".join(quoted(there) for _, there in table.columns.values() if there is not None)
        return f"select {own} from {rows} where cast({account} as varchar) {of_drawn}"
    with opened_elsewhere(study.engine, engine, folder / f"between-{name}", quiet) as elsewhere:
        if elsewhere is None:
            raise BuildError(f"The log {name} stays in {table.place.name}, which no other engine is asked for.")
        elsewhere.take(name, table)
        columns = ", ".join(own for own, (_, there) in table.columns.items() if there is not None)
        elsewhere.make(Query("of_drawn", "", f"select {columns} from {name} where {_ACCOUNT} {of_drawn}"), {})
        return f"select * from read_parquet({path_literal(elsewhere.fetch('of_drawn'))} || '/*.parquet')"


def _draw(engine: Engine, seed: int, n_accounts: int) -> int:
    """Draw accounts of the source or the cohort, by a hash of their ids, and return their number."""
    engine.run(
        f"create table {LOOKED_AT} as select {_ACCOUNT} from {REBUILT}.accounts "
        f"union select {_ACCOUNT} from {COHORT}.accounts "
        f"order by md5({literal(f'{seed} ')} || {_ACCOUNT}), {_ACCOUNT} limit {n_accounts}"
    )
    return engine.count(LOOKED_AT)


def _leave_out_others(engine: Engine) -> None:
    """Leave out the rows of accounts that were not drawn; the accounts themselves stay, for the parents among them."""
    for table in read_contract().values():
        if _ACCOUNT in table.column_names and table.name != "accounts":
            name = f"{REBUILT}.{table.name}"
            engine.run(
                f"create or replace table {name} as select own.* from {name} as own semi join {LOOKED_AT} "
                f"using ({_ACCOUNT})"
            )


def _make_again(engine: Engine, tenure: CohortTables) -> dict[str, tuple[str, ...]]:
    """Make the tables that tell accounts apart, and return these and the source's, each with the columns of its key."""
    queries = tuple(queries_of(FOLDERS, tenure.study.own))
    keys = {table.name: table.key for table in read_contract().values()}
    keys |= {query.name: _key(query) for query in queries if query.name not in ON_THE_WAY}
    told = {
        name: key for name, key in keys.items() if {_ACCOUNT, _LIFETIME} & engine.columns(f"{COHORT}.{name}").keys()
    }
    told = {name: key for name, key in told.items() if name not in tenure.logs_that_stay}
    made = {query.name for query in queries} & told.keys()
    run_folders(
        engine, FOLDERS, tenure.parameters, tenure.given, quiet, made | on_the_way(made, queries), tenure.study.own
    )
    return told


def _key(query: Query) -> tuple[str, ...]:
    return tuple(part.split()[0] for part in grain_of(query).key.split(", ") if part)


def _compare(engine: Engine, table: str, key: Sequence[str]) -> Compared:
    columns = list(engine.columns(f"{COHORT}.{table}"))
    both = _both_sql(table, columns, [name for name in key if name in columns] or columns)
    differs = " or ".join(f"ours.{quoted(name)} is distinct from theirs.{quoted(name)}" for name in columns)
    differs = f"ours.nth is null or theirs.nth is null or {differs}"
    ((rows, differing),) = engine.rows(f"{both} select count(*), count(*) filter ({differs}) from {_JOINED}")
    examples: tuple[str, ...] = ()
    if differing:
        examples = tuple(_examples(engine, f"{both} select * from {_JOINED} where {differs}", columns, key))
    return Compared(table, rows, rows * len(columns), differing, examples)


_JOINED = "ours full join theirs on ours.keyed is not distinct from theirs.keyed and ours.nth = theirs.nth"


def _both_sql(table: str, columns: Sequence[str], key: Sequence[str]) -> str:
    """Return the rows of the drawn accounts in both, as ``ours`` and ``theirs``; those of one key are numbered."""
    names, keyed = (", ".join(map(quoted, some)) for some in (columns, key))
    parts = []
    for called, schema in (("ours", COHORT), ("theirs", REBUILT)):
        own = f"semi join {LOOKED_AT} using ({_ACCOUNT})"
        if _ACCOUNT not in columns:
            own = f"semi join (select {_LIFETIME} from {schema}.lifetimes {own}) as drawn using ({_LIFETIME})"
        parts.append(
            f"{called} as (select {names}, row({keyed}) as keyed, "
            f"row_number() over (partition by {keyed} order by {names}) as nth from {schema}.{table} {own})"
        )
    return f"with {', '.join(parts)}"


def _examples(engine: Engine, differing: str, columns: Sequence[str], key: Sequence[str]) -> Iterator[str]:
    """Yield the first rows that differ, each by its key, with its cells in the cohort and as made again."""
    n = len(columns) + 2
    for row in engine.rows(f"{differing} order by all limit {EXAMPLES}"):
        ours, theirs = (dict(zip((*columns, "keyed", "nth"), half, strict=True)) for half in (row[:n], row[n:]))
        there = theirs if ours["nth"] is None else ours
        at = ", ".join(f"{name} {there[name]}" for name in (key or columns) if name in columns)
        if ours["nth"] is None or theirs["nth"] is None:
            yield f"{at} (only {'as made again' if ours['nth'] is None else 'in the cohort'})"
            continue
        unlike = [name for name in columns if repr(ours[name]) != repr(theirs[name])]
        cells = [f"{name} {ours[name]} in the cohort, {theirs[name]} as made again" for name in unlike]
        yield f"{at} ({', '.join(cells)})"


def _refuse_differing(drawn: int, compared: Sequence[Compared], cohort: Path) -> None:
    wrong = [one for one in compared if one.differing]
    if wrong:
        told = "; ".join(
            f"{one.table}: {one.differing:,} of {one.rows:,} rows, among them {'; '.join(one.examples)}"
            for one in wrong
        )
        raise BuildError(
            f"The cohort is not what its source says of {drawn:,} drawn accounts. {told}. Remove {cohort} and "
            "build again; if the same differs again, build with --engine duckdb --buckets 1, and trust nothing that "
            "was built otherwise."
        )
