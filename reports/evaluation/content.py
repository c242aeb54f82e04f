"""The content of the page of an evaluation: finished answers, as no page has yet put them into words."""

from dataclasses import dataclass

import pandas as pd

from analysis.evaluation.in_use import InUse
from analysis.evaluation.model_card import ModelCard
from analysis.evaluation.skill import Skill
from analysis.forecast.standpoint import Standpoint
from analysis.wording.remarks import Remark


@dataclass(frozen=True, slots=True)
class Found:
    """How forecasts turned out.

    Attributes
    ----------
    skill
        How good the models were, and which is quoted.
    use
        What the forecasts quoted then were worth, and where they held.
    card
        What must be known of them.
    tiers
        As `analysis.evaluation.calibration.frames.TIERS`.
    quarters
        As `analysis.evaluation.over_time.frames.CALIBRATION_OVER_TIME`, without quarters of few accounts.
    caught
        As `analysis.evaluation.use.frames.CAUGHT`, what is told of few missing.
    capacity_share
        The team's capacity, as a share of the accounts of a quarter.
    tables
        All tables by name, for files beside the page.
    """

    skill: Skill
    use: InUse
    card: ModelCard
    tiers: pd.DataFrame
    quarters: pd.DataFrame
    caught: pd.DataFrame
    capacity_share: float
    tables: dict[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """All that the page says, before it is put into words.

    Attributes
    ----------
    found
        None where nothing could be forecast.
    no_forecast
        Why not; None where it could.
    """

    standpoint: Standpoint
    found: Found | None
    no_forecast: Remark | None
