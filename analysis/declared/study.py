"""The study: one frozen object that holds every date, window, definition and seed of an analysis."""

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.declared.own_queries import NOTHING, OwnQueries, read_own_queries
from analysis.declared.quarters import Quarter
from analysis.declared.ranges import check_ranges
from analysis.declared.settings import DERIVED, parse_settings, read_toml
from analysis.declared.source import Source, check_time_zone, refuse_address
from analysis.declared.study_parts import Audits, Definitions, EngineKind, LogEngine, Models, Report, Time, Windows
from analysis.errors import StudyError


@dataclass(frozen=True, slots=True)
class Study:
    """The frozen content of a study file (``study.toml``).

    Attributes
    ----------
    name
        Short name; output goes to ``out/<name>/``.
    sources
        Folders of the study's own sources, each a kind of source that goes by its name.
    rules
        Contract rules lowered from error to warning, by name; every report lists them.
    claims
        The file of the study's own claims; there need be none.
    health_score
        The file that says what the health score is made of; there need be none.
    actions
        The file of what the study suggests to do about accounts; there need be none.
    queries
        Folders of its own covariates; there need be none.
    own
        What these hold.
    folder
        In which the study file lies.
    """

    name: str
    source: Source
    time: Time
    title: str = ""
    seed: int = 20240101
    windows: Windows = field(default_factory=Windows)
    definitions: Definitions = field(default_factory=Definitions)
    models: Models = field(default_factory=Models)
    audits: Audits = field(default_factory=Audits)
    report: Report = field(default_factory=Report)
    engine: LogEngine = field(default_factory=LogEngine)
    lowered_rules: tuple[str, ...] = ()
    sources: tuple[Path, ...] = ()
    claims: Path = Path("claims.toml")
    health_score: Path = Path("health_score.toml")
    actions: Path = Path("actions.toml")
    queries: tuple[Path, ...] = ()
    own: OwnQueries = field(default=NOTHING, metadata={DERIVED: True})
    folder: Path = field(default=Path(), metadata={DERIVED: True})

    def with_source(self, path: Path) -> "Study":
        """Return the same study reading its raw data from another folder."""
        refuse_address(path)
        return dataclasses.replace(self, source=dataclasses.replace(self.source, path=path.resolve()))

    def with_log_on(self, kind: EngineKind | None = None, buckets: int | None = None) -> "Study":
        """Return the same study with the queries that read the log of use on another engine, or in other buckets."""
        engine = dataclasses.replace(self.engine, kind=kind or self.engine.kind, buckets=buckets or self.engine.buckets)
        return dataclasses.replace(self, engine=engine)

    def reporting_on(self, quarter: Quarter) -> "Study":
        """Return the same study as it stood on the first day after a quarter, if its snapshot lies no earlier.

        Raises
        ------
        StudyError
            If the data end before the quarter begins, or begin after it is over.
        """
        if quarter.begins_on >= self.time.snapshot:
            raise StudyError(
                f"There is no report on {quarter} yet: it begins on {quarter.begins_on}, and the data end with the "
                f"snapshot, {self.time.snapshot}."
            )
        if quarter.is_over_on <= self.time.observation_start:
            raise StudyError(
                f"There is no report on {quarter}: it is over on {quarter.is_over_on}, and observation starts on "
                f"{self.time.observation_start}."
            )
        snapshot = min(quarter.is_over_on, self.time.snapshot)
        return dataclasses.replace(self, time=dataclasses.replace(self.time, snapshot=snapshot))

    def query_parameters(self) -> dict[str, Any]:
        """Return the named parameters that queries may ask for; a list is one text, each entry between commas."""
        own = [dataclasses.asdict(part) for part in (self.time, self.windows, self.definitions)]
        parameters = {name: value for part in own for name, value in part.items()}
        return parameters | {
            "senior": f",{','.join(self.definitions.senior)},",
            "is_region_constant": "region" in self.source.constant_attributes,
        }

    def as_dict(self) -> dict[str, Any]:
        """Return the study as plain nested values, without places, and what else results do not depend on."""
        content = dataclasses.asdict(self)
        for name in ("sources", "claims", "health_score", "actions", "queries", "own", "folder", "engine"):
            del content[name]
        del content["source"]["path"]
        return content | ({"queries": [query.path for query in self.own.queries]} if self.own.queries else {})


def read_study(path: str | Path) -> Study:
    """Read and check a study file.

    Parameters
    ----------
    path
        The TOML file; relative paths inside it are relative to its folder.

    Raises
    ------
    StudyError
        If the file cannot be read, a key is unknown or missing, a value is of the wrong type or out of range, or a
        query of its own cannot run.
    """
    path = Path(path)
    try:
        content = read_toml(path)
    except FileNotFoundError:
        raise StudyError(f"No study file at {path}. Name one with --study PATH.") from None
    study = parse_settings(Study, content, where=str(path))
    refuse_address(study.source.path)
    source = dataclasses.replace(study.source, path=(path.parent / study.source.path).resolve())
    files = {name: path.parent / getattr(study, name) for name in ("claims", "health_score", "actions")}
    sources = tuple((path.parent / folder).resolve() for folder in study.sources)
    queries = tuple(path.parent / folder for folder in study.queries)
    own = {"queries": queries, "own": read_own_queries(queries), "folder": path.parent}
    study = dataclasses.replace(study, source=source, sources=sources, **own, **files)
    check_ranges(study, str(path))
    source.check(str(path))
    check_time_zone(study.time.time_zone, str(path))
    return study
