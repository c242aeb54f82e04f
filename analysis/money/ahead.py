"""Ahead: renewals to come, by week, and losses that are announced already, by month."""

import numpy as np
import pandas as pd

from analysis.declared.suppression import hidden_cells
from analysis.evaluation.use.revenue import MONTHS_A_YEAR
from analysis.money.frames import AHEAD, ANNOUNCED
from analysis.money.paid import PARTS
from analysis.money.renewals import OPEN


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
    """Return the calendar of renewals by week, those of terms of at most two months left out, as `AHEAD`.

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
        Weeks with fewer accounts are hidden, with another that would give them away.
    """
    rows = renewals[~renewals["is_monthly"]]
    week = _monday(rows["due_on"])
    announced = rows["lifetime_id"].isin(under_notice)
    price = rows["own"].astype("Float64").to_numpy(np.float64, na_value=np.nan) * MONTHS_A_YEAR / PARTS
    chance = rows["lifetime_id"].map(probabilities) if probabilities is not None else pd.Series(np.nan, rows.index)
    told = rows.assign(week=week, announced=announced, price=price, chance=chance.astype(float))
    first, last = (_monday(pd.Series([day])).iloc[0] for day in (days[0] + pd.Timedelta(days=1), days[1]))
    lines = []
    for monday in pd.date_range(first, last, freq="7D"):
        of_week = told[told["week"] == monday]
        at_risk, leaving = of_week[~of_week["announced"]], of_week[of_week["announced"]]
        lines.append(
            {
                "week_from": monday,
                "accounts": at_risk["lifetime_id"].nunique(),
                "arr": at_risk["price"].sum(),
                "mean_probability": at_risk["chance"].mean(),
                "expected_loss": (at_risk["chance"] * at_risk["price"]).sum() if probabilities is not None else np.nan,
                "unpriced": int(at_risk["price"].isna().sum()),
                "under_notice": leaving["lifetime_id"].nunique(),
                "under_notice_arr": leaving["price"].sum(),
            }
        )
    found = pd.DataFrame(lines, columns=AHEAD.columns[:-1])
    hidden = hidden_cells((found["accounts"] + found["under_notice"]).to_numpy(np.int64), min_cell)
    return AHEAD.checked(_without(found, hidden))


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
        {"month": day, "accounts": len(rows), "arr": rows["arr"].sum(), "unpriced": int(rows["arr"].isna().sum())}
        for day, rows in told.groupby("month", dropna=False)
    ]
    found = pd.DataFrame(lines, columns=ANNOUNCED.columns[:-1]).astype({"month": "datetime64[ns]"})
    return ANNOUNCED.checked(_without(found, hidden_cells(found["accounts"].to_numpy(np.int64), min_cell)))


def _monday(days: pd.Series) -> pd.Series:
    return days - pd.to_timedelta(days.dt.weekday, unit="D")


def _without(found: pd.DataFrame, hidden: np.ndarray) -> pd.DataFrame:
    """Mark the hidden rows, and leave their numbers out."""
    shown = found.copy()
    for name in shown.columns[1:]:
        shown[name] = shown[name].mask(hidden)
    return shown.assign(is_hidden=hidden)
