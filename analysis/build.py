"""Build the cohort of a study: source, contract, knowledge at the snapshot, queries, audit; all of it or nothing."""

import dataclasses
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import duckdb

from analysis.contract import Table, as_known_sql, names_given, read_contract, unknown_counts_sql
from analysis.errors import BuildError
from analysis.factors import FOLDER as COVARIATES
from analysis.factors import measurable_covariates
from analysis.rules import Finding, apply_rules, findings_frame
from analysis.sources import Declaration, hash_files, load_tables, locate_files, open_raw, read_declaration
from analysis.study import Study
from analysis.warehouse import Progress, connect, count_rows, read_queries, run_query

FOLDERS = ("2_lifetimes", "3_dates", "4_activity", COVARIATES, "6_cohorts", "7_audit")
POINTER = "current.json"
LONG_AGO = "1900-01-01"
_PART = re.compile(r"cohort-[0-9a-f]+\.part-(\d+)")


@dataclasses.dataclass(frozen=True, slots=True)
class Build:
    """A finished cohort: its file, and the hashes of what it was built from."""

    path: Path
    hashes: dict[str, str]
    is_new: bool


def check_source(study: Study, scratch: Path, progress: Progress) -> tuple[list[Finding], frozenset[str]]:
    """Check the source of a study against the contract without building anything.

    Returns
    -------
    tuple
        What was found below the level of an error, and what the source gives (see `analysis.contract.names_given`).

    Raises
    ------
    StudyError, SourceError, ContractError
        If the source cannot be used.
    """
    contract = read_contract()
    declaration = read_declaration(study.source.kind)
    located = locate_files(declaration, study.source.path, contract)
    con = connect(scratch / "check.duckdb")
    try:
        findings, given = _load(con, study, contract, located, scratch, progress)
    finally:
        con.close()
    return findings, names_given(given, declaration.stable_users)


