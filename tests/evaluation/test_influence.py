"""Standard errors: derivatives by definition, DeLong's in R, resampled clusters, and scores of panels drawn anew."""

import numpy as np
import pytest
from r_reference import numbers, table

from analysis.cox.concordance import pair_shares
from analysis.cox.rows import counting_rows
from analysis.design.resampling import cluster_resamples
from analysis.errors import ModelError
from analysis.evaluation.measures.accuracy import (
    brier_at,
    brier_score,
    index_of_prediction_accuracy,
    integrated_brier,
    ipa_at,
    log_score,
    log_score_at,
)
from analysis.evaluation.measures.censoring import known_at
from analysis.evaluation.measures.concordance import harrell_c, uno_c
from analysis.evaluation.measures.discrimination import auc, auc_at
from analysis.evaluation.measures.influence import estimate

HORIZON = 6.0
METRICS = ["auc", "brier", "ipa", "log", "integrated", "harrell", "uno"]


class Panel:
    """Rows of clusters that share a risk, in whole months with many ties, of which about a third are censored."""

    def __init__(self, seed: int, clusters: int, *, grouped: bool = False, covariates: bool = False):
        rng = np.random.default_rng(seed)
        self.cluster = np.repeat(np.arange(clusters), rng.integers(1, 5, clusters))
        n = len(self.cluster)
        x = rng.normal(size=clusters)[self.cluster] + 0.5 * rng.normal(size=n)
        time = np.ceil(rng.exponential(12 * np.exp(-x)))
        other = np.ceil(rng.exponential(60, n))
        lost = np.ceil(rng.exponential(14 * np.exp(0.4 * x), n))
        self.time = np.minimum.reduce([time, other, lost])
        self.event = (time <= lost) & (time <= other)
        self.competing = ~self.event & (other <= lost)
        self.x = x
        self.group = rng.integers(0, 2, n) if grouped else None
        self.covariates = x[:, None] if covariates else None
        self.risks = 1 - np.exp(-np.outer(np.exp(x + 0.3 * rng.normal(size=n)), [3.0, HORIZON]) / 12)

    def known(self, horizon: float = HORIZON):
        return known_at(
            self.time, self.event, horizon, competing=self.competing, group=self.group, cluster=self.cluster,
            covariates=self.covariates,
        )  # fmt: skip

    def estimate(self, metric: str):
        risk, c = self.risks[:, 1], {"group": self.group, "cluster": self.cluster}
        match metric:
            case "integrated":
                return integrated_brier([self.known(3.0), self.known()], self.risks, [3.0, HORIZON])
            case "harrell":
                return harrell_c(self.time, self.event, risk, tau=HORIZON, **c)
            case "uno":
                return uno_c(self.time, self.event, risk, HORIZON, **c)
        return {"auc": auc_at, "brier": brier_at, "ipa": ipa_at, "log": log_score_at}[metric](self.known(), risk)

    def values(self, metric: str, counts: np.ndarray) -> np.ndarray:
        """Compute the score anew, G included, where rows count as often as each line says."""
        risk = self.risks[:, 1]
        if metric in ("harrell", "uno"):
            return np.array([self._concordance(line, metric == "uno") for line in counts])
        if metric == "integrated":
            at = (self.known(3.0), self.known())
            return np.mean(
                [brier_score(k.event, r, k.resampled(counts)) for k, r in zip(at, self.risks.T, strict=True)], axis=0
            )
        known = self.known()
        weights = known.resampled(counts)
        match metric:
            case "auc":
                return auc(known.event, risk, weights, known.group)
            case "brier":
                return brier_score(known.event, risk, weights)
            case "log":
                return log_score(known.event, risk, weights)
        return index_of_prediction_accuracy(known.event, risk, weights, known.group, known.weight)

    def _concordance(self, counts: np.ndarray, is_uno: bool) -> float:
        drawn = np.flatnonzero(counts > 0)
        rows = counting_rows(
            None,
            self.time[drawn],
            (self.event & (self.time <= HORIZON))[drawn],
            weights=counts[drawn],
            strata=None if self.group is None else self.group[drawn],
        )
        if not is_uno:
            return pair_shares(rows, self.risks[drawn, 1]).concordance
        known = known_at(self.time, self.event, HORIZON, group=self.group)
        inverse = known.resampled(counts[None])[0, drawn] / counts[drawn]
        return pair_shares(rows, self.risks[drawn, 1], inverse**2).concordance


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("grouped", [False, True])
def test_the_standard_error_is_that_of_derivatives_by_definition(metric, grouped):
    """Each cluster in turn counts a little more and a little less, and the score is computed anew."""
    panel = Panel(1, 30, grouped=grouped)
    assert_equals_derivatives(panel, metric)


@pytest.mark.parametrize("metric", ["auc", "brier", "ipa", "log", "integrated"])
def test_with_cox_weights_too(metric):
    panel = Panel(3, 40, grouped=True, covariates=True)
    assert_equals_derivatives(panel, metric)


