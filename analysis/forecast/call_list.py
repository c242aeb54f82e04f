"""Call list: every account at risk, the most likely to leave first, beside what a person who calls it wants to know."""

import pandas as pd

from analysis.forecast.frames import CALL_LIST
from analysis.forecast.outlook import Forecast

TOLD = ("seats", "term", "days_to_renewal")
"""Covariates that are told of each account, where these data measure them."""


def ranked_accounts(forecast: Forecast) -> pd.DataFrame:
    """Return the accounts of a forecast, the most likely to leave first; of equals, by name."""
    return forecast.accounts.sort_values([forecast.headline, "account_id"], ascending=[False, True], ignore_index=True)


def call_list(forecast: Forecast, landmarks: pd.DataFrame, segments: pd.Series | None = None) -> pd.DataFrame:
    """Describe every account of a forecast.

    Parameters
    ----------
    forecast
        Made from the last of the landmarks.
    landmarks
        All landmark rows.
    segments
        Label of each account, by its id; None where these data give none.

    Returns
    -------
    DataFrame
        As `CALL_LIST`.
    """
    ranked = ranked_accounts(forecast)
    now = landmarks[landmarks["risk_date"] == forecast.landmark].set_index("lifetime_id")
    reasons = pd.Series(list(forecast.reasons), index=forecast.accounts["lifetime_id"])
    described = pd.DataFrame({"account_id": ranked["account_id"], "probability": ranked[forecast.headline]})
    if segments is not None:
        described["segment"] = ranked["account_id"].map(segments)
    for name in TOLD:
        if name in now:
            described[name] = ranked["lifetime_id"].map(now[name])
    described["reasons"] = ranked["lifetime_id"].map(reasons)
    return CALL_LIST.checked(described)
