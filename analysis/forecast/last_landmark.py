"""Last landmark: models fitted to what is settled by it, and what they say of those who are at risk on it now."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.declared.study import Study
from analysis.design.matrix import Covariate, Design, learn_matrix
from analysis.design.outcome import Outcome
from analysis.design.population import elapsed_at, still_there, training_rows
from analysis.evaluation.choice import Choice, choose
from analysis.evaluation.folds import Fold
from analysis.models.base import horizon_risk
from analysis.models.competition import Competition, Makers, compete


@dataclass(frozen=True, slots=True, eq=False)
class AtLast:
    """Models fitted at the last landmark, and their forecasts.

    Attributes
    ----------
    landmark, stands_on, horizon_ends_on
        Covariates are those of the first day; forecasts are from the second to the third.
    design, competition
        Learned from the training rows.
    choice
        The model to quote.
    now
        The rows forecast, as `at_risk_now`.
    risk : dict of str to ndarray
        Of each model the probability of the event by the end of the horizon, in the order of `now`.
    n_training_rows, n_training_events
        Events are distinct lifetimes.
    """

    landmark: pd.Timestamp
    stands_on: pd.Timestamp
    horizon_ends_on: pd.Timestamp
    design: Design
    competition: Competition
    choice: Choice
    now: pd.DataFrame
    risk: dict[str, NDArray[np.float64]]
    n_training_rows: int
    n_training_events: int


def learn_at_last(
    training: pd.DataFrame,
    landmarks: pd.DataFrame,
    covariates: Sequence[Covariate],
    makers: Makers,
    study: Study,
    *,
    blended: Sequence[str] = (),
    folds: Sequence[Fold] = (),
) -> AtLast:
    """Fit models to rows that are settled by the last landmark, choose one, and forecast.

    Parameters
    ----------
    training
        From `settled_by_last`, labelled with what is forecast.
    landmarks
        All landmark rows.
    covariates
        Those declared for landmarks.
    makers, blended
        As in `analysis.models.competition.compete`.
    study
        Its snapshot, and the seed.
    folds
        The quarters that were forecast before: by them the model is chosen.

    Raises
    ------
    DesignError, ModelError
        If the rows cannot support a model.
    """
    last, elapsed = landmarks["risk_date"].max(), elapsed_at(study.time.snapshot, landmarks)
    design, matrix = learn_matrix(training, covariates)
    outcome = Outcome.from_landmarks(training)
    competition = compete(makers, matrix, outcome, blended, study.seed)
    choice = choose(folds, competition, last, outcome.n_lifetimes_with_event)
    now = at_risk_now(landmarks, study.time.snapshot)
    current = design.apply(now)
    return AtLast(
        landmark=last,
        stands_on=last + pd.Timedelta(days=elapsed.days),
        horizon_ends_on=now["horizon_ends_on"].iloc[0],
        design=design,
        competition=competition,
        choice=choice,
        now=now,
        risk={name: horizon_risk(model, current) for name, model in competition.models.items()},
        n_training_rows=len(training),
        n_training_events=outcome.n_lifetimes_with_event,
    )


def settled_by_last(landmarks: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the rows that a forecast from the last landmark may learn from, as `training_rows`.

    Raises
    ------
    ModelError
        As `analysis.design.population.elapsed_at`.
    """
    elapsed = elapsed_at(study.time.snapshot, landmarks)
    return training_rows(landmarks, landmarks["risk_date"].max(), study.time.allowed_gap_days, elapsed)


def at_risk_now(landmarks: pd.DataFrame, snapshot: dt.date) -> pd.DataFrame:
    """Return the rows of the last landmark that are still at risk, and not under notice, on the snapshot.

    Parameters
    ----------
    landmarks
        All landmark rows.
    snapshot
        Day up to whose morning everything is known.

    Raises
    ------
    ModelError
        As `analysis.design.population.elapsed_at`.
    """
    is_there = still_there(landmarks, elapsed_at(snapshot, landmarks))
    return landmarks[(landmarks["risk_date"] == landmarks["risk_date"].max()) & is_there].reset_index(drop=True)
