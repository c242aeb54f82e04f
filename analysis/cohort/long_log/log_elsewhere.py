"""The log elsewhere: another engine runs its queries where it lies, and hands over what they make as Parquet."""

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from analysis.cohort.long_log.log_queries import is_of_the_log
from analysis.engine.elsewhere import Elsewhere, add_parquet
from analysis.engine.engine import Engine
from analysis.engine.query import Query
from analysis.progress import Progress


class LogElsewhere:
    """The queries of the log, run by another engine than the cohort's.

    Parameters
    ----------
    engine
        The store of the cohort: what they make goes there.
    elsewhere
        What runs them; what they read of that store is shown there.
    not_kept
        Tables that stay there.
    progress
        Told of each query.
    """

    def __init__(self, engine: Engine, elsewhere: Elsewhere, not_kept: Collection[str], progress: Progress) -> None:
        self._engine = engine
        self._elsewhere = elsewhere
        self._not_kept = not_kept
        self._progress = progress

    def takes(self, query: Query) -> bool:
        """Say whether a query is run there: those of the log are."""
        return is_of_the_log(query)

    def run(self, queries: Sequence[Query], parameters: Mapping[str, Any]) -> None:
        """Run queries in order, and put what is kept into the store, typed as the store itself would."""
        self._elsewhere.hold_still()
        for query in queries:
            began = time.monotonic()
            self._elsewhere.make(query, parameters)
            self._engine.make_empty(query, parameters, for_now=query.name in self._not_kept)
            told = "not kept"
            if query.name not in self._not_kept:
                told = f"{add_parquet(self._engine, query.name, self._elsewhere.fetch(query.name)):,} rows"
            self._progress(f"  {query.folder}/{query.name}, elsewhere: {told} in {time.monotonic() - began:.1f} s")
        for query in queries:
            if query.name in self._not_kept:
                self._engine.forget(query.name)
