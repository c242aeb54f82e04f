"""Summed up: the tables of money in the few amounts of a brief."""

import numpy as np
import pandas as pd

from analysis.money.at_risk import BOTH, Announced, MoneyAtRisk, at_risk_table
from analysis.money.brief import MoneyBrief
from analysis.money.paid import a_year
from analysis.money.retention import QUARTER, YEAR


def summed_up(
    *,
    currency: str | None,
    arr: pd.DataFrame | None,
    loss: MoneyAtRisk | None,
    announced: Announced,
    due: pd.DataFrame | None,
    renewals: pd.DataFrame | None,
    retention: pd.DataFrame | None,
    min_cell: int,
) -> MoneyBrief:
    """Return the brief; each table is None where these data do not give it.

    Parameters
    ----------
    currency
        Of all amounts.
    arr, renewals, retention
        As `ARR`, `RENEWALS` and `RETENTION`.
    loss
        Of the horizon.
    announced
        Accounts under notice that end by then.
    due
        Renewals to come by then, from `analysis.money.ahead.open_renewals`.
    min_cell
        What fewer accounts pay is not told, nor what would give it away.
    """
    is_small = 0 < announced.accounts < min_cell
    n_due = None if due is None else int(due.loc[~due["is_monthly"], "lifetime_id"].nunique())
    hides_renewals = n_due is not None and 0 < n_due < min_cell
    now = None if arr is None or arr.empty else arr.iloc[-1]
    both = _line(at_risk_table(loss), "part", BOTH) if loss is not None else None
    to_come = None if due is None or hides_renewals else due[~due["is_monthly"]]
    rates = last_final_quarter(renewals[renewals["due"] >= min_cell]) if renewals is not None else None
    kept = last_retention(retention[retention["n_start"] >= min_cell]) if retention is not None else None
    return MoneyBrief(
        currency=currency,
        arr_now=None if now is None else _known(now["arr"]),
        n_unpriced=0 if now is None else int(now["unpriced"]),
        arr_at_risk_expected=None if both is None else float(both["expected"]),
        arr_at_risk_low=None if both is None or is_small else float(both["low"]),
        arr_at_risk_high=None if both is None or is_small else float(both["high"]),
        arr_to_leave=loss.to_leave.expected if loss is not None and loss.to_leave and not is_small else None,
        arr_under_notice=None if arr is None or is_small else _known(announced.arr),
        n_under_notice=announced.accounts,
        renewals_due=None if hides_renewals else n_due,
        renewals_due_arr=None if to_come is None or arr is None else _known(_price(to_come["own"])),
        hides_renewals=hides_renewals,
        renewal_rate=None if rates is None else float(rates["rate"]),
        renewal_arr_rate=None if rates is None else _known(rates["arr_rate"]),
        grr=None if kept is None else float(kept["grr"]),
        nrr=None if kept is None else float(kept["nrr"]),
        retention_is_yearly=kept is not None and kept["over"] == YEAR,
    )


def last_final_quarter(renewals: pd.DataFrame) -> pd.Series | None:
    """Return the last quarter of terms of over two months of which no renewal is open; None where there is none."""
    quarters = renewals[
        (renewals["period"] == QUARTER) & ~renewals["is_monthly"].astype(bool) & renewals["rate"].notna()
    ]
    return None if quarters.empty else quarters.iloc[-1]


def last_retention(retention: pd.DataFrame) -> pd.Series | None:
    """Return the last settled retention over twelve months, else over a quarter; None where there is none."""
    settled = retention[retention["is_settled"].astype(bool) & retention["grr"].notna()]
    for over in (YEAR, QUARTER):
        if (settled["over"] == over).any():
            return settled[settled["over"] == over].iloc[-1]
    return None


def _known(amount: float) -> float | None:
    return None if pd.isna(amount) else float(amount)


def _price(own: pd.Series) -> float:
    return a_year(own.dropna().sum()) if own.empty or own.notna().any() else np.nan


def _line(table: pd.DataFrame, column: str, value: str) -> pd.Series | None:
    found = table[table[column] == value]
    return None if found.empty else found.iloc[0]