def assert_equals_derivatives(panel, metric):
    step = 1e-4
    is_in = panel.cluster == np.arange(panel.cluster.max() + 1)[:, None]
    slopes = (panel.values(metric, 1 + step * is_in) - panel.values(metric, 1 - step * is_in)) / (2 * step)
    assert panel.estimate(metric).std_error == pytest.approx(np.sqrt((slopes**2).sum()), rel=1e-5)


@pytest.mark.parametrize(
    "metric",
    [pytest.param(metric, marks=() if metric == "brier" else pytest.mark.slow) for metric in METRICS],
)
def test_both_kinds_of_standard_error_agree_with_each_other_and_with_panels_drawn_anew(metric):
    """Errors that forget clusters are 20% and more too small here; those of 250 panels have an error of 4.5%."""
    few = range(8)
    resampled, by_influence = [], []
    for seed in few:
        panel = Panel(seed, 150)
        counts = cluster_resamples(panel.cluster, 250, seed)
        resampled.append(panel.values(metric, counts).std())
        by_influence.append(panel.estimate(metric).std_error)
    assert np.mean(by_influence) / np.mean(resampled) == pytest.approx(1, abs=0.06)
    found = [Panel(seed, 150).estimate(metric) for seed in range(100, 350)]
    spread = np.std([each.value for each in found], ddof=1)
    assert np.mean([each.std_error for each in found]) / spread == pytest.approx(1, abs=0.14)


def test_where_times_are_twelve_months_resampled_rows_agree_with_ours_and_not_with_r():
    """What the tied censored rows add: riskRegression's error of the Brier score is a quarter larger there."""
    case, rows = numbers("riskregression")["churn_full"], table("churn")
    expected, risk = case["scores"][1], np.array(case["risk"][1])
    known = known_at(rows["stop"], rows["event"], np.nextafter(expected["time"], np.inf))
    counts = cluster_resamples(np.arange(len(rows)), 800, 1)
    resampled = brier_score(known.event, risk, known.resampled(counts)).std()
    assert brier_at(known, risk).std_error == pytest.approx(resampled, rel=0.08)
    assert expected["brier_se"] > 1.15 * resampled


@pytest.mark.parametrize(("name", "model"), [("pbc_365", "small"), ("pbcseq_182", "cox")])
def test_auc_without_censoring_has_delongs_error(name, model):
    """PROC divides the variance of m cases by m - 1, and of n controls by n - 1."""
    rows, expected = table(name), numbers("censored_scores")[f"delong_{name}"]
    event, risk = rows["event"].to_numpy(bool), rows[model].to_numpy()
    known = known_at(np.where(event, 1.0, 2.0), event, 2.0)
    assert auc_at(known, risk).value == pytest.approx(expected["auc"][0], abs=1e-14)
    higher = (risk[event][:, None] > risk[~event]) + (risk[event][:, None] == risk[~event]) / 2
    cases, controls = higher.mean(axis=1), higher.mean(axis=0)
    delong = cases.var(ddof=1) / len(cases) + controls.var(ddof=1) / len(controls)
    assert delong == pytest.approx(expected["variance"][0], rel=1e-12)
    assert auc_at(known, risk).std_error ** 2 == pytest.approx(
        cases.var() / len(cases) + controls.var() / len(controls), rel=1e-12
    )


class TestInterval:
    @pytest.mark.parametrize(
        ("scale", "value", "transformed"),
        [
            ("logit", 0.8, lambda v: np.log(v / (1 - v))),
            ("log", 0.05, np.log),
            ("log of one less", -0.1, lambda v: np.log(1 - v)),
        ],
    )
    def test_is_symmetric_on_its_scale(self, scale, value, transformed):
        found = estimate(value, np.array([0.01, -0.02]), np.array([0, 1]), scale)
        low, middle, high = transformed(np.array([found.conf_low, value, found.conf_high]))
        assert middle - low == pytest.approx(high - middle)
        slope = (transformed(value + 1e-6) - transformed(value - 1e-6)) / 2e-6
        assert abs(high - low) / 2 == pytest.approx(1.959964 * found.std_error * abs(slope), rel=1e-6)
        assert found.conf_low < value < found.conf_high

    def test_stays_on_the_scale_however_large_the_error(self):
        found = estimate(0.98, np.array([0.1]), np.array([0]), "logit")
        assert 0 < found.conf_low < 0.5
        assert 0.98 < found.conf_high < 1

    def test_is_unknown_at_the_end_of_the_scale(self):
        known = known_at([1, 9, 9], [1, 0, 0], 5)
        found = auc_at(known, [0.9, 0.1, 0.2])
        assert (found.value, found.std_error) == (1, 0)
        assert np.isnan([found.conf_low, found.conf_high]).all()

    def test_rows_of_a_cluster_count_together(self):
        influence = np.array([1.0, 2.0, -4.0])
        assert estimate(0.5, influence, np.array([0, 0, 1]), "logit").std_error == pytest.approx(5)

    def test_level_is_a_share(self):
        with pytest.raises(ModelError, match="level must be between 0 and 1"):
            estimate(0.5, np.zeros(1), np.array([0]), "logit", 95)
