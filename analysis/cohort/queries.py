"""Queries in order: the folders of a cohort run one after the other, whole or as far as something needs them."""

import dataclasses
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from analysis.cohort.runners import Runner, stretches
from analysis.declared.factors import FOLDER as COVARIATES
from analysis.declared.factors import Covariate, measurable_covariates
from analysis.declared.long_tables import ON_THE_WAY
from analysis.declared.own_queries import NOTHING, OwnQueries
from analysis.declared.parameters import given_parameters
from analysis.engine.engine import Engine, is_number
from analysis.engine.query import Query, read_queries
from analysis.errors import BuildError
from analysis.progress import Progress

ASKED = "7_audit/asked"
"""Questions to a finished cohort, whose answers are not kept in it."""
MONEY = "8_money"
"""Such questions, of what is paid and what falls due."""
KEY = ("lifetime_id", "risk_date")
"""Of every table of covariates."""
JOINED = "covariates"
"""The query that puts the covariates of all topics side by side."""
DATES = "risk_dates"
"""The query that says on which dates covariates are asked for."""


def queries_of(folders: Sequence[str], own: OwnQueries = NOTHING) -> Iterator[Query]:
    """Yield the queries of some folders in the order in which they run, a study's own beside those of covariates."""
    for folder in folders:
        for query in read_queries(folder):
            yield _with_own(query, own) if own.queries and query.name == JOINED else query
        if folder == COVARIATES:
            yield from own.queries


def _with_own(query: Query, own: OwnQueries) -> Query:
    joins = "".join(f"left join {one.name} using ({', '.join(KEY)})\n" for one in own.queries)
    return dataclasses.replace(query, sql=f"{query.sql.rstrip()}\n{joins}")


def run_folders(
    engine: Engine,
    folders: Sequence[str],
    parameters: Mapping[str, Any],
    given: Collection[str],
    progress: Progress,
    only: Collection[str] | None = None,
    own: OwnQueries = NOTHING,
    runner: Runner | None = None,
) -> None:
    """Run the queries of some folders in order, all or some; keep the covariates that the data can measure.

    Those that `runner` takes are run by it, if there is one.

    Raises
    ------
    BuildError
        If a query fails; or one of a study's own has several rows of one account and date, or text for a number.
    """
    parameters = {**parameters, **given_parameters(given)}
    asked = [query for query in queries_of(folders, own) if only is None or query.name in only]
    make = partial(_make_all, engine, parameters=parameters, given=given, progress=progress, own=own)
    if runner is None:
        make(asked)
        return
    for is_taken, queries in stretches(asked, runner.takes):
        if is_taken:
            runner.run(queries, parameters)
        else:
            make(queries)


def columns_kept(given: Collection[str], own: OwnQueries) -> dict[str, list[str]]:
    """Return, by query of covariates, its columns that are kept: its key, and what the data can measure."""
    measured = measurable_covariates(given, covariates=own.declared())
    return {
        query.name: [*KEY, *(covariate.name for covariate in measured if covariate.table == query.name)]
        for query in (*read_queries(COVARIATES), *own.queries)
    }


def _make_all(
    engine: Engine,
    queries: Sequence[Query],
    parameters: Mapping[str, Any],
    given: Collection[str],
    progress: Progress,
    own: OwnQueries,
) -> None:
    """Make the tables of queries in order; one on the way is gone once the last query that reads it has run."""
    keep = columns_kept(given, own)
    last = {name: query.name for query in queries for name in (query.name, *query.reads) if name in ON_THE_WAY}
    for query in queries:
        began = time.monotonic()
        rows = engine.make(query, parameters, keep.get(query.name), for_now=query.name in ON_THE_WAY)
        if query in own.queries:
            _refuse_shape(engine, query, rows, measurable_covariates(given, covariates=own.declared()))
        progress(f"  {query.folder}/{query.name}: {rows:,} rows in {time.monotonic() - began:.1f} s")
        for name in (name for name, reader in last.items() if reader == query.name):
            engine.forget(name)


def _refuse_shape(engine: Engine, query: Query, rows: int, measured: Sequence[Covariate]) -> None:
    """Refuse what would make two rows of one, or cannot enter a model as it is declared."""
    if rows != engine.count(DATES):
        first = engine.rows(
            f"select account_id, risk_date, count(*) from {query.name} inner join {DATES} using ({', '.join(KEY)}) "
            "group by all having count(*) > 1 order by all limit 5"
        )
        told = ", ".join(f"{account} on {day} ({number} rows)" for account, day, number in first)
        raise BuildError(f"{query.path} has more than one row for some account and date: {told}. Group by both.")
    kinds = engine.columns(query.name)
    for covariate in measured:
        kind = kinds.get(covariate.name, "DOUBLE") if covariate.table == query.name else "DOUBLE"
        if covariate.transform != "category" and not is_number(kind):
            raise BuildError(
                f"{query.path}: {covariate.name} is {kind.lower()}, and no number. Count or measure something (of true "
                'and false: cast(... as integer)), or say transform = "category".'
            )
