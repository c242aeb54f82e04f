"""Is planted miscalibration found, and do its errors hold for dependent rows? R judges the numbers."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from forecast_rows import forecasts
from r_reference import numbers, table
from scipy import stats
from scipy.special import expit, logit

from analysis.evaluation.calibration.curve import (
    CurveFit,
    calibration_curves,
    fit_curve,
    log_odds,
    risk_spread,
    spline_columns,
    why_no_curve,
)
from analysis.evaluation.calibration.logit_fit import fit_logit
from analysis.evaluation.calibration.measures import (
    Measured,
    calibration_line,
    calibration_measures,
    curvature_p_value,
    distances,
    observed_over_expected,
)
from analysis.evaluation.calibration.verdict import Calibration, CalibrationVerdict, calibration_verdicts


def parts(rows: pd.DataFrame, model: str = "model"):
    return rows["event"].to_numpy(bool), rows[model].to_numpy(float), rows["cluster_id"].to_numpy()


class TestAgainstR:
    """Numbers of calibration.R, in tests/data/r_survival."""

    @pytest.fixture(params=["small", "full"])
    def case(self, request):
        rows = table("pbc_365")
        found = (rows["event"].to_numpy(bool), rows[request.param].to_numpy(float), np.arange(len(rows)) // 3)
        return found, numbers("calibration")[request.param]

    def test_slope_and_intercept_are_those_of_glm(self, case):
        (event, risk, cluster), expected = case
        found = calibration_line(event, risk, cluster)
        assert found.slope.estimate == pytest.approx(expected["slope"][1], abs=1e-9)
        assert found.intercept.estimate == pytest.approx(expected["intercept"][0], abs=1e-9)

    def test_errors_are_the_jackknife_of_clubsandwich(self, case):
        (event, risk, cluster), expected = case
        fit = fit_logit(np.c_[np.ones(len(event)), log_odds(risk)], event, cluster)
        n_clusters = cluster.max() + 1
        # R leaves (G - 1) / G out; its last Newton step ends a little earlier.
        again = fit.covariance.ravel() * n_clusters / (n_clusters - 1)
        assert again == pytest.approx(expected["slope_cov"], rel=1e-6)
        level = fit_logit(np.ones((len(event), 1)), event, cluster, log_odds(risk))
        assert level.covariance[0, 0] * n_clusters / (n_clusters - 1) == pytest.approx(expected["intercept_cov"][0])

    def test_the_curve_is_a_natural_spline(self, case):
        (event, risk, cluster), expected = case
        knots, at = (np.array(numbers("calibration")[name]) for name in ("knots", "at"))
        curve = CurveFit(knots, fit_logit(spline_columns(log_odds(risk), knots), event, cluster))
        n_clusters = cluster.max() + 1
        assert curve.at(at)[0] == pytest.approx(expected["curve"], abs=1e-9)
        assert curve.errors(at) * np.sqrt(n_clusters / (n_clusters - 1)) == pytest.approx(
            expected["curve_error"], rel=1e-6
        )


class TestPlanted:
    @pytest.mark.parametrize(("times", "slope"), [(2.0, 0.5), (0.5, 2.0), (1.0, 1.0)])
    def test_a_planted_slope_is_recovered(self, times, slope):
        found = calibration_line(*parts(forecasts(2000, times=times))).slope
        assert found.estimate == pytest.approx(slope, rel=0.06)
        assert found.conf_low < slope < found.conf_high

    def test_a_planted_level_is_recovered(self):
        rows = forecasts(4000)
        rows["model"] = rows["truth"] / 0.8
        found = observed_over_expected(*parts(rows))
        assert found.conf_low < 0.8 < found.conf_high
        assert found.estimate == pytest.approx(0.8, rel=0.04)
        rows["model"] = expit(logit(rows["truth"]) + 0.5)
        assert calibration_line(*parts(rows)).intercept.estimate == pytest.approx(-0.5, abs=0.06)

    def test_the_distance_of_a_planted_curve_is_its_own(self):
        rows = forecasts(8000, times=2.0)
        event, risk, cluster = parts(rows)
        away = np.abs(rows["truth"].to_numpy() - risk)
        found = distances(fit_curve(event, risk, cluster), risk)
        assert found.ici == pytest.approx(away.mean(), rel=0.08)
        assert found.e50 == pytest.approx(np.median(away), rel=0.08)
        assert found.e90 == pytest.approx(np.quantile(away, 0.9), rel=0.08)

    def test_a_bend_that_slope_and_level_miss_is_found(self):
        # High risks level off: the odds rise to 1 in 9 and a fifth as fast from there.
        rows = forecasts(4000, spread=1.6)
        odds = logit(rows["model"].to_numpy())
        truth = expit(np.where(odds > -2.2, -2.2 + 0.2 * (odds + 2.2), odds))
        rows["event"] = np.random.default_rng(3).random(len(rows)) < truth
        event, risk, cluster = parts(rows)
        curve = fit_curve(event, risk, cluster)
        # A spline of five knots has no kink; it comes within a point, where the forecast was up to 50 points off.
        assert np.abs(curve.at(risk)[0] - truth).mean() < 0.01
        assert distances(curve, risk).ici == pytest.approx(np.abs(truth - risk).mean(), rel=0.1)
        assert curvature_p_value(curve) < 1e-4
        # A straight line in log odds is not.
        assert curvature_p_value(fit_curve(*parts(forecasts(2000, times=1.5)))) > 0.05

    def test_chance_bends_the_curve_of_a_calibrated_model_as_far_as_is_said(self):
        found = []
        for seed in range(40):
            event, risk, cluster = parts(forecasts(300, 4, seed), "truth")
            found.append(distances(fit_curve(event, risk, cluster), risk))
        assert np.mean([one.ici for one in found]) == pytest.approx(np.mean([one.by_chance for one in found]), rel=0.25)


class TestIntervals:
    def test_they_hold_the_truth_as_often_as_they_say_with_few_events_and_dependent_rows(self):
        rng = np.random.default_rng(5)
        held: dict[str, list[bool]] = {"ratio": [], "slope": []}
        for seed in range(120):
            rows = forecasts(90, 4, seed, siblings=3)  # about 20 events
            # A frailty that siblings share: as many leave on average, but together.
            shared = rng.gamma(2, 0.5, 30)[rows["cluster_id"].str[1:].astype(int)]
            rows["event"] = rng.random(len(rows)) < np.minimum(rows["truth"] * shared, 1)
            ratio, again = observed_over_expected(*parts(rows)), calibration_line(*parts(rows))
            held["ratio"].append(ratio.conf_low <= 1 <= ratio.conf_high)
            if again.slope.is_known:
                held["slope"].append(again.slope.conf_low <= 1 <= again.slope.conf_high)
        assert len(held["slope"]) > 75
        assert {name: 0.90 < np.mean(one) < 0.995 for name, one in held.items()} == {"ratio": True, "slope": True}

    def test_a_row_that_stands_twice_in_its_cluster_tells_nothing_new(self):
        rows = forecasts(300, 4)
        once, twice = (calibration_line(*parts(one)) for one in (rows, pd.concat([rows, rows])))
        assert twice.slope.estimate == pytest.approx(once.slope.estimate, abs=1e-9)
        assert twice.slope.conf_low == pytest.approx(once.slope.conf_low, abs=1e-9)
        assert twice.intercept.conf_high == pytest.approx(once.intercept.conf_high, abs=1e-9)
        apart = observed_over_expected(*parts(rows))
        again = observed_over_expected(*parts(pd.concat([rows, rows])))
        assert again.conf_low == pytest.approx(apart.conf_low, rel=0.05)

    def test_the_exact_interval_of_a_count_where_risks_are_small_and_rows_independent(self):
        event, risk = np.arange(100_000) < 12, np.full(100_000, 1e-4)
        found = observed_over_expected(event, risk, np.arange(100_000))
        assert found.estimate == pytest.approx(1.2)
        assert found.conf_low == pytest.approx(stats.chi2.ppf(0.025, 24) / 2 / 10, rel=1e-3)
        assert found.conf_high == pytest.approx(stats.chi2.ppf(0.975, 26) / 2 / 10, rel=1e-3)
        none = observed_over_expected(np.zeros(100_000, bool), risk, np.arange(100_000))
        assert (none.estimate, none.conf_low) == (0.0, 0.0)
        assert none.conf_high == pytest.approx(-np.log(0.025) / 10, rel=1e-3)

    def test_nothing_expected_tells_nothing(self):
        assert not observed_over_expected(np.array([True, False]), np.zeros(2), np.arange(2)).is_known

    def test_other_names_of_clusters_change_no_digit_and_other_orders_none_that_counts(self):
        rows = forecasts(200, 4)
        event, risk, cluster = parts(rows)
        renamed = np.array([f"Z{9999 - int(name[1:]):04d}" for name in cluster])
        assert calibration_line(event, risk, renamed) == calibration_line(event, risk, cluster)
        mixed = np.random.default_rng(1).permutation(len(rows))
        shuffled = calibration_line(event[mixed], risk[mixed], cluster[mixed])
        assert shuffled.slope.conf_low == pytest.approx(calibration_line(event, risk, cluster).slope.conf_low, abs=1e-9)

    def test_the_jackknife_is_that_of_refitting_without_each_cluster(self):
        event, risk, cluster = parts(forecasts(120, 4, siblings=4))
        X = sm.add_constant(log_odds(risk))
        full = sm.GLM(event, X, sm.families.Binomial()).fit()
        fit = fit_logit(X, event, cluster)
        assert fit.coefficients == pytest.approx(full.params, abs=1e-7)
        without = [
            sm.GLM(event[cluster != one], X[cluster != one], sm.families.Binomial()).fit().params
            for one in np.unique(cluster)
        ]
        moved = np.array(without) - full.params
        refitted = moved.T @ moved * (len(moved) - 1) / len(moved)
        assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(np.sqrt(np.diag(refitted)), rel=0.05)


class TestFewEvents:
    def event_rows(self, n_events: int):
        rng = np.random.default_rng(n_events)
        risk = expit(rng.normal(-3, 1, 800))
        event = np.zeros(800, bool)
        event[rng.choice(800, n_events, replace=False, p=risk / risk.sum())] = True
        return event, risk, np.arange(800)

    @pytest.mark.parametrize(("n_events", "knots"), [(10, 0), (29, 0), (30, 3), (60, 4), (100, 5)])
    def test_the_fewer_events_the_straighter_the_curve(self, n_events, knots):
        assert len(fit_curve(*self.event_rows(n_events)).knots) == knots

    def test_under_ten_it_says_so(self):
        event, risk, cluster = self.event_rows(9)
        assert fit_curve(event, risk, cluster) is None
        assert str(why_no_curve(event, risk, cluster)).startswith(
            "Whether forecasts are too extreme or too flat needs 10"
        )
        found = calibration_line(event, risk, cluster)
        assert (found.slope.is_known, found.intercept.is_known) == (False, True)

    def test_ten_rows_of_one_parent_are_one_event(self):
        event, risk, _ = self.event_rows(12)
        assert fit_curve(event, risk, np.where(event, "one", np.arange(800).astype(str))) is None

    def test_one_risk_for_all_has_a_level_alone(self):
        event, risk = np.arange(200) < 30, np.full(200, 0.1)
        assert fit_curve(event, risk, np.arange(200)) is None
        found = calibration_line(event, risk, np.arange(200))
        assert not found.slope.is_known
        assert found.intercept.estimate == pytest.approx(logit(0.15) - logit(0.1))
        assert "same risk" in str(why_no_curve(event, risk, np.arange(200)))

    def test_a_forecast_that_parts_all_has_no_slope(self):
        event = np.arange(200) < 30
        risk = np.where(event, 0.6, 0.1) + np.arange(200) * 1e-4
        assert fit_curve(event, risk, np.arange(200)) is None
        assert not calibration_line(event, risk, np.arange(200)).slope.is_known

    def test_a_certain_forecast_has_odds(self):
        event, risk, cluster = self.event_rows(40)
        risk[:3] = [0.0, 1.0, 0.0]
        assert np.isfinite(distances(fit_curve(event, risk, cluster), risk).ici)


class TestFrames:
    def test_a_model_missing_in_a_quarter_is_measured_on_the_others(self):
        rows = forecasts(400)
        rows.loc[rows["landmark"] == rows["landmark"].min(), "model"] = np.nan
        found = calibration_measures(rows, ["truth", "model"]).set_index(["model", "measure"])
        assert found.loc[("truth", "ici"), "n_rows"] == 8 * 400
        assert found.loc[("model", "ici"), "n_rows"] == 7 * 400
        own = calibration_measures(rows[rows["model"].notna()], ["model"]).set_index("measure")
        assert found.loc[("model", "slope"), "estimate"] == own.loc["slope", "estimate"]

    def test_no_end_of_a_curve_is_one_accounts_risk(self):
        rows = forecasts(400)
        rows.loc[5, "model"] = 0.97
        curve = calibration_curves(rows, ["model"], min_cell=5)
        assert curve["risk"].max() == np.sort(rows["model"])[-5]
        assert curve["risk"].min() == np.sort(rows["model"])[4]
        assert len(calibration_curves(rows.head(0), ["model"])) == 0

    def test_the_spread_counts_all_rows_and_hides_small_parts(self):
        rows = forecasts(400)
        assert risk_spread(rows, ["model"])["n_rows"].sum() == len(rows)
        hidden = risk_spread(rows, ["model"], min_cell=5)
        edges = [*hidden["low"], np.inf]
        for place, line in hidden.iterrows():
            inside = (rows["model"] >= edges[place]) & (rows["model"] < edges[place + 1])
            assert rows.loc[inside, "account_id"].nunique() >= 5 or not inside.any() or np.isnan(line["n_rows"])


class TestVerdict:
    RIGHT, UNKNOWN = Measured(1.0, 0.9, 1.1), Measured()

    def verdict(self, ratio: Measured, slope: Measured) -> CalibrationVerdict:
        return CalibrationVerdict("m", 100, 10, 10.0, ratio, slope, 0.01, 0.01, None)

    @pytest.mark.parametrize(
        ("ratio", "slope", "reading"),
        [
            (RIGHT, RIGHT, Calibration.CALIBRATED),
            (Measured(1.1, 1.01, 1.2), RIGHT, Calibration.CALIBRATED),  # off for certain, and by too little to matter
            (Measured(0.7, 0.55, 0.85), RIGHT, Calibration.TOO_HIGH),
            (Measured(1.4, 1.2, 1.7), RIGHT, Calibration.TOO_LOW),
            (RIGHT, Measured(0.5, 0.4, 0.6), Calibration.TOO_EXTREME),
            (RIGHT, Measured(2.0, 1.6, 2.4), Calibration.TOO_FLAT),
            (Measured(1.1, 0.7, 1.6), RIGHT, Calibration.CANT_TELL),
            (RIGHT, Measured(1.1, 0.7, 1.6), Calibration.CANT_TELL),
            (RIGHT, UNKNOWN, Calibration.CANT_TELL),
            (Measured(0.7, 0.55, 0.85), UNKNOWN, Calibration.TOO_HIGH),
        ],
    )
    def test_reads_level_and_spread(self, ratio, slope, reading):
        assert self.verdict(ratio, slope).reading is reading

    def test_both_faults_are_told(self):
        found = self.verdict(Measured(0.7, 0.55, 0.85), Measured(2.0, 1.6, 2.4))
        assert found.faults == (Calibration.TOO_HIGH, Calibration.TOO_FLAT)

    @pytest.mark.parametrize(
        ("planted", "reading"),
        [
            ({"times": 0.5}, Calibration.TOO_FLAT),
            ({"times": 2.0}, Calibration.TOO_EXTREME),
            ({"factor": 2.0}, Calibration.TOO_HIGH),
            ({"factor": 0.5}, Calibration.TOO_LOW),
            ({}, Calibration.CALIBRATED),
        ],
    )
    def test_what_was_planted_is_what_is_said(self, planted, reading):
        rows = forecasts(1500, **planted)
        (found,) = calibration_verdicts(rows, calibration_measures(rows, ["model"]), ["model"])
        assert reading in (found.level, found.spread)
        if not planted:
            assert found.reading is Calibration.CALIBRATED

    def test_why_a_slope_is_not_known_is_said(self):
        rows = forecasts(40, 2)
        (found,) = calibration_verdicts(rows, calibration_measures(rows, ["model"]), ["model"])
        assert found.spread is Calibration.CANT_TELL
        assert found.why_no_slope.code == "evaluation.too_few_for_curve"
        rows = forecasts(400).assign(same=0.05)
        (found,) = calibration_verdicts(rows, calibration_measures(rows, ["same"]), ["same"])
        assert found.why_no_slope.code == "evaluation.one_risk_for_all"
