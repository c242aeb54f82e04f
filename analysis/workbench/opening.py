"""Opening: a study file becomes a workbench, its cohort built if need be."""

from pathlib import Path

from analysis.cohort.build import build_cohort
from analysis.declared.quarters import quarter_named
from analysis.declared.study import Study, read_study
from analysis.declared.study_parts import EngineKind
from analysis.progress import Bars, Progress
from analysis.workbench.bench import Workbench


def open_study(
    path: str | Path,
    *,
    source: str | Path | None = None,
    quarter: str | None = None,
    out: str | Path = "out",
    threads: int | None = None,
    memory_limit: str | None = None,
    engine: EngineKind | None = None,
    buckets: int | None = None,
    progress: Progress | None = None,
) -> Workbench:
    """Open a study, building its cohort if its data, dates or queries are new.

    Parameters
    ----------
    path
        The study file.
    source
        Another folder with the raw data than the study names.
    quarter
        Such as ``2026Q3``: as all stood on the first day after it.
    out
        Where output goes; the study gets a folder of its name in it.
    threads, memory_limit
        Of DuckDB at most, in all that is built and asked, memory such as ``4GB``; results never depend on them.
    engine, buckets
        What runs the queries that read the log of use, and in how many buckets of accounts, if not as the study says;
        results never depend on them, either.
    progress
        Told, in one line each, what takes time; by default a bar in a notebook or terminal (`analysis.progress.Bars`).

    Raises
    ------
    StudyError, SourceError, ContractError, BuildError
        If the study cannot be built.

    Examples
    --------
    >>> study = open_study("tests/data/crm5_sample/study.toml", progress=lambda step: None)
    >>> study.n_events
    91
    >>> curve = study.survival().frame()
    >>> curve.loc[curve["time"] <= 365, ["time", "n_risk", "estimate"]].tail(1).round(3)
         time  n_risk  estimate
    24  365.0     146     0.716
    >>> study.hazard_ratios()  # in a notebook with its picture; .frame() and .plot() give either
    Hazard ratios per standard deviation
    ...
    """
    study = read_study(path)
    if source is not None:
        study = study.with_source(Path(source))
    study = study.with_log_on(engine, buckets)
    if quarter is not None:
        study = study.reporting_on(quarter_named(quarter, study.time.fiscal_year_start_month))
    return open_workbench(study, Path(out), threads=threads, memory_limit=memory_limit, progress=progress or Bars())


def open_workbench(
    study: Study,
    out: Path,
    *,
    threads: int | None = None,
    memory_limit: str | None = None,
    progress: Progress = print,
) -> Workbench:
    """Open a study that has been read already; see `open_study`.

    Of a cohort that is built already it is seen that it is this one, with all its tables; each part of them is checked
    when it is read.
    """
    build = build_cohort(study, out / study.name, progress, threads, memory_limit, is_whole=False)
    return Workbench(study, build.path, build.hashes, progress, threads, memory_limit)
