"""Named logs: what a study's source holds, with the logs of use that another engine knows by a name."""

from analysis.cohort.long_log.log_stays import opened_elsewhere
from analysis.declared.declaration import CONTRACT_KIND, Declaration
from analysis.declared.study import Study
from analysis.engine.opening import open_engine
from analysis.engine.places import Named
from analysis.errors import SourceError, StudyError
from analysis.ingest.files.contents import Contents, contents_of, refuse_changed
from analysis.progress import quiet
from analysis.store.working import scratch_folder


def contents_of_source(study: Study, declaration: Declaration) -> Contents:
    """Return what the source of a study holds now, wherever it lies.

    Raises
    ------
    StudyError, SourceError
        If it cannot be found.
    BuildError
        If a log is said to go by a name in another engine, and that cannot be asked, or knows no such table.
    """
    begins = declaration.observed_from | study.source.observed_from
    return contents_of(declaration, study.source.path, _named_logs(study), begins)


def refuse_changed_source(study: Study, declaration: Declaration, before: Contents) -> None:
    """Refuse a source that is no longer what it was; see `analysis.ingest.files.contents.refuse_changed`.

    Rows that have come to a table that keeps its versions are of a later version, which is not read.
    """
    refuse_changed(before, declaration, study.source.path)
    fleeting = {name: table for name, table in before.located.named.items() if not table.is_versioned}
    now = _named_logs(study) if fleeting else {}
    for name, table in fleeting.items():
        if now[name] != table:
            raise SourceError(
                f"The table {table.name} changed while it was read. Nothing was written. Wait until whatever writes "
                "there has ended, or name a Delta table, which is read as of a version; then run this again."
            )


def _named_logs(study: Study) -> dict[str, Named]:
    """Ask the other engine about each log that goes by a name there."""
    tables = study.engine.tables
    if not tables:
        return {}
    told = ", ".join(f"{log} is {name}" for log, name in sorted(tables.items()))
    if study.source.kind != CONTRACT_KIND:
        raise StudyError(
            f"The study names tables of Spark for logs of use ({told}), which must be in the contract's shape; its "
            f"source, of kind '{study.source.kind}', makes that shape by queries of its own. Take engine.tables away."
        )
    with (
        scratch_folder() as folder,
        open_engine(":memory:") as engine,
        opened_elsewhere(study.engine, engine, folder / "between", quiet) as elsewhere,
    ):
        if elsewhere is None:
            raise StudyError(
                f"The study names tables of Spark for logs of use ({told}): no other engine can read them. Say "
                '[engine] kind = "spark", or --engine spark.'
            )
        return {log: elsewhere.describe(name) for log, name in sorted(tables.items())}
