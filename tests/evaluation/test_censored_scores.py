from itertools import product

import numpy as np
import pytest
from r_reference import numbers, table
from sksurv.metrics import brier_score as sksurv_brier
from sksurv.metrics import concordance_index_ipcw, cumulative_dynamic_auc, integrated_brier_score
from sksurv.util import Surv

from analysis.errors import ModelError
from analysis.evaluation.measures.accuracy import (
    SMALLEST,
    brier_at,
    brier_score,
    group_rate,
    index_of_prediction_accuracy,
    integrated_brier,
    ipa_at,
    log_score,
    log_score_at,
)
from analysis.evaluation.measures.censoring import known_at
from analysis.evaluation.measures.concordance import harrell_c, uno_c
from analysis.evaluation.measures.discrimination import auc, auc_at

SCORES = [
    (name, position) for name, case in numbers("riskregression").items() for position in range(len(case["scores"]))
]
"""Models and horizons of riskRegression::Score."""


TRUTH = {"auc": 5 / 6, "brier": 1 / 6, "ipa": 1 / 3, "log": 1 / 2}
"""Where the probability of leaving is uniform between 0 and 1, and known: integrals of polynomials and of entropy."""
FUNCTIONS = {"auc": auc_at, "brier": brier_at, "ipa": ipa_at, "log": log_score_at}


def just_after(time: float) -> float:
    """Return the horizon that asks what ``Score`` asks at a time: there, who is censored then is not known."""
    return float(np.nextafter(time, np.inf))


class TestAgainstR:
    @pytest.mark.parametrize(("name", "position"), SCORES)
    def test_scores_are_riskregressions(self, name, position):
        case = numbers("riskregression")[name]
        rows = table(case["table"]) if "table" in case else case
        expected, risk = case["scores"][position], np.array(case["risk"][position])
        known = known_at(rows["stop"], rows["event"], just_after(expected["time"]))
        brier, auc_t = brier_at(known, risk), auc_at(known, risk)
        assert brier.value == pytest.approx(expected["brier"], abs=1e-14)
        assert auc_t.value == pytest.approx(expected["auc"], abs=1e-14)
        assert ipa_at(known, risk).value == pytest.approx(expected["ipa"], abs=1e-14)
        rate = group_rate(known.event, None, known.weight)
        assert brier_at(known, rate).value == pytest.approx(expected["null_brier"], abs=1e-14)
        # Score divides the variance of the influences by n - 1.
        to_r = np.sqrt(len(risk) / (len(risk) - 1))
        assert auc_t.std_error * to_r == pytest.approx(expected["auc_se"], abs=1e-6)
        # For the Brier score it approximates what the censoring of tied rows adds: nothing by distinct times, 0.003
        # (relative) by days of veteran, a quarter by the twelve months of churn, where resampled rows agree with ours.
        if name != "churn_full":
            assert brier.std_error * to_r == pytest.approx(expected["brier_se"], rel=4e-3)

    @pytest.mark.parametrize("name", ["pbc", "churn"])
    def test_concordance_is_survivals(self, name):
        expected, rows = numbers("censored_scores")[name], table(name)
        score = rows["logbili"] if name == "pbc" else 10 - rows["csat_score"]
        for position, tau in enumerate(expected["tau"]):
            harrell = harrell_c(rows["stop"], rows["event"], score, tau=tau)
            assert harrell.value == pytest.approx(expected["harrell"][position], abs=1e-14)
            assert harrell.std_error == pytest.approx(expected["harrell_se"][position], abs=1e-14)
            uno = uno_c(rows["stop"], rows["event"], score, tau)
            assert uno.value == pytest.approx(expected["uno"][position], abs=1e-14)

    def test_competing_ends_are_controls(self):
        expected, rows = numbers("censored_scores")["mgus2"], table("mgus2")
        risk = 1 / (1 + np.exp(4 - rows["age"] / 40 - rows["male"] / 4))
        for position, time in enumerate(expected["times"]):
            known = known_at(rows["stop"], rows["cause"] == 1, just_after(time), competing=rows["cause"] == 2)
            brier, rate = brier_at(known, risk).value, expected["rate"][position]
            assert brier == pytest.approx(expected["brier"][position], abs=1e-14)
            assert auc_at(known, risk).value == pytest.approx(expected["auc"][position], abs=1e-13)
            # The score of Aalen-Johansen's rate is its variance.
            assert ipa_at(known, risk).value == pytest.approx(1 - brier / (rate * (1 - rate)), abs=1e-13)


