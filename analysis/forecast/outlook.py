"""Forecast: the models that compete, and the three-month probability of every account at the last landmark."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.kept import Later, fields_of, kept, made
from analysis.declared.schema import Kind
from analysis.declared.study import Study
from analysis.design.matrix import Covariate, Design
from analysis.errors import ModelError
from analysis.evaluation.choice import Choice
from analysis.evaluation.folds import Fold
from analysis.forecast.frames import ACCOUNTS
from analysis.forecast.last_landmark import AtLast, learn_at_last, settled_by_last
from analysis.forecast.reasons import Explanations, explain
from analysis.models.base import Forecaster
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.registry import BLENDED, COX, competing_models
from analysis.wording.remarks import remark

REFITS = 3
"""Of the quoted model to earlier rows, that are asked whether they give the same reasons."""


@dataclass(frozen=True, slots=True)
class Outlook:
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

    @property
    def headline(self) -> str:
        """The model whose numbers are quoted."""
        return self.choice.model

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """The headline model's probabilities, shape (n_accounts,)."""
        return self.accounts[self.headline].to_numpy(np.float64)


@dataclass(frozen=True, slots=True)
class Learned:
    """What the models are: `design` makes numbers of rows, and each of `fitted` forecasts from them, by name."""

    design: Design
    fitted: Mapping[str, Forecaster]


@dataclass(frozen=True, slots=True)
class Forecast(Outlook):
    """An outlook, and the models that it is by.

    Attributes
    ----------
    learned
        Where the rest was read as it is kept, they are learned again when they are asked for.
    """

    learned: Later[Learned]

    @property
    def design(self) -> Design:
        """What makes numbers of rows."""
        return self.learned.get().design

    @property
    def fitted(self) -> Mapping[str, Forecaster]:
        """Each of `models`, as it forecasts from them."""
        return self.learned.get().fitted


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
    found = _learned_at_last(landmarks, covariates, study, folds)
    quoted, fitted = found.choice.model, found.competition.models
    earlier = [(fold.design, fold.models[quoted]) for fold in folds if quoted in fold.models][-REFITS:]
    probabilities = ACCOUNTS.with_each(tuple(found.risk), Kind.NUMBER, "probability of churn by the end of the horizon")
    cox = found.competition.plain[COX]
    assert isinstance(cox, LandmarkCox)
    return Forecast(
        landmark=found.landmark,
        stands_on=found.stands_on,
        horizon_ends_on=found.horizon_ends_on,
        choice=found.choice,
        models=tuple(found.risk),
        accounts=probabilities.checked(found.now[ACCOUNTS.columns].assign(**found.risk)),
        explanations=explain(fitted[quoted], found.design, found.now, landmarks, earlier),
        n_training_rows=found.n_training_rows,
        n_training_events=found.n_training_events,
        shrinkage=cox.shrinkage_,
        learned=made(Learned(found.design, fitted)),
    )


def kept_forecast(tenure: CohortTables, folds: Callable[[], Sequence[Fold]]) -> Forecast:
    """Return the forecast of a study, its outlook as it is kept beside the cohort (`analysis.cohort.kept`).

    Parameters
    ----------
    tenure
        The study's cohort.
    folds
        Returns the quarters that were forecast before; it is called where the outlook is not kept.

    Raises
    ------
    DesignError, ModelError
        As `forecast_last_landmark`.
    """
    landmarks, covariates, study = tenure.landmarks, tenure.covariates("landmarks"), tenure.study

    def forecast() -> Forecast:
        earlier = folds()
        tenure.progress("forecasting from the last landmark")
        return forecast_last_landmark(landmarks, covariates, study, earlier)

    def learned() -> Learned:
        found = _learned_at_last(landmarks, covariates, study, ())  # they choose among models, and are no part of any
        return Learned(found.design, found.competition.models)

    whole = Later(forecast)
    outlook = kept(tenure, "Outlook", lambda: Outlook(**fields_of(whole.get(), Outlook)))
    models = whole.get().learned if whole.is_made else Later(learned)
    return Forecast(**fields_of(outlook, Outlook), learned=models)


def _learned_at_last(
    landmarks: pd.DataFrame, covariates: Sequence[Covariate], study: Study, folds: Sequence[Fold]
) -> AtLast:
    training = settled_by_last(landmarks, study)
    if training.empty:
        raise ModelError(remark("forecast.nothing_to_learn", landmark=landmarks["risk_date"].max()))
    makers = competing_models(study)
    return learn_at_last(training, landmarks, covariates, makers, study, blended=BLENDED, folds=folds)
