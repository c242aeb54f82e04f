"""Leavers: who has given notice, until when they pay, and what."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.evaluation.use.revenue import MONTHS_A_YEAR
from analysis.forecast.frames import LEAVERS


@dataclass(frozen=True, slots=True, eq=False)
class Leavers:
    """Accounts under notice; they are in no forecast.

    Attributes
    ----------
    accounts
        As `LEAVERS`, the next to end first.
    arr
        What those pay together in a year whose price is known; None where none is.
    n_without_price
        Accounts whose price is not known.
    n_worked_out
        Accounts whose last day the source does not give: it follows from the terms.
    """

    accounts: pd.DataFrame
    arr: float | None
    n_without_price: int
    n_worked_out: int


def leavers(known: pd.DataFrame, is_priced: bool = True) -> Leavers:
    """Say what the accounts under notice pay.

    Parameters
    ----------
    known
        As `analysis.cohort.frames.KNOWN_LEAVERS`.
    is_priced
        Whether prices, where there are some, are of one currency.
    """
    accounts = known.assign(arr=known["mrr"].astype(float) * MONTHS_A_YEAR if is_priced else np.nan)
    priced = accounts["arr"].notna()
    return Leavers(
        accounts=LEAVERS.checked(accounts),
        arr=float(accounts.loc[priced, "arr"].sort_values().sum()) if priced.any() else None,
        n_without_price=int((~priced).sum()),
        n_worked_out=int((accounts["ends_on"].notna() & ~accounts["is_end_given"].astype(bool)).sum()),
    )
