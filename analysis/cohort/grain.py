"""Grain: what one row of a query's table is, and its key, as the first line of its file says."""

import re
from dataclasses import dataclass

from analysis.engine.query import Query
from analysis.errors import BuildError

_GRAIN = re.compile(r"-- grain: (?P<grain>.+?); (?:no key|key: (?P<key>[^;\n]+))(?:[;:] (?P<note>[^\n]+))?\n")

_OF_ACCOUNTS = {"account_id", "lifetime_id"}


@dataclass(frozen=True, slots=True)
class Grain:
    """What one row is; the columns that tell rows apart, with a word on them; empty where there is no key."""

    row: str
    key: str

    @property
    def is_by_account(self) -> bool:
        """Whether its key tells accounts, or their lifetimes, apart."""
        return not _OF_ACCOUNTS.isdisjoint(self.key.split(", "))


def grain_of(query: Query) -> Grain:
    """Return what one row of a query is, and its key.

    Raises
    ------
    BuildError
        If the first line of the query does not say so.
    """
    said = _GRAIN.match(query.sql)
    if said is None:
        raise BuildError(
            f"The first line of {query.path} must say what one row is, and its key or that it has none: "
            "'-- grain: lifetime; key: lifetime_id' or '-- grain: one row; no key'."
        )
    return Grain(said["grain"] + (f"; {said['note']}" if said["note"] else ""), said["key"] or "")
