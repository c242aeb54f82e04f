"""Source check: what a study's source gives, and what is found in it, without building a cohort."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.cohort.queries import ASKED, queries_of, run_folders
from analysis.declared.contract import names_given, read_contract
from analysis.declared.declaration import read_declaration
from analysis.declared.floors import Evidence
from analysis.declared.parameters import query_parameters
from analysis.declared.study import Study
from analysis.engine.engine import open_engine
from analysis.engine.query import behind, read_query
from analysis.ingest.findings import Finding
from analysis.ingest.load import load_source, not_yet_known
from analysis.ingest.measured import read_not_measured
from analysis.ingest.raw_files import locate_files
from analysis.progress import Progress, quiet
from analysis.wording.remarks import Remark

FOLDERS = ("2_lifetimes", "3_dates")
"""Of the queries, those that say when lifetimes end."""


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """What the source of a study gives.

    Attributes
    ----------
    findings
        What was found below the level of an error.
    given
        See `analysis.declared.contract.names_given`.
    not_measured
        What else the source gives, and why it is not measured, by name.
    not_yet_known
        Of each table that holds more than was known at the snapshot: its name, rows, and cells of other rows.
    n_lifetimes
        Distinct lifetimes at risk.
    evidence
        Those of them that churned while under observation.
    """

    findings: tuple[Finding, ...]
    given: frozenset[str]
    not_measured: Mapping[str, Remark]
    not_yet_known: tuple[tuple[str, int, int], ...]
    n_lifetimes: int
    evidence: Evidence


def check_source(
    study: Study, scratch: Path, progress: Progress, threads: int | None = None, memory_limit: str | None = None
) -> SourceCheck:
    """Check the source of a study against the contract without building a cohort.

    Parameters
    ----------
    study
        The study.
    scratch
        A folder for what is read; nothing in it is needed afterwards.
    progress
        Told of every table and finding.
    threads, memory_limit
        Threads, and most memory, for DuckDB, such as ``4GB``; the result does not depend on them.

    Raises
    ------
    StudyError, SourceError, ContractError, BuildError
        If the source cannot be used.
    """
    declaration = read_declaration(study.source.kind)
    located = locate_files(declaration, study.source.path, read_contract())
    with open_engine(scratch / "check.duckdb", threads, memory_limit) as engine:
        findings, tables = load_source(engine, study, declaration, located, scratch, progress)
        given, not_measured = names_given(tables, declaration.stable_users), read_not_measured(engine)
        not_yet_known(engine, read_contract(), study.time.snapshot)
        unknown = engine.rows("select table_name, rows, cells from not_yet_known order by table_name")
        needed = behind({"risk_intervals"}, queries_of(FOLDERS))
        run_folders(engine, FOLDERS, query_parameters(study, declaration), given, quiet, needed)
        ((n_lifetimes, *found),) = engine.rows(read_query(f"{ASKED}/lifetimes_at_risk").sql)
    return SourceCheck(tuple(findings), given, not_measured, tuple(unknown), n_lifetimes, Evidence(*found))
