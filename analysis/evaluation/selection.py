"""Selection: which model's forecast is quoted, and how its score and its lead over another read."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from analysis.errors import ModelError
from analysis.wording.remarks import remark


def quoted_model(pooled: pd.DataFrame, candidates: Sequence[str]) -> str:
    """Return the candidate with the best Brier score out of time; of equals, the first by name.

    Parameters
    ----------
    pooled
        As `analysis.evaluation.frames.POOLED`.
    candidates
        Models that may be quoted; rivals are only compared with.

    Raises
    ------
    ModelError
        If none of the candidates was scored.
    """
    scores = pooled[(pooled["metric"] == "brier") & pooled["model"].isin(list(candidates))]
    if scores.empty:
        raise ModelError(remark("evaluation.no_model_to_quote", candidates=tuple(candidates)))
    return str(scores.sort_values(["estimate", "model"])["model"].iloc[0])


@dataclass(frozen=True, slots=True)
class Score:
    """One metric of one model, with its interval by resampled accounts.

    Attributes
    ----------
    n_folds
        Quarters that it rests on.
    """

    model: str
    metric: str
    estimate: float
    conf_low: float
    conf_high: float
    n_folds: int


def score_of(pooled: pd.DataFrame, model: str, metric: str) -> Score:
    """Return one line of the pooled scores.

    Parameters
    ----------
    pooled
        As `analysis.evaluation.frames.POOLED`.
    """
    line = pooled.set_index(["model", "metric"]).loc[(model, metric)]
    return Score(
        model, metric, float(line["estimate"]), float(line["conf_low"]), float(line["conf_high"]), int(line["n_folds"])
    )


class Lead(StrEnum):
    """Whether a model is shown to forecast better than another."""

    BETTER = "better"
    WORSE = "worse"
    NO_DIFFERENCE = "no_difference"


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """Two models on the same accounts.

    Attributes
    ----------
    estimate, conf_low, conf_high
        Difference of explained variation (IPA, 1 = certainty), model less versus.
    """

    model: str
    versus: str
    estimate: float
    conf_low: float
    conf_high: float

    @property
    def lead(self) -> Lead:
        """Better or worse where the interval leaves zero out."""
        if self.conf_low > 0:
            return Lead.BETTER
        return Lead.WORSE if self.conf_high < 0 else Lead.NO_DIFFERENCE


def pair_verdicts(pairs: pd.DataFrame) -> tuple[PairVerdict, ...]:
    """Judge every two models by explained variation, in the order of the pairs.

    Parameters
    ----------
    pairs
        As `analysis.evaluation.frames.PAIRS`.
    """
    by_ipa = pairs[pairs["metric"] == "ipa"]
    return tuple(
        PairVerdict(line.model, line.versus, line.estimate, line.conf_low, line.conf_high)
        for line in by_ipa.itertuples()
    )
