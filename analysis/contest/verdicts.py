"""Verdicts: what is shown of each factor family, which leads, and what all are worth beyond the contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.declared.factors import control_family
from analysis.evaluation.readings import Lead, PairVerdict
from analysis.evaluation.rolling_origin import QUOTED
from analysis.inference.joint_tests import SHOWN
from analysis.inference.multiplicity import holm
from analysis.models.registry import CONTRACT_ONLY


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
        Whether the quoted forecast of quarters not seen loses where it is shuffled: the loss's interval is above zero.
    p_value
        Of the joint test in the time-varying Cox model, after Holm's correction over the families compared.
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
    """One does, and the forecast is shown to lose more without it than without any other."""
    UNSURE = "unsure"
    """One does, but of some other that is not shown."""
    NONE = "none"
    """No family passes both questions."""
    NOT_ASKED = "not_asked"
    """Fewer than two families were put to both questions."""


@dataclass(frozen=True, slots=True)
class LeaderVerdict:
    """Which family leads, and how it compares with the other that it is least sure to be ahead of.

    Attributes
    ----------
    family, second
        Empty where none leads.
    estimate, conf_low, conf_high
        How many points of explained variation (IPA, 100 = certainty) more the forecast loses without the leader.
    p_value
        Of that contrast, by Holm's method over all pairs of families.
    """

    leadership: Leadership
    family: str = ""
    second: str = ""
    estimate: float = np.nan
    conf_low: float = np.nan
    conf_high: float = np.nan
    p_value: float = np.nan


@dataclass(frozen=True, slots=True)
class GainVerdict:
    """Whether all families together forecast better than the contract alone, on the same accounts.

    Attributes
    ----------
    lead
        Of the forecasts quoted then over the Cox model of the contract; None where the two were never both scored.
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
    quoted
        The model whose forecast is quoted: what it leans on, and what it gains, is judged.
    families
        Of each measured family that is no control.
    """

    quoted: str
    families: tuple[FamilyVerdict, ...]
    leader: LeaderVerdict
    gain: GainVerdict


def judge(
    tests: pd.DataFrame, losses: pd.DataFrame, contrasts: pd.DataFrame, pairs: Sequence[PairVerdict], quoted: str
) -> Verdicts:
    """Judge the contest of the families: their association by the tests, the rest by the model that is quoted.

    Parameters
    ----------
    tests
        As `analysis.inference.frames.TESTS`.
    losses, contrasts
        As `LOSSES` and `CONTRASTS` of `analysis.contest.frames`, of one metric.
    pairs
        As in `gain_verdict`.
    quoted
        The model whose forecast is quoted.
    """
    own = losses[losses["model"] == quoted]
    own_contrasts = contrasts[contrasts["model"] == quoted]
    return Verdicts(quoted, family_verdicts(tests, own), leader_verdict(tests, own, own_contrasts), gain_verdict(pairs))


def family_verdicts(tests: pd.DataFrame, losses: pd.DataFrame) -> tuple[FamilyVerdict, ...]:
    """Judge each measured family that is no control, in the order of the tests.

    Tests are corrected for the number of families (Holm): where nothing matters, one report in twenty says that a
    family does, not one in seven.

    Parameters
    ----------
    tests
        As `analysis.inference.frames.TESTS`.
    losses
        As `analysis.contest.frames.LOSSES`, of one model and metric.
    """
    is_useful = losses.set_index("family")["conf_low"] > 0
    contenders = _contenders(tests)
    adjusted = holm(tests.set_index("family")["p_value"].reindex(contenders).to_numpy(np.float64))
    return tuple(
        FamilyVerdict(family, bool(p_value < SHOWN), bool(is_useful.get(family, False)), float(p_value))
        for family, p_value in zip(contenders, adjusted, strict=True)
    )


def leader_verdict(tests: pd.DataFrame, losses: pd.DataFrame, contrasts: pd.DataFrame) -> LeaderVerdict:
    """Say which of the measured families leads, and whether it is shown to matter more than every other.

    That is asked of the differences of losses on the same resamples, not of their intervals.

    Parameters
    ----------
    tests, losses
        As in `family_verdicts`.
    contrasts
        As `analysis.contest.frames.CONTRASTS`, of the same model and metric.
    """
    contenders = _contenders(tests)
    measured = losses[losses["family"].isin(contenders)]
    if len(contenders) < 2 or len(measured) < 2:
        return LeaderVerdict(Leadership.NOT_ASKED)
    leader = leading_family(tests, losses, contenders)
    if leader is None:
        return LeaderVerdict(Leadership.NONE)
    ahead = _ahead_of(contrasts, leader)
    ahead = ahead[ahead["versus"].isin(measured["family"])].fillna({"adjusted_p_value": 1.0})
    least = ahead.assign(is_behind=ahead["estimate"] <= 0).sort_values(
        ["is_behind", "adjusted_p_value", "estimate", "versus"], ascending=[False, False, True, True]
    ).iloc[0]  # fmt: skip
    is_clear = bool(((ahead["estimate"] > 0) & (ahead["adjusted_p_value"] < SHOWN)).all())
    return LeaderVerdict(
        Leadership.CLEAR if is_clear else Leadership.UNSURE,
        leader,
        str(least["versus"]),
        *(float(least[name]) for name in ("estimate", "conf_low", "conf_high", "adjusted_p_value")),
    )


def _ahead_of(contrasts: pd.DataFrame, family: str) -> pd.DataFrame:
    """Return the contrasts of a family with every other, all turned so that it stands first."""
    first = contrasts[contrasts["family"] == family]
    other = contrasts[contrasts["versus"] == family]
    turned = other.assign(
        family=other["versus"],
        versus=other["family"],
        estimate=-other["estimate"],
        conf_low=-other["conf_high"],
        conf_high=-other["conf_low"],
    )
    return pd.concat([first, turned], ignore_index=True)


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


def _contenders(tests: pd.DataFrame) -> list[str]:
    return [family for family in tests["family"] if family != control_family()]
