"""Queries in order: the folders of a cohort run one after the other, whole or as far as something needs them."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from analysis.declared.factors import FOLDER as COVARIATES
from analysis.declared.factors import measurable_covariates
from analysis.declared.parameters import given_parameters
from analysis.engine.engine import Engine
from analysis.engine.query import Query, read_queries
from analysis.progress import Progress

ASKED = "7_audit/asked"
"""Questions to a finished cohort, whose answers are not kept in it."""
MONEY = "8_money"
"""Such questions, of what is paid and what falls due."""
KEY = ("lifetime_id", "risk_date")
"""Of every table of covariates."""


def queries_of(folders: Sequence[str]) -> Iterator[Query]:
    """Yield the queries of some folders in the order in which they run."""
    for folder in folders:
        yield from read_queries(folder)


def tables_used(folders: Sequence[str]) -> set[str]:
    """Return the tables that some query of the folders reads, or that a question to a finished cohort does."""
    return {name for query in queries_of((*folders, ASKED, MONEY)) for name in query.reads}


def run_folders(
    engine: Engine,
    folders: Sequence[str],
    parameters: Mapping[str, Any],
    given: Collection[str],
    progress: Progress,
    only: Collection[str] | None = None,
) -> None:
    """Run the queries of some folders in order, all or some; keep the covariates that the data can measure.

    Raises
    ------
    BuildError
        If a query fails.
    """
    measured = measurable_covariates(given)
    parameters = {**parameters, **given_parameters(given)}
    for query in queries_of(folders):
        if only is not None and query.name not in only:
            continue
        keep = None
        if query.folder == COVARIATES:
            keep = [*KEY, *(covariate.name for covariate in measured if covariate.table == query.name)]
        began = time.monotonic()
        rows = engine.make(query, parameters, keep)
        progress(f"  {query.folder}/{query.name}: {rows:,} rows in {time.monotonic() - began:.1f} s")
