"""Twins: whether a model ranks accounts worse than a plain logistic regression on its own columns."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.evaluation.readings import score_of

MOST_BEHIND = 0.02
"""By so much of AUC a model may fall behind its twin before it is said; smaller differences come and go by chance."""


@dataclass(frozen=True, slots=True)
class TwinVerdict:
    """A model and its logistic twin, on the same rows.

    Attributes
    ----------
    auc, twin_auc
        Share of pairs (left, stayed) of a landmark in the right order.
    allowed
        By so much of AUC the model may fall behind.
    """

    model: str
    twin: str
    auc: float
    twin_auc: float
    allowed: float = MOST_BEHIND

    @property
    def falls_behind(self) -> bool:
        """Whether the model's form costs more than chance: the twin has the same columns."""
        return self.twin_auc - self.auc > self.allowed


def twin_verdicts(pooled: pd.DataFrame, twins: Mapping[str, str]) -> tuple[TwinVerdict, ...]:
    """Judge every model that was scored beside its twin.

    Parameters
    ----------
    pooled
        As `analysis.evaluation.frames.POOLED`.
    twins
        The twin of each model, as `analysis.models.registry.TWINS`.
    """
    scored = set(pooled["model"])
    return tuple(
        TwinVerdict(model, twin, score_of(pooled, model, "auc").estimate, score_of(pooled, twin, "auc").estimate)
        for model, twin in twins.items()
        if {model, twin} <= scored
    )
