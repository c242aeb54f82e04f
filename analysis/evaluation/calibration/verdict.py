"""Calibration verdict: can the probabilities be taken at their word?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from analysis.evaluation.calibration.curve import why_no_curve
from analysis.evaluation.calibration.measures import Measured
from analysis.wording.remarks import Remark, remark

TOLERATED = 1.25
"""Level and slope may lie off by this factor, up or down, and the forecast still be called calibrated."""


class Calibration(StrEnum):
    """What a forecast is found to be."""

    CALIBRATED = "calibrated"
    TOO_HIGH = "too_high"
    TOO_LOW = "too_low"
    TOO_EXTREME = "too_extreme"
    """High risks are not as high, low ones not as low."""
    TOO_FLAT = "too_flat"
    """High risks are higher, low ones lower."""
    CANT_TELL = "cant_tell"
    """The interval holds 1, and what would matter, too."""


@dataclass(frozen=True, slots=True)
class CalibrationVerdict:
    """Whether one model is calibrated.

    Attributes
    ----------
    n_rows, n_events, expected
        Forecasts, churned, and forecast to churn.
    ratio
        Observed over expected.
    slope
        Of logistic recalibration; not known where events are too few.
    ici, ici_by_chance
        Mean distance of the smooth curve from the forecast, as a probability, and that of a calibrated model.
    why_no_slope
        Why neither slope nor curve are known; None where they are.
    """

    model: str
    n_rows: int
    n_events: int
    expected: float
    ratio: Measured
    slope: Measured
    ici: float
    ici_by_chance: float
    why_no_slope: Remark | None

    @property
    def level(self) -> Calibration:
        """Whether as many left as forecast."""
        return level_of(self.ratio)

    @property
    def spread(self) -> Calibration:
        """Whether high and low risks differ by as much as forecast."""
        return _judged(self.slope, below=Calibration.TOO_EXTREME, above=Calibration.TOO_FLAT)

    @property
    def faults(self) -> tuple[Calibration, ...]:
        """What is shown to be wrong, the level first."""
        return tuple(found for found in (self.level, self.spread) if found not in _NO_FAULT)

    @property
    def reading(self) -> Calibration:
        """The first fault; calibrated only where both level and spread are shown to be."""
        if self.faults:
            return self.faults[0]
        is_shown = self.level is self.spread is Calibration.CALIBRATED
        return Calibration.CALIBRATED if is_shown else Calibration.CANT_TELL


_NO_FAULT = (Calibration.CALIBRATED, Calibration.CANT_TELL)


def level_of(ratio: Measured) -> Calibration:
    """Judge an observed over expected: whether as many left as forecast."""
    return _judged(ratio, below=Calibration.TOO_HIGH, above=Calibration.TOO_LOW)


def _judged(found: Measured, below: Calibration, above: Calibration) -> Calibration:
    """Judge an estimate that is 1 where all is well: right where all of its interval is near enough."""
    if not found.is_known:
        return Calibration.CANT_TELL
    if found.conf_low >= 1 / TOLERATED and found.conf_high <= TOLERATED:
        return Calibration.CALIBRATED
    if found.conf_high < 1:
        return below
    return above if found.conf_low > 1 else Calibration.CANT_TELL


def calibration_verdicts(
    predictions: pd.DataFrame, measures: pd.DataFrame, models: Sequence[str]
) -> tuple[CalibrationVerdict, ...]:
    """Judge every model that was measured, in the order given.

    Parameters
    ----------
    predictions
        As `analysis.evaluation.frames.PREDICTIONS`.
    measures
        Of them, as `analysis.evaluation.calibration.frames.MEASURES`.
    models
        Those asked for.
    """
    by_measure = measures.set_index(["model", "measure"])

    def estimate(model: str, measure: str) -> Measured:
        return Measured(*by_measure.loc[(model, measure), ["estimate", "conf_low", "conf_high"]].astype(float))

    verdicts = []
    for model in models:
        if (model, "ici") not in by_measure.index:
            continue
        ici, slope = by_measure.loc[(model, "ici")], estimate(model, "slope")
        verdicts.append(
            CalibrationVerdict(
                model=model,
                n_rows=int(ici["n_rows"]),
                n_events=int(ici["n_events"]),
                expected=float(ici["expected"]),
                ratio=estimate(model, "observed_over_expected"),
                slope=slope,
                ici=float(ici["estimate"]),
                ici_by_chance=float(ici["by_chance"]),
                why_no_slope=None if slope.is_known else _why_no_slope(predictions, model),
            )
        )
    return tuple(verdicts)


def _why_no_slope(predictions: pd.DataFrame, model: str) -> Remark:
    rows = predictions[predictions[model].notna()]
    event, risk = rows["event"].to_numpy(bool), rows[model].to_numpy(float)
    return why_no_curve(event, risk, rows["cluster_id"].to_numpy()) or remark("evaluation.risk_parts_all")
