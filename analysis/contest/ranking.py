"""Ranking: which families are shown to drive churn, which of them leads, and whether models agree."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.contest.values import LOG_SCORE, TOTAL
from analysis.inference.joint_tests import SHOWN


class Worth(StrEnum):
    """What is shown of a family."""

    DRIVER = "driver"
    """Knowing it makes forecasts of accounts and quarters not seen better."""
    NOT_SHOWN = "not_shown"


class Rank(StrEnum):
    """What is shown of the order of families."""

    FIRST = "first"
    """One is a driver, and shown to be worth more than every other."""
    UNORDERED = "unordered"
    """One or more are drivers, but of none it is shown that it is worth more than every other."""
    NONE = "none"
    """No family is shown to be a driver."""
    ALONE = "alone"
    """Only one family is measured: there is nothing to compare it with."""


@dataclass(frozen=True, slots=True)
class FamilyWorth:
    """A family's worth, in hundredths of the loss by each quarter's own rate.

    Attributes
    ----------
    p_value
        By Holm's method over the families.
    noise
        What its columns add once shuffled.
    agreeing
        Other kinds of model in which it is a driver, too, or is not, as in this one; of `others`.
    """

    family: str
    worth: Worth
    estimate: float
    conf_low: float
    conf_high: float
    p_value: float
    share: float
    noise: float
    agreeing: int
    others: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """The contest's answer.

    Attributes
    ----------
    model
        The kind of model that it is taken from.
    families
        From the largest estimate to the smallest.
    rank
        What is shown of their order.
    total, total_low, total_high
        What all families add to the contract.
    n_events
        Accounts that left, over all quarters.
    """

    model: str
    families: tuple[FamilyWorth, ...]
    rank: Rank
    total: float
    total_low: float
    total_high: float
    n_events: int

    @property
    def drivers(self) -> tuple[FamilyWorth, ...]:
        """Those that are shown to drive churn."""
        return tuple(one for one in self.families if one.worth is Worth.DRIVER)


def rank_families(values: pd.DataFrame, contrasts: pd.DataFrame) -> Ranking:
    """Judge the families by the logarithmic score of the first kind of model.

    Parameters
    ----------
    values, contrasts
        As `VALUES` and `VALUE_CONTRASTS` of `analysis.contest.frames`.
    """
    scored = values[values["metric"] == LOG_SCORE]
    model = str(scored["model"].iloc[0])
    is_driver = {str(name): _drivers(one) for name, one in scored.groupby("model")}
    own = scored[scored["model"] == model]
    total = own[own["family"] == TOTAL].iloc[0]
    lines = own[own["family"] != TOTAL].sort_values(["estimate", "family"], ascending=[False, True])
    others = [name for name in is_driver if name != model]
    families = tuple(
        FamilyWorth(
            family=line["family"],
            worth=Worth.DRIVER if line["family"] in is_driver[model] else Worth.NOT_SHOWN,
            estimate=line["estimate"],
            conf_low=line["conf_low"],
            conf_high=line["conf_high"],
            p_value=line["adjusted_p_value"],
            share=line["share"],
            noise=line["noise"],
            agreeing=sum(
                (line["family"] in is_driver[name]) == (line["family"] in is_driver[model]) for name in others
            ),
            others=len(others),
        )
        for line in lines.to_dict("records")
    )
    return Ranking(
        model=model,
        families=families,
        rank=_rank(families, _pairs(contrasts, model)),
        total=float(total["estimate"]),
        total_low=float(total["conf_low"]),
        total_high=float(total["conf_high"]),
        n_events=int(total["n_events"]),
    )


def ranked_pairs(contrasts: pd.DataFrame, ranking: Ranking) -> pd.DataFrame:
    """Return the differences of worth that a ranking is taken from, of all `VALUE_CONTRASTS`."""
    return _pairs(contrasts, ranking.model)


def _pairs(contrasts: pd.DataFrame, model: str) -> pd.DataFrame:
    return contrasts[(contrasts["model"] == model) & (contrasts["metric"] == LOG_SCORE)]


def _drivers(values: pd.DataFrame) -> set[str]:
    shown = (values["family"] != TOTAL) & (values["estimate"] > 0) & (values["adjusted_p_value"] < SHOWN)
    return set(values.loc[shown, "family"])


def _rank(families: tuple[FamilyWorth, ...], pairs: pd.DataFrame) -> Rank:
    if len(families) < 2:
        return Rank.ALONE
    leader = families[0]
    if leader.worth is not Worth.DRIVER:
        return Rank.NONE
    of_leader = pairs[(pairs["family"] == leader.family) | (pairs["versus"] == leader.family)]
    ahead = np.where(of_leader["family"] == leader.family, of_leader["estimate"], -of_leader["estimate"])
    is_first = (ahead > 0) & (of_leader["adjusted_p_value"].to_numpy(np.float64) < SHOWN)
    return Rank.FIRST if is_first.all() else Rank.UNORDERED
