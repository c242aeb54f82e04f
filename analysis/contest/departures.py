"""Departures: since when it is known, on an interval's first day, that a champion went, and if another is there."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.cohort_tables import CohortTables
from analysis.errors import ModelError
from analysis.wording.remarks import remark

LAST_WEEKS = 26
"""From how many weeks on a departure counts as long ago; so far at least a log must reach back to say that none was."""
MOSTLY_SILENT = 0.5
"""Of the key users: the behavioural champion has gone where so many of them have fallen silent."""
_QUESTION = "departures_known"


class Champion(StrEnum):
    """Who counts as champion."""

    ROLE = "role"
    """Contacts that are recorded as champion or sponsor."""
    KEY_USERS = "key_users"
    """Those who used the product most, where no role is recorded."""


@dataclass(frozen=True, slots=True, eq=False)
class Departures:
    """What was known of departures on the first day of each interval.

    Attributes
    ----------
    champion : Champion
    days : ndarray of float, shape (n,)
        Days since the last departure became known, one at least; NaN where none is known.
    is_filled : ndarray of bool, shape (n,)
        Whether another is in place.
    is_known : ndarray of bool, shape (n,)
        Whether it can be said at all that there was a departure, or none.
    """

    champion: Champion
    days: NDArray[np.float64]
    is_filled: NDArray[np.bool_]
    is_known: NDArray[np.bool_]


def departures_of(tenure: CohortTables) -> Departures:
    """Return the departures of recorded champions and sponsors, or of key users where no role is recorded.

    Raises
    ------
    ModelError
        If the source records neither.
    """
    measured = {covariate.name for covariate in tenure.covariates("counting_process")}
    if "departures" in measured:
        return of_roles(tenure.counting_process, tenure.ask(_QUESTION, {"most_days": 7 * LAST_WEEKS}))
    if "key_user_silence" in measured:
        return of_key_users(tenure.counting_process)
    raise ModelError(remark("contest.no_vacancy_measured"))


def of_roles(intervals: pd.DataFrame, known: pd.DataFrame) -> Departures:
    """Read departures of recorded roles.

    Parameters
    ----------
    intervals
        As the table ``counting_process``.
    known
        As ``departures_known`` of ``queries/7_audit/asked`` answers: a row for each lifetime_id and risk_date.
    """
    keys = ["lifetime_id", "risk_date"]
    found = intervals[keys].merge(known, on=keys, how="left", validate="one_to_one")
    is_known = found["is_recorded"].fillna(False).astype(bool) & found["is_known"].fillna(False).astype(bool)
    return Departures(
        Champion.ROLE,
        days=found["days_known"].to_numpy(np.float64, na_value=np.nan),
        is_filled=(found["others"].fillna(0) > 0).to_numpy(bool),
        is_known=is_known.to_numpy(bool),
    )


def of_key_users(intervals: pd.DataFrame) -> Departures:
    """Read departures of the behavioural champion: when most key users were first seen to have fallen silent.

    It is known on the first day of the first interval on which so many are silent, and lasts until an interval on which
    they are not: then the place is filled, by those who came back or by others who took over.

    Parameters
    ----------
    intervals
        As the table ``counting_process``, with key_user_silence.
    """
    rows = intervals[["lifetime_id", "risk_date", "key_user_silence"]].reset_index(drop=True)
    in_order = rows.sort_values(["lifetime_id", "risk_date"], kind="stable")
    said = in_order["key_user_silence"]
    is_silent = (said >= MOSTLY_SILENT).where(said.notna()).astype(object)
    lifetime = in_order["lifetime_id"]
    held = is_silent.groupby(lifetime).ffill()
    before = held.groupby(lifetime).shift()
    begins = (held == True) & (before != True)  # noqa: E712  missing is neither
    since = in_order["risk_date"].where(begins).groupby(lifetime).ffill()
    days = (in_order["risk_date"] - since).dt.days + 1.0
    found = pd.DataFrame({"days": days, "is_filled": held == False, "is_known": said.notna()})  # noqa: E712
    found = found.reindex(rows.index)
    return Departures(
        Champion.KEY_USERS,
        days=found["days"].to_numpy(np.float64),
        is_filled=found["is_filled"].to_numpy(bool),
        is_known=found["is_known"].to_numpy(bool),
    )
