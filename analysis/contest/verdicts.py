"""Verdicts: what all families together are worth to the forecast that is quoted, beyond the contract."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.evaluation.readings import Lead, PairVerdict
from analysis.evaluation.rolling_origin import QUOTED
from analysis.models.registry import CONTRACT_ONLY


@dataclass(frozen=True, slots=True)
class GainVerdict:
    """Whether all families together forecast better than the contract alone, on the same accounts.

    Attributes
    ----------
    lead
        Of the forecasts quoted then over those of the contract alone; None where the two were never both scored.
    estimate, conf_low, conf_high
        In points of explained variation (IPA, 100 = certainty).
    """

    lead: Lead | None
    estimate: float = np.nan
    conf_low: float = np.nan
    conf_high: float = np.nan


def gain_verdict(pairs: Sequence[PairVerdict]) -> GainVerdict:
    """Say whether the forecasts quoted then, with all factors, were better than those of the contract alone.

    Parameters
    ----------
    pairs
        Of the forecasts quoted then with each model.
    """
    for pair in pairs:
        if (pair.model, pair.versus) == (QUOTED, CONTRACT_ONLY):
            return GainVerdict(pair.lead, 100 * pair.estimate, 100 * pair.conf_low, 100 * pair.conf_high)
    return GainVerdict(None)
