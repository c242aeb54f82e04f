"""Peers: of an account, those that stand where it stands on the renewal clock, or stood there in the last year."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.content import known_columns, row_digests

N_PEERS = 30
PAST_MONTHS = 12
MOST_ROWS = 8_000
"""Of earlier landmarks so many rows are looked at: in a large book peers enough stand at the same place now."""
_DATES = ("days_to_renewal", "days_to_deadline")
_KIND = "term_kind"
_OTHER_STATE, _OTHER_KIND = 1e6, 1e9
"""Days that a date ahead is from none, and a kind of term from another: further than any date."""
_DAYS_AGO = 15.0
"""So long ago is as far away as a day on the clock: two days for each month."""
_AT_ONCE = 256


def possible_peers(rows: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts of a landmark, and after them who was at risk on the landmarks of the year before.

    Rows of each landmark stand in an order that depends on what was known of them, not on names or on their order.

    Parameters
    ----------
    rows
        The accounts, all on one landmark.
    history
        All landmark rows.
    """
    landmark = rows["risk_date"].iloc[0]
    since = landmark - pd.DateOffset(months=PAST_MONTHS)
    before = history[(history["risk_date"] < landmark) & (history["risk_date"] >= since)]
    found, n_rows = [in_order(rows)], 0
    for _, earlier in sorted(before.groupby("risk_date"), key=lambda group: group[0], reverse=True):
        n_rows += len(earlier)
        if n_rows > MOST_ROWS:
            break
        found.append(in_order(earlier))
    return pd.concat(found, ignore_index=True) if len(found) > 1 else found[0].reset_index(drop=True)


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows in an order that depends on what was known of them, not on names or their order."""
    return rows.iloc[np.argsort(row_digests(rows, known_columns(rows)), kind="stable")]


def nearest_peers(rows: pd.DataFrame, asked: NDArray[np.intp], n_peers: int = N_PEERS) -> NDArray[np.intp]:
    """Return the positions of the rows nearest to each one asked for on the renewal clock, shape (len(asked), k).

    Nearest are those with the same kind of term whose renewal and whose last day for notice lie as far ahead, in days;
    whoever has such a date ahead is nearer to others that have one, and later rows are nearer than earlier ones. Of
    equals those that come first in `rows`. k is `n_peers`, or the number of other accounts where they are fewer: each
    is a peer once, and no account its own.

    Parameters
    ----------
    rows
        From `possible_peers`: account_id, risk_date, and of term_kind, days_to_renewal and days_to_deadline what the
        data give.
    asked
        Positions in `rows`.
    """
    kind = pd.factorize(rows[_KIND])[0] if _KIND in rows else np.zeros(len(rows))
    dates = [rows[name].to_numpy(np.float64, na_value=np.nan) for name in _DATES if name in rows]
    account = pd.factorize(rows["account_id"])[0]
    ago = (rows["risk_date"].max() - rows["risk_date"]).dt.days.to_numpy(np.float64) / _DAYS_AGO
    n_found = min(n_peers, int(account.max(initial=0)))
    found = np.empty((len(asked), n_found), dtype=np.intp)
    for begin in range(0, len(asked), _AT_ONCE):
        own = asked[begin : begin + _AT_ONCE]
        distance = np.where(kind[own][:, None] == kind, 0.0, _OTHER_KIND) + ago
        for date in dates:
            apart = np.abs(date[own][:, None] - date)
            is_none = np.isnan(date)
            distance += np.where(is_none[own][:, None] == is_none, np.nan_to_num(apart, nan=0.0), _OTHER_STATE)
        distance[account[own][:, None] == account] = np.inf
        for place, order in enumerate(np.argsort(distance, axis=1, kind="stable")):
            found[begin + place] = _one_each(order, account, account[own[place]], n_found)
    return found


def _one_each(order: NDArray[np.intp], account: NDArray[np.intp], without: np.intp, n_found: int) -> NDArray[np.intp]:
    """Return the first positions of an order that belong to an account each, leaving one account out."""
    for looked_at in (order[: 8 * n_found], order):
        _, first = np.unique(account[looked_at], return_index=True)
        first = np.sort(first[account[looked_at[first]] != without])
        if len(first) >= n_found:
            break
    return looked_at[first[:n_found]]