class TestAgainstScikitSurvival:
    """Without ties between ends and censoring, where its G needs no left limit."""

    @pytest.fixture
    def drawn(self):
        rng = np.random.default_rng(7)
        x = rng.normal(size=600)
        time, gone = rng.exponential(np.exp(-x)), rng.exponential(1.5, size=600)
        return np.minimum(time, gone), time <= gone, x

    def test_auc(self, drawn):
        time, event, x = drawn
        outcome = Surv.from_arrays(event, time)
        theirs, _ = cumulative_dynamic_auc(outcome, outcome, x, [0.2, 0.7])
        ours = [auc_at(known_at(time, event, t), x).value for t in (0.2, 0.7)]
        assert ours == pytest.approx(theirs, abs=1e-13)

    def test_brier_and_its_integral(self, drawn):
        time, event, x = drawn
        outcome, times = Surv.from_arrays(event, time), np.array([0.2, 0.5, 0.7])
        risk = 1 - np.exp(-np.outer(np.exp(x), times))
        known = [known_at(time, event, t) for t in times]
        _, theirs = sksurv_brier(outcome, outcome, 1 - risk, times)
        assert [brier_at(k, r).value for k, r in zip(known, risk.T, strict=True)] == pytest.approx(theirs, abs=1e-13)
        integral = integrated_brier_score(outcome, outcome, 1 - risk, times)
        assert integrated_brier(known, risk, times).value == pytest.approx(integral, abs=1e-13)

    def test_unos_c(self, drawn):
        time, event, x = drawn
        outcome = Surv.from_arrays(event, time)
        assert uno_c(time, event, x, 0.7).value == pytest.approx(
            concordance_index_ipcw(outcome, outcome, x, tau=0.7)[0], abs=1e-13
        )


class TestByHand:
    def test_auc_of_groups_weighs_their_pairs(self):
        """In a the last two rows stand for the one that is censored, too; in b every row stands for itself."""
        time = np.array([1, 2, 3, 9, 1, 2, 9, 9, 9])
        event = np.array([1, 0, 1, 0, 1, 1, 0, 0, 0], bool)
        risk = np.array([0.4, 0.1, 0.2, 0.3, 0.5, 0.1, 0.2, 0.5, 0.1])
        group = np.array(list("aaaabbbbb"))
        known = known_at(time, event, 5, group=group)
        right = comparable = 0.0
        for i, j in product(np.flatnonzero(event), np.flatnonzero(~event)):
            if group[i] == group[j]:
                weight = known.weight[i] * known.weight[j]
                right += weight * ((risk[i] > risk[j]) + (risk[i] == risk[j]) / 2)
                comparable += weight
        assert known.weight[:4].tolist() == [1, 0, 1.5, 1.5]
        assert auc_at(known, risk).value == pytest.approx(right / comparable, abs=1e-15)

    def test_log_score_takes_any_probability_but_zero_as_it_is(self):
        event = np.array([True, False, True, False])
        scores = [log_score(event[:2], np.array(risk))[0] for risk in ([1.0, 0.0], [1e-300, 0.0], [0.0, 0.0])]
        assert scores == pytest.approx([0, 150 * np.log(10), -np.log(SMALLEST) / 2], rel=1e-14)
        assert log_score(event, np.array([0.5, 0.2, 0.9, 0.2]), np.array([[1, 0, 2, 1]]))[0] == pytest.approx(
            -(np.log(0.5) + 2 * np.log(0.9) + np.log(0.8)) / 4
        )

    def test_without_censoring_every_score_is_the_plain_one_to_the_bit(self):
        rng = np.random.default_rng(3)
        risk = rng.beta(1, 9, 800).round(2)
        event, group, cluster = rng.random(800) < risk, rng.integers(0, 4, 800), rng.integers(0, 300, 800)
        known = known_at(np.where(event, 5.0, 13.0), event, 13, group=group, cluster=cluster)
        assert auc_at(known, risk).value == auc(event, risk, None, group)[0]
        assert brier_at(known, risk).value == brier_score(event, risk)[0]
        assert log_score_at(known, risk).value == log_score(event, risk)[0]
        assert ipa_at(known, risk).value == index_of_prediction_accuracy(event, risk, None, group)[0]
        time = rng.integers(1, 13, 800)
        uno = uno_c(np.where(event, time, 13), event, risk, 13, group=group, cluster=cluster)
        assert uno == harrell_c(np.where(event, time, 13), event, risk, tau=13, group=group, cluster=cluster)

    def test_the_plain_functions_take_the_weights_of_known_outcomes(self):
        rows = table("veteran")
        known, risk = known_at(rows["stop"], rows["event"], 91), 1 - rows["karno"].to_numpy() / 100
        once = known.resampled(np.ones((1, len(rows)), int))
        assert auc(known.event, risk, once)[0] == auc_at(known, risk).value
        ipa = index_of_prediction_accuracy(known.event, risk, once, known=known.weight)[0]
        assert ipa == ipa_at(known, risk).value
        assert (ipa, brier_score(known.event, risk, once)[0]) != pytest.approx(
            (index_of_prediction_accuracy(known.event, risk)[0], brier_score(known.event, risk)[0]), rel=1e-3
        )

    def test_where_there_is_nothing_to_compare_a_score_is_unknown(self):
        known = known_at([9, 9, 9], [0, 0, 0], 5)
        assert np.isnan(auc_at(known, [0.1, 0.2, 0.3]).value)
        assert np.isnan(ipa_at(known, [0.1, 0.2, 0.3]).value)


