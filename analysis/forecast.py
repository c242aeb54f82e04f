"""Forecast: the models that compete, and the three-month probability of every account at the last landmark."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.design import Covariate, DesignMatrix, learn_design
from analysis.errors import ModelError
from analysis.evaluation.rolling_origin import horizon_risk
from analysis.models.base import Model
from analysis.models.forest import Forest
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.rivals import FamiliesOnly, LastQuarterRate
from analysis.outcome import Outcome
from analysis.resampling import purged_training_rows
from analysis.study import Study

COX, FOREST, CONTRACT_ONLY, LAST_QUARTER = "cox", "forest", "contract_only", "last_quarter"
Makers = Mapping[str, Callable[[], Model]]


@dataclass(frozen=True, slots=True)
class Reason:
    """A covariate that raises an account's hazard by being ``high`` or ``low`` ('' where it has no degrees)."""

    covariate: str
    direction: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """Probabilities of churn by the end of the horizon, for every account at risk at the last landmark.

    Attributes
    ----------
    landmark, horizon_ends_on
        The forecast is conditional on being at risk on the first and reaches to the second.
    headline
        The model whose numbers are quoted.
    accounts
        lifetime_id, account_id, and a column of probabilities for each model, in order of account; without those known
        at the snapshot to have left since the landmark.
    reasons
        For each account the covariates that raise its log hazard in the Cox model most, relative to the mean account.
    n_training_rows, n_training_events
        What the models learned from; events are distinct lifetimes.
    """

    landmark: pd.Timestamp
    horizon_ends_on: pd.Timestamp
    headline: str
    accounts: pd.DataFrame
    reasons: tuple[tuple[Reason, ...], ...]
    n_training_rows: int
    n_training_events: int

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """The headline model's probabilities, shape (n_accounts,)."""
        return self.accounts[self.headline].to_numpy(np.float64)


def competing_models(study: Study) -> Makers:
    """Return the models of a study and the rivals they must beat, each as a function that makes an unfitted one."""
    models = study.models

    def cox() -> Model:
        return LandmarkCox(ridge=models.forecast_ridge)

    def forest() -> Model:
        return Forest(n_trees=models.forest_trees, min_rows_per_leaf=models.forest_min_leaf, seed=study.seed)

    return {
        COX: cox,
        FOREST: forest,
        CONTRACT_ONLY: lambda: FamiliesOnly(cox(), ("contract",)),
        LAST_QUARTER: LastQuarterRate,
    }


def forecast_last_landmark(
    landmarks: pd.DataFrame,
    covariates: Sequence[Covariate],
    study: Study,
    headline: str = COX,
    announced: Collection[int] = (),
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
        raise ModelError(f"No landmark's horizon has ended by {last:%Y-%m-%d}: there is nothing to learn from yet.")
    design = learn_design(training, covariates)
    matrix, outcome = design.apply(training), Outcome.from_landmarks(training)
    fitted = {name: make().fit(matrix, outcome) for name, make in competing_models(study).items()}
    now = at_risk_now(landmarks, announced)
    current = design.apply(now)
    risks = {name: horizon_risk(model, current) for name, model in fitted.items()}
    cox = fitted[COX]
    assert isinstance(cox, LandmarkCox)
    return Forecast(
        landmark=last,
        horizon_ends_on=now["horizon_ends_on"].iloc[0],
        headline=headline,
        accounts=pd.DataFrame({"lifetime_id": now["lifetime_id"], "account_id": now["account_id"], **risks}),
        reasons=_reasons(current, cox),
        n_training_rows=len(training),
        n_training_events=outcome.n_lifetimes_with_event,
    )


def at_risk_now(landmarks: pd.DataFrame, announced: Collection[int] = ()) -> pd.DataFrame:
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


def _reasons(
    design: DesignMatrix, cox: LandmarkCox, most: int = 3, least: float = 0.1
) -> tuple[tuple[Reason, ...], ...]:
    """Name, for each account, what raises its log hazard by at least `least` above the mean account, largest first."""
    centred = design.values - design.values.mean(axis=0)
    covariates = list(dict.fromkeys(column.covariate for column in design.columns))
    member = np.array(
        [[column.covariate == name for name in covariates] for column in design.columns], dtype=np.float64
    )
    raised = (centred * cox.coefficients_) @ member
    has_degrees = [len(np.unique(column)) > 2 for column in design.values.T]
    value_column = {column.name: place for place, column in enumerate(design.columns) if has_degrees[place]}
    found = []
    for row, order in enumerate(np.argsort(-raised, axis=1, kind="stable")[:, :most]):
        names = [covariates[k] for k in order if raised[row, k] >= least]
        found.append(tuple(Reason(name, _direction(centred[row], value_column.get(name))) for name in names))
    return tuple(found)


def _direction(centred: NDArray[np.float64], place: int | None) -> str:
    if place is None:
        return ""
    return "high" if centred[place] > 0 else "low"


def poisson_binomial_interval(probabilities: NDArray[np.float64], level: float = 0.95) -> tuple[int, int]:
    """Return the central interval of the number of events among independent rows.

    It holds sampling variation only: that the probabilities themselves are estimates widens it.

    Parameters
    ----------
    probabilities
        Shape (n,).
    level
        Probability that the interval covers at least.

    Notes
    -----
    Exact, by convolution of the n Bernoulli distributions (Chen and Liu 1997, Statistica Sinica 7, 875).
    """
    distribution = np.ones(1)
    for probability in probabilities:
        distribution = np.convolve(distribution, [1 - probability, probability])
    cumulative = np.cumsum(distribution)
    tail = (1 - level) / 2
    return int(np.searchsorted(cumulative, tail)), int(np.searchsorted(cumulative, 1 - tail))
