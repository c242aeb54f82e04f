"""Queries in order: the folders of a cohort run one after the other, whole or as far as something needs them."""

import re
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import duckdb

from analysis.declared.factors import FOLDER as COVARIATES
from analysis.declared.factors import measurable_covariates
from analysis.engine.warehouse import Progress, read_queries, run_query


def run_folders(
    con: duckdb.DuckDBPyConnection,
    folders: Sequence[str],
    parameters: Mapping[str, Any],
    given: Collection[str],
    progress: Progress,
    only: Collection[str] | None = None,
) -> None:
    """Run the queries of some folders in order, all or some; keep the covariates that the data can measure."""
    measured = measurable_covariates(given)
    parameters = {**parameters, "is_user_activity_given": "user_activity" in given}
    for folder in folders:
        for query in read_queries(folder):
            if only is not None and query.name not in only:
                continue
            keep = None
            if folder == COVARIATES:
                own = [covariate.name for covariate in measured if covariate.table == query.name]
                keep = ["lifetime_id", "risk_date", *own]
            began = time.monotonic()
            rows = run_query(con, query, parameters, keep)
            progress(f"  {folder}/{query.name}: {rows:,} rows in {time.monotonic() - began:.1f} s")


def queries_behind(wanted: Collection[str], folders: Sequence[str]) -> set[str]:
    """Name the queries of some folders that make the wanted tables, and those that these read, and so on."""
    words = {query.name: set(re.findall(r"\w+", query.sql)) for folder in folders for query in read_queries(folder)}
    behind = set(wanted)
    for name in reversed(words):
        if name in behind:
            behind |= words[name] & set(words)
    return behind & set(words)
