"""Readings: how the score of a model, and its lead over another, are read."""

from dataclasses import dataclass
from enum import StrEnum

import pandas as pd


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
