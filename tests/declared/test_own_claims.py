"""A study's own claims: read beside it, and refused with the place and with what would fit."""

from pathlib import Path

import pytest

from analysis.declared.claim_tests import RELEVANT, Expected, Hazard, Held, Kind, Move
from analysis.declared.claims import Judged, read_claims, read_own_claims
from analysis.declared.factors import read_covariates
from analysis.declared.own_queries import own_query
from analysis.errors import StudyError

GOOD = """
[SLOW]
says_en = "Slow answers drive accounts away."
[[SLOW.tests]]
moves = [{ covariate = "answered_share", from = "p90", to = 0.1 }]
at = [{ covariate = "events_per_seat_day", value = "p10" }]
expected = "+"
relevant = 1.5
"""


def own(folder: Path, text: str):
    file = folder / "claims.toml"
    file.write_text(text, encoding="utf-8")
    return read_own_claims(file)


def test_a_claim_is_read_and_says_the_same_in_any_language_where_it_has_one(tmp_path: Path) -> None:
    (claim,) = own(tmp_path, GOOD)
    (test,) = claim.tests
    assert (claim.name, claim.says("ja")) == ("SLOW", "Slow answers drive accounts away.")
    assert claim.covariates == ("answered_share", "events_per_seat_day")
    assert test.moves == (Move("answered_share", "p90", 0.1),)
    assert test.at == (Held("events_per_seat_day", "p10"),)
    assert (test.expected, test.hazard, test.relevant, test.kind) == (
        Expected.HIGHER, Hazard.CHURN, 1.5, Kind.CONTRAST
    )  # fmt: skip


def test_there_need_be_no_file(tmp_path: Path) -> None:
    assert read_own_claims(tmp_path / "claims.toml") == ()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("SLOW", "C05", r"\[C05\] is a registered claim"),
        ("answered_share", "answerd_share", r"\[SLOW\].*unknown covariate 'answerd_share'.*'answered_share'"),
        ("answered_share", "term", r"\[SLOW\].*term is no number"),
        ("answered_share", "phase", r"\[SLOW\].*unknown covariate 'phase'"),
        ('says_en = "Slow answers drive accounts away."', "", r"\[SLOW\].*'says_en' is missing"),
        ("Slow answers drive accounts away.", " ", r"\[SLOW\].*says_en is empty"),
        ("relevant = 1.5", "relevent = 1.5", r"\[SLOW\].*test 1.*unknown key 'relevent'.*'relevant'"),
        ("relevant = 1.5", "relevant = 0.8", r"\[SLOW\].*test 1.*above 1.*0\.8"),
        ('expected = "+"', 'expected = "up"', r"\[SLOW\].*test 1.*expected must be one of.*'up'"),
        ('expected = "+"', "", r"\[SLOW\].*test 1.*'expected' is missing"),
        ('expected = "+"', 'expected = "+"\nhazard = "growth"', r"\[SLOW\].*hazard must be one of.*'growth'"),
        (
            'expected = "+"',
            'expected = "+"\nphases = ["mature", "onboarding"]',
            r"exactly one of.*'moves' and 'phases'",
        ),
        (
            'expected = "+"',
            'expected = "+"\nflagged_by = ["contract"]',
            r"exactly one of.*'moves' and 'flagged_by'",
        ),
        ('"p90"', '"ninety"', r"answered_share: from must be a number, or a percentile.*'ninety'"),
        ('"p90"', "0.1", r"answered_share moves from 0\.1 to 0\.1, which is nowhere"),
        (", to = 0.1", "", r"a move has the keys covariate, from, to; covariate, from arrived"),
        ("[[SLOW.tests]]", "[SLOW.tests]", r"tests are written as \[\[SLOW\.tests\]\]"),
        ("[SLOW]", "colour = 1\n[SLOW]", r"'colour' stands outside a claim"),
        ('says_en = "S', 'needs = ["ticket"]\nsays_en = "S', r"\[SLOW\].*unknown table or column 'ticket'.*'tickets'"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(StudyError, match=says):
        own(tmp_path, GOOD.replace(old, new))


def test_families_that_flag_are_those_that_are_compared(tmp_path: Path) -> None:
    bare = '[BARE]\nsays_en = "Something."\n[[BARE.tests]]\nexpected = "+"\nflagged_by = ["champion", "{}"]\n'
    assert own(tmp_path, bare.format("usage"))[0].tests[0].kind is Kind.FLAGGED
    with pytest.raises(StudyError, match=r"flagged_by names families, of usage.*'contract' arrived"):
        own(tmp_path, bare.format("contract"))


def test_a_claim_without_a_test_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"\[BARE\] has no test"):
        own(tmp_path, '[BARE]\nsays_en = "Something."\n')


