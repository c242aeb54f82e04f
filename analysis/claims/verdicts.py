"""Verdicts: what a claim's estimate, its interval and its p value among all claims judged say of it, by rule."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import special, stats

from analysis.claims.estimates import Estimate, null_value
from analysis.declared.claim_tests import Expected
from analysis.inference.multiplicity import holm

LEVEL = 0.05
POWER = 0.8
"""With which the smallest detectable effect is found."""


class Verdict(StrEnum):
    """What is to be said of a claim here."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    INCONCLUSIVE = "inconclusive"
    NOT_MEASURABLE = "not_measurable"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a test, beside what it rests on.

    Attributes
    ----------
    adjusted_p_value
        Holm's, over all tests judged at the same time; NaN where it was not judged.
    is_excluded
        Whether the interval excludes the smallest relevant effect that the claim expects.
    detectable
        The smallest log hazard ratio that would be found with `POWER`; NaN where there is no error.
    """

    verdict: Verdict
    adjusted_p_value: float = float("nan")
    is_excluded: bool = False
    detectable: float = float("nan")


def judge(estimates: Sequence[Estimate]) -> tuple[Judgement, ...]:
    """Return the verdict on each of all estimates that are judged at the same time.

    *Supported*: Holm's p value below `LEVEL`, in the direction that the claim expects. *Contradicted*: below it in the
    other direction, or the interval excludes the smallest relevant effect. Otherwise *inconclusive*. A claim of "does
    not" is tested against the smallest relevant effect in place of none, so that only an interval that excludes it
    supports the claim. That effects differ somewhere has no direction: it is supported, or inconclusive.
    """
    judged = [estimate.refused is None and not math.isnan(estimate.p_value) for estimate in estimates]
    adjusted = holm(np.array([e.p_value if ok else np.nan for e, ok in zip(estimates, judged, strict=True)]))
    number = sum(judged)
    return tuple(
        _judgement(estimate, float(p), number) if ok else Judgement(Verdict.NOT_MEASURABLE)
        for estimate, p, ok in zip(estimates, adjusted, judged, strict=True)
    )


def _judgement(estimate: Estimate, adjusted: float, number: int) -> Judgement:
    smallest = detectable(estimate.std_error, estimate.df, number)
    return Judgement(verdict_of(estimate, adjusted), adjusted, excludes_relevant(estimate), smallest)


def verdict_of(estimate: Estimate, adjusted_p_value: float) -> Verdict:
    """Return the verdict on an estimate that can be judged."""
    test = estimate.asked.test
    is_shown = adjusted_p_value < LEVEL
    if test.expected is Expected.DIFFERS:
        return Verdict.SUPPORTED if is_shown else Verdict.INCONCLUSIVE
    is_as_expected = (estimate.estimate - null_value(test)) * direction(test.expected) > 0
    if is_shown:
        return Verdict.SUPPORTED if is_as_expected else Verdict.CONTRADICTED
    return Verdict.CONTRADICTED if excludes_relevant(estimate) else Verdict.INCONCLUSIVE


def direction(expected: Expected) -> int:
    """Return 1 where a claim speaks for a higher log hazard ratio than it is tested against, -1 for a lower one."""
    return 1 if expected in (Expected.HIGHER, Expected.NOT_LOWER) else -1


def excludes_relevant(estimate: Estimate) -> bool:
    """Tell whether an interval lies wholly short of the smallest relevant effect that a claim expects.

    Never of a claim of "does not", whose test is that very effect; nor where only some of its covariates could move,
    which is a smaller contrast than the claim means.
    """
    if estimate.is_partial:
        return False
    bound = math.log(estimate.asked.test.relevant)
    match estimate.asked.test.expected:
        case Expected.HIGHER:
            return estimate.conf_high < bound
        case Expected.LOWER:
            return estimate.conf_low > -bound
    return False


def detectable(std_error: float, df: float, number: int) -> float:
    """Return the smallest log hazard ratio found with `POWER` where it is the first of so many in Holm's order.

    Verdicts are by Student's t, so it is asked of the noncentral t distribution: with few parents behind an error more
    is needed than by the normal one. NaN where there is no error.

    Examples
    --------
    Of ten tests, with an error of 0.1: with ten thousand degrees of freedom as by normal quantiles, 2.807 + 0.842.

    >>> round(detectable(0.1, 1e4, 10), 3), round(detectable(0.1, 10.0, 10), 3)
    (0.365, 0.456)
    """
    if not number or not df > 0:
        return float("nan")
    asked_for = stats.t.isf(LEVEL / (2 * number), df)
    return float(special.nctdtrinc(df, 1 - POWER, asked_for) * std_error)
