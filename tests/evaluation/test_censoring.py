import numpy as np
import pandas as pd
import pytest
from r_reference import table

from analysis.curves.incidence import aalen_johansen
from analysis.curves.nonparametric import kaplan_meier
from analysis.errors import ModelError
from analysis.evaluation.measures.accuracy import brier_score, group_rate
from analysis.evaluation.measures.censoring import known_at


@pytest.fixture
def months():
    """Return 300 rows in whole months, with many ties, three groups, and three kinds of ends."""
    rng = np.random.default_rng(5)
    time = rng.integers(1, 14, 300).astype(float)
    end = rng.choice(["churn", "merged", ""], 300, p=[0.3, 0.15, 0.55])
    return pd.DataFrame({"time": time, "end": end, "group": rng.choice(["a", "b", "c"], 300)})


class TestWeights:
    def test_by_hand_with_ties(self):
        """At 2 the event comes before the censoring: of 3 still there 1 is censored, so G falls to 2/3.

        Of the two that are left the one that is censored at 4, before the horizon, halves it.
        """
        known = known_at(time=[2, 2, 4, 9, 1], event=[1, 0, 0, 0, 1], horizon=5)
        assert known.weight.tolist() == pytest.approx([1, 0, 0, 3, 1], abs=1e-15)
        assert known.event.tolist() == [True, False, False, False, True]
        assert known.is_known.tolist() == [True, False, False, True, True]

    def test_an_event_at_the_horizon_counts_and_a_row_censored_there_was_followed(self):
        known = known_at(time=[5, 5, 6, 6], event=[1, 0, 1, 0], horizon=5)
        assert known.event.tolist() == [True, False, False, False]
        assert known.weight.tolist() == [1, 1, 1, 1]

    def test_a_competing_end_is_known_not_to_be_the_event(self):
        known = known_at(time=[1, 2, 9], event=[0, 0, 0], competing=[1, 0, 0], horizon=5)
        assert (known.event.any(), known.weight.tolist()) == (False, [1, 0, 2])

    def test_where_nobody_is_censored_before_the_horizon_every_weight_is_exactly_one(self, months):
        time = np.where(months["end"] == "", 13, months["time"])
        known = known_at(time, months["end"] == "churn", 13, competing=months["end"] == "merged", group=months["group"])
        assert (known.weight == 1).all()
        counts = np.random.default_rng(0).integers(0, 3, (4, 300))
        assert (known.resampled(counts) == counts).all()

    def test_are_those_of_each_group_by_itself(self, months):
        together = known_at(months["time"], months["end"] == "churn", 9, group=months["group"])
        for _, rows in months.groupby("group"):
            alone = known_at(rows["time"], rows["end"] == "churn", 9)
            assert (together.weight[rows.index] == alone.weight).all()

    def test_add_up_to_the_number_of_rows_of_each_group(self, months):
        known = known_at(months["time"], months["end"] == "churn", 9, group=months["group"])
        sums = np.bincount(known.group, known.weight)
        assert sums == pytest.approx(np.bincount(known.group), rel=1e-14)

    def test_of_resamples_are_those_of_the_rows_repeated(self, months):
        counts = np.random.default_rng(0).integers(0, 3, (3, 300))
        known = known_at(months["time"], months["end"] == "churn", 9, group=months["group"])
        for line, weights in zip(counts, known.resampled(counts), strict=True):
            again = months.loc[np.repeat(months.index, line)]
            repeated = known_at(again["time"], again["end"] == "churn", 9, group=again["group"])
            expected = pd.Series(repeated.weight, again.index).groupby(level=0).sum()
            assert weights[expected.index] == pytest.approx(expected, rel=1e-13)
            assert weights.sum() == pytest.approx(line.sum(), rel=1e-13)


class TestWeightedShareOfEvents:
    @pytest.mark.parametrize("horizon", [3.0, 9.0])
    def test_is_kaplan_meier_without_competing_ends(self, months, horizon):
        event = (months["end"] == "churn").to_numpy()
        known = known_at(months["time"], event, horizon)
        curve = kaplan_meier(np.zeros(300), months["time"], event)
        expected = 1 - curve.loc[curve["time"] <= horizon, "estimate"].iloc[-1]
        assert group_rate(known.event, None, known.weight)[0] == pytest.approx(expected, rel=1e-13)

    @pytest.mark.parametrize("horizon", [60, 120, 240])
    def test_is_aalen_johansen_with_competing_ends(self, horizon):
        rows = table("mgus2")
        known = known_at(rows["stop"], rows["cause"] == 1, horizon, competing=rows["cause"] == 2)
        cause = np.array(["", "progression", "death"], dtype=object)[rows["cause"]]
        curve = aalen_johansen(np.zeros(len(rows)), rows["stop"], cause, ["progression"])
        expected = curve.loc[curve["time"] <= horizon, "estimate"].iloc[-1]
        assert group_rate(known.event, None, known.weight)[0] == pytest.approx(expected, rel=1e-13)


