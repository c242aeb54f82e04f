"""Log queries: those that read the logs of use, which another engine than the cohort's may run where the logs lie."""

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from analysis.declared.study_parts import LogEngine
from analysis.engine.engine import Engine
from analysis.engine.query import Query
from analysis.engine.spark import open_spark
from analysis.progress import Progress

LOGS = frozenset({"usage_daily", "user_activity"})
FOLDER = "4_activity"
"""Of ``queries/``: where the logs shrink to whole numbers, one row for each account and date."""
ON_THE_WAY = frozenset({"usage_user_day", "usage_feature_day", "user_window", "feature_window"})
"""What says more of single users and features than anything later reads: made on the way, and not kept."""
_ROWS = LOGS | ON_THE_WAY | {"usage_account_day"}


class OtherEngine(Protocol):
    """What runs queries elsewhere, and hands over what it made as Parquet: `analysis.engine.spark.Spark`."""

    def show(self, name: str, files: Path) -> None: ...  # noqa: D102

    def make(self, query: Query, parameters: Mapping[str, Any]) -> Path: ...  # noqa: D102


def is_of_the_log(query: Query) -> bool:
    """Say whether a query reads a log of use, or what has as many rows."""
    return query.folder == FOLDER and not query.reads.isdisjoint(_ROWS)


def on_the_way(needed: Collection[str], queries: Collection[Query]) -> set[str]:
    """Name the tables that are not kept and that queries, of all that are in order, need to be made again."""
    found = set(needed)
    for query in reversed(tuple(queries)):
        if query.name in found:
            found |= query.reads & ON_THE_WAY
    return found & ON_THE_WAY


def forget_what_was_on_the_way(engine: Engine) -> None:
    """Drop the tables that are not kept."""
    for name in sorted(ON_THE_WAY):
        engine.run(f"drop table {name}")


class LogQueries:
    """Queries of the log that wait until something reads what they make; then another engine runs them, in order.

    Parameters
    ----------
    engine
        The store of the cohort: what they read beside each other comes from there, and what they make goes there.
    other
        What runs them.
    folder
        For what goes there, as Parquet; a folder that both see.
    progress
        Told of each.
    """

    def __init__(self, engine: Engine, other: OtherEngine, folder: Path, progress: Progress) -> None:
        self._engine = engine
        self._other = other
        self._folder = folder
        self._progress = progress
        self._waiting: list[Query] = []
        self._shown: set[str] = set()

    def take(self, query: Query) -> None:
        """Let a query wait."""
        self._waiting.append(query)

    def is_waited_for(self, query: Query) -> bool:
        """Say whether a query reads what some waiting one makes."""
        return not query.reads.isdisjoint(waiting.name for waiting in self._waiting)

    def run(self, parameters: Mapping[str, Any]) -> None:
        """Run the waiting queries, and put what they make into the store, typed as the store itself would."""
        for query in self._waiting:
            began = time.monotonic()
            for name in sorted(query.reads - self._shown):
                self._engine.write_parquet(_in_types_of_parquet(self._engine, name), self._folder / f"{name}.parquet")
                self._other.show(name, self._folder / f"{name}.parquet")
            made = self._other.make(query, parameters)
            self._shown |= query.reads | {query.name}
            kept = None if query.name in ON_THE_WAY else made
            rows = self._engine.take_over(query, parameters, kept)
            told = f"{rows:,} rows" if kept else "not kept"
            self._progress(f"  {query.folder}/{query.name}, on Spark: {told} in {time.monotonic() - began:.1f} s")
        self._waiting.clear()


def _in_types_of_parquet(engine: Engine, table: str) -> str:
    """Return a select of a table in which long sums are decimals: Parquet has no whole number so long."""
    columns = (
        f"cast({name} as decimal(38, 0)) as {name}" if kind == "HUGEINT" else name
        for name, kind in engine.columns(table).items()
    )
    return f"select {', '.join(columns)} from {table}"


@contextmanager
def log_queries(
    asked: LogEngine, engine: Engine, folder: Path, progress: Progress, threads: int | None = None
) -> Iterator[LogQueries | None]:
    """Open what runs the queries of the log, if it is another engine than the cohort's; None where it is the same.

    Parameters
    ----------
    asked
        What the study asks for.
    engine, folder, progress
        As `LogQueries`.
    threads
        Of a Spark on this machine.

    Raises
    ------
    BuildError
        If there is no such engine here.
    """
    if asked.kind != "spark":
        yield None
        return
    for name in ("to_spark", "from_spark"):
        (folder / name).mkdir()
    progress(f"opening Spark ({asked.master})")
    with open_spark(asked.master, folder / "from_spark", threads) as spark:
        yield LogQueries(engine, spark, folder / "to_spark", progress)
