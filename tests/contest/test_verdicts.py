"""What is said of the families follows from their tests, losses and pairs by rule, and every rule can go either way."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis.contest.verdicts import (
    GainVerdict,
    Leadership,
    LeaderVerdict,
    Standing,
    family_verdicts,
    gain_verdict,
    judge,
    leader_verdict,
)
from analysis.evaluation.selection import Lead, PairVerdict

NOTHING, CLEARLY = 0.4, 0.001


def p_values_of(**p_values: float) -> pd.DataFrame:
    """Return the joint tests of some families, the control among them, whose test is clear."""
    return pd.DataFrame({"family": ["contract", *p_values], "p_value": [CLEARLY, *p_values.values()]})


def losses_of(**intervals: tuple[float, float, float]) -> pd.DataFrame:
    """Return losses (low, estimate, high) of some families in the Cox model; those of control and forest are large."""
    lines = [("cox", "contract", 20.0, 19.0, 21.0)]
    lines += [("cox", family, estimate, low, high) for family, (low, estimate, high) in intervals.items()]
    lines += [("forest", family, 9.0, 8.0, 10.0) for family in intervals]
    return pd.DataFrame(lines, columns=["model", "family", "estimate", "conf_low", "conf_high"])


class TestFamily:
    @pytest.mark.parametrize(
        ("p_value", "interval", "standing"),
        [
            (0.049, (0.1, 1, 2), Standing.BOTH),
            (0.049, (-0.1, 1, 2), Standing.ASSOCIATION),
            (0.05, (0.1, 1, 2), Standing.FORECAST),
            (0.05, (0.0, 1, 2), Standing.NONE),
            (math.nan, (math.nan, math.nan, math.nan), Standing.NONE),
        ],
        ids=["test and loss", "test alone", "loss alone", "neither: just not", "neither: unknown"],
    )
    def test_goes_with_leaving_or_is_leaned_on_or_both_or_neither(self, p_value, interval, standing):
        (verdict,) = family_verdicts(p_values_of(usage=p_value), losses_of(usage=interval))
        assert verdict.family == "usage"
        assert verdict.standing is standing

    def test_that_no_forecast_could_see_is_not_leaned_on(self):
        (verdict,) = family_verdicts(p_values_of(champion=CLEARLY), losses_of())
        assert (verdict.standing, verdict.p_value) == (Standing.ASSOCIATION, CLEARLY)

    def test_the_control_gets_no_verdict_and_the_others_keep_their_order(self):
        verdicts = family_verdicts(p_values_of(usage=0.5, champion=0.5, relationship=0.5), losses_of())
        assert [verdict.family for verdict in verdicts] == ["usage", "champion", "relationship"]


class TestLeader:
    @pytest.mark.parametrize(
        ("p_values", "intervals", "verdict"),
        [
            ((CLEARLY, NOTHING), ((5, 6, 7), (1, 2, 3)), LeaderVerdict(Leadership.CLEAR, "usage", "champion")),
            ((CLEARLY, NOTHING), ((5, 6, 7), (1, 2, 5)), LeaderVerdict(Leadership.UNSURE, "usage", "champion")),
            ((CLEARLY, NOTHING), ((1, 2, 3), (5, 6, 7)), LeaderVerdict(Leadership.UNSURE, "usage", "champion")),
            ((CLEARLY, CLEARLY), ((1, 2, 3), (5, 6, 7)), LeaderVerdict(Leadership.CLEAR, "champion", "usage")),
            ((CLEARLY, NOTHING), ((-1, 6, 7), (1, 2, 3)), LeaderVerdict(Leadership.NONE)),
            ((0.03, NOTHING), ((5, 6, 7), (1, 2, 3)), LeaderVerdict(Leadership.NONE)),
        ],
        ids=[
            "stands apart",
            "intervals touch",
            "another has the larger loss but no test",
            "of two the larger loss",
            "its loss may be zero",
            "its test fails once there are two",
        ],
    )
    def test_needs_both_questions_and_is_clear_only_where_its_loss_stands_apart(self, p_values, intervals, verdict):
        families = ("usage", "champion")
        tests = p_values_of(**dict(zip(families, p_values, strict=True)))
        assert leader_verdict(tests, losses_of(**dict(zip(families, intervals, strict=True)))) == verdict

    def test_must_stand_apart_from_every_other_not_from_the_next_alone(self):
        """The next by its loss is sure to be small, a third is not."""
        tests = p_values_of(usage=CLEARLY, champion=NOTHING, relationship=NOTHING)
        losses = losses_of(usage=(5, 6, 7), champion=(2, 3, 4), relationship=(-9, 1, 9))
        assert leader_verdict(tests, losses) == LeaderVerdict(Leadership.UNSURE, "usage", "champion")

    def test_is_not_asked_for_where_one_family_was_measured(self):
        verdict = leader_verdict(p_values_of(usage=CLEARLY), losses_of(usage=(5, 6, 7)))
        assert verdict == LeaderVerdict(Leadership.NOT_ASKED)

    def test_is_not_asked_for_where_the_forecast_could_see_one_family_alone(self):
        verdict = leader_verdict(p_values_of(usage=CLEARLY, champion=CLEARLY), losses_of(usage=(5, 6, 7)))
        assert verdict == LeaderVerdict(Leadership.NOT_ASKED)


class TestGain:
    @pytest.mark.parametrize(
        ("low", "high", "lead"),
        [(0.01, 0.05, Lead.BETTER), (-0.05, -0.01, Lead.WORSE), (-0.01, 0.05, Lead.NO_DIFFERENCE)],
    )
    def test_is_that_of_the_cox_model_over_the_contract_alone_in_points(self, low, high, lead):
        others = [PairVerdict("cox", "forest", 1, 1, 1), PairVerdict("forest", "contract_only", -1, -1, -1)]
        verdict = gain_verdict([*others, PairVerdict("cox", "contract_only", 0.02, low, high)])
        assert verdict.lead is lead
        assert (verdict.estimate, verdict.conf_low, verdict.conf_high) == pytest.approx((2, 100 * low, 100 * high))

    def test_is_unknown_where_the_two_were_never_both_scored(self):
        verdict = gain_verdict([PairVerdict("cox", "last_quarter", 0.1, 0.05, 0.2)])
        assert verdict.lead is None
        assert np.isnan(verdict.estimate)


def test_all_verdicts_are_of_the_same_tables():
    tests, losses = p_values_of(usage=CLEARLY, champion=NOTHING), losses_of(usage=(5, 6, 7), champion=(1, 2, 3))
    pairs = [PairVerdict("cox", "contract_only", 0.02, 0.01, 0.03)]
    verdicts = judge(tests, losses, pairs)
    assert [verdict.standing for verdict in verdicts.families] == [Standing.BOTH, Standing.FORECAST]
    assert verdicts.leader == LeaderVerdict(Leadership.CLEAR, "usage", "champion")
    assert verdicts.gain == GainVerdict(Lead.BETTER, 2.0, 1.0, 3.0)
