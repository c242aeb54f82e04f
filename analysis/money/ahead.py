"""Ahead: renewals to come, by week, and losses that are announced already, by month."""

import numpy as np
import pandas as pd

from analysis.declared.suppression import hidden_cells
from analysis.evaluation.use.revenue import MONTHS_A_YEAR
from analysis.money.frames import AHEAD, ANNOUNCED
from analysis.money.paid import PARTS, known_sum
from analysis.money.renewals import OPEN

WEEK, MONTH = "week", "month"
MOST_HIDDEN = 1 / 2
"""Share of weeks that are hidden from which on the calendar is by month."""


def open_renewals(due: pd.DataFrame, snapshot: pd.Timestamp, until: pd.Timestamp) -> pd.DataFrame:
    """Return renewals that fall due after the snapshot and by the end of the horizon.

    Parameters
    ----------
    due
        As `analysis.money.renewals.renewals_due` returns it.
    snapshot, until
        The days.
    """
    return due[(due["outcome"] == OPEN) & (due["due_on"] > snapshot) & (due["due_on"] <= until)]


def renewals_ahead(
    renewals: pd.DataFrame,
    probabilities: pd.Series | None,
    under_notice: pd.Series,
    days: tuple[pd.Timestamp, pd.Timestamp],
    min_cell: int,
) -> pd.DataFrame:
    """Return the calendar of renewals, those of terms of at most two months left out, as `AHEAD`.

    Parameters
    ----------
    renewals
        From `open_renewals`.
    probabilities
        Of leaving within the horizon, by lifetime_id; None where nothing is forecast.
    under_notice
        Lifetimes that have given notice.
    days
        The snapshot, and the last day of the horizon.
    min_cell
        Weeks with fewer accounts are hidden, with another that would give them away. Where that is most weeks, the
        calendar is by month.
    """
    rows = renewals[~renewals["is_monthly"]]
    price = rows["own"].astype("Float64").to_numpy(np.float64, na_value=np.nan) * MONTHS_A_YEAR / PARTS
    chance = rows["lifetime_id"].map(probabilities) if probabilities is not None else np.nan
    told = rows.assign(announced=rows["lifetime_id"].isin(under_notice), price=price).assign(chance=chance)
    first, last = days[0] + pd.Timedelta(days=1), days[1]
    found = {}
    for span, begins in {
        WEEK: pd.date_range(first - pd.Timedelta(days=first.weekday()), last, freq="7D"),
        MONTH: pd.date_range(first.replace(day=1), last, freq="MS"),
    }.items():
        place = np.searchsorted(begins.to_numpy(), told["due_on"].to_numpy("M8[ns]"), side="right") - 1
        lines = [{"span": span, "begins_on": day} | _line(told[place == number]) for number, day in enumerate(begins)]
        table = pd.DataFrame(lines, columns=AHEAD.columns[:-1])
        hidden = hidden_cells((table["accounts"] + table["under_notice"]).to_numpy(np.int64), min_cell)
        found[span] = _without(table, hidden, 2)
    is_too_fine = found[WEEK]["is_hidden"].mean() > MOST_HIDDEN
    return AHEAD.checked(found[MONTH if is_too_fine else WEEK])


def _line(rows: pd.DataFrame) -> dict[str, float]:
    at_risk, leaving = rows[~rows["announced"]], rows[rows["announced"]]
    return {
        "accounts": at_risk["lifetime_id"].nunique(),
        "arr": known_sum(at_risk["price"]),
        "mean_probability": at_risk["chance"].mean(),
        "expected_loss": known_sum(at_risk["chance"] * at_risk["price"]),
        "unpriced": int(at_risk["price"].isna().sum()),
        "under_notice": leaving["lifetime_id"].nunique(),
        "under_notice_arr": known_sum(leaving["price"]),
    }


def announced_by_month(known_leavers: pd.DataFrame, min_cell: int) -> pd.DataFrame:
    """Return when accounts under notice end, by month, and what they pay in a year, as `ANNOUNCED`.

    Parameters
    ----------
    known_leavers
        As `analysis.cohort.frames.KNOWN_LEAVERS`.
    min_cell
        Months with fewer are hidden, with another that would give them away.
    """
    month = known_leavers["ends_on"].astype("datetime64[ns]").dt.to_period("M").dt.to_timestamp()
    told = known_leavers.assign(month=month, arr=known_leavers["mrr"].astype(float) * MONTHS_A_YEAR)
    lines = [
        {"month": day, "accounts": len(rows), "arr": known_sum(rows["arr"]), "unpriced": int(rows["arr"].isna().sum())}
        for day, rows in told.groupby("month", dropna=False)
    ]
    found = pd.DataFrame(lines, columns=ANNOUNCED.columns[:-1]).astype({"month": "datetime64[ns]"})
    return ANNOUNCED.checked(_without(found, hidden_cells(found["accounts"].to_numpy(np.int64), min_cell)))


def _without(found: pd.DataFrame, hidden: np.ndarray, n_texts: int = 1) -> pd.DataFrame:
    """Mark the hidden rows, and leave their numbers out."""
    shown = found.copy()
    for name in shown.columns[n_texts:]:
        shown[name] = shown[name].mask(hidden)
    return shown.assign(is_hidden=hidden)
