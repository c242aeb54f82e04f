"""Score forecasts: what a score would have said of past quarters in probabilities, and whether these held."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import Outcome
from analysis.design.population import training_rows
from analysis.errors import ModelError
from analysis.evaluation.calibration.frames import MEASURES
from analysis.evaluation.calibration.measures import calibration_measures
from analysis.evaluation.calibration.verdict import Calibration, CalibrationVerdict, calibration_verdicts
from analysis.evaluation.frames import PREDICTIONS
from analysis.evaluation.rolling_origin import settled_quarters
from analysis.health_score.order_verdicts import SCORE
from analysis.health_score.scored import Scored
from analysis.models.base import horizon_risk
from analysis.models.published_score import SCORE as COLUMN
from analysis.models.published_score import PublishedScoreOnly
from analysis.wording.remarks import Remark, remark

_SAID = {
    Calibration.CALIBRATED: "health_score.risk_calibrated",
    Calibration.TOO_HIGH: "health_score.risk_too_high",
    Calibration.TOO_LOW: "health_score.risk_too_low",
    Calibration.TOO_EXTREME: "health_score.risk_too_extreme",
    Calibration.TOO_FLAT: "health_score.risk_too_flat",
    Calibration.CANT_TELL: "health_score.risk_cant_tell",
}


@dataclass(frozen=True, slots=True, eq=False)
class ScoreCalibration:
    """Whether the risks that earlier quarters gave each score held in later ones.

    Attributes
    ----------
    predictions : DataFrame
        As `analysis.evaluation.frames.PREDICTIONS`, and the risk by the score alone (`SCORE`).
    measures : DataFrame
        As `analysis.evaluation.calibration.frames.MEASURES`.
    verdict : CalibrationVerdict or None
        None where no quarter could be told.
    notes : tuple of Remark
    """

    predictions: pd.DataFrame
    measures: pd.DataFrame
    verdict: CalibrationVerdict | None
    notes: tuple[Remark, ...]

    @property
    def sentence(self) -> Remark:
        """Say whether what earlier quarters showed of each score held in later ones, or why that cannot be told."""
        found = self.verdict
        if found is None:
            return self.notes[0]
        ratio, slope = found.ratio, found.slope
        return remark(
            _SAID[found.reading] if found.faults or slope.is_known else "health_score.risk_level_alone",
            expected=found.expected,
            left=found.n_events,
            ratio=ratio.estimate,
            low=ratio.conf_low,
            high=ratio.conf_high,
            slope=slope.estimate,
            slope_low=slope.conf_low,
            slope_high=slope.conf_high,
        )


def score_calibration(scored: Scored, allowed_gap_days: int, least_events: int) -> ScoreCalibration:
    """Turn scores into risks by what earlier quarters showed, and hold them against what followed.

    Each settled quarter is told by `PublishedScoreOnly`, the smooth curve of the score, learned on the rows that were
    settled by its first day.

    Parameters
    ----------
    scored
        All landmark rows.
    allowed_gap_days
        As in `analysis.evaluation.rolling_origin.rolling_origin`.
    least_events
        Lifetimes with event that a quarter needs to learn from.
    """
    rows = scored.rows.assign(**{COLUMN: scored.score})
    known = rows[scored.has_score]
    frames = []
    for quarter in settled_quarters(rows):
        training = training_rows(known, quarter, allowed_gap_days)
        test = known[(known["risk_date"] == quarter).to_numpy(bool)]
        if training.loc[training["event"] == 1, "lifetime_id"].nunique() < least_events or test.empty:
            continue
        try:
            model = PublishedScoreOnly().fit(_design(training), Outcome.from_landmarks(training))
        except ModelError:
            continue  # all scores are one, or all rows left: nothing is learned of the score
        labels = {
            "landmark": quarter,
            "lifetime_id": test["lifetime_id"].to_numpy(object),
            "account_id": test["account_id"].to_numpy(object),
            "cluster_id": test["cluster_id"].to_numpy(object),
            "event": test["event"].to_numpy(np.int64) == 1,
        }
        frames.append(pd.DataFrame({**labels, SCORE: horizon_risk(model, _design(test))}))
    if not frames:
        none = PREDICTIONS.empty().assign(**{SCORE: pd.Series(dtype=np.float64)})
        return ScoreCalibration(none, MEASURES.empty(), None, (remark("health_score.no_calibration"),))
    predictions = pd.concat(frames, ignore_index=True)
    measures = calibration_measures(predictions, [SCORE])
    (verdict,) = calibration_verdicts(predictions, measures, [SCORE])
    return ScoreCalibration(predictions, measures, verdict, ())


def _design(rows: pd.DataFrame) -> DesignMatrix:
    return DesignMatrix(np.empty((len(rows), 0)), (), rows.reset_index(drop=True))