class TestClosedForms:
    """The hazard -log(1 - p) gives the probability p of leaving by time 1."""

    @staticmethod
    def rows(seed, n, hazard_of_censoring):
        rng = np.random.default_rng(seed)
        p = rng.random(n)
        time, gone = rng.exponential(-1 / np.log1p(-p)), rng.exponential(1 / hazard_of_censoring(p))
        return np.minimum(time, gone), time <= gone, p

    @pytest.mark.parametrize("score", TRUTH)
    def test_are_estimated_from_rows_of_which_many_are_censored(self, score):
        time, event, p = self.rows(1, 40_000, lambda p: np.full(len(p), 0.8))
        found = FUNCTIONS[score](known_at(time, event, 1.0), p)
        assert found.value == pytest.approx(TRUTH[score], abs=4 * found.std_error)
        assert found.std_error < 0.01

    @pytest.mark.parametrize(
        "score", [pytest.param(score, marks=pytest.mark.slow if place > 1 else ()) for place, score in enumerate(TRUTH)]
    )
    def test_are_covered_as_often_as_the_interval_says(self, score):
        """Of 400 panels of 150 rows: 95%, give or take 3 standard errors of 1.1%."""
        covered = 0
        for seed in range(400):
            time, event, p = self.rows(seed, 150, lambda p: np.full(len(p), 0.5))
            found = FUNCTIONS[score](known_at(time, event, 1.0), p)
            covered += found.conf_low <= TRUTH[score] <= found.conf_high
        assert 0.915 <= covered / 400 <= 0.985

    @pytest.mark.parametrize("score", ["auc", "brier", "log"])
    def test_need_cox_weights_where_the_same_rows_leave_and_are_lost(self, score):
        time, event, p = self.rows(4, 40_000, lambda p: np.exp(3 * p - 1.5))
        function = FUNCTIONS[score]
        aided, unaided = (function(known_at(time, event, 1.0, covariates=x), p) for x in (p[:, None], None))
        assert aided.value == pytest.approx(TRUTH[score], abs=4 * aided.std_error)
        assert abs(unaided.value - TRUTH[score]) > 4 * unaided.std_error

    def test_unos_c_does_not_depend_on_the_censoring_and_harrells_does(self):
        """Hazards 8 and 1, half of the rows each: C up to tau has a closed form.

        Of a pair with hazards a and b one leaves before tau with probability 1 - exp(-(a + b) tau).
        """
        rng = np.random.default_rng(6)
        tau, share, n = 1.0, 0.5, 20_000
        high = rng.random(n) < share
        time = rng.exponential(np.where(high, 1 / 8, 1.0))
        gone = rng.exponential(0.5, n) + np.where(rng.random(n) < 0.3, 2.0, 0.0)
        mixed = 2 * share * (1 - share) * -np.expm1(-9 * tau)
        tied = share**2 * -np.expm1(-16 * tau) + (1 - share) ** 2 * -np.expm1(-2 * tau)
        truth = (mixed * 8 / 9 + tied / 2) / (mixed + tied)
        observed, event = np.minimum(time, gone), time <= gone
        uno = uno_c(observed, event, high, tau)
        harrell = harrell_c(observed, event, high, tau=tau)
        assert uno.value == pytest.approx(truth, abs=3.5 * uno.std_error)
        assert abs(harrell.value - truth) > 4 * harrell.std_error


@pytest.mark.parametrize(
    ("risk", "message"),
    [
        ([0.1, 0.2], r"risk must have one value a row \(3\)"),
        ([0.1, np.nan, 0.2], r"risk must be finite"),
        ([0.1, 1.2, -0.1], r"risk must be a probability, from 0 to 1; broken in 2 of 3 rows \(positions 1, 2\)"),
    ],
)
def test_risks_are_probabilities_of_rows(risk, message):
    known = known_at([1, 9, 9], [1, 0, 0], 5)
    for score in (brier_at, ipa_at, log_score_at):
        with pytest.raises(ModelError, match=message):
            score(known, risk)


def test_integrated_brier_needs_a_column_a_horizon():
    known = [known_at([1, 9, 9], [1, 0, 0], t) for t in (2, 5)]
    with pytest.raises(ModelError, match=r"two horizons or more, increasing; \[5.0, 2.0\]"):
        integrated_brier(known, np.zeros((3, 2)), [5, 2])
    with pytest.raises(ModelError, match=r"2 outcomes of 3 rows and risks of shape \(3, 3\)"):
        integrated_brier(known, np.zeros((3, 3)), [2, 5])
