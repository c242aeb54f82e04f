"""Population: whom forecasts are learned from, scored on and made for, defined once for all three.

Rows of ``landmarks`` are at risk, and not under notice, on their landmark. From a snapshot inside the horizon a
forecast is for those of them who are still there, and of what is left: the same is then asked of earlier landmarks.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import ModelError

_BELIEFS = ("believed_from", "believed_until", "unpaid_from", "believed_cause")
_COLUMNS = ("risk_date", "horizon_ends_on", "horizon_days", "is_followed", "out_on", *_BELIEFS)


@dataclass(frozen=True, slots=True)
class Elapsed:
    """How much of a horizon has passed when a forecast is made: `days` of `of`."""

    days: int = 0
    of: int = 1

    def days_into(self, horizon_days: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the same share of other horizons, in whole days, rounded down, shape (n,)."""
        return horizon_days * self.days // self.of


AT_THE_LANDMARK = Elapsed()
"""Nothing has passed: a forecast of the whole horizon."""


def elapsed_at(snapshot: dt.date, landmarks: pd.DataFrame) -> Elapsed:
    """Return how much of the last landmark's horizon has passed on the snapshot.

    Parameters
    ----------
    landmarks
        All landmark rows: risk_date, horizon_days.

    Raises
    ------
    ModelError
        If there are no rows, or the horizon is over.
    """
    if landmarks.empty:
        raise ModelError("There are no landmark rows, so that nothing can be forecast.")
    last = landmarks["risk_date"].max()
    horizon = int(landmarks.loc[landmarks["risk_date"] == last, "horizon_days"].iloc[0])
    days = max((pd.Timestamp(snapshot) - last).days, 0)
    if days >= horizon:
        raise ModelError(
            f"The horizon of the last landmark ({last:%Y-%m-%d}) is over on the snapshot ({snapshot}): nothing of it "
            "is left to forecast. Choose an earlier snapshot."
        )
    return Elapsed(days, horizon)


def still_there(landmarks: pd.DataFrame, elapsed: Elapsed) -> NDArray[np.bool_]:
    """Mark the rows that are at risk, and not under notice, when so much of their horizon has passed, shape (n,).

    Rule 18 of ``queries/rules_of_time.md``.

    Parameters
    ----------
    landmarks
        Landmark rows: risk_date, horizon_days, out_on.
    """
    _require(landmarks)
    days = elapsed.days_into(landmarks["horizon_days"].to_numpy(np.int64))
    asked_on = landmarks["risk_date"].to_numpy("datetime64[D]") + days.astype("timedelta64[D]")
    out_on = landmarks["out_on"].to_numpy("datetime64[D]")
    return np.isnat(out_on) | (out_on > asked_on)


def training_rows(
    landmarks: pd.DataFrame, test_landmark: pd.Timestamp, allowed_gap_days: int = 0, elapsed: Elapsed = AT_THE_LANDMARK
) -> pd.DataFrame:
    """Return the rows that a forecast from a landmark may learn from, labelled as was known then.

    Rule 19 of ``queries/rules_of_time.md``.

    Parameters
    ----------
    landmarks
        Landmark rows, as in the cohort.
    test_landmark
        The date from which the forecast is made.
    allowed_gap_days
        Days an account may be away without having left: only after them is an end known to be one.
    elapsed
        How much of its horizon has passed when the forecast is made.

    Returns
    -------
    DataFrame
        Those of the population whose horizon, and the allowed gap after it, was over by the test landmark. An account
        whose notice was pending on it counts as gone, though it may have withdrawn it since, and as churned, whatever
        its last subscription ended by.

    Raises
    ------
    ModelError
        If a column is missing.
    """
    settled = settled_by(landmarks, test_landmark, allowed_gap_days)
    return labelled_as_known(landmarks[settled & still_there(landmarks, elapsed)], test_landmark)


def settled_by(landmarks: pd.DataFrame, day: pd.Timestamp, allowed_gap_days: int = 0) -> NDArray[np.bool_]:
    """Mark the rows whose outcome was settled by a day, shape (n,): horizon_ends_on + allowed gap <= day."""
    _require(landmarks)
    settled_on = landmarks["horizon_ends_on"] + pd.Timedelta(days=allowed_gap_days)
    is_settled = settled_on.to_numpy("datetime64[D]") <= np.datetime64(day, "D")
    return is_settled & landmarks["is_followed"].to_numpy(bool)


def labelled_as_known(landmarks: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return rows with the outcome that was believed on a day by which their horizon was over.

    Whoever had left then, as was believed, has the cause that was known: until the first unpaid day that of a notice.
    """
    on = np.datetime64(day, "D")
    believed_from = landmarks["believed_from"].to_numpy("datetime64[D]")
    until = landmarks["believed_until"].to_numpy("datetime64[D]")
    is_gone = (believed_from <= on) & (np.isnat(until) | (on < until))
    if not is_gone.any():
        return landmarks
    is_unpaid = landmarks["unpaid_from"].to_numpy("datetime64[D]") <= on
    cause = np.where(is_unpaid, landmarks["believed_cause"].to_numpy(object), "churn")
    after = (believed_from - landmarks["risk_date"].to_numpy("datetime64[D]")).astype(np.float64)
    return landmarks.assign(
        event=np.where(is_gone, cause == "churn", landmarks["event"].to_numpy(np.int64) == 1).astype(np.int64),
        cause=np.where(is_gone, cause, landmarks["cause"].to_numpy(object)),
        followed_days=np.where(is_gone, after, landmarks["followed_days"].to_numpy(np.float64)).astype(np.int64),
    )


def _require(landmarks: pd.DataFrame) -> None:
    missing = [column for column in _COLUMNS if column not in landmarks]
    if missing:
        raise ModelError(f"Landmark rows need the columns {', '.join(_COLUMNS)}; missing: {', '.join(missing)}.")
