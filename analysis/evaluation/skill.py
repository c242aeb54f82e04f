"""Skill: how good forecasts of the same kind have been, summed up."""

from dataclasses import dataclass

import pandas as pd

from analysis.evaluation.calibration.groups import calibrations
from analysis.evaluation.choice import Choice
from analysis.evaluation.readings import PairVerdict, Score, pair_verdicts, score_of
from analysis.evaluation.rolling_origin import QUOTED, RollingOrigin
from analysis.evaluation.twins import TwinVerdict, twin_verdicts
from analysis.models.registry import CONTRACT_ONLY, LAST_SETTLED_QUARTER, TWINS
from analysis.wording.remarks import Remark


@dataclass(frozen=True, slots=True)
class Skill:
    """Out-of-time scores, and what they say.

    Attributes
    ----------
    models
        Those scored: what was quoted (`QUOTED`), then all in the order in which they compete.
    told
        Those of them whose expected numbers are told quarter by quarter.
    pooled, by_fold, calibration
        As `POOLED`, `BY_FOLD` and `CALIBRATION` of `analysis.evaluation.frames`.
    choices
        The model that was quoted in each quarter, and at last the one that is quoted now.
    recalibrated
        As `RECALIBRATED`: what putting forecasts right did for them.
    pairs
        The forecasts quoted then, and each model, by explained variation.
    twins
        Every model beside the logistic regression on its columns.
    ranking
        How often the forecasts quoted then put an account that left above one that stayed (AUC).
    notes
        Quarters skipped and models not fitted.
    """

    models: tuple[str, ...]
    told: tuple[str, ...]
    pooled: pd.DataFrame
    by_fold: pd.DataFrame
    calibration: pd.DataFrame
    recalibrated: pd.DataFrame
    choices: tuple[Choice, ...]
    pairs: tuple[PairVerdict, ...]
    twins: tuple[TwinVerdict, ...]
    ranking: Score
    notes: tuple[Remark, ...]


def skill_of(rolling: RollingOrigin, choice: Choice, min_cell: int = 1) -> Skill:
    """Sum up how models forecast the quarters that they had not seen.

    Parameters
    ----------
    rolling
        The forecasts and their scores.
    choice
        Of the model whose forecast is quoted.
    min_cell
        Rows that a group of the calibration has at least.
    """
    shown = [QUOTED, *(name for name in (CONTRACT_ONLY,) if name in rolling.models)]
    return Skill(
        models=(QUOTED, *rolling.models),
        told=(QUOTED, *(name for name in (CONTRACT_ONLY, LAST_SETTLED_QUARTER) if name in rolling.models)),
        pooled=rolling.pooled,
        by_fold=rolling.by_fold,
        calibration=calibrations(rolling.predictions, shown, min_cell),
        recalibrated=rolling.recalibrated,
        choices=(*rolling.choices, choice),
        pairs=tuple(pair for pair in pair_verdicts(rolling.pairs) if pair.model == QUOTED),
        twins=twin_verdicts(rolling.pooled, TWINS),
        ranking=score_of(rolling.pooled, QUOTED, "auc"),
        notes=rolling.notes,
    )
