"""Given: outcomes, strata, weights and groups as users give them, by column or by name, made one with their rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.cox.matching import index_of, matched
from analysis.cox.rows import CountingRows, counting_rows
from analysis.cox.tables import column_names, column_of, outcome_columns, read_labels, read_outcome
from analysis.errors import ModelError


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Rows as given.

    Attributes
    ----------
    rows : CountingRows
    named : frozenset of str
        Columns of the covariates' table that say something else: outcome, strata, weights, groups.
    """

    rows: CountingRows
    named: frozenset[str]


def read_given(X: Any, y: Any, **roles: Any) -> Given:
    """Return the rows that covariates, outcome and all that is said of them make.

    Parameters
    ----------
    X : table or array-like, shape (n, p)
    y : table or structured array, shape (n,), or None
        None: `X` has the columns of the outcome.
    **roles : array-like, shape (n,), or str, or tuple of str, or None
        strata, weights, offset, subject and cluster, as `counting_rows` takes them, or as columns of `X`.

    Raises
    ------
    ModelError
        As `matched`, `read_outcome` and `counting_rows`; if a column is not there.
    """
    table = matched({"X": X, "y": y, **{role: of_table(X, own, role) for role, own in roles.items()}})
    start, stop, event = read_outcome(table["X"] if y is None else table["y"])
    rows = counting_rows(start, stop, event, **{role: read_labels(table[role]) for role in roles})
    outcome = [name for name in outcome_columns(column_names(X)) if name] if y is None else []
    return Given(rows, frozenset([*outcome, *(name for own in roles.values() for name in names_of(own))]))


def matched_labels(X: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return arrays of what was given beside a table, its rows in the order of the table's.

    Raises
    ------
    ModelError
        As `matched`; if a column is not there.
    """
    together = matched({"X": X, **{role: of_table(X, own, role) for role, own in given.items()}})
    return {role: read_labels(together[role]) for role in given}


def of_table(X: Any, own: Any, role: str) -> Any:
    """Return what has a role, which may be the name of a column of a table, or a tuple of names (then side by side)."""
    columns = [column_of(X, name, role) for name in names_of(own)]
    if len(columns) < 2:
        return columns[0] if columns else own
    table = np.column_stack([np.asarray(read_labels(column), dtype=object) for column in columns])
    return pd.DataFrame(table, index=index_of(X, len(table)))


def names_of(own: Any) -> tuple[str, ...]:
    """Return the names of columns that were given in place of values; none if values were."""
    if isinstance(own, str):
        return (own,)
    return own if isinstance(own, tuple) and own and all(isinstance(name, str) for name in own) else ()


def said_once(role: str, own: Any, in_formula: Any) -> Any:
    """Return what a formula or an argument says of a role.

    Raises
    ------
    ModelError
        If both do.
    """
    if own is not None and in_formula:
        raise ModelError(f"The formula has {role}(...), and {role}= was given, too. Keep one of them.")
    return in_formula or own
