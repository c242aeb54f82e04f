"""Before: what would have been forecast of the same accounts a quarter earlier, and what has changed since."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.declared.study import Study
from analysis.design.population import elapsed_at, still_there
from analysis.evaluation.folds import Fold
from analysis.forecast.past_quarters import yearly_prices
from analysis.models.base import horizon_risk

RISES_BY, LEAST_RISE = 1.5, 0.02
"""A probability has risen where it is so many times what it was, and more by so much; fallen the other way round."""


DUE = ("notice_deadline_in_horizon", "renewal_in_horizon")
"""Covariates that say so."""


class Change(StrEnum):
    """What has changed of an account since the quarter before."""

    JOINED = "joined"
    """It was not at risk then: it has come since, or was under notice."""
    NEW = "new"
    """It is among the first now, and was not then."""
    RISING = "rising"
    FALLING = "falling"
    AS_BEFORE = "as_before"


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """Forecasts of a quarter earlier, by a model that had learned no later rows than were settled by then.

    Attributes
    ----------
    landmark
        Their day.
    learned_by
        The day by which what the model learned from was settled; `landmark`, or a quarter start before it.
    accounts : DataFrame
        ``lifetime_id, probability, loss, is_due``: loss is the probability times what the account paid in a year,
        missing where its price is not known; `is_due` as `is_due` says.
    """

    landmark: pd.Timestamp
    learned_by: pd.Timestamp
    accounts: pd.DataFrame


def forecast_before(landmarks: pd.DataFrame, study: Study, folds: Sequence[Fold], model: str) -> Before | None:
    """Return what a model would have forecast one horizon before the last landmark.

    How that quarter ended may not be settled yet, so that no fold was scored on it: the last fold that had begun by
    then forecasts from its rows. Today's fit may not, for it has learned who was still there afterwards.

    Parameters
    ----------
    landmarks
        All landmark rows.
    study
        Its snapshot, and the horizon.
    folds
        The quarters that were forecast before.
    model
        The one that is quoted.

    Returns
    -------
    Before or None
        None where nobody was at risk then, or no fold had the model by then.
    """
    day = landmarks["risk_date"].max() - pd.DateOffset(months=study.time.horizon_months)
    there = still_there(landmarks, elapsed_at(study.time.snapshot, landmarks))
    rows = landmarks[(landmarks["risk_date"] == day) & there].reset_index(drop=True)
    known = [fold for fold in folds if fold.landmark <= day and model in fold.models]
    if rows.empty or not known:
        return None
    probability = horizon_risk(known[-1].models[model], known[-1].design.apply(rows))
    loss = probability * yearly_prices(rows)
    said = {"lifetime_id": rows["lifetime_id"], "probability": probability, "loss": loss, "is_due": is_due(rows)}
    return Before(day, known[-1].landmark, pd.DataFrame(said))


def is_due(rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Mark the rows of which a term is known to end, or a last day for notice to fall, within the horizon, shape (n,).

    Parameters
    ----------
    rows
        Of landmarks, with the covariates that these data measure.
    """
    told = [rows[name].to_numpy(np.float64, na_value=np.nan) == 1 for name in DUE if name in rows]
    return np.any(told, axis=0) if told else np.zeros(len(rows), bool)


def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rank of each value, the largest first; equals share the first of theirs, and NaN has none."""
    return pd.Series(values).rank(method="min", ascending=False).to_numpy(np.float64)


def changes(
    now: NDArray[np.float64], rank: NDArray[np.float64], before: NDArray[np.float64], rank_before: NDArray[np.float64],
    first: int,
) -> list[Change]:  # fmt: skip
    """Say of each account what has changed.

    Parameters
    ----------
    now, before
        Probabilities, shape (n,); before, NaN where the account was not at risk.
    rank, rank_before
        Places in the list, from 1, shape (n,); NaN where it has none, of which nothing is new.
    first
        How many places are the first.

    Examples
    --------
    The third of three had 10% and has 16%, which is 1.5 times as much and 2 points more:

    >>> found = changes(*np.array([[0.5, 0.3, 0.16], [1, 2, 3], [np.nan, 0.3, 0.1], [np.nan, 5, 3]]), first=2)
    >>> [str(one) for one in found]
    ['joined', 'new', 'rising']
    """
    is_up = (now >= RISES_BY * before) & (now - before >= LEAST_RISE)
    is_down = (before >= RISES_BY * now) & (before - now >= LEAST_RISE)
    is_new = (rank <= first) & (rank_before > first)
    cases = [np.isnan(before), is_new, is_up, is_down]
    which = np.select(cases, [0, 1, 2, 3], 4)
    kinds = list(Change)
    return [kinds[place] for place in which]
