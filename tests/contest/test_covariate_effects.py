"""Covariate effects: ratios per unit by hand, the sign that was expected, the order of rows."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.contest.covariate_effects import covariate_effects
from analysis.contest.effect_displays import drawn_covariate_effects, show_covariate_effects
from analysis.cox.rows import counting_rows
from analysis.declared.factors import read_covariates
from analysis.design.matrix import learn_matrix
from analysis.inference.fit import fit_as_supported
from analysis.inference.hazard_ratios import hazard_ratios
from analysis.wording.remarks import english

NAMES = ["usage_drop", "days_since_touch", "no_champion", "champions", "touch_model_at_the_time"]


def declared(*names):
    known = {covariate.name: covariate for covariate in read_covariates()}
    return [known[name] for name in names if name in known]


@pytest.fixture(scope="module")
def world():
    """A book in which drops, silence and the lack of a champion are dangerous, and seats do nothing."""
    rng, n = np.random.default_rng(4), 4000
    frame = pd.DataFrame(
        {
            "usage_drop": rng.gamma(1.0, 0.5, n),
            "days_since_touch": rng.gamma(1.5, 40.0, n).round(),
            "no_champion": (rng.random(n) < 0.2).astype(float),
            "seats": rng.lognormal(3, 1, n).round() + 1,
        }
    )
    eta = 0.8 * frame["usage_drop"] + 0.3 * np.log1p(frame["days_since_touch"]) - 0.9 * frame["no_champion"]
    time = rng.exponential(1 / (0.05 * np.exp(eta)))
    rows = counting_rows(None, np.minimum(time, 2.0), time < 2.0)
    covariates = declared("usage_drop", "days_since_touch", "no_champion", "seats")
    design, matrix = learn_matrix(frame, covariates)
    fit = fit_as_supported(matrix, rows)
    inference = SimpleNamespace(design=design, columns=matrix.columns, fit=fit)
    return frame, inference, hazard_ratios(fit, matrix.columns)


@pytest.fixture(scope="module")
def table(world):
    _, inference, ratios = world
    return covariate_effects(inference, ratios).set_index("term")


def test_a_ratio_of_a_unit_is_that_of_a_deviation_to_the_power_of_one_over_it(world, table):
    frame, _, _ = world
    drop = table.loc["usage_drop"]
    assert drop["per"] == "unit"
    assert drop["unit_ratio"] == pytest.approx(drop["hazard_ratio"] ** (1 / frame["usage_drop"].std()))
    assert drop["unit_ratio_low"] == pytest.approx(drop["hazard_ratio_low"] ** (1 / frame["usage_drop"].std()))
    assert drop["unit_ratio_low"] < np.exp(0.8) < drop["unit_ratio_high"]


def test_of_a_covariate_that_enters_by_its_logarithm_it_is_of_twice_as_much(world, table):
    days = table.loc["days_since_touch"]
    assert days["per"] == "doubling"
    assert days["unit_ratio_low"] < 2**0.3 < days["unit_ratio_high"]
    spread = np.log1p(world[0]["days_since_touch"]).std()
    assert days["unit_ratio"] == pytest.approx(np.exp(days["estimate"] * np.log(2) / spread))


def test_of_a_yes_or_no_it_is_of_yes(table):
    mark = table.loc["no_champion"]
    assert mark["per"] == "mark"
    assert mark["unit_ratio_low"] < np.exp(-0.9) < mark["unit_ratio_high"]


def test_the_sign_found_is_set_beside_the_one_expected(table):
    assert table["direction"].to_dict() == {
        "usage_drop": "as_expected",
        "days_since_touch": "as_expected",
        "no_champion": "against",  # planted against what is declared
        "seats": "unsure",
    }
    assert table["signal"].isna().all()


def test_the_highest_ratio_of_a_family_comes_first(world):
    _, inference, ratios = world
    shown = covariate_effects(inference, ratios.sort_values("estimate", ignore_index=True))
    for _, own in shown.groupby("family"):
        assert own["estimate"].is_monotonic_decreasing


def test_signals_of_the_ladder_stand_beside_where_it_was_made(world):
    _, inference, ratios = world
    table = covariate_effects(inference, ratios, {"usage_drop": "late"}).set_index("term")
    assert table.loc["usage_drop", "signal"] == "late"
    assert table.loc["seats", "signal"] == ""


def test_numbers_stand_beside_the_dots(table):
    labelled = table.reset_index().assign(label=lambda frame: frame["term"])
    texts = drawn_covariate_effects(labelled, english()).set_index("term")["text"]
    drop = table.loc["usage_drop"]
    own = f"{drop['hazard_ratio']:.2f} ({drop['hazard_ratio_low']:.2f} to {drop['hazard_ratio_high']:.2f})"
    assert texts["usage_drop"].startswith(own + "; per unit ")
    assert texts["usage_drop"].endswith("; as expected")
    assert texts["no_champion"].endswith("; against what was expected")
    colors = dict.fromkeys(labelled["family"], "#123456")
    assert own in show_covariate_effects(labelled, colors)._repr_html_()
