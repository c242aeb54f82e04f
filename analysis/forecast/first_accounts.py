"""First accounts: those that a team can look after, in the order to act in, and what is expected of them together."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.forecast.call_list import in_order_to_act, is_by_loss
from analysis.forecast.intervals import ExpectedCount, ExpectedLoss, expected_count, expected_loss
from analysis.forecast.quarter_shift import QuarterShift


@dataclass(frozen=True, slots=True, eq=False)
class FirstAccounts:
    """The accounts to look at first.

    Attributes
    ----------
    accounts
        As `analysis.forecast.frames.CALL_LIST`.
    is_by_loss
        Whether they are those of the largest expected loss; else the likeliest to leave.
    n_without_price
        Of all accounts at risk, those that have no place by loss.
    expected
        How many of the first will leave.
    loss
        What those will have paid in a year; None where no price is known.
    """

    accounts: pd.DataFrame
    is_by_loss: bool
    n_without_price: int
    expected: ExpectedCount
    loss: ExpectedLoss | None


def first_accounts(calls: pd.DataFrame, capacity: int, model: str, shift: QuarterShift) -> FirstAccounts:
    """Return the first accounts of a list, and what a quarter may make of their forecasts.

    Parameters
    ----------
    calls
        As `analysis.forecast.frames.CALL_LIST`.
    capacity
        How many a team can look after.
    model
        The one that is quoted.
    shift
        Of the quarter.
    """
    first = in_order_to_act(calls).head(capacity).reset_index(drop=True)
    probability = first["probability"].to_numpy(np.float64)
    prices = first["arr"].to_numpy(np.float64) if "arr" in first else np.full(len(first), np.nan)
    return FirstAccounts(
        accounts=first,
        is_by_loss=is_by_loss(calls),
        n_without_price=int(calls["arr"].isna().sum()) if "arr" in calls else len(calls),
        expected=expected_count(model, probability, shift),
        loss=expected_loss(probability, prices, shift),
    )
