"""Verdicts follow from estimate, interval and Holm's p value by rule: a table of cases, and what they rest on."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis.claims.asked import Asked
from analysis.claims.estimates import Estimate, null_value, with_interval
from analysis.claims.grades import Unknown, Weakness, grade, weaknesses
from analysis.claims.past import MOST_QUARTERS, decidable_from, has_flipped, is_withdrawn
from analysis.claims.verdicts import Judgement, Verdict, detectable, judge
from analysis.declared.claim_tests import ClaimTest, Expected, Move
from analysis.declared.claims import Claim
from analysis.wording.remarks import remark

DF = 200.0
YES, ANTI, OPEN, NONE = Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.INCONCLUSIVE, Verdict.NOT_MEASURABLE


def estimated(expected: str, ratio: float, error: float, relevant: float = 1.2, **known: object) -> Estimate:
    test = ClaimTest(Expected(expected), moves=(Move("departures", 0.0, 1.0),), relevant=relevant)
    asked = Asked(Claim("OURS", "", "", ("departures",), tests=(test,)), 1, test)
    blank = Estimate(asked, n_exposed=50, n_events=100, **known)
    return with_interval(blank, math.log(ratio), error, DF)


@pytest.mark.parametrize(
    ("expected", "ratio", "error", "verdict"),
    [
        ("+", 2.0, 0.2, YES),
        ("+", 0.5, 0.2, ANTI),
        ("+", 1.3, 0.2, OPEN),
        ("+", 1.0, 0.05, ANTI),  # 0.91 to 1.10 leaves 1.2 out: nothing is there that would matter
        ("+", 1.1, 0.01, YES),  # small, but shown in the direction that is claimed
        ("+", 0.8, 0.15, ANTI),  # not shown, but 0.60 to 1.08 leaves 1.2 out
        ("-", 0.5, 0.2, YES),
        ("-", 2.0, 0.2, ANTI),
        ("-", 1.0, 0.05, ANTI),
        ("-", 0.8, 0.2, OPEN),
        ("not -", 1.0, 0.05, YES),  # leaves out 1 / 1.2
        ("not -", 1.5, 0.1, YES),
        ("not -", 1.0, 0.2, OPEN),  # does not leave it out
        ("not -", 0.5, 0.1, ANTI),  # protects more than matters
        ("not -", 0.8, 0.2, OPEN),
        ("not +", 1.0, 0.05, YES),
        ("not +", 2.0, 0.1, ANTI),
        ("not +", 1.1, 0.2, OPEN),
    ],
)
def test_the_verdict_on_one_claim(expected: str, ratio: float, error: float, verdict: Verdict) -> None:
    (found,) = judge([estimated(expected, ratio, error)])
    assert found.verdict is verdict


def test_a_difference_has_no_direction_to_be_contradicted_in() -> None:
    test = ClaimTest(Expected.DIFFERS, differ_by=("segment_in_force",))
    asked = Asked(Claim("OURS", "", "", (), tests=(test,)), 1, test)
    shown, not_shown = (judge([Estimate(asked, p_value=p)])[0].verdict for p in (0.01, 0.9))
    assert (shown, not_shown) == (YES, OPEN)


def test_a_claim_that_could_move_in_part_only_is_not_contradicted_for_being_small() -> None:
    whole, part = estimated("+", 1.0, 0.05), estimated("+", 1.0, 0.05, is_partial=True)
    assert [found.verdict for found in judge([whole, part])] == [ANTI, OPEN]


def test_holm_counts_the_claims_judged_and_no_others() -> None:
    """With p = 0.02 a claim is shown alone, and not among three; one that was refused is none of them."""
    error = math.log(1.5) / 2.345  # two-sided t with 200 df: p = 0.02
    one, other = estimated("+", 1.5, error), estimated("+", 1.2, 0.3)
    refused = estimated("+", 1.5, error, refused=remark("claims.one_cluster"))
    assert one.p_value == pytest.approx(0.02, abs=2e-4)
    assert judge([one, refused])[0].verdict is YES
    assert judge([one, other, other])[0].verdict is OPEN
    assert judge([one, refused])[1].verdict is NONE
    assert judge([one, other, other])[0].adjusted_p_value == pytest.approx(3 * one.p_value)


@pytest.mark.parametrize(("df", "asked_for"), [(8.0, 3.833), (43.0, 2.972), (1e6, 2.807)])  # t of 1 - 0.05 / 20
def test_the_smallest_detectable_effect_is_found_four_times_in_five(df: float, asked_for: float) -> None:
    """Estimates around it, over errors as uncertain as their df say, exceed Holm's first step 8 times in 10."""
    error, number = 0.3, 10
    rng = np.random.default_rng(1)
    drawn = rng.normal(detectable(error, df, number), error, 200_000)
    errors = error * np.sqrt(rng.chisquare(df, 200_000) / df)
    assert (drawn / errors > asked_for).mean() == pytest.approx(0.8, abs=0.005)


