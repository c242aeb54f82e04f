"""Log queries: those that read the logs of use, told from all others; another engine may run them, or in buckets."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from analysis.cohort.grain import grain_of
from analysis.cohort.long_log.log_buckets import LogInBuckets
from analysis.cohort.long_log.log_elsewhere import LogElsewhere
from analysis.declared.long_tables import LOGS, ON_THE_WAY
from analysis.declared.study_parts import LogEngine
from analysis.engine.elsewhere import Elsewhere
from analysis.engine.engine import Engine
from analysis.engine.query import Query, downstream
from analysis.progress import Progress

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


def log_runner(asked: LogEngine, engine: Engine, elsewhere: Elsewhere | None, progress: Progress) -> LogRunner | None:
    """Return what runs the queries of the log as a study asks for; None where they run as all others do.

    Parameters
    ----------
    asked
        What the study asks for.
    engine
        The store of the cohort.
    elsewhere
        The other engine that it asks for, if it does.
    progress
        Told of each query.
    """
    if elsewhere is not None:
        return LogElsewhere(engine, elsewhere, ON_THE_WAY, progress)
    return LogInBuckets(engine, asked.buckets, ON_THE_WAY, progress) if asked.buckets > 1 else None
