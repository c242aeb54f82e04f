"""Contraction ahead: who is likely to shrink by the end of the horizon, and how such forecasts have held."""

from dataclasses import dataclass, replace
from functools import partial

import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.declared.schema import Kind
from analysis.design.contraction import contraction_rows
from analysis.design.population import elapsed_at
from analysis.errors import ModelError
from analysis.evaluation.choice import Choice
from analysis.evaluation.folds import Relabel
from analysis.evaluation.rolling_origin import RollingOrigin, rolling_origin_of
from analysis.figures.display import Display
from analysis.figures.forecast import draw_outlook
from analysis.forecast.frames import SHRINKING
from analysis.forecast.last_landmark import learn_at_last, settled_by_last
from analysis.models.competition import Makers
from analysis.models.registry import CONTRACT_ONLY, COX, KAPLAN_MEIER, LAST_SETTLED_QUARTER, competing_models
from analysis.wording.remarks import Remark, remark

MODELS = (COX, CONTRACT_ONLY, KAPLAN_MEIER, LAST_SETTLED_QUARTER)
"""Those that compete: contractions are few, so that there is no forest among them."""
_OWN_WORDS = {
    "evaluation.too_few_events": "forecast.too_few_contractions_before",
    "evaluation.nobody_left": "forecast.nobody_contracted",
}
"""What is said of quarters that are not scored for want of churn, and of contraction in its place."""


@dataclass(frozen=True, slots=True, eq=False)
class ContractionForecast:
    """Probabilities of a contraction by the end of the horizon, and the scores of such forecasts of recent quarters.

    Attributes
    ----------
    stands_on, horizon_ends_on
        The days between which an account would shrink.
    choice
        The model whose numbers are quoted, and by what it was chosen.
    accounts
        As `SHRINKING`, the most likely first, and a column of probabilities for each model.
    pooled, by_fold
        As `POOLED` and `BY_FOLD` of `analysis.evaluation.frames`, of contractions where those say churn.
    n_training_rows, n_training_events
        What the models learned from; events are distinct lifetimes.
    notes
        Quarters skipped and models not fitted, with the reason.
    """

    stands_on: pd.Timestamp
    horizon_ends_on: pd.Timestamp
    choice: Choice
    accounts: pd.DataFrame
    pooled: pd.DataFrame
    by_fold: pd.DataFrame
    n_training_rows: int
    n_training_events: int
    notes: tuple[Remark, ...]

    @property
    def expected(self) -> float:
        """Accounts that the quoted model expects to shrink."""
        return float(self.accounts["probability"].sum())

    def outlook(self) -> Display:
        """Return every account's probability of a contraction within the horizon, highest first."""
        probabilities = self.accounts["probability"].tolist()
        label = "Probability of a contraction within the horizon"
        title = f"Probability of a contraction from {self.stands_on:%Y-%m-%d} to {self.horizon_ends_on:%Y-%m-%d}"
        return Display(
            title,
            self.accounts,
            lambda ax: draw_outlook(ax, probabilities, (), "Accounts, the most likely first", label),
        )

    def scores(self) -> Display:
        """Return out-of-time scores of every model with intervals by resampled accounts."""
        return Display("Out-of-time scores of contraction forecasts", self.pooled, notes=tuple(map(str, self.notes)))


def forecast_contraction(tenure: CohortTables) -> ContractionForecast:
    """Forecast contractions from the last landmark, by the model that forecast those of the quarters before it best.

    Learned from, scored and forecast are the rows of the churn forecast; churn and all other ends compete.

    Raises
    ------
    DesignError, ModelError
        If contractions are too few to learn from, or no quarter could be scored.
    """
    study, landmarks = tenure.study, tenure.landmarks
    contractions = tenure.table("landmark_contractions")
    needed, found = study.report.forecast_from_events, int(contractions["lifetime_id"].nunique())
    if found < needed:
        raise ModelError(remark("forecast.too_few_contractions", needed=needed, found=found))
    elapsed = elapsed_at(study.time.snapshot, landmarks)
    relabel = partial(contraction_rows, contractions=contractions, elapsed=elapsed)
    makers = {name: make for name, make in competing_models(study).items() if name in MODELS}
    try:
        rolled = rolling_origin_of(tenure, makers, blended=(), relabel=relabel)
    except ModelError as error:
        raise ModelError(_in_own_words(error.remark)) from error
    return _from_last_landmark(tenure, makers, relabel, rolled)


def _from_last_landmark(
    tenure: CohortTables, makers: Makers, relabel: Relabel, rolled: RollingOrigin
) -> ContractionForecast:
    study, landmarks = tenure.study, tenure.landmarks
    training = relabel(settled_by_last(landmarks, study))
    n_events = int(training.loc[training["event"] == 1, "lifetime_id"].nunique())
    if n_events < study.report.forecast_from_events:
        needed = study.report.forecast_from_events
        raise ModelError(remark("forecast.too_few_contractions", needed=needed, found=n_events))
    found = learn_at_last(training, landmarks, tenure.covariates("landmarks"), makers, study, folds=rolled.folds)
    risk = found.risk
    accounts = found.now[["lifetime_id", "account_id"]].assign(probability=risk[found.choice.model], **risk)
    schema = SHRINKING.with_each(tuple(risk), Kind.NUMBER, "probability of a contraction by the end of the horizon")
    return ContractionForecast(
        stands_on=found.stands_on,
        horizon_ends_on=found.horizon_ends_on,
        choice=found.choice,
        accounts=schema.checked(
            accounts.sort_values(["probability", "account_id"], ascending=[False, True], ignore_index=True)
        ),
        pooled=rolled.pooled,
        by_fold=rolled.by_fold,
        n_training_rows=found.n_training_rows,
        n_training_events=found.n_training_events,
        notes=tuple(_in_own_words(note) for note in rolled.notes),
    )


def _in_own_words(said: Remark) -> Remark:
    """Return what is said of churn in the words of contraction, and so what is said within it."""
    values = tuple(
        (name, tuple(_in_own_words(part) if isinstance(part, Remark) else part for part in value))
        if isinstance(value, tuple)
        else (name, _in_own_words(value) if isinstance(value, Remark) else value)
        for name, value in said.values
    )
    return replace(said, code=_OWN_WORDS.get(said.code, said.code), values=values)
