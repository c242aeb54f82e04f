"""Choice: which model's forecast is quoted, by how all forecast the quarters that were settled before."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.errors import ModelError
from analysis.evaluation.folds import Fold
from analysis.models.competition import Competition
from analysis.models.scoring import mean_log_score
from analysis.wording.remarks import remark

FEWEST_EVENTS = 20
"""Churns in earlier quarters that a choice among forecasts of them needs; the inner folds have more."""


class Ground(StrEnum):
    """What a choice rests on."""

    EARLIER_QUARTERS = "earlier_quarters"
    """How the models forecast quarters that they had not seen, and that were settled on the day of the choice."""
    INNER_FOLDS = "inner_folds"
    """How they forecast accounts of their training rows that they had not seen, where earlier quarters are too few."""
    NOTHING = "nothing"
    """There is nothing to choose by: it is the plainest, the last in the order in which they compete."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The model quoted from a landmark on.

    Attributes
    ----------
    landmark
        Nothing that was learned later was used.
    model
        The one with the best mean logarithmic score; of equals, the first in the order in which they compete.
    ground
        What its score rests on.
    n_quarters, n_events
        Of that ground; both 0 where there is nothing to choose by, and no quarters in inner folds.
    scores
        Of each model, in order; lower is better.
    """

    landmark: pd.Timestamp
    model: str
    ground: Ground
    n_quarters: int
    n_events: int
    scores: dict[str, float]


def choose(folds: Sequence[Fold], competition: Competition, landmark: pd.Timestamp, n_training_events: int) -> Choice:
    """Choose the model to quote at a landmark.

    Parameters
    ----------
    folds
        Earlier quarters; those that were not settled by the landmark are left out.
    competition
        The models fitted at the landmark: one of them is chosen.
    landmark
        The day of the choice; outcomes count as was believed on it.
    n_training_events
        Lifetimes with event behind the inner folds.

    Raises
    ------
    ModelError
        If no model could be fitted.
    """
    candidates = list(competition.models)
    if not candidates:
        raise ModelError(remark("evaluation.no_model", landmark=landmark))
    settled = [fold for fold in folds if fold.settled_on <= landmark]
    candidates = [name for name in candidates if all(name in fold.models for fold in settled)] or candidates
    events = [fold.events_as_known(landmark).to_numpy(bool) for fold in settled]
    n_events = int(sum(event.sum() for event in events))
    if n_events >= FEWEST_EVENTS and all(set(candidates) <= set(fold.models) for fold in settled):
        event = np.concatenate(events)
        scores = {
            name: mean_log_score(event, np.concatenate([fold.risk[name] for fold in settled])) for name in candidates
        }
        return _best(landmark, scores, Ground.EARLIER_QUARTERS, len(settled), n_events)
    inner = {name: competition.inner_score[name] for name in candidates if name in competition.inner_score}
    if inner:
        return _best(landmark, inner, Ground.INNER_FOLDS, 0, n_training_events)
    return Choice(landmark, list(competition.plain)[-1], Ground.NOTHING, 0, 0, {})


def _best(landmark: pd.Timestamp, scores: dict[str, float], ground: Ground, n_quarters: int, n_events: int) -> Choice:
    return Choice(landmark, min(scores, key=scores.__getitem__), ground, n_quarters, n_events, scores)