def build_cohort(study: Study, out: Path, progress: Progress, threads: int | None = None) -> Build:
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

    Raises
    ------
    StudyError, SourceError, ContractError, BuildError
        In each case nothing that was there before is changed.
    """
    contract = read_contract()
    declaration = read_declaration(study.source.kind)
    located = locate_files(declaration, study.source.path, contract)
    hashes = _hashes(study, located)
    final = out / f"cohort-{hashes['cohort']}.duckdb"
    is_new = not final.exists()
    if is_new:
        out.mkdir(parents=True, exist_ok=True)
        _remove_stale(out)
        part = out / f"cohort-{hashes['cohort']}.part-{os.getpid()}"
        try:
            _build(study, contract, declaration, located, part, progress, threads)
            os.replace(part, final)
        finally:
            _remove_part(part)
    else:
        progress(f"cohort {hashes['cohort']} is built already")
    _point(out, final, hashes)
    return Build(final, hashes, is_new)


def _build(
    study: Study,
    contract: dict[str, Table],
    declaration: Declaration,
    located: dict[str, Path],
    part: Path,
    progress: Progress,
    threads: int | None,
) -> None:
    con = connect(part, threads)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            findings, given = _load(con, study, contract, located, Path(scratch), progress)
        names = names_given(given, declaration.stable_users)
        findings_table = findings_frame(findings)
        con.execute("create table rule_findings as select * from findings_table")
        con.execute("create table given_names as select unnest($names) as name order by name", {"names": sorted(names)})
        con.execute("set enable_external_access = false")
        not_yet_known(con, contract, study.time.snapshot)
        build_tables(con, study, declaration, names, progress)
        con.execute("checkpoint")
    except duckdb.Error as error:
        raise BuildError(f"The build failed: {error}") from None
    finally:
        con.close()


def _load(
    con: duckdb.DuckDBPyConnection,
    study: Study,
    contract: dict[str, Table],
    located: dict[str, Path],
    scratch: Path,
    progress: Progress,
) -> tuple[list[Finding], dict[str, tuple[str, ...]]]:
    progress(f"reading {study.source.kind} tables from {study.source.path}")
    open_raw(con, located, scratch)
    given = load_tables(con, study.source, contract, progress)
    findings = apply_rules(con, contract, given, study.lowered_rules)
    for finding in findings:
        progress(f"  {finding.rule.severity}: {finding.message()}")
    return findings, given


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
    parameters = study.query_parameters() | {
        f"{table}_observed_from": declaration.observed_from.get(table, LONG_AGO) for table in read_contract()
    }
    measured = measurable_covariates(given)
    for folder in FOLDERS:
        for query in read_queries(folder):
            keep = None
            if folder == COVARIATES:
                own = [covariate.name for covariate in measured if covariate.family == query.name]
                keep = ["lifetime_id", "risk_date", *own]
            began = time.monotonic()
            rows = run_query(con, query, parameters, keep)
            progress(f"  {folder}/{query.name}: {rows:,} rows in {time.monotonic() - began:.1f} s")
    _refuse_faults(con)


def _refuse_faults(con: duckdb.DuckDBPyConnection) -> None:
    faults = count_rows(con, "interval_faults")
    if faults:
        first = con.execute(
            "select fault, lifetime_id, start, stop from interval_faults order by all limit 5"
        ).fetchall()
        raise BuildError(f"The interval audit found {faults:,} faults, among them {first}. Nothing was written.")


def _hashes(study: Study, located: dict[str, Path]) -> dict[str, str]:
    """Return short hashes of data, study, queries and code version, and of all of them together."""
    relevant = {"source": study.source.kind, "lowered_rules": study.lowered_rules} | study.query_parameters()
    parts = {
        "data": hash_files(located),
        "study": _digest(json.dumps(relevant, default=str, sort_keys=True)),
        "queries": _digest(*_texts(files("queries"))),
        "versions": _digest(version("duckdb"), version("tenure-workbench")),
    }
    return {"cohort": _digest(*parts.values())[:16]} | {name: value[:16] for name, value in parts.items()}


def _digest(*texts: str) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode("utf-8") + b"\0")
    return digest.hexdigest()


def _texts(folder: Traversable) -> list[str]:
    found = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.is_dir():
            found += _texts(entry)
        elif entry.name.endswith((".sql", ".toml")):
            found += [entry.name, entry.read_text(encoding="utf-8")]
    return found


def _point(out: Path, final: Path, hashes: dict[str, str]) -> None:
    """Swap the pointer for one to `final`; readers see the old or the new one, never half of it."""
    text = json.dumps({"cohort": final.name, "built_from": hashes}, indent=2) + "\n"
    pointer = out / POINTER
    if pointer.exists() and pointer.read_text(encoding="utf-8") == text:
        return
    part = out / f"{POINTER}.part-{os.getpid()}"
    part.write_text(text, encoding="utf-8")
    os.replace(part, pointer)


def _remove_stale(out: Path) -> None:
    """Remove what builds that were killed have left behind."""
    for entry in out.iterdir():
        found = _PART.match(entry.name)
        if found and not Path(f"/proc/{found[1]}").exists():
            _remove_part(entry)


def _remove_part(part: Path) -> None:
    for path in (part, part.with_name(part.name + ".wal"), part.with_name(part.name + ".tmp")):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def prune(out: Path) -> list[Path]:
    """Remove every cohort but the one that ``current.json`` points at; return what was removed."""
    current = json.loads((out / POINTER).read_text(encoding="utf-8"))["cohort"]
    old = [path for path in sorted(out.glob("cohort-*.duckdb")) if path.name != current]
    for path in old:
        path.unlink()
    return old


def current_cohort(out: Path) -> tuple[Path, dict[str, str]]:
    """Return the cohort file that ``current.json`` points at, and the hashes it was built from.

    Raises
    ------
    BuildError
        If nothing has been built yet.
    """
    try:
        content = json.loads((out / POINTER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BuildError(f"Nothing is built in {out} yet. Run 'tenure build' first.") from None
    return out / content["cohort"], content["built_from"]
