"""Ends: how many accounts are expected to end by the end of the horizon, by cause, all causes competing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.declared.factors import control_family
from analysis.declared.study import Study
from analysis.design.matrix import Covariate, learn_matrix
from analysis.design.outcome import HORIZON_PARTS, Outcome
from analysis.forecast.last_landmark import at_risk_now, settled_by_last
from analysis.forecast.outlook import Forecast
from analysis.forecast.totals import count_distribution
from analysis.models.cause_specific import CauseSpecific
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.rivals import FamiliesOnly
from analysis.models.tuning import ShrinkageChoice
from analysis.wording.remarks import Remark, remark

CHURN = "churn"
LEVEL = 0.95
"""Of the intervals."""
OTHERS = {"involuntary": "forecast.too_few_involuntary", "merged": "forecast.too_few_merged"}
"""The causes that compete with churn, and what is said of one that ended too few accounts to learn from."""


@dataclass(frozen=True, slots=True)
class ExpectedEnd:
    """How many accounts are expected to end by one cause.

    Attributes
    ----------
    cause
        'churn', 'involuntary' or 'merged'.
    expected
        The sum of the accounts' probabilities; None where there is too little to learn from.
    low, high
        From how many to how many chance alone may make of it, in 95 of 100 cases.
    n_ends
        Distinct lifetimes ended by it, of those learned from.
    obstacle
        Why nothing is expected; None where something is.
    """

    cause: str
    expected: float | None
    low: int | None
    high: int | None
    n_ends: int
    obstacle: Remark | None = None


@dataclass(frozen=True, slots=True)
class ExpectedEnds:
    """How many accounts are expected to end, by cause.

    Attributes
    ----------
    stands_on, horizon_ends_on
        The days between which they would, as those of the forecast.
    n_accounts
        At risk on the first of them.
    causes
        Churn, whose number is that of the quoted forecast, then the others.
    """

    stands_on: pd.Timestamp
    horizon_ends_on: pd.Timestamp
    n_accounts: int
    causes: tuple[ExpectedEnd, ...]


def expect_ends(
    forecast: Forecast, landmarks: pd.DataFrame, covariates: Sequence[Covariate], study: Study
) -> ExpectedEnds:
    """Return how many accounts of a forecast are expected to end, by cause.

    What is said of churn is what the quoted model says. Ends of other causes are forecast by a Cox model of each cause
    on the contract's columns (they are too few to tell more), all competing, where as many lifetimes ended so within a
    horizon that is learned from as a forecast needs events.

    Parameters
    ----------
    forecast
        From the last landmark.
    landmarks
        All landmark rows.
    covariates
        Those declared for landmarks.

    Raises
    ------
    DesignError, ModelError
        As the models.
    """
    training = settled_by_last(landmarks, study)
    counts = training.groupby("cause")["lifetime_id"].nunique()
    n_ends = {cause: int(counts.get(cause, 0)) for cause in (CHURN, *OTHERS)}
    needed = study.report.forecast_from_events
    told = [cause for cause in OTHERS if n_ends[cause] >= needed]
    probabilities = {CHURN: forecast.probabilities}
    if told:
        probabilities |= _probabilities(training, at_risk_now(landmarks, study.time.snapshot), covariates, study, told)
    lacking = {
        cause: remark(code, needed=needed, found=n_ends[cause]) for cause, code in OTHERS.items() if cause not in told
    }
    return ExpectedEnds(
        stands_on=forecast.stands_on,
        horizon_ends_on=forecast.horizon_ends_on,
        n_accounts=len(forecast.accounts),
        causes=tuple(
            ExpectedEnd(cause, None, None, None, n, lacking[cause])
            if cause in lacking
            else _expected(cause, probabilities[cause], n)
            for cause, n in n_ends.items()
        ),
    )


def _expected(cause: str, probabilities: NDArray[np.float64], n_ends: int) -> ExpectedEnd:
    low, high = count_distribution(probabilities).interval(LEVEL)
    return ExpectedEnd(cause, float(probabilities.sum()), int(low), int(high), n_ends)


def _probabilities(
    training: pd.DataFrame,
    now: pd.DataFrame,
    covariates: Sequence[Covariate],
    study: Study,
    causes: Sequence[str],
) -> dict[str, NDArray[np.float64]]:
    """Return each account's probability of having ended by a cause by the end of the horizon, shape (n,) each."""
    design, matrix = learn_matrix(training, covariates)
    outcome = Outcome.from_landmarks(training, competing_ends="stop")

    def contract_only() -> FamiliesOnly:
        cox = LandmarkCox(ridge=ShrinkageChoice(study.models.forecast_shrinkage, study.seed))
        return FamiliesOnly(cox, (control_family(),))

    model = CauseSpecific(contract_only, fewest_ends=study.report.forecast_from_events).fit(matrix, outcome)
    current = design.apply(now)
    return {cause: model.predict_incidence(current, [HORIZON_PARTS], cause)[:, 0] for cause in causes}
