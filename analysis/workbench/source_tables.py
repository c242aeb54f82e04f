"""Source tables: what one row of each is, and what its columns hold, in the words of the contract."""

from collections.abc import Mapping

from analysis.declared.contract import Column, Table

ROWS = {
    "accounts": "account, as it is given today",
    "account_attributes": "value that held for an account from a day on",
    "subscriptions": "version of a subscription: a renewal, or a change of plan, seats or price",
    "users": "user of an account",
    "usage_daily": "day of use of an account, by user and feature where these are logged",
    "user_activity": "period of use by one user",
    "features": "feature of the product",
    "contacts": "stay of a contact in a role",
    "touchpoints": "touch between vendor and customer",
    "tickets": "ticket of an account",
    "surveys": "answer to a survey",
    "goals": "goal of an account",
    "health_scores": "part of a health score, as it was published on a day",
    "interventions": "intervention: what the vendor did because an account was at risk",
    "holidays": "holiday of a region",
}
"""What one row is, by table of the contract."""


def meanings_of(table: Table) -> Mapping[str, str]:
    """Return what the contract says of each column: what it refers to, may hold, and from when on it is seen."""
    return {column.name: "; ".join(_said(column)) for column in table.columns}


def _said(column: Column) -> list[str]:
    said = {
        f"found in {column.references}": column.references,
        f"one of {', '.join(column.values)}": column.values,
        f"seen by covariates of days after {column.known}": column.known,
    }
    return [words for words, is_said in said.items() if is_said]


def seen_after(table: Table) -> str:
    """Return from when on covariates see a row; empty where they always do."""
    known = table.row_known_sql()
    return f"A row is seen by covariates of days after {known}." if known else ""
