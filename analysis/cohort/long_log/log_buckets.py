"""The log in buckets: its queries run for one part of the accounts after the other, so that few rows are in memory."""

import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from analysis.engine.engine import Engine
from analysis.engine.query import Query
from analysis.engine.quoting import quoted
from analysis.progress import Progress

_IN_BUCKET = "cast(hash({account}) % {buckets} as integer) = {number}"


class LogInBuckets:
    """The queries of the log, run for each bucket of accounts by itself, and united; the tables are the same.

    Every query of the log tells accounts, or lifetimes, apart: no row of what it makes is of two buckets.

    Parameters
    ----------
    engine
        The store of the cohort.
    buckets
        How many; an account is in the one that its id hashes to.
    not_kept
        Tables that nothing later reads: gone with their bucket.
    progress
        Told of each bucket.
    """

    def __init__(self, engine: Engine, buckets: int, not_kept: Collection[str], progress: Progress) -> None:
        self._engine = engine
        self._buckets = buckets
        self._not_kept = not_kept
        self._progress = progress

    def run(self, queries: Sequence[Query], parameters: Mapping[str, Any]) -> None:
        """Run queries in order, bucket by bucket, and put what is kept into the store."""
        made = {query.name for query in queries}
        home = quoted(self._engine.value("select current_database()"))
        read = sorted(set().union(*(query.reads for query in queries)) - made)
        gone = [query.name for query in queries if query.name in self._not_kept]
        for query in queries:
            self._engine.make_empty(query, parameters, for_now=query.name in gone)
        for name in gone:
            self._engine.forget(name)
        for number in range(self._buckets):
            began = time.monotonic()
            parts = {name: part for name in read if (part := self._part(name, home, number))}
            with ExitStack() as bucket:
                bucket.enter_context(self._engine.named(**parts))
                for query in queries:
                    bucket.enter_context(self._engine.made_for_now(query, parameters))
                    if query.name not in self._not_kept:
                        self._engine.run(f"insert into {home}.main.{query.name} from temp.{query.name}")
            told = f"bucket {number + 1} of {self._buckets} of accounts"
            self._progress(f"  use by account, {told}: {time.monotonic() - began:.1f} s")

    def _part(self, table: str, home: str, number: int) -> str:
        """Return a select of the rows of a table that are of a bucket; empty where it tells no accounts apart."""
        columns = self._engine.columns(table)
        if "account_id" in columns:
            own = _IN_BUCKET.format(account="account_id", buckets=self._buckets, number=number)
            return f"select * from {home}.main.{table} where {own}"
        if "lifetime_id" in columns:
            own = _IN_BUCKET.format(account="lifetimes.account_id", buckets=self._buckets, number=number)
            lifetimes = f"{home}.main.lifetimes"
            return (
                f"select own.* from {home}.main.{table} as own inner join {lifetimes} using (lifetime_id) where {own}"
            )
        return ""
