"""Log queries: those that read the logs of use, told from all others; another engine may run them, or in buckets."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from analysis.cohort.grain import grain_of
from analysis.cohort.log_buckets import LogInBuckets
from analysis.cohort.log_elsewhere import LogElsewhere
from analysis.declared.on_the_way import ON_THE_WAY
from analysis.declared.study_parts import LogEngine
from analysis.engine.engine import Engine
from analysis.engine.query import Query, downstream
from analysis.engine.spark import open_spark
from analysis.progress import Progress

LOGS = frozenset({"usage_daily", "user_activity"})
FOLDER = "4_activity"
"""Of ``queries/``: where the logs shrink to whole numbers, one row for each account and date."""
_LONG = LOGS | ON_THE_WAY | {"usage_account_day"}
_BY_ACCOUNT = {"account_id", "lifetime_id"}


class LogRunner(Protocol):
    """What runs the queries of the log."""

    def run(self, queries: Sequence[Query], parameters: Mapping[str, Any]) -> None:
        """Run queries in order, and put the tables that they make into the store of the cohort."""


def is_of_the_log(query: Query) -> bool:
    """Say whether a query reads a log of use, or what has as many rows, and tells accounts apart."""
    reads_much = query.folder == FOLDER and not query.reads.isdisjoint(_LONG)
    return reads_much and not _BY_ACCOUNT.isdisjoint(grain_of(query).key.split(", "))


def around_the_log(queries: Sequence[Query]) -> tuple[list[Query], list[Query], list[Query]]:
    """Part queries in order into those that need no log, those of the log, and those that need what these make."""
    of_the_log = [query for query in queries if is_of_the_log(query)]
    later = downstream({query.name for query in of_the_log}, queries)
    after = [query for query in queries if query.name in later and query not in of_the_log]
    return [query for query in queries if query not in of_the_log and query not in after], of_the_log, after


def on_the_way(needed: set[str], queries: Sequence[Query]) -> set[str]:
    """Name the tables that are not kept and that some queries, of all that are in order, need to be made again."""
    found = set(needed)
    for query in reversed(queries):
        if query.name in found:
            found |= query.reads & ON_THE_WAY
    return found & ON_THE_WAY


def forget_what_was_on_the_way(engine: Engine) -> None:
    """Drop the tables that are not kept."""
    for name in sorted(ON_THE_WAY):
        engine.run(f"drop table if exists {name}")


@contextmanager
def log_runner(
    asked: LogEngine, engine: Engine, folder: Path, progress: Progress, threads: int | None = None
) -> Iterator[LogRunner | None]:
    """Open what runs the queries of the log as a study asks for; None where they run as all others do.

    Parameters
    ----------
    asked
        What the study asks for.
    engine
        The store of the cohort.
    folder
        For what goes between engines; a folder that both see.
    progress
        Told of each query.
    threads
        Of a Spark on this machine.

    Raises
    ------
    BuildError
        If there is no such engine here.
    """
    if asked.kind == "spark":
        for name in ("to", "from"):
            (folder / name).mkdir()
        progress(f"opening Spark ({asked.master})")
        with open_spark(asked.master, folder / "from", threads) as spark:
            yield LogElsewhere(engine, spark, ON_THE_WAY, folder / "to", progress)
    else:
        yield LogInBuckets(engine, asked.buckets, ON_THE_WAY, progress) if asked.buckets > 1 else None
