"""The log elsewhere: another engine runs its queries where it lies, and hands over what they make as Parquet."""

import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from analysis.engine.engine import Engine
from analysis.engine.query import Query
from analysis.progress import Progress


class OtherEngine(Protocol):
    """What queries are put to elsewhere: `analysis.engine.spark.Spark`."""

    def show(self, name: str, files: Path) -> None: ...  # noqa: D102

    def make(self, query: Query, parameters: Mapping[str, Any]) -> Path: ...  # noqa: D102


class LogElsewhere:
    """The queries of the log, run by another engine than the cohort's.

    Parameters
    ----------
    engine
        The store of the cohort: what the queries read besides comes from there, and what they make goes there.
    other
        What runs them.
    not_kept
        Tables that stay there.
    folder
        For what goes there, as Parquet; a folder that both see.
    progress
        Told of each query.
    """

    def __init__(
        self, engine: Engine, other: OtherEngine, not_kept: Collection[str], folder: Path, progress: Progress
    ) -> None:
        self._engine = engine
        self._other = other
        self._not_kept = not_kept
        self._folder = folder
        self._progress = progress

    def run(self, queries: Sequence[Query], parameters: Mapping[str, Any]) -> None:
        """Run queries in order, and put what is kept into the store, typed as the store itself would."""
        shown: set[str] = set()
        for query in queries:
            began = time.monotonic()
            for name in sorted(query.reads - shown):
                files = self._folder / f"{name}.parquet"
                self._engine.write_parquet(_in_types_of_parquet(self._engine, name), files)
                self._other.show(name, files)
            made = self._other.make(query, parameters)
            shown |= query.reads | {query.name}
            self._engine.make_empty(query, parameters)
            told = "not kept"
            if query.name not in self._not_kept:
                told = f"{self._engine.add_parquet(query.name, made):,} rows"
            self._progress(f"  {query.folder}/{query.name}, elsewhere: {told} in {time.monotonic() - began:.1f} s")


def _in_types_of_parquet(engine: Engine, table: str) -> str:
    """Return a select of a table in which long sums are decimals: Parquet has no whole number so long."""
    columns = (
        f"cast({name} as decimal(38, 0)) as {name}" if kind == "HUGEINT" else name
        for name, kind in engine.columns(table).items()
    )
    return f"select {', '.join(columns)} from {table}"
