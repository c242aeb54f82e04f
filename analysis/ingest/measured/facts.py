"""Facts: on which days the rows of a table happen, or from when to when they last."""

from collections.abc import Mapping
from typing import Any

from analysis.declared.contract import Table
from analysis.engine.query import read_query
from analysis.engine.store import Store

FOLDER = "measured"
COUNTED = ("usage_daily", "user_activity", "touchpoints", "tickets")
"""Tables of whose rows covariates count how many there are: where there is none, that is read, too."""


def is_dated(table: Table) -> bool:
    """Say whether the rows of a table are of an account, and of a day."""
    return not table.required and bool(table.happens or table.lasts)


def facts_sql(table: Table) -> str:
    """Return a select of the rows of a dated table as facts.

    Returns
    -------
    str
        SQL of account_id, days [begins, ends), happened_on (of what lasts as of what happens: the day that makes it
        known) and learned_on, the last day on which it was still unknown.
    """
    begins, ends = table.days()
    return (
        f"select account_id, coalesce({begins}, cast('0001-01-01' as date)) as begins, {ends} as ends, "
        f"{table.row_known} as happened_on, {table.row_known_sql()} as learned_on from {table.name}"
    )


def ask(store: Store, question: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Return the rows that answer a question of ``queries/measured``, which is given the parameters that it names."""
    query = read_query(f"{FOLDER}/{question}")
    return store.rows(query.sql, {name: (parameters or {})[name] for name in sorted(query.parameters)})
