"""Runners: what runs a part of the queries otherwise than the cohort's own store would, whole."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from analysis.cohort.buckets import InBuckets
from analysis.cohort.long_log.log_elsewhere import LogElsewhere
from analysis.declared.long_tables import ON_THE_WAY
from analysis.declared.study_parts import LogEngine
from analysis.engine.elsewhere import Elsewhere
from analysis.engine.engine import Engine
from analysis.engine.query import Query
from analysis.progress import Progress


class Runner(Protocol):
    """What runs the queries that it takes in its own way."""

    def takes(self, query: Query) -> bool:
        """Say whether a query is one of those."""

    def run(self, queries: Sequence[Query], parameters: Mapping[str, Any]) -> None:
        """Run queries in order, and put the tables that they make into the store of the cohort."""


def runner_of(
    asked: LogEngine,
    engine: Engine,
    elsewhere: Elsewhere | None,
    keep: Mapping[str, Sequence[str]],
    progress: Progress,
) -> Runner | None:
    """Return what runs queries as a study asks for; None where all run whole, in the cohort's own store.

    Parameters
    ----------
    asked
        What the study asks for.
    engine
        The store of the cohort.
    elsewhere
        The other engine that it asks for, if it does: that runs the queries of the log.
    keep
        By query, the columns of its table that are kept, where not all are.
    progress
        Told of what was run.
    """
    if elsewhere is not None:
        return LogElsewhere(engine, elsewhere, ON_THE_WAY, progress)
    return InBuckets(engine, asked.buckets, keep, ON_THE_WAY, progress) if asked.buckets > 1 else None


def stretches(queries: Sequence[Query], takes: Callable[[Query], bool]) -> list[tuple[bool, list[Query]]]:
    """Part queries in order into as few stretches as what they read allows: those not taken, those taken, and so on.

    Each query stands in the first stretch of its kind in which all that it reads is made before it.
    """
    found: list[tuple[bool, list[Query]]] = []
    left, is_taken = list(queries), False
    while left:
        waiting = {query.name for query in left}
        now: list[Query] = []
        for query in left:
            if takes(query) == is_taken and waiting.isdisjoint(query.reads - {query.name}):
                now.append(query)
                waiting.discard(query.name)
        if now:
            found.append((is_taken, now))
        left = [query for query in left if query.name in waiting]
        is_taken = not is_taken
    return found