class TestRegistered:
    def test_each_has_a_test(self) -> None:
        assert all(claim.tests for claim in read_claims())

    def test_their_tests_name_covariates_of_the_counting_process_that_are_numbers(self) -> None:
        declared = {covariate.name: covariate for covariate in read_covariates()}
        for claim in read_claims():
            for test in claim.tests:
                assert set(test.covariates) <= set(claim.covariates)
                assert all("counting_process" in declared[name].cohorts for name in test.covariates)
                assert all(declared[name].transform not in ("category", "clock") for name in test.covariates)
                assert all(declared[name].transform == "category" for name in test.differ_by)

    def test_moves_of_a_dangerous_contrast_go_where_their_covariates_are_said_to_be_dangerous(self) -> None:
        """Of covariates moved between numbers, where the covariate itself has an expected sign."""
        signs = {c.name: {"+": 1, "-": -1}.get(c.expected_sign, 0) for c in read_covariates()}
        for claim in read_claims():
            for test in claim.tests:
                if test.hazard is Hazard.CHURN and test.expected in (Expected.HIGHER, Expected.LOWER):
                    for move in test.moves:
                        ends = [float(str(value).lstrip("p")) for value in (move.from_value, move.to_value)]
                        way = (1 if ends[1] > ends[0] else -1) * signs[move.covariate]
                        assert way in (0, 1 if test.expected is Expected.HIGHER else -1), (claim.name, move)

    def test_the_smallest_relevant_ratio_is_said_once(self) -> None:
        assert {test.relevant for claim in read_claims() for test in claim.tests} == {RELEVANT}

    def test_each_is_said_in_a_few_words_in_both_languages(self) -> None:
        assert all(claim.short("en") and claim.short("ja") for claim in read_claims())


SQL = "select lifetime_id, risk_date, sum(events) as exports from risk_dates cross join usage_daily group by all"
EXPORTS = {"label_en": "Exports"}


def test_a_claim_may_be_on_a_covariate_that_the_study_brings(tmp_path: Path) -> None:
    brought = own_query("exported", SQL, {"family": "usage", "exports": EXPORTS}, "mine/exported")
    file = tmp_path / "claims.toml"
    file.write_text(GOOD.replace("answered_share", "exports"), encoding="utf-8")
    (claim,) = read_own_claims(file, brought)
    assert [one.name for one in claim.declared()] == ["events_per_seat_day", "exports"], "as they are declared"
    assert claim.judged({"usage_daily", "subscriptions.seats"}) is Judged.YES
    assert claim.judged({"tickets"}) is Judged.NO
    assert "usage_daily" in claim.lacking({"tickets"})
    with pytest.raises(StudyError, match=r"\[SLOW\].*unknown covariate 'exports'"):
        read_own_claims(file)


def test_a_category_that_the_study_brings_cannot_be_moved(tmp_path: Path) -> None:
    brought = own_query(
        "exported", SQL, {"family": "usage", "exports": EXPORTS | {"transform": "category"}}, "mine/exported"
    )
    file = tmp_path / "claims.toml"
    file.write_text(GOOD.replace("answered_share", "exports"), encoding="utf-8")
    with pytest.raises(StudyError, match="exports is no number"):
        read_own_claims(file, brought)
