"""Standpoint: the day that a report looks ahead from, and who is at risk then; refused where there is nobody."""

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from analysis.declared.study_parts import Time
from analysis.errors import ModelError
from analysis.forecast.last_landmark import at_risk_now

STALE_MONTHS = 3
"""A last landmark that lies longer before the snapshot is no standpoint: everybody had left since."""


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Where a report stands.

    Attributes
    ----------
    landmark, stands_on, horizon_ends_on
        What is known of accounts is of the first day; it looks from the second (the later one of landmark and snapshot)
        to the third.
    is_preliminary
        Whether the landmark is no start of a fiscal quarter: the data end before the quarter does.
    n_at_risk
        Accounts at risk, and not under notice, on the landmark and on `stands_on`.
    """

    landmark: pd.Timestamp
    stands_on: pd.Timestamp
    horizon_ends_on: pd.Timestamp
    is_preliminary: bool
    n_at_risk: int


def standpoint(landmarks: pd.DataFrame, snapshot: dt.date) -> Standpoint:
    """Return the standpoint of a report on some landmarks.

    Parameters
    ----------
    landmarks
        All landmark rows.
    snapshot
        Day up to whose morning everything is known.

    Raises
    ------
    ModelError
        If nobody is at risk near the snapshot.
    """
    oldest = pd.Timestamp(snapshot) - pd.DateOffset(months=STALE_MONTHS)
    is_stale = landmarks.empty or landmarks["risk_date"].max() <= oldest
    now = landmarks.head(0) if is_stale else at_risk_now(landmarks, snapshot)
    if now.empty:
        raise ModelError(
            f"Nobody is at risk near the snapshot ({snapshot}): there is nobody to forecast for. "
            "Choose an earlier snapshot to report on the book as it was."
        )
    return Standpoint(
        landmark=now["risk_date"].iloc[0],
        stands_on=max(now["risk_date"].iloc[0], pd.Timestamp(snapshot)),
        horizon_ends_on=now["horizon_ends_on"].iloc[0],
        is_preliminary=not bool(now["is_quarter_start"].iloc[0]),
        n_at_risk=len(now),
    )


def refuse_without_churn(n_events: int, n_lifetimes: int, time: Time) -> None:
    """Raise a `ModelError` where no lifetime churned: there is no churn to report on."""
    if n_events == 0:
        raise ModelError(
            f"No account left among the {n_lifetimes:,} lifetimes observed from {time.observation_start} to "
            f"{time.snapshot}: there is no churn to report on. "
            "Check ended_on and notice_on in subscriptions, or observe for longer."
        )
