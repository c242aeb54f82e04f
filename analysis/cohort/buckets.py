"""Buckets: queries run for one part of the accounts after the other, so that the rows of few are in memory."""

import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from analysis.cohort.grain import grain_of
from analysis.cohort.long_log.log_queries import FOLDER as ACTIVITY
from analysis.declared.factors import FOLDER as COVARIATES
from analysis.engine.engine import Engine
from analysis.engine.query import Query
from analysis.engine.quoting import quoted
from analysis.progress import Progress

_FOLDERS = (ACTIVITY, COVARIATES, "6_cohorts")


def is_by_account(query: Query) -> bool:
    """Say whether a query of the product tells accounts, or lifetimes, apart, and has rows for their dates or days.

    No row that it makes is of two accounts, and none needs rows of another but what was summed over all before. A
    study's own query, which may compare accounts, is none of these.
    """
    return query.folder in _FOLDERS and not query.file and grain_of(query).is_by_account


class InBuckets:
    """The queries by account, run for each bucket of accounts by itself, and united; the tables are the same.

    Parameters
    ----------
    engine
        The store of the cohort.
    buckets
        How many, and no more than there are accounts; an account is in the one that its id hashes to.
    keep
        By query, the columns of its table that are kept, where not all are.
    not_kept
        Tables that nothing later reads: gone with their bucket.
    progress
        Told of each bucket.
    """

    def __init__(
        self,
        engine: Engine,
        buckets: int,
        keep: Mapping[str, Sequence[str]],
        not_kept: Collection[str],
        progress: Progress,
    ) -> None:
        self._engine = engine
        self._buckets = buckets
        self._keep = keep
        self._not_kept = not_kept
        self._progress = progress

    def takes(self, query: Query) -> bool:
        """Say whether a query is run in buckets."""
        return is_by_account(query)

    def run(self, queries: Sequence[Query], parameters: Mapping[str, Any]) -> None:
        """Run queries in order, bucket by bucket, and put what is kept into the store."""
        made = {query.name for query in queries}
        home = quoted(self._engine.value("select current_database()"))
        read = sorted(set().union(*(query.reads for query in queries)) - made)
        gone = [query.name for query in queries if query.name in self._not_kept]
        for query in queries:
            self._engine.make_empty(query, parameters, self._keep.get(query.name), for_now=query.name in gone)
        for name in gone:
            self._engine.forget(name)
        buckets = min(self._buckets, max(self._engine.count("accounts"), 1))
        for number in range(buckets):
            began = time.monotonic()
            in_bucket = f"cast(hash({{account}}) % {buckets} as integer) = {number}"
            parts = {name: part for name in read if (part := self._part(name, home, in_bucket))}
            with ExitStack() as bucket:
                bucket.enter_context(self._engine.named(**parts))
                for query in queries:
                    bucket.enter_context(self._engine.made_for_now(query, parameters, self._keep.get(query.name)))
                    if query.name not in self._not_kept:
                        self._engine.run(f"insert into {home}.main.{query.name} from temp.{query.name}")
            told = f"{len(queries)} tables, bucket {number + 1} of {buckets} of accounts"
            self._progress(f"  {told}: {time.monotonic() - began:.1f} s")

    def _part(self, table: str, home: str, in_bucket: str) -> str:
        """Return a select of the rows of a table that are of a bucket; empty where it tells no accounts apart."""
        columns = self._engine.columns(table)
        if "account_id" in columns:
            return f"select * from {home}.main.{table} where {in_bucket.format(account='account_id')}"
        if "lifetime_id" in columns:
            return (
                f"select own.* from {home}.main.{table} as own inner join {home}.main.lifetimes as lifetimes "
                f"using (lifetime_id) where {in_bucket.format(account='lifetimes.account_id')}"
            )
        return ""
