"""The content of the page of the contest: finished answers, as no page has yet put them into words."""

from dataclasses import dataclass

import pandas as pd

from analysis.contest.blind_spots import BlindSpots
from analysis.contest.by_event import ByEvent
from analysis.contest.ranking import Ranking
from analysis.contest.risk_difference import RiskDifferences
from analysis.contest.total_effects import TotalEffects
from analysis.contest.touches import TouchEffects
from analysis.contest.vacancy import Vacancy
from analysis.forecast.standpoint import Standpoint
from analysis.wording.remarks import Remark


@dataclass(frozen=True, slots=True)
class Compared:
    """What the families are worth.

    Attributes
    ----------
    ranking
        Which tell who leaves, and in which order.
    not_measured
        Families that these data tell nothing of.
    drawn
        As `analysis.contest.displays.drawn_values`.
    pairs
        One family less another, as `analysis.contest.frames.VALUE_CONTRASTS`, by what the ranking is taken from.
    differences, cells, vacancy
        In points of churn, in cells high and low by family, and what follows on a champion's departure; or why not.
    """

    ranking: Ranking
    not_measured: tuple[str, ...]
    drawn: pd.DataFrame
    pairs: pd.DataFrame
    differences: RiskDifferences | Remark
    cells: BlindSpots | Remark
    vacancy: Vacancy | Remark


@dataclass(frozen=True, slots=True)
class Further:
    """What the page of the contest tells beyond.

    Attributes
    ----------
    totals, touches
        Through other families and beside them, and without interventions; or why not.
    by_event
        Churn beside contraction; or why not.
    hidden_groups
        As `HIDDEN_GROUPS`: what the groups hold that are not told.
    tables
        All tables by name.
    """

    totals: TotalEffects | Remark
    touches: TouchEffects | Remark
    by_event: ByEvent | Remark
    hidden_groups: pd.DataFrame
    tables: dict[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Contest:
    """All that the page says, before it is put into words.

    Attributes
    ----------
    compared, further
        None where families cannot be compared.
    obstacle
        Why not; None where they can.
    """

    standpoint: Standpoint
    compared: Compared | None
    further: Further | None
    obstacle: Remark | None