class TestCoxWeights:
    @pytest.fixture
    def drawn(self):
        rng = np.random.default_rng(2)
        x = rng.normal(size=(4_000, 2))
        time, gone = rng.exponential(size=4_000), rng.exponential(np.exp(-0.8 * x[:, 0] + 0.3 * x[:, 1]))
        return x, np.minimum(time, gone), time <= gone

    def test_come_near_the_true_probabilities(self, drawn):
        x, time, event = drawn
        known = known_at(time, event, 1.0, covariates=x)
        hazard = np.exp(0.8 * x[:, 0] - 0.3 * x[:, 1])
        truth = np.exp(np.minimum(time, 1.0) * hazard)
        log_ratio = np.log(known.weight / truth, where=known.is_known, out=np.zeros(len(time)))
        assert np.abs(log_ratio).mean() < 0.02
        unaided = known_at(time, event, 1.0).weight
        assert np.abs(np.log(unaided[known.is_known] / truth[known.is_known])).mean() > 0.1

    def test_of_covariates_without_effect_are_nearly_kaplan_meiers(self, drawn):
        _, time, event = drawn
        noise = np.random.default_rng(3).normal(size=(len(time), 1))
        groups = np.arange(len(time)) % 2
        known = known_at(time, event, 1.0, group=groups, covariates=noise)
        assert known.weight == pytest.approx(known_at(time, event, 1.0, group=groups).weight, rel=0.25)

    def test_of_a_resample_without_censored_rows_are_one_and_of_one_that_cannot_be_fitted_unknown(self):
        known = known_at([1, 2, 2, 9, 9], [1, 0, 0, 0, 0], 5, covariates=np.array([[0.0], [1], [2], [3], [2]]))
        counts = np.array([[2, 0, 0, 1, 2], [1, 0, 1, 0, 0], [0, 2, 0, 3, 0]])
        weights = known.resampled(counts)
        assert (weights[0] == counts[0]).all()
        assert not weights[1:].any()
        assert np.isnan(brier_score(known.event, np.full(5, 0.2), weights)).tolist() == [False, True, True]

    def test_are_not_needed_where_nobody_is_censored_before_the_horizon(self, drawn):
        x, time, _ = drawn
        assert (known_at(time, np.ones(len(time)), 1.0, covariates=x).weight == 1).all()

    def test_covariates_belong_to_rows(self, drawn):
        x, time, event = drawn
        with pytest.raises(ModelError, match=r"one line a row \(4,000\); their shape is \(10, 2\)"):
            known_at(time, event, 1.0, covariates=x[:10])


class TestWhatIsRefused:
    def test_a_group_of_which_nobody_is_followed_to_the_horizon(self):
        with pytest.raises(ModelError, match=r"No row is followed to the horizon 5, .* in 1 groups, first: late"):
            known_at([2, 6, 2, 3], [1, 0, 1, 0], 5, group=["early", "early", "late", "late"])
        with pytest.raises(ModelError, match=r"the last censored one\. Score a shorter horizon"):
            known_at([2, 3], [1, 0], 5)

    def test_where_all_have_ended_nobody_need_be_followed(self):
        assert known_at([2, 1, 3], [1, 0, 1], 5).weight.tolist() == [1.5, 0, 1.5]

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"event": [1, 0]}, r"event must have one value a row \(3\)"),
            ({"event": [1, 0, 2]}, r"event must be 0 or 1; broken in 1 of 3 rows \(positions 2\)"),
            ({"competing": [1, 0, 0]}, r"not both; broken in 1 of 3 rows \(positions 0\)"),
            ({"time": [0, 4, 5]}, r"time must be positive"),
            ({"time": [np.nan, 4, 5]}, r"time must be finite"),
            ({"time": []}, r"one row at least"),
            ({"horizon": 0}, r"horizon must be positive"),
            ({"group": ["a", None, "b"]}, r"group must have one label"),
            ({"cluster": ["a"]}, r"cluster must have one label"),
        ],
    )
    def test_input_that_makes_no_sense(self, changed, message):
        arguments = {"time": [2, 4, 5], "event": [1, 0, 0], "horizon": 4} | changed
        with pytest.raises(ModelError, match=message):
            known_at(**arguments)
