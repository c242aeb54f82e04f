"""The registered claims: each can be expressed, and says what a source lacks for it."""

import pytest

from analysis.declared.claims import Claim, Judged, read_claims
from analysis.declared.contract import read_contract
from analysis.declared.factors import alternatives, read_covariates
from analysis.declared.needs import asked_of_rows, asked_words, missed_words, read_word

COLUMNS = {f"{table.name}.{column}" for table in read_contract().values() for column in table.column_names}
EVERYTHING = {"stable_users", *read_contract()} | COLUMNS | asked_of_rows()


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
        ({"contacts.ended_on", "contacts"}, Judged.NO),
        ({"contacts.ended_on", "contacts", "contacts.role=champion"}, Judged.IN_PART),
        (EVERYTHING, Judged.YES),
        (EVERYTHING - {"surveys"}, Judged.IN_PART),
    ],
    ids=[
        "no covariate",
        "one without its rows",
        "one of two covariates",
        "all",
        "all covariates, but not what it needs beside them",
    ],
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


class TestWords:
    @pytest.mark.parametrize(
        ("text", "larger"),
        [
            ("surveys", ("surveys",)),
            ("surveys.kind", ("surveys", "surveys.kind")),
            ("surveys.kind=nps", ("surveys", "surveys.kind")),
            ("touchpoints.contact_id->contacts", ("touchpoints", "touchpoints.contact_id")),
        ],
    )
    def test_a_word_is_read_and_said_alike(self, text, larger):
        word = read_word(text)
        assert word is not None
        assert (str(word), word.larger()) == (text, larger)

    def test_a_property_is_no_word_of_the_contract(self):
        assert read_word("stable_users") is None

    def test_a_header_gives_what_rows_need_not_tell(self):
        words = {str(word) for word in asked_words()}
        assert asked_of_rows() < words
        assert words - asked_of_rows() <= COLUMNS | set(read_contract())

    def test_what_is_missed_is_what_some_need_is_unmet_without(self):
        assert missed_words(EVERYTHING) == frozenset()
        assert missed_words(EVERYTHING - {"surveys.kind=nps"}) == {"surveys", "surveys.kind", "surveys.kind=nps"}
        assert missed_words(EVERYTHING - {"tickets.category=bug"}) == frozenset()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_pictures_name_no_two_tests_of_a_claim_alike(language: str) -> None:
    for claim in read_claims():
        names = [test.short(language) or claim.short(language) for test in claim.tests]
        assert len(set(names)) == len(names), claim.name
