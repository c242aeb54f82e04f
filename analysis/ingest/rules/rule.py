"""One rule about the rows of a table, and what becomes of those that break it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.engine.query import Query
from analysis.ingest.findings import Severity
from analysis.wording.remarks import Remark

FOLDER = "checks"
"""Of ``queries/``: the rules that are declared one by one."""
KINDS = f"{FOLDER}/kinds"
"""Queries that words of the contract ask for, of facts that the word picks."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes
    ----------
    name
        By which the study can lower it.
    table
        Of the contract, whose rows it judges.
    says, mend
        What is wrong, and what to do.
    sql
        Select of the ``row_id`` of the offending rows.
    sets_apart
        Select of those that are set apart, should they be, where some of the offending rows may stay: of two with one
        key, one. Empty: all.
    empties
        The column whose cell is read as empty in the offending rows; empty: none.
    suspect, suspect_in
        Aggregate that is true of a relation if the rule may be broken, and false if it cannot be: those of one relation
        are asked at once. Empty: the rule itself is asked.
    where
        SQL that is true of the offending rows, where each tells it by itself; empty where it takes others beside it.
    asks_lifetimes
        Whether it looks for rows in the subscriptions of their account.
    """

    name: str
    table: str
    severity: Severity
    says: Remark
    mend: Remark
    sql: str
    sets_apart: str = ""
    empties: str = ""
    suspect: str = ""
    suspect_in: str = ""
    where: str = ""
    asks_lifetimes: bool = False

    def own(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return those of the parameters on offer that the rule's SQL names."""
        return {name: parameters[name] for name in sorted(Query(self.name, FOLDER, self.sql).parameters)}
