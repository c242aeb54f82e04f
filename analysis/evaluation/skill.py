"""Skill: how good forecasts of the same kind have been, summed up."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.evaluation.calibration import calibrations
from analysis.evaluation.rolling_origin import RollingOrigin
from analysis.evaluation.selection import PairVerdict, Score, pair_verdicts, score_of
from analysis.evaluation.twins import TwinVerdict, is_comparison_of_interest, twin_verdicts
from analysis.models.registry import TWINS
from analysis.wording.remarks import Remark


@dataclass(frozen=True, slots=True)
class Skill:
    """Out-of-time scores, and what they say.

    Attributes
    ----------
    models
        Those scored, in the order in which they compete.
    pooled, by_fold, calibration
        As `POOLED`, `BY_FOLD` and `CALIBRATION` of `analysis.evaluation.frames`.
    pairs
        Every two models by explained variation, logistic twins only beside their own models.
    twins
        Every model beside the logistic regression on its columns.
    ranking
        How often the quoted model put an account that left above one that stayed (AUC).
    notes
        Quarters skipped and models not fitted.
    """

    models: tuple[str, ...]
    pooled: pd.DataFrame
    by_fold: pd.DataFrame
    calibration: pd.DataFrame
    pairs: tuple[PairVerdict, ...]
    twins: tuple[TwinVerdict, ...]
    ranking: Score
    notes: tuple[Remark, ...]


def skill_of(rolling: RollingOrigin, quoted: str, candidates: Sequence[str], min_cell: int = 1) -> Skill:
    """Sum up how models forecast the quarters that they had not seen.

    Parameters
    ----------
    rolling
        The forecasts and their scores.
    quoted
        The model whose forecast is quoted.
    candidates
        Models whose calibration is shown, where they were fitted.
    min_cell
        Rows that a group of the calibration has at least.
    """
    shown = [model for model in candidates if model in rolling.models]
    return Skill(
        models=rolling.models,
        pooled=rolling.pooled,
        by_fold=rolling.by_fold,
        calibration=calibrations(rolling.predictions, shown, min_cell),
        pairs=tuple(
            pair for pair in pair_verdicts(rolling.pairs) if is_comparison_of_interest(pair.model, pair.versus, TWINS)
        ),
        twins=twin_verdicts(rolling.pooled, TWINS),
        ranking=score_of(rolling.pooled, quoted, "auc"),
        notes=rolling.notes,
    )
