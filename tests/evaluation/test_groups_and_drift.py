"""Do forecasts hold in every group and quarter, and are the accounts those that were learned from?"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from forecast_rows import forecasts
from scipy import stats
from scipy.special import expit, logit
from simulated_landmarks import COVARIATES, landmark_rows

from analysis.evaluation.calibration.measures import observed_over_expected
from analysis.evaluation.calibration.score_tests import ScoreTest, groups_test, trend_test
from analysis.evaluation.displays import farthest
from analysis.evaluation.measures.discrimination import auc
from analysis.evaluation.over_time.by_group import GroupReading, groups_verdict, scores_by_group
from analysis.evaluation.over_time.calibration import (
    RateDrift,
    RateDriftVerdict,
    calibration_over_time,
    rate_drift_verdict,
)
from analysis.evaluation.over_time.covariates import (
    CovariateDrift,
    covariates_verdict,
    drift_over_time,
    stability_index,
    standardised_difference,
)


@pytest.fixture(scope="module")
def book():
    return landmark_rows(500, 9)


def with_groups(rows: pd.DataFrame, off: dict[str, float], seed: int = 2) -> tuple[pd.DataFrame, np.ndarray]:
    """Give accounts a group each; churn in a group has log odds that are `off` by so much."""
    rng = np.random.default_rng(seed)
    of_account = dict(
        zip(sorted(set(rows["account_id"])), rng.choice(list(off), rows["account_id"].nunique()), strict=True)
    )
    group = rows["account_id"].map(of_account).to_numpy(object)
    truth = expit(logit(rows["truth"].to_numpy()) + np.vectorize(off.get)(group))
    return rows.assign(event=rng.random(len(rows)) < truth), group


class TestGroups:
    def test_the_numbers_of_a_group_are_those_of_its_rows_alone(self):
        rows, group = with_groups(forecasts(400), {"a": 0.0, "b": 0.0})
        found = scores_by_group(rows, ["model"], group, "segment").set_index("group")
        own = rows[group == "b"]
        event, risk = own["event"].to_numpy(), own["model"].to_numpy()
        ratio = observed_over_expected(event, risk, own["cluster_id"].to_numpy())
        line = found.loc["b"]
        assert (line["n_rows"], line["n_events"], line["n_accounts"]) == (
            len(own),
            event.sum(),
            own["account_id"].nunique(),
        )
        assert (line["conf_low"], line["conf_high"]) == (ratio.conf_low, ratio.conf_high)
        assert line["auc"] == auc(event, risk, group=own["landmark"].to_numpy())[0]
        assert line["log_score"] == pytest.approx(-np.where(event, np.log(risk), np.log1p(-risk)).mean())
        # The log score of all is the mean of those of the groups, by rows.
        (whole,) = scores_by_group(rows, ["model"], np.full(len(rows), "all"), "all")["log_score"]
        assert np.average(found["log_score"], weights=found["n_rows"].astype(float)) == pytest.approx(whole)

    def test_small_groups_are_hidden_with_the_one_that_would_tell(self):
        rows = forecasts(200)
        number = rows["account_id"].str[1:].astype(int)
        group = np.select([number < 3, number < 30], ["few", "some"], "many").astype(object)
        found = scores_by_group(rows, ["model"], group, "segment", min_cell=5).set_index("group")
        assert found["is_hidden"].to_dict() == {"few": True, "some": True, "many": False}
        assert found.loc[["few", "some"], ["n_rows", "n_events", "expected", "auc", "conf_low"]].isna().all(axis=None)

    def test_of_few_events_only_the_level_is_told(self):
        rows, group = with_groups(forecasts(300, 2), {"a": -2.5, "b": 0.0})
        found = scores_by_group(rows, ["model"], group, "segment").set_index("group")
        assert found["has_enough"].to_dict() == {"a": False, "b": True}
        assert found.loc["a", ["auc", "ipa", "log_score"]].isna().all()
        assert found.loc["a", ["observed_over_expected", "conf_high"]].notna().all()

    def test_what_is_not_known_is_a_group_without_a_name(self):
        rows, group = with_groups(forecasts(300), {"a": 0.0, "b": 0.0})
        group[:40] = None
        found = scores_by_group(rows, ["model"], group, "segment")
        assert found["group"].tolist() == ["a", "b", None]
        assert found["n_rows"].sum() == len(rows)
        assert groups_verdict(rows, "model", group, "segment", found).n_groups == 3

    def test_a_group_that_is_off_is_found_and_named(self):
        rows, group = with_groups(forecasts(800), {"a": 0.0, "b": 0.0, "c": 0.7})
        found = groups_verdict(rows, "model", group, "segment", scores_by_group(rows, ["model"], group, "segment"))
        assert (found.reading, found.highest) == (GroupReading.DIFFER, "c")
        assert found.test.df == 2

    def test_a_forecast_that_is_off_by_as_much_everywhere_differs_nowhere(self):
        rows, group = with_groups(forecasts(800), {"a": 0.7, "b": 0.7, "c": 0.7}, seed=5)
        found = groups_verdict(rows, "model", group, "segment", scores_by_group(rows, ["model"], group, "segment"))
        assert found.reading is GroupReading.NOT_SHOWN

    def test_one_group_or_few_events_tell_nothing(self):
        rows = forecasts(400)
        same = np.full(len(rows), "a", dtype=object)
        table = scores_by_group(rows, ["model"], same, "segment")
        assert groups_verdict(rows, "model", same, "segment", table).reading is GroupReading.CANT_TELL
        few = rows.assign(event=np.arange(len(rows)) < 9)
        assert not groups_test(
            few["event"].to_numpy(), few["model"].to_numpy(), few["cluster_id"].to_numpy(), rows["landmark"].to_numpy()
        ).is_known


class TestScoreTests:
    def test_is_that_of_statsmodels_where_rows_are_independent(self):
        rows = forecasts(400, 4)
        event, risk = rows["event"].to_numpy(), rows["model"].to_numpy()
        group = np.random.default_rng(1).choice(4, len(rows))
        factor = np.eye(4)[group]
        null = sm.GLM(event, np.ones(len(rows)), sm.families.Binomial(), offset=logit(risk)).fit()
        classical, p_value = null.score_test(exog_extra=factor[:, 1:])[:2]
        # The mean over groups of squared residuals to their variance, where it is over 1.
        fitted = null.fittedvalues
        weight = fitted * (1 - fitted)
        centred = factor - weight @ factor / weight.sum()
        squares = (centred**2 * ((event - fitted) ** 2)[:, None]).sum()
        effect = max(squares / (centred**2 * weight[:, None]).sum(), 1)
        found = groups_test(event, risk, np.arange(len(rows)), group)
        assert found.statistic == pytest.approx(float(np.squeeze(classical)) / effect, rel=1e-6)
        assert found.df == 3
        assert effect == 1 or found.p_value > float(np.squeeze(p_value))

    def test_a_trend_is_the_square_root_of_a_test_of_two_groups(self):
        rows = forecasts(300, 2)
        event, risk, cluster = (rows[name].to_numpy() for name in ("event", "model", "cluster_id"))
        later = (rows["landmark"] > rows["landmark"].min()).to_numpy(float)
        trend, between = trend_test(event, risk, cluster, later), groups_test(event, risk, cluster, later)
        assert trend.statistic**2 == pytest.approx(between.statistic, rel=1e-6)
        assert trend.p_value == pytest.approx(between.p_value, rel=1e-6)

    def test_it_seldom_cries_wolf_though_siblings_leave_together(self):
        rng = np.random.default_rng(8)
        found = []
        for seed in range(150):
            rows = forecasts(90, 4, seed, siblings=3)
            shared = rng.gamma(2, 0.5, 30)[rows["cluster_id"].str[1:].astype(int)]
            event = rng.random(len(rows)) < np.minimum(rows["truth"] * shared, 1)
            group = (rows["cluster_id"].str[1:].astype(int) % 4).to_numpy()
            test = groups_test(event.to_numpy(), rows["truth"].to_numpy(), rows["cluster_id"].to_numpy(), group)
            found.append(test.p_value < 0.05)
        assert np.mean(found) < 0.10

    def test_a_group_in_which_nobody_left_is_no_certainty(self):
        # 40 rows of which 2 were expected to leave and none did: nothing to speak of.
        event, risk = np.arange(1000) < 48, np.full(1000, 0.05)
        group = np.where(np.arange(1000) >= 960, "none left", "others")
        assert 0.1 < groups_test(event, risk, np.arange(1000), group).p_value < 0.3


class TestDriftOfCalibration:
    @pytest.mark.parametrize(
        ("moves", "drift"),
        [
            (np.linspace(-0.6, 0.6, 8), RateDrift.RISING),
            (np.linspace(0.6, -0.6, 8), RateDrift.FALLING),
            (np.tile([0.5, -0.5, -0.5, 0.5], 2), RateDrift.UNEVEN),
            (np.zeros(8), RateDrift.NOT_SHOWN),
            (np.full(8, 0.7), RateDrift.NOT_SHOWN),  # off, and by as much in every quarter
        ],
    )
    def test_what_was_planted_is_found(self, moves, drift):
        rows = forecasts(1000)
        of_quarter = np.repeat(moves, 1000)
        event = np.random.default_rng(3).random(len(rows)) < expit(logit(rows["truth"]) + of_quarter)
        found = rate_drift_verdict(rows.assign(event=event), "truth")
        assert (found.drift, found.n_quarters) == (drift, 8)

    def test_both_tests_are_reckoned_with(self):
        alone = ScoreTest(2.1, 1, 0.036)
        assert RateDriftVerdict("m", 8, alone, ScoreTest(5.0, 7, 0.66)).drift is RateDrift.NOT_SHOWN
        assert RateDriftVerdict("m", 8, alone, ScoreTest(15.0, 7, 0.036)).drift is RateDrift.NOT_SHOWN
        assert RateDriftVerdict("m", 8, alone, ScoreTest(20.0, 7, 0.006)).drift is RateDrift.RISING

    def test_one_quarter_alone_tells_nothing(self):
        assert rate_drift_verdict(forecasts(900, 1), "model").drift is RateDrift.CANT_TELL

    def test_each_quarter_counts_its_own(self):
        rows = forecasts(300)
        rows.loc[:299, "model"] = np.nan
        found = calibration_over_time(rows, ["truth", "model"])
        assert found.groupby("model").size().to_dict() == {"truth": 8, "model": 7}
        of_truth = found[found["model"] == "truth"]
        assert of_truth["n_events"].sum() == rows["event"].sum()
        assert of_truth["expected"].sum() == pytest.approx(rows["truth"].sum())


class TestStabilityIndex:
    def test_by_hand(self):
        # Of 4 and 4 labels, half a row added to each of two bins: 4.5 / 5 against 0.5 / 5, and the reverse.
        index, bins = stability_index(np.zeros(4), np.ones(4), is_number=False)
        assert (index, bins) == (pytest.approx(2 * 0.8 * np.log(9)), 2)

    def test_the_same_values_are_steady_whatever_their_ties_and_gaps(self):
        rng = np.random.default_rng(0)
        for values in (
            rng.normal(size=900),
            rng.poisson(0.7, 900).astype(float),
            np.where(rng.random(900) < 0.4, np.nan, 1),
        ):
            assert stability_index(values, values)[0] == 0

    def test_a_share_without_a_value_is_a_bin(self):
        learned, now = np.r_[np.zeros(50), np.ones(50)], np.r_[np.zeros(25), np.ones(25), np.full(50, np.nan)]
        index, bins = stability_index(learned, now)
        assert bins == 3
        assert index > 1

    def test_all_missing_then_and_now_is_steady(self):
        assert stability_index(np.full(50, np.nan), np.full(20, np.nan))[0] == 0

    def test_a_shift_by_a_standard_deviation(self):
        rng = np.random.default_rng(1)
        learned, now = rng.normal(size=20_000), rng.normal(1, 1, 20_000)
        # Symmetrised Kullback-Leibler divergence of two such normals is 1; ten bins lose some of it.
        assert 0.85 < stability_index(learned, now)[0] < 1.0
        assert standardised_difference(learned, now) == pytest.approx(1, abs=0.03)
        assert np.isnan(standardised_difference(np.ones(5), np.ones(5)))


class TestDriftOfCovariates:
    def test_what_moved_is_named_and_what_did_not_is_not(self, book):
        last = book["risk_date"].max()
        moved = book.assign(
            usage_trend=book["usage_trend"] + 1.5 * (book["risk_date"] == last),
            segment=book["segment"].mask((book["risk_date"] == last) & (book["segment"] == "small"), "tiny"),
        )
        found = drift_over_time(moved, COVARIATES, sorted(book["risk_date"].unique())[-3:])
        verdict = covariates_verdict(found)
        assert (verdict.drift, verdict.landmark, verdict.n_covariates) == (CovariateDrift.MOVED, last, len(COVARIATES))
        assert set(verdict.moved) == {"usage_trend", "segment"}
        before = covariates_verdict(found[found["landmark"] < last])
        assert "usage_trend" not in before.moved
        noise = found[found["covariate"] == "noise_one"]
        assert (noise["drift"] == "steady").all()

    def test_few_accounts_would_lie_as_far_apart_by_chance(self, book):
        few = book[book["account_id"].str[1:].astype(int) < 40]
        verdict = covariates_verdict(drift_over_time(few, COVARIATES, sorted(few["risk_date"].unique())[-1:]))
        assert verdict.untold
        assert covariates_verdict(drift_over_time(book, COVARIATES, [])) is None

    def test_the_limit_by_chance_is_exceeded_as_often_as_it_says(self):
        rng = np.random.default_rng(4)
        learned = pd.DataFrame(rng.normal(size=(600, 200)))
        index = [stability_index(learned[one].to_numpy(), rng.normal(size=250))[0] for one in learned]
        limit = stats.chi2.ppf(0.95, 9) * (1 / 600 + 1 / 250)
        assert 0.01 < np.mean(np.array(index) > limit) < 0.10

    def test_the_picture_shows_the_farthest_of_the_last_quarter_first(self, book):
        found = drift_over_time(book, COVARIATES, sorted(book["risk_date"].unique())[-3:])
        shown = farthest(found, 2)
        last = found[found["landmark"] == found["landmark"].max()].nlargest(2, "stability_index")
        assert shown["covariate"].drop_duplicates().tolist() == last["covariate"].tolist()
        assert shown.groupby("covariate").size().tolist() == [3, 3]
