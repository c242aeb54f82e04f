"""Forecast: the models that compete, and the three-month probability of every account at the last landmark."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.declared.schema import Kind
from analysis.declared.study import Study
from analysis.design.matrix import Covariate, Design, learn_matrix
from analysis.design.outcome import Outcome
from analysis.design.population import elapsed_at, still_there, training_rows
from analysis.errors import ModelError
from analysis.evaluation.choice import Choice, choose
from analysis.evaluation.folds import Fold
from analysis.forecast.frames import ACCOUNTS
from analysis.forecast.reasons import Explanations, explain
from analysis.models.base import Forecaster, horizon_risk
from analysis.models.competition import compete
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.registry import BLENDED, COX, competing_models
from analysis.wording.remarks import remark

REFITS = 3
"""Of the quoted model to earlier rows, that are asked whether they give the same reasons."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Probabilities of churn by the end of the horizon, for every account at risk at the last landmark and still there.

    Attributes
    ----------
    landmark, stands_on, horizon_ends_on
        Covariates are those of the first day; the forecast is conditional on being at risk, and not under notice, on
        the second (the snapshot, where the horizon has begun), and reaches to the third.
    choice
        The model whose numbers are quoted, and by what it was chosen.
    models
        The models that were fitted, in the order in which they compete.
    accounts
        As `ACCOUNTS`, and a column of probabilities for each of `models`, in the order of the landmark rows.
    explanations
        Why the headline model forecasts of each account what it does, beside its peers.
    n_training_rows, n_training_events
        What the models learned from; events are distinct lifetimes.
    shrinkage
        How many times as far as each family's own data ask for the Cox model's columns are shrunk.
    design, fitted
        What makes numbers of rows, and each of `models` as it forecasts from them.
    """

    landmark: pd.Timestamp
    stands_on: pd.Timestamp
    horizon_ends_on: pd.Timestamp
    choice: Choice
    models: tuple[str, ...]
    accounts: pd.DataFrame
    explanations: Explanations
    n_training_rows: int
    n_training_events: int
    shrinkage: float
    design: Design
    fitted: Mapping[str, Forecaster]

    @property
    def headline(self) -> str:
        """The model whose numbers are quoted."""
        return self.choice.model

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """The headline model's probabilities, shape (n_accounts,)."""
        return self.accounts[self.headline].to_numpy(np.float64)


def forecast_last_landmark(
    landmarks: pd.DataFrame,
    covariates: Sequence[Covariate],
    study: Study,
    folds: Sequence[Fold] = (),
) -> Forecast:
    """Fit all models on the landmarks settled by the last one, and forecast from it.

    From a snapshot inside the horizon they learn, of earlier landmarks, from those who were still there when as much of
    the horizon had passed.

    Parameters
    ----------
    landmarks
        All landmark rows, the last landmark among them.
    covariates
        Those declared for landmarks.
    folds
        The quarters that were forecast before: by them the model is chosen that is quoted, and the last of its fits say
        whether earlier rows give the same reasons.

    Raises
    ------
    DesignError, ModelError
        If the settled landmarks cannot support a model.
    """
    last = landmarks["risk_date"].max()
    elapsed = elapsed_at(study.time.snapshot, landmarks)
    training = training_rows(landmarks, last, study.time.allowed_gap_days, elapsed)
    if training.empty:
        raise ModelError(remark("forecast.nothing_to_learn", landmark=last))
    design, matrix = learn_matrix(training, covariates)
    outcome = Outcome.from_landmarks(training)
    competition = compete(competing_models(study), matrix, outcome, BLENDED, study.seed)
    choice = choose(folds, competition, last, outcome.n_lifetimes_with_event)
    earlier = [(fold.design, fold.models[choice.model]) for fold in folds if choice.model in fold.models][-REFITS:]
    now = at_risk_now(landmarks, study.time.snapshot)
    current = design.apply(now)
    risks = {name: horizon_risk(model, current) for name, model in competition.models.items()}
    probabilities = ACCOUNTS.with_each(tuple(risks), Kind.NUMBER, "probability of churn by the end of the horizon")
    cox = competition.plain[COX]
    assert isinstance(cox, LandmarkCox)
    return Forecast(
        landmark=last,
        stands_on=last + pd.Timedelta(days=elapsed.days),
        horizon_ends_on=now["horizon_ends_on"].iloc[0],
        choice=choice,
        models=tuple(risks),
        accounts=probabilities.checked(now[ACCOUNTS.columns].assign(**risks)),
        explanations=explain(competition.models[choice.model], design, now, landmarks, earlier),
        n_training_rows=len(training),
        n_training_events=outcome.n_lifetimes_with_event,
        shrinkage=cox.shrinkage_,
        design=design,
        fitted=competition.models,
    )


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
