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
from analysis.evaluation.readings import Lead, PairVerdict
from analysis.evaluation.rolling_origin import QUOTED

NOTHING, CLEARLY = 0.4, 0.001


def p_values_of(**p_values: float) -> pd.DataFrame:
    """Return the joint tests of some families, the control among them, whose test is clear."""
    return pd.DataFrame({"family": ["contract", *p_values], "p_value": [CLEARLY, *p_values.values()]})


def losses_of(model: str = "cox", **intervals: tuple[float, float, float]) -> pd.DataFrame:
    """Return losses (low, estimate, high) of some families in one model; those of control and another are large."""
    other = "forest" if model == "cox" else "cox"
    lines = [(model, "contract", 20.0, 19.0, 21.0)]
    lines += [(model, family, estimate, low, high) for family, (low, estimate, high) in intervals.items()]
    lines += [(other, family, 9.0, 8.0, 10.0) for family in intervals]
    return pd.DataFrame(lines, columns=["model", "family", "estimate", "conf_low", "conf_high"])


def of(model: str, table: pd.DataFrame) -> pd.DataFrame:
    return table[table["model"] == model]


def contrasts_of(*lines: tuple[str, str, float, float], model: str = "cox") -> pd.DataFrame:
    """Return contrasts (family, versus, estimate, adjusted p value) of one model, intervals one either side."""
    table = pd.DataFrame(lines, columns=["family", "versus", "estimate", "adjusted_p_value"])
    return table.assign(model=model, conf_low=table["estimate"] - 1, conf_high=table["estimate"] + 1)


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
        (verdict,) = family_verdicts(p_values_of(usage=p_value), of("cox", losses_of(usage=interval)))
        assert verdict.family == "usage"
        assert verdict.standing is standing

    def test_three_families_are_tested_and_the_correction_is_for_three(self):
        """Of 0.01, 0.03 and 0.4 the first counts three times, the second twice."""
        found = family_verdicts(p_values_of(usage=0.03, champion=0.01, relationship=0.4), of("cox", losses_of()))
        assert [verdict.p_value for verdict in found] == pytest.approx([0.06, 0.03, 0.4])
        assert [verdict.is_associated for verdict in found] == [False, True, False]

    def test_that_no_forecast_could_see_is_not_leaned_on(self):
        (verdict,) = family_verdicts(p_values_of(champion=CLEARLY), of("cox", losses_of()))
        assert (verdict.standing, verdict.p_value) == (Standing.ASSOCIATION, CLEARLY)

    def test_the_control_gets_no_verdict_and_the_others_keep_their_order(self):
        verdicts = family_verdicts(p_values_of(usage=0.5, champion=0.5, relationship=0.5), of("cox", losses_of()))
        assert [verdict.family for verdict in verdicts] == ["usage", "champion", "relationship"]


