"""Contraction: landmark rows whose event is a contraction within their horizon, with all ends competing."""

import numpy as np
import pandas as pd

from analysis.design.population import AT_THE_LANDMARK, Elapsed

CONTRACTION = "contraction"
"""The cause of the event of such rows."""
_KEY = ["lifetime_id", "risk_date"]


def contraction_rows(
    rows: pd.DataFrame, contractions: pd.DataFrame, elapsed: Elapsed = AT_THE_LANDMARK
) -> pd.DataFrame:
    """Return landmark rows with the first contraction of their horizon in place of churn.

    A row that ended without one, for whatever reason, was followed without contraction: it can no longer have one
    (rule 11 of ``queries/rules_of_time.md``). When a row is settled does not change.

    Parameters
    ----------
    rows
        Landmark rows, labelled as was known (`analysis.design.population.labelled_as_known`).
    contractions
        The table ``landmark_contractions``.
    elapsed
        How much of the horizon has passed when a forecast is made: a contraction of that part is no event.

    Returns
    -------
    DataFrame
        The same rows, in the same order; event is 1, cause 'contraction', and followed_days the day of the first
        contraction after what has passed, where there is one; else event is 0, and the others are as they were.
    """
    asked = rows[_KEY].assign(row=np.arange(len(rows)), passed=elapsed.days_into(rows["horizon_days"].to_numpy("i8")))
    found = asked.merge(contractions[[*_KEY, "contracted_on"]], on=_KEY)
    after = (found["contracted_on"] - found["risk_date"]).dt.days
    first = after[after > found["passed"]].groupby(found["row"]).min()
    days = np.full(len(rows), -1)
    days[first.index] = first.to_numpy()
    contracts = days > 0
    return rows.assign(
        event=contracts.astype(np.int64),
        cause=np.where(contracts, CONTRACTION, rows["cause"].to_numpy(object)),
        followed_days=np.where(contracts, days, rows["followed_days"].to_numpy(np.int64)),
    )
