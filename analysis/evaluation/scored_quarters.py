"""Scored quarters: how forecasts of quarters turned out, as plain data."""

from dataclasses import dataclass

import pandas as pd

from analysis.evaluation.choice import Choice
from analysis.wording.remarks import Remark


@dataclass(frozen=True, slots=True, eq=False)
class ScoredQuarters:
    """How each model forecast the quarters it had not seen.

    Attributes
    ----------
    models : tuple of str
        Those that were fitted in one fold at least, in the order in which they compete.
    choices : tuple of Choice
        For each fold the model that would have been quoted, by what was known then.
    by_fold : DataFrame
        As `analysis.evaluation.frames.BY_FOLD`; `QUOTED` of `analysis.evaluation.rolling_origin` is among the models.
    pooled : DataFrame
        As `POOLED`: on the folds that every model has; intervals by resampled accounts, fitted models held fixed.
    pairs : DataFrame
        As `PAIRS`, on the same resamples.
    recalibrated : DataFrame
        As `RECALIBRATED`: what putting forecasts right did for them.
    predictions : DataFrame
        As `PREDICTIONS`, and one column of risk within the horizon for each of `models`, and for `QUOTED` (NaN where
        not fitted).
    notes : tuple of Remark
        Quarters skipped and models not fitted, with the reason.
    """

    models: tuple[str, ...]
    choices: tuple[Choice, ...]
    by_fold: pd.DataFrame
    pooled: pd.DataFrame
    pairs: pd.DataFrame
    recalibrated: pd.DataFrame
    predictions: pd.DataFrame
    notes: tuple[Remark, ...]

    @property
    def quarters(self) -> tuple[pd.Timestamp, ...]:
        """The first day of each quarter, in order: one for each fold."""
        return tuple(choice.landmark for choice in self.choices)
