"""Response: claims whose sign flips without touches that were interventions, made because an account was at risk."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from analysis.claims.asked import Asked, Grounds
from analysis.claims.estimates import Estimate, estimate_all
from analysis.claims.rows import TestRows
from analysis.cohort.cohort_tables import CohortTables
from analysis.contest.touches import MARK, TOUCHES, flips, rows_without_interventions
from analysis.declared.claim_tests import Kind
from analysis.declared.factors import Covariate, alternatives


def responses_to_risk(
    tenure: CohortTables, asked: Sequence[Asked], rows: TestRows, today: Sequence[Estimate], grounds: Grounds
) -> frozenset[tuple[str, int]]:
    """Return the tests, by claim and number, whose sign flips when touches that were interventions are left out.

    Covariates are made again without these touches, and the tests that rest on touches put again. A sign flips where
    both estimates point different ways and the interval of one of them leaves no effect out: two estimates around none
    differ in sign by chance.

    Parameters
    ----------
    tenure
        The cohort.
    asked, today
        The tests put, and what was found, in the same order.
    rows, grounds
        Of today.
    """
    before = {
        (one.claim.name, one.number): found for one, found in zip(asked, today, strict=True) if _rests_on_touches(one)
    }
    own = [one for one in asked if (one.claim.name, one.number) in before]
    if MARK not in tenure.given or not own:
        return frozenset()
    tenure.progress("claims: the same without touches that were interventions")
    without = estimate_all(own, replace(rows, intervals=rows_without_interventions(tenure)), grounds)
    return frozenset(key for key, found in _keyed(without).items() if flips(before[key], found))


def _keyed(estimates: Sequence[Estimate]) -> Mapping[tuple[str, int], Estimate]:
    return {(estimate.asked.claim.name, estimate.asked.number): estimate for estimate in estimates}


def _rests_on_touches(asked: Asked) -> bool:
    moved = {move.covariate for move in asked.test.moves}
    own = [covariate for covariate in asked.claim.declared() if covariate.name in moved]
    return asked.test.kind is Kind.CONTRAST and any(TOUCHES in _tables(covariate) for covariate in own)


def _tables(covariate: Covariate) -> Collection[str]:
    return {name.partition(".")[0] for need in covariate.needs for name in alternatives(need)}
