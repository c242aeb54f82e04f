"""Log queries: those that read the logs of use, told from all others; another engine may run them."""

from collections.abc import Sequence

from analysis.cohort.grain import grain_of
from analysis.declared.long_tables import LOGS, ON_THE_WAY
from analysis.engine.query import Query

FOLDER = "4_activity"
"""Of ``queries/``: where the logs shrink to whole numbers, one row for each account and date."""
_LONG = LOGS | ON_THE_WAY | {"usage_account_day"}


def is_of_the_log(query: Query) -> bool:
    """Say whether a query reads a log of use, or what has as many rows, and tells accounts apart."""
    reads_much = query.folder == FOLDER and not query.reads.isdisjoint(_LONG)
    return reads_much and grain_of(query).is_by_account


def on_the_way(needed: set[str], queries: Sequence[Query]) -> set[str]:
    """Name the tables that are not kept and that some queries, of all that are in order, need to be made again."""
    found = set(needed)
    for query in reversed(queries):
        if query.name in found:
            found |= query.reads & ON_THE_WAY
    return found & ON_THE_WAY
