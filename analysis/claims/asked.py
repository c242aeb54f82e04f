"""Asked: the tests that are put to the rows, and what of them a source cannot put."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from analysis.declared.claim_tests import ClaimTest, Kind
from analysis.declared.claims import Claim
from analysis.declared.factors import Covariate, alternatives, unmet
from analysis.declared.study import Study
from analysis.wording.remarks import Remark, remark


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A test of a claim: `number` counts the tests of a claim from 1."""

    claim: Claim
    number: int
    test: ClaimTest


@dataclass(frozen=True, slots=True, eq=False)
class Grounds:
    """What estimates rest on beside the rows.

    Attributes
    ----------
    given
        What the source gives, in the words of needs.
    covariates
        Those of the counting process that it measures.
    most_clusters
        Clusters whose leverage is given back.
    with_drift
        Whether proportional hazards are tested.
    """

    study: Study
    given: Collection[str]
    covariates: Sequence[Covariate]
    most_clusters: int = 2_000
    with_drift: bool = True


def asked_of(claims: Sequence[Claim]) -> tuple[Asked, ...]:
    """Return every test of some claims, in their order."""
    return tuple(Asked(claim, number, test) for claim in claims for number, test in enumerate(claim.tests, 1))


def unmeasured(asked: Asked, grounds: Grounds) -> Remark | None:
    """Return why the source cannot put a claim to the test, whatever its rows say; None where it can."""
    test, claim = asked.test, asked.claim
    if test.kind is Kind.FLAGGED:
        measured = {covariate.family for covariate in grounds.covariates}
        lacking = [need for own in claim.declared() for need in own.lacking(grounds.given)]
        return None if measured & set(test.flagged_by) else remark("claims.source_lacks", needs=_in_words(lacking))
    by_name = {covariate.name: covariate for covariate in claim.declared()}
    named = [*test.covariates, *test.differ_by]
    is_measured = {name: by_name[name].is_measurable(grounds.given) for name in named}
    groups: tuple[list[str], ...] = ([move.covariate for move in test.moves], list(test.differ_by))
    needed = [[held.covariate] for held in test.at] + [group for group in groups if group]
    missing = [name for group in needed if not any(is_measured[name] for name in group) for name in group]
    lacking = [need for name in missing for need in by_name[name].lacking(grounds.given)]
    lacking += unmet(claim.needs, grounds.given)
    return remark("claims.source_lacks", needs=_in_words(lacking)) if lacking else None


def _in_words(needs: Sequence[str]) -> tuple[str | Remark, ...]:
    """Return needs, each once; one of which several are enough as what says so in any language."""
    named = ((need, alternatives(need)) for need in dict.fromkeys(needs))
    return tuple(need if len(names) == 1 else remark("claims.either", names=names) for need, names in named)


def not_given(asked: Asked, grounds: Grounds) -> tuple[Remark, ...]:
    """Return what of a test the source cannot move, and what it lacks for that."""
    moved = {move.covariate for move in asked.test.moves}

    def left_out(own: Covariate) -> Remark:
        reason = remark("claims.not_given", needs=_in_words(own.lacking(grounds.given)))
        return remark("claims.left_out", covariate=own.name, reason=reason)

    return tuple(
        left_out(own) for own in asked.claim.declared() if own.name in moved and not own.is_measurable(grounds.given)
    )
