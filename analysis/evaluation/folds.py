"""Folds: at the start of a quarter, all models of a study fitted to what was settled by then."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.design.matrix import Covariate, Design, DesignMatrix, learn_matrix
from analysis.design.outcome import Outcome
from analysis.design.population import Elapsed, labelled_as_known, still_there, training_rows
from analysis.errors import DesignError
from analysis.models.base import Forecaster, horizon_risk
from analysis.models.competition import Competition, Makers, compete
from analysis.wording.remarks import Remark, remark

Relabel = Callable[[pd.DataFrame], pd.DataFrame]
"""From landmark rows, labelled by churn as was known, to the same rows with the outcome that is forecast."""


def by_churn(rows: pd.DataFrame) -> pd.DataFrame:
    """Return landmark rows as they are labelled: churn is forecast."""
    return rows


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """One quarter: what was learned before it, the rows at risk at its start, and how they ended.

    Attributes
    ----------
    landmark : Timestamp
    settled_on : Timestamp
        From when on how its rows ended is settled: the end of their horizon, and the allowed gap after it.
    design : Design
        Learned on the training rows.
    test : DesignMatrix
        The rows at the landmark.
    test_rows : DataFrame
        The same as they stand in the cohort.
    outcome : Outcome
        Of the same rows, on the landmark clock.
    competition : Competition
        The models, fitted on the training rows.
    risk, plain_risk : dict of str to ndarray
        Of each model the probability of churn within the horizon of the rows at the landmark: as put right, and as it
        was fitted.
    n_training_rows, n_training_events : int
        Events are distinct lifetimes.
    relabel : callable
        As that of the `Learner`.
    """

    landmark: pd.Timestamp
    settled_on: pd.Timestamp
    design: Design
    test: DesignMatrix
    test_rows: pd.DataFrame
    outcome: Outcome
    competition: Competition
    risk: dict[str, NDArray[np.float64]]
    plain_risk: dict[str, NDArray[np.float64]]
    n_training_rows: int
    n_training_events: int
    relabel: Relabel = by_churn

    @property
    def models(self) -> dict[str, Forecaster]:
        """The models that could be fitted, recalibrated."""
        return self.competition.models

    def events_as_known(self, day: pd.Timestamp) -> pd.Series:
        """Return whether each row had its event, as was believed on a day by which the fold was settled."""
        return self.relabel(labelled_as_known(self.test_rows, day))["event"] == 1


@dataclass(frozen=True, slots=True)
class Learner:
    """How a fold is learned.

    Attributes
    ----------
    covariates
        Those declared for landmarks.
    makers
        The models that compete.
    blended
        Those of them that the blend may weigh.
    allowed_gap_days
        Part of the purge: training horizon end + gap <= test landmark.
    elapsed
        How much of the horizon has passed when a forecast is made.
    least_events
        Lifetimes with event that a quarter needs to learn from.
    seed
        Of the folds in which forecasts are put right.
    relabel
        What is forecast: how the outcome is made of landmark rows.
    """

    covariates: Sequence[Covariate]
    makers: Makers
    blended: Sequence[str]
    allowed_gap_days: int
    elapsed: Elapsed
    least_events: int
    seed: int
    relabel: Relabel = by_churn

    def at_quarter(self, landmarks: pd.DataFrame, landmark: pd.Timestamp) -> tuple[Fold | None, list[Remark]]:
        """Fit all models at the start of a quarter; or say why that cannot be done.

        Parameters
        ----------
        landmarks
            All landmark rows; training may use every one of them that was settled.
        landmark
            The start of a quarter.
        """
        of_the_quarter = (landmarks["risk_date"] == landmark) & landmarks["is_quarter_start"].astype(bool)
        test_rows = landmarks[of_the_quarter & still_there(landmarks, self.elapsed)]
        if test_rows.empty:
            return None, [remark("evaluation.nobody_there", landmark=landmark)]
        training = self.relabel(training_rows(landmarks, landmark, self.allowed_gap_days, self.elapsed))
        n_events = int(training.loc[training["event"] == 1, "lifetime_id"].nunique())
        if n_events < self.least_events:
            needed = self.least_events
            return None, [remark("evaluation.too_few_events", landmark=landmark, events=n_events, needed=needed)]
        try:
            design, matrix = learn_matrix(training, self.covariates)
        except DesignError as error:
            return None, [remark("evaluation.no_design", landmark=landmark, reason=error.remark)]
        competition = compete(self.makers, matrix, Outcome.from_landmarks(training), self.blended, self.seed)
        if not competition.models:
            remarks = [
                remark("evaluation.not_fitted", model=name, landmark=landmark, reason=reason)
                for name, reason in competition.unfitted.items()
            ]
            return None, [*remarks, remark("evaluation.no_model", landmark=landmark)]
        test = design.apply(test_rows)
        fold = Fold(
            landmark=landmark,
            settled_on=test_rows["horizon_ends_on"].max() + pd.Timedelta(days=self.allowed_gap_days),
            design=design,
            test=test,
            test_rows=test_rows,
            outcome=Outcome.from_landmarks(self.relabel(test_rows)),
            competition=competition,
            risk={name: horizon_risk(model, test) for name, model in competition.models.items()},
            plain_risk={name: horizon_risk(model, test) for name, model in competition.plain.items()},
            n_training_rows=len(training),
            n_training_events=n_events,
            relabel=self.relabel,
        )
        return fold, []
