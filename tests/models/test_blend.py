"""A blend weighs forecasts as makes outcomes likeliest; its weights are never negative."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from analysis.models.blend import Blend, learn_weights


class Says:
    """A forecaster that says the same of every row."""

    def __init__(self, risk: float) -> None:
        self.risk = risk

    def predict_incidence(self, design, times, cause="churn"):
        return np.full((len(design), len(times)), self.risk)


@pytest.fixture(scope="module")
def forecasts():
    rng = np.random.default_rng(4)
    parts = rng.normal(size=(3, 5000))
    event = rng.random(5000) < expit(-2 + parts[0] + parts[1])
    risks = {"first": expit(-2 + parts[0]), "second": expit(-2 + parts[1]), "noise": expit(-2 + parts[2])}
    return event, risks


def test_weights_are_where_no_optimiser_finds_better(forecasts):
    event, risks = forecasts
    weights = learn_weights(event, risks)
    assert sum(weights.values()) == pytest.approx(1.0)
    assert min(weights.values()) > 0

    def loss(free):
        share = np.exp(free) / np.exp(free).sum()
        mixed = sum(one * risk for one, risk in zip(share, risks.values(), strict=True))
        return -np.log(np.where(event, mixed, 1 - mixed)).mean()

    best = minimize(loss, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-12, "maxiter": 4000})
    mixed = sum(weight * risks[name] for name, weight in weights.items())
    assert -np.log(np.where(event, mixed, 1 - mixed)).mean() == pytest.approx(best.fun, abs=1e-5)


def test_rows_that_one_forecast_lacks_count_for_nothing(forecasts):
    event, risks = forecasts
    lacking = {name: np.where(np.arange(5000) < 1000, np.nan, risk) for name, risk in risks.items()}
    kept = {name: risk[1000:] for name, risk in risks.items()}
    assert learn_weights(event, lacking | {"noise": risks["noise"]}) == learn_weights(event[1000:], kept)
    assert learn_weights(event, {name: np.full(5000, np.nan) for name in risks}) == {}


def test_what_was_thought_impossible_does_not_break_the_weights():
    event = np.array([True, False, False, True])
    assert learn_weights(event, {"sure": np.zeros(4), "open": np.full(4, 0.5)})["open"] > 0.99


def test_a_blend_is_the_weighted_mean():
    blend = Blend({"low": Says(0.1), "high": Says(0.5)}, {"low": 0.25, "high": 0.75})
    assert blend.predict_incidence([0, 0], [6, 13]) == pytest.approx(np.full((2, 2), 0.4))
