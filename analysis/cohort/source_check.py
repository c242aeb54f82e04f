"""Source check: what a study's source gives, and what is found in it, without building a cohort."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.cohort.event_questions import event_questions
from analysis.cohort.long_log.log_stays import opened_elsewhere
from analysis.cohort.long_log.named_logs import contents_of_source, refuse_changed_source
from analysis.cohort.queries import ASKED, queries_of, run_folders
from analysis.declared.contract import names_given, read_contract
from analysis.declared.declaration import Declaration, read_declaration
from analysis.declared.floors import Evidence
from analysis.declared.parameters import query_parameters
from analysis.declared.study import Study
from analysis.engine.engine import Engine
from analysis.engine.opening import open_engine
from analysis.engine.query import behind, read_query
from analysis.ingest.findings import Finding
from analysis.ingest.load import load_source, not_yet_known
from analysis.ingest.measured.measured import read_not_measured
from analysis.ingest.rules.finding_rows import write_rows
from analysis.ingest.rules.matches import Match
from analysis.progress import Progress, quiet
from analysis.wording.remarks import Remark

if TYPE_CHECKING:  # a check that shows no page does not wait for pandas
    from analysis.cohort.source_overview import SourceOverview

FOLDERS = ("2_lifetimes", "3_dates")
"""Of the queries, those that say when lifetimes end."""


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """What the source of a study gives.

    Attributes
    ----------
    findings
        What was found, errors among it.
    given
        See `analysis.declared.contract.names_given`.
    not_measured
        What else the source gives, and why it is not measured, by name.
    not_yet_known
        Of each table that holds more than was known at the snapshot: its name, rows, and cells of other rows.
    matches
        How columns match those that they refer to.
    n_lifetimes
        Distinct lifetimes at risk; None where errors stand in the way.
    evidence
        Those of them that churned while under observation; None likewise.
    overview
        What was read, and how it lies against the lifetimes; None unless the rows of findings were asked for.
    row_files
        Of each finding, the name of the file that holds its rows; empty where none does.
    """

    findings: tuple[Finding, ...]
    given: frozenset[str]
    not_measured: Mapping[str, Remark]
    not_yet_known: tuple[tuple[str, int, int], ...]
    matches: tuple[Match, ...]
    n_lifetimes: int | None = None
    evidence: Evidence | None = None
    overview: "SourceOverview | None" = None
    row_files: tuple[str, ...] = ()

    @property
    def n_errors(self) -> int:
        """How many of the findings are errors."""
        return sum(finding.severity == "error" for finding in self.findings)


def check_source(
    study: Study,
    scratch: Path,
    progress: Progress,
    threads: int | None = None,
    memory_limit: str | None = None,
    *,
    rows: Path | None = None,
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
    rows
        A folder for all rows of the findings, a CSV each; None: they are not asked for, nor is the overview.

    Raises
    ------
    StudyError, SourceError, ContractError, BuildError
        If nothing of the source can be read.
    """
    declaration = read_declaration(study.source.kind, study.sources)
    contents = contents_of_source(study, declaration)
    with (
        open_engine(scratch / "check.duckdb", threads, memory_limit) as engine,
        opened_elsewhere(study.engine, engine, scratch / "between", progress, threads) as elsewhere,
    ):
        load = load_source(
            engine, study, declaration, contents.located, scratch, progress,
            keep_rows=rows is not None, elsewhere=elsewhere,
        )  # fmt: skip
        refuse_changed_source(study, declaration, contents)
        given = names_given(load.given, declaration.stable_users)
        checked = SourceCheck(load.findings, given, read_not_measured(engine), (), load.matches)
        if rows is not None:
            from analysis.cohort.source_overview import note_rows_by_day, source_overview

            note_rows_by_day(engine, load.given)
        if load.is_usable:
            checked = _with_lifetimes(engine, study, declaration, checked)
        if rows is None:
            return checked
        return dataclasses.replace(
            checked,
            overview=source_overview(engine, load.read, load.given, checked.not_yet_known),
            row_files=write_rows(engine, checked.findings, rows),
        )


def _with_lifetimes(engine: Engine, study: Study, declaration: Declaration, checked: SourceCheck) -> SourceCheck:
    """Add what was not yet known at the snapshot, and who left; nothing stands in the way."""
    not_yet_known(engine, read_contract(), study.time.snapshot)
    unknown = engine.rows("select table_name, rows, cells from not_yet_known order by table_name")
    needed = behind({"risk_intervals"}, queries_of(FOLDERS))
    run_folders(engine, FOLDERS, query_parameters(study, declaration), checked.given, quiet, needed)
    ((n_lifetimes, *found),) = engine.rows(read_query(f"{ASKED}/lifetimes_at_risk").sql)
    questions = event_questions(engine, query_parameters(study, declaration))
    return dataclasses.replace(
        checked,
        findings=(*checked.findings, *questions),
        not_yet_known=tuple(unknown),
        n_lifetimes=n_lifetimes,
        evidence=Evidence(*found),
    )
