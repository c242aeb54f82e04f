"""What all families together gain over the contract follows from a pair of scores by rule, and can go either way."""

import numpy as np
import pytest

from analysis.contest.verdicts import gain_verdict
from analysis.evaluation.readings import Lead, PairVerdict
from analysis.evaluation.rolling_origin import QUOTED


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
