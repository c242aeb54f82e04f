"""Build the cohort of a study: source, contract, knowledge at the snapshot, queries, audit; all of it or nothing."""

import dataclasses
import re
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from analysis.contract import Table, as_known_sql, names_given, read_contract, unknown_counts_sql
from analysis.declaration import Declaration, read_declaration
from analysis.errors import BuildError, ContractError, StudyError
from analysis.factors import FOLDER as COVARIATES
from analysis.factors import measurable_covariates
from analysis.findings import Finding, write_findings
from analysis.fingerprint import fingerprint
from analysis.raw_files import RawFiles, locate_files, open_raw
from analysis.rules import apply_rules
from analysis.sources import load_tables
from analysis.store import cohort_path, new_cohort, point_at
from analysis.study import Study
from analysis.warehouse import Progress, check_memory_limit, connect, count_rows, read_queries, run_query, why_failed

FOLDERS = ("2_lifetimes", "3_dates", "4_activity", COVARIATES, "6_cohorts", "7_audit")
LONG_AGO = "1900-01-01"


@dataclasses.dataclass(frozen=True, slots=True)
class Build:
    """A finished cohort: its file, and the hashes of what it was built from."""

    path: Path
    hashes: dict[str, str]
    is_new: bool


def build_cohort(
    study: Study, out: Path, progress: Progress, threads: int | None = None, memory_limit: str | None = None
) -> Build:
    """Build the cohort, or find it built already, and point ``current.json`` at it.

    Parameters
    ----------
    study
        The study.
    out
        The study's output folder; made if needed.
    progress
        Told, in one line each, what is being done.
    threads
        Threads for DuckDB; the result does not depend on it.
    memory_limit
        Most memory for DuckDB, such as ``4GB``; the result does not depend on it.

    Raises
    ------
    StudyError, SourceError, ContractError, BuildError
        In each case nothing that was there before is changed.
    """
    if memory_limit is not None:
        check_memory_limit(memory_limit)
    declaration = read_declaration(study.source.kind)
    located = locate_files(declaration, study.source.path, read_contract())
    hashes = fingerprint(study, located)
    final = cohort_path(out, hashes["cohort"])
    is_new = not final.exists()
    if is_new:
        with new_cohort(final) as part:
            _build(study, declaration, located, part, progress, threads, memory_limit)
    else:
        connect(final, read_only=True).close()  # a damaged file is not a build
        progress(f"cohort {hashes['cohort']} is built already")
    point_at(final, hashes)
    return Build(final, hashes, is_new)


def _build(
    study: Study,
    declaration: Declaration,
    located: RawFiles,
    part: Path,
    progress: Progress,
    threads: int | None,
    memory_limit: str | None,
) -> None:
    con = connect(part, threads, memory_limit)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            findings, given = load_source(con, study, declaration, located, Path(scratch), progress)
        names = names_given(given, declaration.stable_users)
        write_findings(con, findings)
        con.execute("create table given_names as select unnest($names) as name order by name", {"names": sorted(names)})
        con.execute("set enable_external_access = false")
        not_yet_known(con, read_contract(), study.time.snapshot)
        build_tables(con, study, declaration, names, progress)
        con.execute("checkpoint")
    except duckdb.Error as error:
        raise BuildError(f"The build failed: {why_failed(error)}") from None
    finally:
        con.close()


def load_source(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    declaration: Declaration,
    located: RawFiles,
    scratch: Path,
    progress: Progress,
) -> tuple[list[Finding], dict[str, tuple[str, ...]]]:
    """Load a source into the tables of the contract, and hold them to its rules.

    Parameters
    ----------
    con
        An empty warehouse.
    study, declaration, located
        The study, what its kind of source declares, and the files.
    scratch
        A folder for files that are read in another encoding.
    progress
        Told of every table and finding.

    Returns
    -------
    tuple
        What was found below the level of an error; the tables that the source gives, each with its columns.

    Raises
    ------
    SourceError, ContractError, StudyError
        If the source cannot be used.
    """
    parameters = query_parameters(study, declaration)

    def told(findings: list[Finding]) -> list[Finding]:
        for finding in findings:
            progress(f"  {finding.severity}: {finding.message()}")
        return findings

    progress(f"reading {study.source.kind} tables from {study.source.path}")
    findings = told(open_raw(con, located, scratch))  # told at once: an unread file explains a missing table
    loaded = load_tables(con, study.source, read_contract(), progress)
    empty = [finding.message() for finding in loaded.findings if finding.severity == "error"]
    if empty:
        raise ContractError(f"The source breaks the contract: {' '.join(empty)}")
    findings += told(loaded.findings)
    findings += told(apply_rules(con, read_contract(), loaded.given, parameters, study.lowered_rules))
    return findings, loaded.given


