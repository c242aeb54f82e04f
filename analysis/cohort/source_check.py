"""Source check: what a study's source gives, and what is found in it, without building a cohort."""

from dataclasses import dataclass
from pathlib import Path

from analysis.cohort.queries import queries_behind, run_folders
from analysis.declared.contract import names_given, read_contract
from analysis.declared.declaration import read_declaration
from analysis.declared.parameters import query_parameters
from analysis.declared.study import Study
from analysis.engine.warehouse import Progress, connect, scalar
from analysis.ingest.findings import Finding
from analysis.ingest.load import load_source, not_yet_known
from analysis.ingest.raw_files import locate_files

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
    not_yet_known
        Of each table that holds more than was known at the snapshot: its name, rows, and cells of other rows.
    n_lifetimes, n_events
        Distinct lifetimes at risk, and those of them that churned while under observation.
    """

    findings: tuple[Finding, ...]
    given: frozenset[str]
    not_yet_known: tuple[tuple[str, int, int], ...]
    n_lifetimes: int
    n_events: int


def check_source(study: Study, scratch: Path, progress: Progress) -> SourceCheck:
    """Check the source of a study against the contract without building a cohort.

    Parameters
    ----------
    study
        The study.
    scratch
        A folder for what is read; nothing in it is needed afterwards.
    progress
        Told of every table and finding.

    Raises
    ------
    StudyError, SourceError, ContractError, BuildError
        If the source cannot be used.
    """
    declaration = read_declaration(study.source.kind)
    located = locate_files(declaration, study.source.path, read_contract())
    con = connect(scratch / "check.duckdb")
    try:
        findings, tables = load_source(con, study, declaration, located, scratch, progress)
        given = names_given(tables, declaration.stable_users)
        not_yet_known(con, read_contract(), study.time.snapshot)
        unknown = con.execute("select table_name, rows, cells from not_yet_known order by table_name").fetchall()
        needed = queries_behind({"risk_intervals"}, FOLDERS)
        run_folders(con, FOLDERS, query_parameters(study, declaration), given, lambda message: None, needed)
        n_lifetimes = scalar(con, "select count(distinct lifetime_id) from risk_intervals")
        n_events = scalar(
            con,
            "select count(distinct risk_intervals.lifetime_id) from risk_intervals inner join lifetimes "
            "on risk_intervals.lifetime_id = lifetimes.lifetime_id and stops_on = leaves_on where cause = 'churn'",
        )
    finally:
        con.close()
    return SourceCheck(tuple(findings), given, tuple(unknown), n_lifetimes, n_events)
