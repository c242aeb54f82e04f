"""Verdicts: what is shown of each factor family, which leads, and what all are worth beyond the contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.declared.factors import control_family
from analysis.evaluation.selection import Lead, PairVerdict
from analysis.inference.joint_tests import SHOWN
from analysis.inference.multiplicity import holm
from analysis.models.registry import CONTRACT_ONLY, COX


class Standing(StrEnum):
    """What is shown of a family: that it goes with leaving, that the forecast leans on it, both or neither."""

    BOTH = "both"
    ASSOCIATION = "association"
    FORECAST = "forecast"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class FamilyVerdict:
    """What is shown of a family.

    Attributes
    ----------
    is_associated
        Whether its joint test shows that it goes with leaving, all else in the model held equal.
    is_leaned_on
        Whether the Cox forecast of quarters not seen loses where it is shuffled: the loss's interval is above zero.
    p_value
        Of the joint test.
    """

    family: str
    is_associated: bool
    is_leaned_on: bool
    p_value: float

    @property
    def standing(self) -> Standing:
        """Both, either or neither."""
        if self.is_associated:
            return Standing.BOTH if self.is_leaned_on else Standing.ASSOCIATION
        return Standing.FORECAST if self.is_leaned_on else Standing.NONE


class Leadership(StrEnum):
    """Whether a family leads."""

    CLEAR = "clear"
    """One does, and its loss stands apart from those of all others."""
    UNSURE = "unsure"
    """One does, but intervals overlap."""
    NONE = "none"
    """No family passes both questions."""
    NOT_ASKED = "not_asked"
    """Fewer than two families were put to both questions."""


@dataclass(frozen=True, slots=True)
class LeaderVerdict:
    """Which family leads, and the one of the others whose loss is largest; empty where there is none."""

    leadership: Leadership
    family: str = ""
    second: str = ""


@dataclass(frozen=True, slots=True)
class GainVerdict:
    """Whether all families together forecast better than the contract alone, on the same accounts.

    Attributes
    ----------
    lead
        Of the Cox model with all families over that with the contract; None where the two were never both scored.
    estimate, conf_low, conf_high
        In points of explained variation (IPA, 100 = certainty).
    """

    lead: Lead | None
    estimate: float = np.nan
    conf_low: float = np.nan
    conf_high: float = np.nan


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the contest of the families came to.

    Attributes
    ----------
    families
        Of each measured family that is no control.
    """

    families: tuple[FamilyVerdict, ...]
    leader: LeaderVerdict
    gain: GainVerdict


def judge(tests: pd.DataFrame, losses: pd.DataFrame, pairs: Sequence[PairVerdict]) -> Verdicts:
    """Judge the contest of the families.

    Parameters
    ----------
    tests, losses
        As in `family_verdicts`.
    pairs
        Of all models.
    """
    return Verdicts(family_verdicts(tests, losses), leader_verdict(tests, losses), gain_verdict(pairs))


def family_verdicts(tests: pd.DataFrame, losses: pd.DataFrame) -> tuple[FamilyVerdict, ...]:
    """Judge each measured family that is no control, in the order of the tests.

    Parameters
    ----------
    tests
        As `analysis.inference.frames.TESTS`.
    losses
        As `analysis.contest.frames.LOSSES`, of one metric.
    """
    is_useful = _of_cox(losses).set_index("family")["conf_low"] > 0
    p_values = tests.set_index("family")["p_value"]
    return tuple(
        FamilyVerdict(
            family, bool(p_values[family] < SHOWN), bool(is_useful.get(family, False)), float(p_values[family])
        )
        for family in _contenders(tests)
    )


def leader_verdict(tests: pd.DataFrame, losses: pd.DataFrame) -> LeaderVerdict:
    """Say which of the measured families leads, and whether it is shown to matter more than every other.

    Parameters
    ----------
    tests, losses
        As in `family_verdicts`.
    """
    contenders = _contenders(tests)
    if len(contenders) < 2:
        return LeaderVerdict(Leadership.NOT_ASKED)
    of_cox = _of_cox(losses)
    leader = leading_family(tests, of_cox, contenders)
    if leader is None:
        return LeaderVerdict(Leadership.NONE)
    by_family = of_cox[of_cox["family"].isin(contenders)].set_index("family")
    others = by_family.drop(index=leader).sort_values("estimate", ascending=False, kind="stable")
    if others.empty:
        return LeaderVerdict(Leadership.NOT_ASKED)
    stands_apart = by_family.loc[leader, "conf_low"] > others["conf_high"].max()
    return LeaderVerdict(Leadership.CLEAR if stands_apart else Leadership.UNSURE, leader, str(others.index[0]))


def leading_family(
    tests: pd.DataFrame, losses: pd.DataFrame, contenders: Sequence[str], level: float = SHOWN
) -> str | None:
    """Name the family that both questions point to most clearly, or None where neither does.

    A family qualifies when its joint test is significant after Holm's correction over the contenders and the forecast
    loses by its shuffling (interval above zero). Of those that qualify, the one whose loss is largest leads.

    Parameters
    ----------
    tests : DataFrame
        From `family_tests`.
    losses : DataFrame
        Rows of one model and one metric of `permutation_losses`.
    contenders : sequence of str
        Families to compare; controls are none.
    level : float
        Of the family-wise error of the tests.
    """
    p_values = tests.set_index("family")["p_value"].reindex(contenders).dropna()
    significant = set(p_values.index[holm(p_values.to_numpy(np.float64)) < level])
    useful = losses[losses["family"].isin(significant) & (losses["conf_low"] > 0)]
    if useful.empty:
        return None
    return str(useful.sort_values(["estimate", "family"], ascending=[False, True])["family"].iloc[0])


def gain_verdict(pairs: Sequence[PairVerdict]) -> GainVerdict:
    """Say whether the factors improve the Cox forecast beyond the contract alone.

    Parameters
    ----------
    pairs
        Of all models.
    """
    pair = next((pair for pair in pairs if (pair.model, pair.versus) == (COX, CONTRACT_ONLY)), None)
    if pair is None:
        return GainVerdict(None)
    return GainVerdict(pair.lead, 100 * pair.estimate, 100 * pair.conf_low, 100 * pair.conf_high)


def _contenders(tests: pd.DataFrame) -> list[str]:
    return [family for family in tests["family"] if family != control_family()]


def _of_cox(losses: pd.DataFrame) -> pd.DataFrame:
    return losses[losses["model"] == COX]
