"""Peers: of each account, those that stand where it stands on the renewal clock."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.content import known_columns, row_digests

N_PEERS = 30
_DATES = ("days_to_renewal", "days_to_deadline")
_KIND = "term_kind"
_OTHER_STATE, _OTHER_KIND = 1e6, 1e9
"""Days that a date ahead is from none, and a kind of term from another: further than any date."""
_AT_ONCE = 256


def canonical_order(rows: pd.DataFrame) -> NDArray[np.intp]:
    """Return the positions of rows in an order that depends on what was known of them, not on names or their order."""
    return np.argsort(row_digests(rows, known_columns(rows)), kind="stable")


def nearest_peers(rows: pd.DataFrame, asked: NDArray[np.intp], n_peers: int = N_PEERS) -> NDArray[np.intp]:
    """Return the positions of the rows nearest to each one asked for on the renewal clock, shape (len(asked), k).

    Nearest are those with the same kind of term whose renewal and whose last day for notice lie as far ahead, in days;
    whoever has such a date ahead is nearer to others that have one. Of equals those that come first in `rows`. k is
    `n_peers`, or all others where there are fewer.

    Parameters
    ----------
    rows
        term_kind, days_to_renewal and days_to_deadline, each where the data give it.
    asked
        Positions in `rows`; a row is no peer of itself.
    """
    kind = pd.factorize(rows[_KIND])[0] if _KIND in rows else np.zeros(len(rows))
    dates = [rows[name].to_numpy(np.float64, na_value=np.nan) for name in _DATES if name in rows]
    n_found = min(n_peers, len(rows) - 1)
    found = np.empty((len(asked), max(n_found, 0)), dtype=np.intp)
    for begin in range(0, len(asked), _AT_ONCE):
        own = asked[begin : begin + _AT_ONCE]
        distance = np.where(kind[own][:, None] == kind, 0.0, _OTHER_KIND)
        for date in dates:
            apart = np.abs(date[own][:, None] - date)
            is_none = np.isnan(date)
            distance += np.where(is_none[own][:, None] == is_none, np.nan_to_num(apart, nan=0.0), _OTHER_STATE)
        distance[np.arange(len(own)), own] = np.inf
        found[begin : begin + _AT_ONCE] = np.argsort(distance, axis=1, kind="stable")[:, :n_found]
    return found
