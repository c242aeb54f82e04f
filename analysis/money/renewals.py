"""Renewals: terms that fell due, by the day that was agreed, and what became of them."""

import numpy as np
import pandas as pd

from analysis.declared.suppression import hidden_cells
from analysis.money.frames import RENEWALS
from analysis.money.paid import Paid, a_year

DUE_PERIODS = {"month": 1, "quarter": 3}
TEXTS = ("period", "period_from", "period_until", "is_monthly")
"""What a line is of; all else is hidden where it is of too few."""
RENEWED, LOST, OPEN, LEFT_BEFORE = "renewed", "lost", "open", "left_before"
CHURN = "churn"
RENEWAL = ["lifetime_id", "due_on", "is_monthly"]
"""What is one renewal: all terms of an account, of its kind, that fall due on a day."""


def renewals_due(terms: pd.DataFrame, snapshot: pd.Timestamp) -> pd.DataFrame:
    """Say what became of the terms that fall due, an account's of one day taken together.

    It is renewed where the lifetime goes on beyond the day, be it after a short gap, and lost where it ended on it. It
    is open where the day is to come, or the account may yet return. One that ended before its term did has left before,
    and never fell due. Money is renewed as far as the account pays no less than on the day before.

    A term that was renewed early, so that a longer one took its place before it was over, counts as renewed on the day
    on which it would have ended, and its money by what the account paid around the day of the change. Its day could be
    that of the change instead; but then a quarter's rate would rise with every renewal that is pulled into it, and the
    quarter that it is pulled out of would be left with those that hesitate. By the agreed day each term counts once, in
    the quarter in which it was up for renewal, whenever the customer decided. It is no longer open once the longer term
    has begun. Where the lifetime ended by its day after all, the longer term is the one that was left before.

    Parameters
    ----------
    terms
        As ``queries/8_money/terms_due.sql`` answers.
    snapshot
        Up to whose morning all is known.

    Returns
    -------
    DataFrame
        A row for each lifetime_id and due_on: account_id, is_monthly, outcome, is_early (all that fell due was renewed
        before), is_churn, own and renewed (in parts of a price a month; missing where some price is not known).
    """
    known = terms.assign(
        own_known=terms["own"].astype("Int64"),
        is_over=terms["is_reached"] | terms["is_early"],
        is_unpriced=terms["own"].isna()
        | (terms["unpriced_before"].fillna(0) > 0)
        | (terms["unpriced_after"].fillna(0) > 0),
    )
    of_day = known.groupby(RENEWAL, as_index=False).agg(
        account_id=("account_id", "first"),
        is_over=("is_over", "max"),
        is_early=("is_early", "min"),
        ended_on=("ended_on", "first"),
        cause=("cause", "first"),
        is_provisional=("is_provisional", "first"),
        own=("own_known", "sum"),
        is_unpriced=("is_unpriced", "max"),
    )
    due, ended = of_day["due_on"], of_day["ended_on"]
    has_ended = (ended == due) & of_day["is_over"]
    is_to_come = (due > snapshot) & ~of_day["is_early"]
    outcome = np.select(
        [~of_day["is_over"], is_to_come | (has_ended & of_day["is_provisional"]), has_ended],
        [LEFT_BEFORE, OPEN, LOST],
        RENEWED,
    )
    shrunk = _shrunk(known).reindex(pd.MultiIndex.from_frame(of_day[RENEWAL])).array
    renewed = (of_day["own"] - shrunk).clip(lower=0).where(outcome == RENEWED, 0)
    return of_day[["lifetime_id", "account_id", "due_on", "is_monthly"]].assign(
        outcome=outcome,
        is_early=of_day["is_early"] & (outcome == RENEWED),
        is_churn=(of_day["cause"] == CHURN).fillna(False).astype(bool),
        own=of_day["own"].mask(of_day["is_unpriced"]),
        renewed=renewed.mask(of_day["is_unpriced"]),
    )


def _shrunk(terms: pd.DataFrame) -> pd.Series:
    """Return what each account pays less a month than before, by `RENEWAL`, each day that decided counted once."""
    changes = terms.drop_duplicates([*RENEWAL, "decided_on"])
    less = (changes["before"] - changes["after"]).fillna(0).clip(lower=0)
    return changes.assign(less=less).groupby(RENEWAL)["less"].sum()


def renewals_by_period(due: pd.DataFrame, paid: Paid) -> pd.DataFrame:
    """Count renewals by month and fiscal quarter up to the quarter that holds the snapshot, as `RENEWALS`.

    Parameters
    ----------
    due
        From `renewals_due`.
    paid
        Whose clock it is.
    """
    starts = paid.quarter_starts()
    if not starts:
        return RENEWALS.empty()
    until = starts[-1] + pd.DateOffset(months=DUE_PERIODS["quarter"])
    lines = []
    for period, months in DUE_PERIODS.items():
        edges = [
            day for day in pd.date_range(starts[0], until, freq="MS") if period == "month" or day in {*starts, until}
        ]
        place = np.searchsorted(np.array(edges, dtype="datetime64[ns]"), due["due_on"].to_numpy("M8[ns]"), side="right")
        for (number, is_monthly), rows in due.groupby([place, due["is_monthly"].to_numpy()]):
            if 0 < number < len(edges):
                begins = edges[number - 1]
                line = {"period": period, "period_from": begins, "period_until": begins + pd.DateOffset(months=months)}
                lines.append(line | {"is_monthly": bool(is_monthly)} | _counted(rows, edges[number] <= paid.snapshot))
    return RENEWALS.checked(pd.DataFrame(lines, columns=RENEWALS.columns[:-1]))


def hide_small_periods(renewals: pd.DataFrame, min_cell: int) -> pd.DataFrame:
    """Return renewals of one kind of period and term, those of too few marked and without numbers.

    Parameters
    ----------
    renewals
        Lines of `RENEWALS`.
    min_cell
        The study's ``report.min_cell``.
    """
    hidden = hidden_cells(renewals["due"].to_numpy(np.int64), min_cell)
    shown = renewals.assign(is_hidden=hidden)
    for column in shown.columns.drop([*TEXTS, "is_hidden"]):
        shown[column] = shown[column].mask(hidden)
    return RENEWALS.checked(shown)


def _counted(rows: pd.DataFrame, is_over: bool) -> dict[str, float]:
    number = rows["outcome"].value_counts()
    n = {name: int(number.get(name, 0)) for name in (RENEWED, LOST, OPEN, LEFT_BEFORE)}
    reached = rows[rows["outcome"] != LEFT_BEFORE]
    own, renewed = reached["own"], reached["renewed"]
    is_open, is_known = (reached["outcome"] == OPEN).to_numpy(), own.notna().to_numpy()
    amounts = {
        "due": int(own.sum()),
        "renewed": int(renewed[~is_open].sum()),
        "open": int(own[is_open].sum()),
    }
    amounts["lost"] = amounts["due"] - amounts["renewed"] - amounts["open"]
    is_final = is_over and not n[OPEN] and len(reached) > 0
    return {
        "due": len(reached),
        **n,
        "renewed_early": int(rows["is_early"].sum()),
        "lost_otherwise": int(((reached["outcome"] == LOST) & ~reached["is_churn"]).sum()),
        "rate": n[RENEWED] / len(reached) if is_final else np.nan,
        **{f"{name}_arr": a_year(amount) if is_known.any() else np.nan for name, amount in amounts.items()},
        "unpriced": int(np.count_nonzero(~is_known)),
        "arr_rate": amounts["renewed"] / amounts["due"] if is_final and amounts["due"] else np.nan,
    }