class TestLeader:
    @pytest.mark.parametrize(
        ("p_values", "intervals", "contrast", "leader"),
        [
            ((CLEARLY, NOTHING), ((5, 6, 7), (1, 2, 3)), (4, 0.01), (Leadership.CLEAR, "usage", "champion")),
            ((CLEARLY, NOTHING), ((1, 6, 11), (1, 5, 10)), (1, 0.01), (Leadership.CLEAR, "usage", "champion")),
            ((CLEARLY, NOTHING), ((5, 6, 7), (1, 2, 3)), (4, 0.05), (Leadership.UNSURE, "usage", "champion")),
            ((CLEARLY, NOTHING), ((1, 2, 3), (5, 6, 7)), (-4, 0.01), (Leadership.UNSURE, "usage", "champion")),
            ((CLEARLY, CLEARLY), ((1, 2, 3), (5, 6, 7)), (-4, 0.01), (Leadership.CLEAR, "champion", "usage")),
            ((CLEARLY, NOTHING), ((-1, 6, 7), (1, 2, 3)), (4, 0.01), (Leadership.NONE, "", "")),
            ((0.03, NOTHING), ((5, 6, 7), (1, 2, 3)), (4, 0.01), (Leadership.NONE, "", "")),
        ],
        ids=[
            "the difference is sure",
            "it is, though intervals overlap",
            "it is not, though intervals stand apart",
            "another has surely the larger loss but no test",
            "of two the larger loss",
            "its loss may be zero",
            "its test fails once there are two",
        ],
    )
    def test_needs_both_questions_and_is_clear_only_where_the_difference_is(
        self, p_values, intervals, contrast, leader
    ):
        families = ("usage", "champion")
        tests = p_values_of(**dict(zip(families, p_values, strict=True)))
        losses = of("cox", losses_of(**dict(zip(families, intervals, strict=True))))
        found = leader_verdict(tests, losses, contrasts_of(("usage", "champion", *contrast)))
        assert (found.leadership, found.family, found.second) == leader

    def test_says_by_how_much_it_is_ahead_whichever_of_the_two_stands_first(self):
        tests = p_values_of(usage=CLEARLY, champion=CLEARLY)
        losses = of("cox", losses_of(usage=(1, 2, 3), champion=(5, 6, 7)))
        found = leader_verdict(tests, losses, contrasts_of(("usage", "champion", -4.0, 0.01)))
        assert found == LeaderVerdict(Leadership.CLEAR, "champion", "usage", 4.0, 3.0, 5.0, 0.01)

    def test_must_be_ahead_of_every_other_and_names_the_one_that_it_is_least_surely_ahead_of(self):
        """The next by its loss is surely smaller, a third is not."""
        tests = p_values_of(usage=CLEARLY, champion=NOTHING, relationship=NOTHING)
        losses = of("cox", losses_of(usage=(5, 6, 7), champion=(2, 3, 4), relationship=(-9, 1, 9)))
        contrasts = contrasts_of(
            ("usage", "champion", 3, 0.01), ("usage", "relationship", 5, 0.3), ("champion", "relationship", 2, 0.9)
        )
        found = leader_verdict(tests, losses, contrasts)
        assert (found.leadership, found.second, found.p_value) == (Leadership.UNSURE, "relationship", 0.3)

    def test_is_unsure_where_the_difference_is_unknown(self):
        tests = p_values_of(usage=CLEARLY, champion=NOTHING)
        losses = of("cox", losses_of(usage=(5, 6, 7), champion=(1, 2, 3)))
        found = leader_verdict(tests, losses, contrasts_of(("usage", "champion", math.nan, math.nan)))
        assert found.leadership is Leadership.UNSURE

    def test_is_not_asked_for_where_one_family_was_measured(self):
        found = leader_verdict(p_values_of(usage=CLEARLY), of("cox", losses_of(usage=(5, 6, 7))), contrasts_of())
        assert found.leadership is Leadership.NOT_ASKED

    def test_is_not_asked_for_where_the_forecast_could_see_one_family_alone(self):
        tests = p_values_of(usage=CLEARLY, champion=CLEARLY)
        found = leader_verdict(tests, of("cox", losses_of(usage=(5, 6, 7))), contrasts_of())
        assert found.leadership is Leadership.NOT_ASKED


class TestGain:
    @pytest.mark.parametrize(
        ("low", "high", "lead"),
        [(0.01, 0.05, Lead.BETTER), (-0.05, -0.01, Lead.WORSE), (-0.01, 0.05, Lead.NO_DIFFERENCE)],
    )
    def test_is_that_of_the_forecasts_quoted_then_over_the_contract_alone_in_points(self, low, high, lead):
        others = [PairVerdict(QUOTED, "forest", 1, 1, 1), PairVerdict("cox", "contract_only", -1, -1, -1)]
        verdict = gain_verdict([*others, PairVerdict(QUOTED, "contract_only", 0.02, low, high)])
        assert verdict.lead is lead
        assert (verdict.estimate, verdict.conf_low, verdict.conf_high) == pytest.approx((2, 100 * low, 100 * high))

    def test_is_unknown_where_the_two_were_never_both_scored(self):
        verdict = gain_verdict([PairVerdict(QUOTED, "last_quarter", 0.1, 0.05, 0.2)])
        assert verdict.lead is None
        assert np.isnan(verdict.estimate)


def test_all_verdicts_are_of_the_model_that_is_quoted():
    """In the forest usage is leaned on and leads; in the Cox model champion is."""
    tests = p_values_of(usage=CLEARLY, champion=CLEARLY)
    in_forest = of("forest", losses_of("forest", usage=(5, 6, 7), champion=(-1, 2, 3)))
    in_cox = of("cox", losses_of("cox", usage=(-1, 1, 2), champion=(5, 6, 7)))
    losses = pd.concat([in_cox, in_forest])
    contrasts = pd.concat(
        [contrasts_of(("usage", "champion", -5, 0.01)), contrasts_of(("usage", "champion", 4, 0.01), model="forest")]
    )
    pairs = [PairVerdict(QUOTED, "contract_only", 0.02, 0.01, 0.03)]
    by_forest = judge(tests, losses, contrasts, pairs, "forest")
    assert by_forest.quoted == "forest"
    assert [verdict.standing for verdict in by_forest.families] == [Standing.BOTH, Standing.ASSOCIATION]
    assert by_forest.leader == LeaderVerdict(Leadership.CLEAR, "usage", "champion", 4.0, 3.0, 5.0, 0.01)
    by_cox = judge(tests, losses, contrasts, pairs, "cox")
    assert [verdict.standing for verdict in by_cox.families] == [Standing.ASSOCIATION, Standing.BOTH]
    assert by_cox.leader.family == "champion"
    assert by_cox.gain == by_forest.gain == GainVerdict(Lead.BETTER, 2.0, 1.0, 3.0)
