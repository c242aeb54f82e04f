"""Order verdicts: whether a score orders accounts, and whether it does so better than something beside it."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.declared.study_parts import Report
from analysis.evaluation.calibration.measures import Measured
from analysis.evaluation.rolling_origin import QUOTED
from analysis.health_score.scored import Scored
from analysis.health_score.settled import evidence, is_thin
from analysis.models.registry import CONTRACT_ONLY
from analysis.wording.remarks import Remark, remark

SCORE, BASE_RATE = "score", "base_rate"
AUC, UNO_C = "auc", "uno_c"
ALL_ROWS, SHARED_ROWS = "all", "shared"
SHOWN = 0.05
COIN = 0.5


class Order(StrEnum):
    """Whether a score orders accounts by who leaves."""

    ORDERS = "orders"
    NOT_SHOWN = "not_shown"
    WRONG_WAY = "wrong_way"
    TOO_FEW = "too_few"
    """Leavers, to say anything."""


@dataclass(frozen=True, slots=True)
class OrderVerdict:
    """Whether a score orders accounts, by its AUC within the horizon.

    Attributes
    ----------
    auc
        Share of pairs of a leaver and a stayer of the same day in which the leaver's score was the lower; equal scores
        count one half.
    n_rows, n_leavers
        Rows with a score, and distinct lifetimes that left.
    is_thin
        Leavers are so few that the verdict is not to be quoted without its interval.
    """

    reading: Order
    auc: Measured
    n_rows: int
    n_leavers: int
    is_thin: bool

    @property
    def remark(self) -> Remark:
        """The verdict as a sentence."""
        if self.reading is Order.TOO_FEW:
            return remark("health_score.order_too_few", leavers=self.n_leavers)
        values = {"auc": self.auc.estimate, "low": self.auc.conf_low, "high": self.auc.conf_high}
        return remark(_ORDERS[self.reading], leavers=self.n_leavers, **values)


_ORDERS = {
    Order.ORDERS: "health_score.order_shown",
    Order.NOT_SHOWN: "health_score.order_not_shown",
    Order.WRONG_WAY: "health_score.order_wrong_way",
}


class Beside(StrEnum):
    """How a score orders beside something else on the same rows."""

    AHEAD = "ahead"
    BEHIND = "behind"
    NOT_SHOWN = "not_shown"


@dataclass(frozen=True, slots=True)
class BesideVerdict:
    """Whether the score orders better than one other, by their AUC within the horizon.

    Attributes
    ----------
    versus
        'quoted', 'contract_only' or 'base_rate'.
    difference
        AUC of the score less that of the other.
    other
        AUC of the other.
    """

    versus: str
    reading: Beside
    difference: Measured
    other: float

    @property
    def remark(self) -> Remark:
        """The verdict as a sentence."""
        apart = self.difference
        points = 100 * np.array([apart.estimate, apart.conf_low, apart.conf_high])
        if self.reading is Beside.BEHIND:
            points = -points[[0, 2, 1]]
        middle, low, high = points.tolist()
        return remark(_BESIDE[self.reading], versus=remark(SUBJECTS[self.versus]), points=middle, low=low, high=high)


_BESIDE = {
    Beside.AHEAD: "health_score.beside_ahead",
    Beside.BEHIND: "health_score.beside_behind",
    Beside.NOT_SHOWN: "health_score.beside_not_shown",
}
SUBJECTS = {
    SCORE: "health_score.subject_score",
    QUOTED: "health_score.subject_quoted",
    CONTRACT_ONLY: "health_score.subject_contract",
    BASE_RATE: "health_score.subject_base_rate",
}


def order_verdict(table: pd.DataFrame, own: Scored, report: Report) -> OrderVerdict:
    """Judge the order of rows with a score, by a table as `analysis.health_score.order_frames.ORDER`."""
    found = evidence(own)
    whole = table[(table["rows"] == ALL_ROWS) & (table["measure"] == AUC)].iloc[-1]
    auc = Measured(*whole[["estimate", "conf_low", "conf_high"]].astype(float))
    reading = Order.NOT_SHOWN
    if auc.conf_low > COIN:
        reading = Order.ORDERS
    elif auc.conf_high < COIN:
        reading = Order.WRONG_WAY
    return OrderVerdict(reading, auc, len(own.rows), found.events, is_thin(report, found))


def beside_verdicts(pairs: pd.DataFrame, table: pd.DataFrame) -> tuple[BesideVerdict, ...]:
    """Judge the score beside each other, by tables as `ORDER_PAIRS` and `ORDER` of the order frames."""
    whole = pairs[(pairs["measure"] == AUC) & (pairs["days"] == pairs["days"].max())]
    shared = table[(table["rows"] == SHARED_ROWS) & (table["measure"] == AUC) & (table["days"] == table["days"].max())]
    others = shared.set_index("subject")["estimate"]
    found = []
    for line in whole.itertuples():
        reading = Beside.NOT_SHOWN
        if line.adjusted_p_value < SHOWN:
            reading = Beside.AHEAD if line.estimate > 0 else Beside.BEHIND
        apart = Measured(float(line.estimate), float(line.conf_low), float(line.conf_high))
        found.append(BesideVerdict(line.versus, reading, apart, float(others[line.versus])))
    return tuple(found)
