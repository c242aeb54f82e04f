"""Pictures of the evaluation show the frames that they are given, and empty ones not at all."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from forecast_rows import forecasts
from matplotlib import pyplot

from analysis.design.resampling import cluster_resamples
from analysis.evaluation.calibration.curve import calibration_curves, risk_spread
from analysis.evaluation.displays import (
    show_calibration,
    show_covariate_drift,
    show_decision,
    show_gain,
    show_over_time,
)
from analysis.evaluation.over_time.calibration import calibration_over_time
from analysis.evaluation.over_time.frames import COVARIATE_DRIFT
from analysis.evaluation.use.capacity import gain_curves
from analysis.evaluation.use.decision import decision_curves

MODELS = ["model", "contract"]


@pytest.fixture(scope="module")
def rows():
    return forecasts(300)


@pytest.fixture(autouse=True)
def _no_window():
    mpl.use("Agg")
    yield
    pyplot.close("all")


def test_a_band_holds_its_curve_and_bars_stand_below_zero(rows):
    curves, spread = calibration_curves(rows, MODELS), risk_spread(rows, MODELS)
    spread.loc[2, "n_rows"] = np.nan
    ax = show_calibration(curves, spread).plot().axes[0]
    drawn = ax.get_lines()[0].get_xydata()
    own = curves[curves["model"] == "model"]
    assert drawn[:, 1].tolist() == own["observed"].tolist()
    assert [text.get_text() for text in ax.texts] == ["\N{MIDDLE DOT}"]
    bars = [bar for bar in ax.patches if bar.get_height() > 0]
    shown = spread[(spread["model"] == "model") & (spread["low"] < curves["risk"].max()) & (spread["n_rows"] > 0)]
    assert len(bars) == len(shown)
    assert max(bar.get_y() + bar.get_height() for bar in bars) < 0
    assert min(ax.get_yticks()) >= 0


def test_net_benefit_is_of_a_hundred_accounts(rows):
    weights = cluster_resamples(pd.factorize(rows["cluster_id"])[0], 50, 1)
    curves = decision_curves(rows, MODELS, "contract", weights)
    ax = show_decision(curves).plot().axes[0]
    own = curves[curves["model"] == "model"]
    assert ax.get_lines()[0].get_ydata().tolist() == (100 * own["net_benefit"]).tolist()
    low, high = ax.get_ylim()
    assert -0.5 * high < low < 0 < 100 * own["net_benefit"].max() < high


def test_a_quarter_has_its_interval_and_what_was_forecast(rows):
    found = calibration_over_time(rows, MODELS)
    display = show_over_time(found, "model")
    ax = display.plot().axes[0]
    own = display.frame()
    (forecast, interval) = ax.collections
    assert [segment[0][1] for segment in forecast.get_segments()] == pytest.approx(own["expected"].tolist())
    ends = np.array([segment[:, 1] for segment in interval.get_segments()])
    assert ends == pytest.approx((own[["conf_low", "conf_high"]].mul(own["expected"], axis=0)).to_numpy())
    assert ax.get_xticklabels()[-1].get_text() == own["landmark"].iloc[-1].strftime("%Y-%m-%d")


def test_a_gain_begins_at_nothing_and_ends_at_all(rows):
    ax = show_gain(gain_curves(rows, MODELS), 0.07).plot().axes[0]
    for line in ax.get_lines()[:2]:
        assert line.get_ydata()[[0, -1]].tolist() == [0, 1]


def test_what_is_empty_has_no_picture(rows):
    none = rows.head(0)
    assert show_calibration(calibration_curves(none, MODELS), risk_spread(none, MODELS)).draw is None
    assert show_over_time(calibration_over_time(none, MODELS), "model").draw is None
    assert show_gain(gain_curves(none, MODELS), 0.1).draw is None
    assert show_covariate_drift(COVARIATE_DRIFT.empty(), {}).draw is None


def test_of_a_wide_table_what_matters_is_shown(rows):
    weights = cluster_resamples(pd.factorize(rows["cluster_id"])[0], 20, 1)
    told = show_decision(decision_curves(rows, MODELS, "contract", weights)).__repr__()
    head = told.splitlines()[1]
    assert all(name in head for name in ("threshold", "net_benefit", "conf_low", "conf_high", "difference_low"))