def test_of_nothing_judged_and_of_no_error_there_is_no_smallest_effect() -> None:
    assert math.isnan(detectable(0.3, 10.0, 0))
    assert math.isnan(detectable(math.nan, math.nan, 5))


def test_a_does_not_is_tested_against_the_smallest_relevant_effect() -> None:
    estimate = estimated("not -", 1.0, 0.1, relevant=1.5)
    assert null_value(estimate.asked.test) == pytest.approx(-math.log(1.5))
    assert estimate.p_value < 0.001


class TestEvidence:
    def test_each_weakness_lowers_the_grade_by_a_letter(self) -> None:
        assert [grade([Weakness.DRIFTS] * number) for number in range(6)] == ["A", "B", "C", "D", "D", "D"]

    def test_all_that_weakens_a_finding_is_named(self) -> None:
        sound = estimated("+", 2.0, 0.2, columns=("departures",))
        assert weaknesses(sound, [0.5, 0.6, 0.7], ()) == ((), ())
        assert weaknesses(sound, [0.5, -0.1, 0.7], ())[0] == (Weakness.UNSTABLE,)
        assert weaknesses(sound, [0.5, 0.6, 0.7], {"departures"})[0] == (Weakness.LATE,)
        assert weaknesses(sound, [math.nan, 0.6], None) == ((), (Unknown.QUARTERS, Unknown.LAG))
        weak = estimated("+", 2.0, 0.2, drift_p=0.01, is_shrunk=True)
        assert weaknesses(weak, [0.5, 0.6, 0.7], ())[0] == (Weakness.DRIFTS, Weakness.SHRUNK)

    def test_few_leavers_on_either_side_are_few(self) -> None:
        for exposed in (10, 95):
            estimate = estimated("+", 2.0, 0.2)
            few = Estimate(estimate.asked, estimate=0.5, n_exposed=exposed, n_events=100)
            assert weaknesses(few, [0.5, 0.6, 0.7], ())[0] == (Weakness.FEW_EVENTS,)


class TestOverTime:
    def test_a_claim_flips_where_it_was_both(self) -> None:
        assert has_flipped([YES, OPEN, ANTI])
        assert not has_flipped([YES, OPEN, YES])

    def test_a_claim_is_withdrawn_where_it_was_decided_and_is_open(self) -> None:
        assert is_withdrawn([OPEN, YES, OPEN])
        assert not is_withdrawn([OPEN, OPEN, YES])
        assert not is_withdrawn([OPEN, OPEN, OPEN])

    def test_a_claim_is_decidable_when_its_events_have_grown_enough(self) -> None:
        """To halve an error takes four times the events: 300 more, 30 quarters at ten, 15 at twenty."""
        estimate = estimated("+", 1.1, 0.1)
        judgement = Judgement(OPEN, 0.5, False, 2 * math.log(1.2))
        day = pd.Timestamp("2024-01-01")
        assert decidable_from(estimate, judgement, 20.0, day) == pd.Timestamp("2027-10-01")
        assert decidable_from(estimate, judgement, 10.0, day) is None
        assert MOST_QUARTERS < 30

    def test_what_is_decided_is_not_decidable(self) -> None:
        judgement = Judgement(YES, 0.01, False, 2 * math.log(1.2))
        assert decidable_from(estimated("+", 2.0, 0.1), judgement, 50.0, pd.Timestamp("2024-01-01")) is None
