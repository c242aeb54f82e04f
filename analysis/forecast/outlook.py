"""Forecast: the models that compete, and the three-month probability of every account at the last landmark."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.declared.schema import Kind
from analysis.declared.study import Study
from analysis.design.matrix import Covariate, learn_matrix
from analysis.design.outcome import Outcome
from analysis.design.resampling import purged_training_rows
from analysis.errors import ModelError
from analysis.forecast.frames import ACCOUNTS
from analysis.forecast.reasons import Reason, name_reasons
from analysis.models.base import horizon_risk
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.registry import COX, competing_models
from analysis.wording.remarks import remark


@dataclass(frozen=True, slots=True)
class Forecast:
    """Probabilities of churn by the end of the horizon, for every account at risk at the last landmark.

    Attributes
    ----------
    landmark, horizon_ends_on
        The forecast is conditional on being at risk on the first and reaches to the second.
    headline
        The model whose numbers are quoted.
    models
        The models that were fitted, in the order in which they compete.
    accounts
        As `ACCOUNTS`, and a column of probabilities for each of `models`, in order of account; without those known at
        the snapshot to have left since the landmark.
    reasons
        For each account the known covariates that raise its log hazard in the Cox model most, above the mean account.
    n_training_rows, n_training_events
        What the models learned from; events are distinct lifetimes.
    """

    landmark: pd.Timestamp
    horizon_ends_on: pd.Timestamp
    headline: str
    models: tuple[str, ...]
    accounts: pd.DataFrame
    reasons: tuple[tuple[Reason, ...], ...]
    n_training_rows: int
    n_training_events: int

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """The headline model's probabilities, shape (n_accounts,)."""
        return self.accounts[self.headline].to_numpy(np.float64)


def forecast_last_landmark(
    landmarks: pd.DataFrame,
    covariates: Sequence[Covariate],
    study: Study,
    headline: str = COX,
    announced: Collection[str] = (),
) -> Forecast:
    """Fit all models on the landmarks settled by the last one, and forecast from it.

    Parameters
    ----------
    landmarks
        All landmark rows, the last landmark among them.
    covariates
        Those declared for landmarks.
    headline
        The model to quote.
    announced
        Lifetimes under notice, in no forecast.

    Raises
    ------
    DesignError, ModelError
        If the settled landmarks cannot support a model.
    """
    last = landmarks["risk_date"].max()
    training = landmarks[purged_training_rows(landmarks, last, study.time.allowed_gap_days)]
    if training.empty:
        raise ModelError(remark("forecast.nothing_to_learn", landmark=last))
    design, matrix = learn_matrix(training, covariates)
    outcome = Outcome.from_landmarks(training)
    fitted = {name: make().fit(matrix, outcome) for name, make in competing_models(study).items()}
    now = at_risk_now(landmarks, announced)
    current = design.apply(now)
    risks = {name: horizon_risk(model, current) for name, model in fitted.items()}
    probabilities = ACCOUNTS.with_each(tuple(fitted), Kind.NUMBER, "probability of churn by the end of the horizon")
    cox = fitted[COX]
    assert isinstance(cox, LandmarkCox)
    return Forecast(
        landmark=last,
        horizon_ends_on=now["horizon_ends_on"].iloc[0],
        headline=headline,
        models=tuple(fitted),
        accounts=probabilities.checked(now[ACCOUNTS.columns].assign(**risks)),
        reasons=name_reasons(current, cox, now),
        n_training_rows=len(training),
        n_training_events=outcome.n_lifetimes_with_event,
    )


def at_risk_now(landmarks: pd.DataFrame, announced: Collection[str] = ()) -> pd.DataFrame:
    """Return the rows of the last landmark without those known at the snapshot to have left, or to be leaving.

    Parameters
    ----------
    landmarks
        All landmark rows.
    announced
        Lifetimes under notice.
    """
    is_last = landmarks["risk_date"] == landmarks["risk_date"].max()
    is_leaving = landmarks["cause"].notna() | landmarks["lifetime_id"].isin(announced)
    return landmarks[is_last & ~is_leaving].reset_index(drop=True)
