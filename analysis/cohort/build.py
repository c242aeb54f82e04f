"""Build the cohort of a study: source, contract, knowledge at the snapshot, queries, audit; all of it or nothing."""

import dataclasses
from pathlib import Path

from analysis.cohort.event_questions import event_questions
from analysis.cohort.fingerprint import fingerprint
from analysis.cohort.identity import refuse_other, write_identity
from analysis.cohort.long_log.log_stays import opened_elsewhere, refuse_readers, write_logs_that_stay
from analysis.cohort.long_log.named_logs import contents_of_source, refuse_changed_source
from analysis.cohort.queries import columns_kept, run_folders
from analysis.cohort.runners import Runner, runner_of
from analysis.declared.contract import names_given, read_contract
from analysis.declared.declaration import Declaration, read_declaration
from analysis.declared.factors import FOLDER as COVARIATES
from analysis.declared.parameters import query_parameters
from analysis.declared.study import Study
from analysis.engine.engine import Engine
from analysis.engine.opening import check_memory_limit, open_engine
from analysis.errors import BuildError, EngineError, StoreError
from analysis.ingest.files.contents import Contents
from analysis.ingest.findings import refuse_errors, write_findings
from analysis.ingest.load import load_source, not_yet_known
from analysis.ingest.measured.logs import read_logs
from analysis.progress import Progress
from analysis.store.cohorts import KEPT, cohort_path, new_cohort, point_at, prune

FOLDERS = ("2_lifetimes", "3_dates", "4_activity", COVARIATES, "6_cohorts", "7_audit")


@dataclasses.dataclass(frozen=True, slots=True)
class Build:
    """A finished cohort: its file, and the hashes of what it was built from."""

    path: Path
    hashes: dict[str, str]
    is_new: bool


def build_cohort(
    study: Study,
    out: Path,
    progress: Progress,
    threads: int | None = None,
    memory_limit: str | None = None,
    *,
    is_whole: bool = True,
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
    is_whole
        Whether every row of a cohort that is built already is read, to see that it is as it was built.

    Raises
    ------
    StudyError, SourceError, ContractError, BuildError, StoreError
        In each case nothing that was there before is changed.
    """
    if memory_limit is not None:
        check_memory_limit(memory_limit)
    declaration = read_declaration(study.source.kind, study.sources)
    contents = contents_of_source(study, declaration)
    hashes = fingerprint(study, contents)
    final = cohort_path(out, hashes["cohort"])
    if final.exists():
        with open_engine(final, threads, memory_limit, read_only=True) as engine:
            refuse_other(engine, final, hashes, is_whole=is_whole)
        progress(f"cohort {hashes['cohort']} is built already")
        _point_if_possible(final, hashes, progress)
        return Build(final, hashes, is_new=False)
    with new_cohort(final, progress) as part:
        if part is not None:
            _build(study, declaration, contents, hashes, part, progress, threads, memory_limit)
    point_at(final, hashes)
    for path in prune(out, KEPT):
        progress(f"removed {path.name}: the {KEPT} cohorts that were used last are kept")
    return Build(final, hashes, is_new=part is not None)


def _point_if_possible(final: Path, hashes: dict[str, str], progress: Progress) -> None:
    """Point at a cohort that is there; where nothing may be written it can be read all the same."""
    try:
        point_at(final, hashes)
    except StoreError as error:
        progress(f"current.json stays as it is: {error}")


def _build(
    study: Study,
    declaration: Declaration,
    contents: Contents,
    hashes: dict[str, str],
    part: Path,
    progress: Progress,
    threads: int | None,
    memory_limit: str | None,
) -> None:
    with open_engine(part, threads, memory_limit) as engine:
        try:
            scratch = part.with_name("scratch")
            scratch.mkdir()
            (between := scratch / "between").mkdir()
            with opened_elsewhere(study.engine, engine, between, progress, threads) as elsewhere:
                load = load_source(engine, study, declaration, contents.located, scratch, progress, elsewhere=elsewhere)
                engine.seal(between)
                refuse_changed_source(study, declaration, contents)
                for finding in load.findings:
                    if finding.severity != "error":
                        progress(f"  {finding.severity}: {finding.message()}")
                refuse_errors(load.findings)
                names = names_given(load.given, declaration.stable_users)
                engine.run(
                    "create table given_names as select unnest($names) as name order by name", {"names": sorted(names)}
                )
                not_yet_known(engine, read_contract(), study.time.snapshot)
                if elsewhere is not None:
                    refuse_readers(study.own.queries, elsewhere)
                keep = columns_kept(names, study.own)
                runner = runner_of(study.engine, engine, elsewhere, keep, progress)
                build_tables(engine, study, declaration, names, progress, runner)
                if elsewhere is not None:
                    write_logs_that_stay(engine, elsewhere, study.source.path)
            write_findings(engine, [*load.findings, *event_questions(engine, query_parameters(study, declaration))])
            write_identity(engine, hashes)
            engine.settle()
        except EngineError as error:
            raise BuildError(f"The build failed: {error.advice}") from None


def build_tables(
    engine: Engine,
    study: Study,
    declaration: Declaration,
    given: frozenset[str],
    progress: Progress,
    runner: Runner | None = None,
) -> None:
    """Run the queries from lifetimes to audit on loaded source tables; by `runner` those that it takes.

    Raises
    ------
    BuildError
        If a query fails or the interval audit finds a fault.
    """
    parameters = query_parameters(study, declaration) | read_logs(engine)
    run_folders(engine, FOLDERS, parameters, given, progress, own=study.own, runner=runner)
    _refuse_faults(engine)


def _refuse_faults(engine: Engine) -> None:
    faults = engine.count("interval_faults")
    if faults:
        first = engine.rows("select fault, lifetime_id, start, stop from interval_faults order by all limit 5")
        raise BuildError(f"The interval audit found {faults:,} faults, among them {first}. Nothing was written.")
