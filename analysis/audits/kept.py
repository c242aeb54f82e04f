"""Kept audits: the tables that the audits of a cohort made, under the hash of all that decides them."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.fingerprint import ROOMS, digest, module_texts
from analysis.declared.schema import Schema
from analysis.engine.engine import Engine
from analysis.engine.opening import open_engine
from analysis.engine.quoting import literal
from analysis.errors import EngineError, StoreError
from analysis.store.working import scratch_folder, told_in_words, working_folder

JUDGING = (*ROOMS, "audits", "cox", "design", "evaluation", "inference", "models")
"""Whatever lives in these rooms of ``analysis`` decides what the audits of a cohort find."""
LIBRARIES = ("numba", "numpy", "pandas", "scikit-learn", "scipy", "statsmodels")


class KeptTables:
    """Tables of one cohort, each a Parquet file, made when first asked for and read from then on.

    Parameters
    ----------
    tenure
        The cohort, in whose folder they are kept.
    look_ahead_days
        Days on which the past is rebuilt.
    """

    def __init__(self, tenure: CohortTables, look_ahead_days: int) -> None:
        study = tenure.study
        settings = {
            "audits": asdict(study.audits) | {"look_ahead_days": look_ahead_days},
            "seed": study.seed,
            "test_quarters": study.models.test_quarters,
            "contest_from_events": study.report.contest_from_events,
            "min_cell": study.report.min_cell,
        }
        decided_by = [*module_texts(JUDGING), *(version(name) for name in LIBRARIES)]
        key = digest(json.dumps(settings, sort_keys=True), *decided_by)[:16]
        self.memory_limit = tenure.memory_limit
        self._progress = tenure.progress
        self.folder = tenure.cohort_file.parent / f"audits-{tenure.hashes['cohort']}-{key}"

    def are_kept(self, *schemas: Schema) -> bool:
        """Tell whether tables were made already and are there."""
        return all(path.exists() for path in self._paths(schemas))

    def _paths(self, schemas: Sequence[Schema]) -> list[Path]:
        return [self.folder / f"{schema.name}.parquet" for schema in schemas]

    def tables(self, *schemas: Schema, make: Callable[[], tuple[pd.DataFrame, ...]]) -> tuple[pd.DataFrame, ...]:
        """Return tables, all of them as kept; where one is not there, or cannot be read, all are made and checked."""
        paths = self._paths(schemas)
        if self.are_kept(*schemas):
            with suppress(EngineError), self._scratch() as engine:
                return _read(engine, paths)
        made = {schema.name: schema.checked(table) for schema, table in zip(schemas, make(), strict=True)}
        try:
            with working_folder(self.folder.parent) as work, told_in_words(work):
                tables = self._as_written(made, work)
                self.folder.mkdir(exist_ok=True)
                for path in paths:
                    os.replace(work / path.name, path)
                return tables
        except StoreError as error:
            self._progress(f"audits are not kept: {error}")
        with scratch_folder() as work:
            return self._as_written(made, work)

    def _as_written(self, made: Mapping[str, pd.DataFrame], folder: Path) -> tuple[pd.DataFrame, ...]:
        """Write tables and read them again: what is kept is what is shown, to the type."""
        with self._scratch() as engine:
            for name, table in made.items():
                with engine.showing(table_to_keep=table):
                    engine.write_parquet("select * from table_to_keep", folder / f"{name}.parquet")
            return _read(engine, [folder / f"{name}.parquet" for name in made])

    def _scratch(self) -> Engine:
        return open_engine(":memory:", 1, self.memory_limit)


def _read(engine: Engine, paths: Sequence[Path]) -> tuple[pd.DataFrame, ...]:
    return tuple(engine.frame(f"select * from read_parquet({literal(str(path))})") for path in paths)
