"""Drift of calibration: do forecasts come to be too high or too low as quarters pass?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.evaluation.calibration.measures import observed_over_expected
from analysis.evaluation.calibration.score_tests import ScoreTest, groups_test, trend_test
from analysis.evaluation.over_time.frames import CALIBRATION_OVER_TIME
from analysis.inference.multiplicity import holm

DRIFTS_BELOW = 0.05


def calibration_over_time(predictions: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    """Return observed and expected churn of each model at each landmark at which it was fitted.

    Parameters
    ----------
    predictions : DataFrame
        As `analysis.evaluation.frames.PREDICTIONS`.
    models : sequence of str

    Returns
    -------
    DataFrame
        As `CALIBRATION_OVER_TIME`, by model and landmark.
    """
    lines = []
    for model in models:
        known = predictions[predictions[model].notna()]
        for landmark, rows in known.groupby("landmark"):
            event, risk = rows["event"].to_numpy(bool), rows[model].to_numpy(np.float64)
            ratio = observed_over_expected(event, risk, rows["cluster_id"].to_numpy())
            numbers = (len(rows), int(event.sum()), float(risk.sum()))
            lines.append((landmark, model, *numbers, ratio.estimate, ratio.conf_low, ratio.conf_high))
    return CALIBRATION_OVER_TIME.checked(pd.DataFrame(lines, columns=CALIBRATION_OVER_TIME.columns))


class RateDrift(StrEnum):
    """How observed churn moves against what was forecast."""

    RISING = "rising"
    """More and more leave than forecast."""
    FALLING = "falling"
    UNEVEN = "uneven"
    """Quarters differ by more than chance, in no direction."""
    NOT_SHOWN = "not_shown"
    CANT_TELL = "cant_tell"
    """One quarter alone, or too few events."""


@dataclass(frozen=True, slots=True)
class RateDriftVerdict:
    """Whether a model's level of forecast drifts.

    Attributes
    ----------
    n_quarters
        In which it was scored.
    trend, between
        Tests of a steady move, and of any difference between quarters.
    """

    model: str
    n_quarters: int
    trend: ScoreTest
    between: ScoreTest

    @property
    def drift(self) -> RateDrift:
        """What is shown at 5%, both tests reckoned with (Holm)."""
        if not (self.trend.is_known and self.between.is_known):
            return RateDrift.CANT_TELL
        of_trend, of_any = holm(np.array([self.trend.p_value, self.between.p_value]))
        if of_trend < DRIFTS_BELOW:
            return RateDrift.RISING if self.trend.statistic > 0 else RateDrift.FALLING
        return RateDrift.UNEVEN if of_any < DRIFTS_BELOW else RateDrift.NOT_SHOWN


def rate_drift_verdict(predictions: pd.DataFrame, model: str) -> RateDriftVerdict:
    """Judge whether a model's observed over expected drifts over the landmarks at which it was fitted.

    Parameters
    ----------
    predictions
        As `analysis.evaluation.frames.PREDICTIONS`.
    model
        Fitted in one fold at least.
    """
    rows = predictions[predictions[model].notna()]
    event, risk = rows["event"].to_numpy(bool), rows[model].to_numpy(np.float64)
    cluster, landmark = rows["cluster_id"].to_numpy(), rows["landmark"]
    years = (landmark - landmark.min()).dt.days.to_numpy(np.float64) / 365.25
    trend, between = trend_test(event, risk, cluster, years), groups_test(event, risk, cluster, landmark.to_numpy())
    return RateDriftVerdict(model, int(landmark.nunique()), trend, between)
