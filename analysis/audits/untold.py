"""Untold: facts that people write down, of which these data do not say when they were written down."""

from dataclasses import dataclass

from analysis.audits.knowledge import is_filled
from analysis.cohort.cohort_tables import CohortTables
from analysis.declared.contract import read_contract
from analysis.declared.factors import alternatives

WRITTEN = ("account_attributes", "contacts", "touchpoints", "tickets", "surveys", "goals")
"""Tables that people write: a fact may come into them late, with an earlier day. Machines log as it happens."""


@dataclass(frozen=True, slots=True)
class Untold:
    """What cannot be told of when facts were learned.

    Attributes
    ----------
    columns
        The columns of days of learning that the source lacks, or has empty, as ``table.column``.
    covariates
        The measured covariates that rest on such facts: if these were dated back, they seem to know early what nobody
        knew.
    """

    columns: tuple[str, ...]
    covariates: frozenset[str]


def untold(tenure: CohortTables) -> Untold:
    """Return what these data do not say of when facts were learned."""
    columns, tables = [], set()
    for table in read_contract().values():
        for learned, happened in table.days_of_learning() if table.name in WRITTEN else ():
            is_given = (
                table.name in tenure.given if learned == "known_on" else f"{table.name}.{happened}" in tenure.given
            )
            is_told = f"{table.name}.{learned}" in tenure.given and is_filled(tenure, table.name, learned)
            if is_given and not is_told:
                columns.append(f"{table.name}.{learned}")
                tables.add(table.name)
    resting = (
        covariate.name
        for covariate in tenure.covariates()
        for need in covariate.needs
        if any(name.partition(".")[0] in tables for name in alternatives(need))
    )
    return Untold(tuple(columns), frozenset(resting))
