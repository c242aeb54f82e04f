"""At risk: what of the yearly revenue ends by the end of the horizon: announced already, and expected of the others."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.evaluation.use.revenue import MONTHS_A_YEAR
from analysis.forecast.intervals import ExpectedLoss, expected_loss
from analysis.forecast.outlook import Forecast
from analysis.forecast.past_quarters import PastForecasts, yearly_prices
from analysis.forecast.quarter_shift import QuarterShift, learn_shift
from analysis.money.frames import AT_RISK
from analysis.money.paid import known_sum

UNDER_NOTICE, EXPECTED, BOTH = "under_notice", "expected", "both"


@dataclass(frozen=True, slots=True)
class Announced:
    """Accounts that have given notice and end by the end of the horizon.

    Attributes
    ----------
    arr
        What they pay in a year, as far as it is known; NaN where it is of none of them.
    accounts, unpriced
        How many they are, and of how many the price is not known.
    """

    arr: float
    accounts: int
    unpriced: int


@dataclass(frozen=True, slots=True)
class EndsInTime:
    """Of the accounts that left within the horizon of a past quarter, those that ended within it, too.

    Attributes
    ----------
    left, ended
        Lifetimes at risk on the first day of a settled quarter that left in it, and those of them that ended in it.
    """

    left: int
    ended: int

    @property
    def share(self) -> float:
        """Of the notices of a quarter, those that end in it; 1 where nobody has left yet, which overstates it."""
        return self.ended / self.left if self.left else 1.0


@dataclass(frozen=True, slots=True)
class MoneyAtRisk:
    """What of the yearly revenue is at risk from the day that a forecast stands on to the end of its horizon.

    Attributes
    ----------
    announced
        Accounts under notice that end by then.
    to_leave
        What is expected to leave with those at risk: by a notice, where the study dates leaving by it.
    to_end
        Of that, what is expected to end by then, too.
    ends_in_time
        By which the one is made of the other.
    """

    announced: Announced
    to_leave: ExpectedLoss | None
    to_end: ExpectedLoss | None
    ends_in_time: EndsInTime


def announced_by(known_leavers: pd.DataFrame, until: pd.Timestamp) -> Announced:
    """Return what ends with accounts under notice up to a day, of those whose end is known."""
    rows = known_leavers[known_leavers["ends_on"] <= until]
    price = rows["mrr"].astype(float)
    return Announced(known_sum(price) * MONTHS_A_YEAR, len(rows), int(price.isna().sum()))


def ends_in_time(landmarks: pd.DataFrame, ended_on: pd.Series) -> EndsInTime:
    """Count, of those who left within settled quarters, those whose last subscription ended in them.

    Parameters
    ----------
    landmarks
        All landmark rows.
    ended_on
        By lifetime_id.
    """
    left = landmarks[landmarks["is_quarter_start"] & landmarks["is_followed"] & (landmarks["event"] == 1)]
    ended = left["lifetime_id"].map(ended_on) <= left["horizon_ends_on"]
    return EndsInTime(len(left), int(ended.sum()))


def money_at_risk(
    forecast: Forecast, landmarks: pd.DataFrame, past: PastForecasts, announced: Announced, in_time: EndsInTime
) -> MoneyAtRisk:
    """Put announced and expected losses of the horizon beside each other.

    The share of notices that end within their quarter is one for all accounts: it thins each probability.

    Parameters
    ----------
    forecast
        Made from the last of the landmarks.
    landmarks
        All landmark rows.
    past
        What models had forecast of past quarters, for the interval.
    announced, in_time
        From `announced_by` and `ends_in_time`.
    """
    shift = learn_shift(list(past.quarters(forecast.headline).values()), past.level_variance)
    now = landmarks[landmarks["risk_date"] == forecast.landmark].set_index("lifetime_id")
    prices = pd.Series(yearly_prices(now), index=now.index)
    ranked = forecast.accounts.sort_values([forecast.headline, "account_id"], ascending=[False, True])
    chance, price = ranked[forecast.headline].to_numpy(np.float64), prices.reindex(ranked["lifetime_id"]).to_numpy()
    return MoneyAtRisk(
        announced=announced,
        to_leave=_loss(chance, price, shift),
        to_end=_loss(chance * in_time.share, price, shift),
        ends_in_time=in_time,
    )


def at_risk_table(found: MoneyAtRisk) -> pd.DataFrame:
    """Return what is announced, what is expected, and both, as `AT_RISK`."""
    announced, loss = found.announced, found.to_end
    table = pd.DataFrame(index=[UNDER_NOTICE, EXPECTED, BOTH], columns=AT_RISK.columns[1:], dtype=np.float64)
    table.loc[UNDER_NOTICE] = [*[announced.arr] * 5, announced.accounts, announced.unpriced]
    if loss is not None:
        ends = [end for interval in loss.intervals for end in (interval.low, interval.high)]
        table.loc[EXPECTED] = [loss.expected, *ends, loss.n_known + loss.n_unknown, loss.n_unknown]
        table.loc[BOTH] = table.loc[UNDER_NOTICE].fillna(0) + table.loc[EXPECTED]
    table = table.dropna(how="all").rename_axis("part").reset_index()
    return AT_RISK.checked(table)


def _loss(chance: NDArray[np.float64], price: NDArray[np.float64], shift: QuarterShift) -> ExpectedLoss | None:
    return expected_loss(chance, price, shift)
