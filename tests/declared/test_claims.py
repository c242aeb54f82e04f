"""The registered claims: each can be expressed, and says what a source lacks for it."""

import pytest

from analysis.declared.claims import Claim, Judged, read_claims
from analysis.declared.contract import read_contract
from analysis.declared.factors import alternatives, read_covariates

EVERYTHING = {"stable_users", *read_contract()} | {
    f"{table.name}.{column}" for table in read_contract().values() for column in table.column_names
}


def test_there_are_twenty_two():
    assert [claim.name for claim in read_claims()] == [f"C{number:02}" for number in range(1, 23)]


@pytest.mark.parametrize("claim", read_claims(), ids=lambda claim: claim.name)
def test_every_covariate_of_a_claim_is_declared_and_measurable_where_all_is_given(claim):
    assert len(claim.measurable(EVERYTHING)) == len(claim.covariates) > 0
    assert claim.lacking(EVERYTHING) == ()
    assert set(claim.needs) <= EVERYTHING


@pytest.mark.parametrize("claim", read_claims(), ids=lambda claim: claim.name)
def test_a_claim_names_what_would_unlock_it(claim):
    """Where nothing but accounts and subscriptions without columns is given, what is lacking unlocks all of it."""
    bare = {"accounts", "subscriptions"}
    lacking = claim.lacking(bare)
    assert bool(lacking) == (len(claim.measurable(bare)) < len(claim.covariates) or bool(claim.needs))
    assert claim.lacking(bare | {name for need in lacking for name in alternatives(need)}) == ()


@pytest.mark.parametrize(
    ("given", "judged"),
    [
        ({"touchpoints"}, Judged.NO),
        ({"contacts.ended_on", "contacts"}, Judged.IN_PART),
        (EVERYTHING, Judged.YES),
        (EVERYTHING - {"surveys"}, Judged.IN_PART),
    ],
    ids=["no covariate", "one of two covariates", "all", "all covariates, but not what it needs beside them"],
)
def test_a_claim_is_judged_in_full_in_part_or_not_at_all(given, judged):
    claim = Claim("C99", "", "", ("departures", "usage_drop"), needs=("surveys",))
    assert claim.judged(given) is judged


def test_a_covariate_that_names_a_claim_is_among_those_that_put_it_to_the_test():
    tested = {(claim.name, name) for claim in read_claims() for name in claim.covariates}
    named = {(covariate.claim, covariate.name) for covariate in read_covariates() if covariate.claim}
    not_registered = [
        f"{name} names claim {claim}: add {name} to the covariates of [{claim}]"
        for claim, name in sorted(named - tested)
    ]
    assert not not_registered, f"In queries/5_covariates/claims.toml: {'; '.join(not_registered)}."
