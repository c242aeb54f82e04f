"""Call list: every account at risk, the most likely to leave first, beside what a person who calls it wants to know."""

import pandas as pd

from analysis.declared.schema import Kind
from analysis.forecast.frames import CALL_LIST
from analysis.forecast.outlook import Forecast

TOLD = ("seats", "term", "days_to_renewal")
"""Covariates that are told of each account, where these data measure them."""
SHARE = "share_"
"""What the columns with the families' shares begin with."""


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
        As `CALL_LIST`, and a column for the share of each family.
    """
    ranked = ranked_accounts(forecast)
    now = landmarks[landmarks["risk_date"] == forecast.landmark].set_index("lifetime_id")
    explained = pd.Series(list(forecast.explanations.accounts), index=forecast.accounts["lifetime_id"], dtype=object)
    why = [explained[lifetime] for lifetime in ranked["lifetime_id"]]
    families = list(dict.fromkeys(family for one in why if one for family, _ in one.shares))
    described = pd.DataFrame({"account_id": ranked["account_id"], "probability": ranked[forecast.headline]})
    if segments is not None:
        described["segment"] = ranked["account_id"].map(segments)
    for name in TOLD:
        if name in now:
            described[name] = ranked["lifetime_id"].map(now[name])
    described["peers"] = [one.peers if one else None for one in why]
    for family in families:
        described[SHARE + family] = [dict(one.shares)[family] if one else None for one in why]
    described["reasons"] = [one.reasons if one else () for one in why]
    shares = [SHARE + family for family in families]
    return CALL_LIST.with_each(shares, Kind.NUMBER, "what the family adds to its peers' mean", True).checked(described)