def query_parameters(study: Study, declaration: Declaration) -> dict[str, Any]:
    """Return all named parameters that queries may ask for.

    Raises
    ------
    StudyError
        If ``observed_from`` names a table that is not one of the contract's.
    """
    return study.query_parameters() | log_parameters(declaration.observed_from | study.source.observed_from)


def not_yet_known(con: duckdb.DuckDBPyConnection, contract: dict[str, Table], as_of: Any) -> None:
    """Cut every source table to what was known on the morning of `as_of`, and count in table ``not_yet_known``."""
    con.execute("create table not_yet_known (table_name varchar, rows bigint, cells bigint)")
    for table in contract.values():
        rows, cells = con.execute(unknown_counts_sql(table), {"as_of": as_of}).fetchone() or (0, 0)
        if rows or cells:
            con.execute(f"create or replace table {table.name} as {as_known_sql(table)}", {"as_of": as_of})
            con.execute("insert into not_yet_known values (?, ?, ?)", [table.name, rows, cells])


def build_tables(
    con: duckdb.DuckDBPyConnection, study: Study, declaration: Declaration, given: frozenset[str], progress: Progress
) -> None:
    """Run the queries from lifetimes to audit on loaded source tables.

    Raises
    ------
    BuildError
        If a query fails or the interval audit finds a fault.
    """
    run_folders(con, FOLDERS, query_parameters(study, declaration), given, progress)
    _refuse_faults(con)


def log_parameters(observed_from: Mapping[str, Any]) -> dict[str, Any]:
    """Return the query parameters that say since when each source table is logged.

    Raises
    ------
    StudyError
        If a table is not one of the contract's.
    """
    unknown = sorted(set(observed_from) - set(read_contract()))
    if unknown:
        raise StudyError(f"observed_from names '{unknown[0]}', which is no table of the contract.")
    return {f"{table}_observed_from": observed_from.get(table, LONG_AGO) for table in read_contract()}


def run_folders(
    con: duckdb.DuckDBPyConnection,
    folders: Sequence[str],
    parameters: Mapping[str, Any],
    given: Collection[str],
    progress: Progress,
    only: Collection[str] | None = None,
) -> None:
    """Run the queries of some folders in order, all or some; keep the covariates that the data can measure."""
    measured = measurable_covariates(given)
    parameters = {**parameters, "is_user_activity_given": "user_activity" in given}
    for folder in folders:
        for query in read_queries(folder):
            if only is not None and query.name not in only:
                continue
            keep = None
            if folder == COVARIATES:
                own = [covariate.name for covariate in measured if covariate.table == query.name]
                keep = ["lifetime_id", "risk_date", *own]
            began = time.monotonic()
            rows = run_query(con, query, parameters, keep)
            progress(f"  {folder}/{query.name}: {rows:,} rows in {time.monotonic() - began:.1f} s")


def queries_behind(wanted: Collection[str], folders: Sequence[str]) -> set[str]:
    """Name the queries of some folders that make the wanted tables, and those that these read, and so on."""
    words = {query.name: set(re.findall(r"\w+", query.sql)) for folder in folders for query in read_queries(folder)}
    behind = set(wanted)
    for name in reversed(words):
        if name in behind:
            behind |= words[name] & set(words)
    return behind & set(words)


def _refuse_faults(con: duckdb.DuckDBPyConnection) -> None:
    faults = count_rows(con, "interval_faults")
    if faults:
        first = con.execute(
            "select fault, lifetime_id, start, stop from interval_faults order by all limit 5"
        ).fetchall()
        raise BuildError(f"The interval audit found {faults:,} faults, among them {first}. Nothing was written.")
