import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from r_reference import numbers, table
from simulated_landmarks import COVARIATES, landmark_rows
from sklearn.metrics import brier_score_loss, roc_auc_score

from analysis.design.population import training_rows
from analysis.errors import ModelError
from analysis.evaluation.asked_models import among
from analysis.evaluation.calibration.groups import calibration_table
from analysis.evaluation.frames import PREDICTIONS
from analysis.evaluation.measures.accuracy import brier_score, index_of_prediction_accuracy, null_brier_score
from analysis.evaluation.measures.discrimination import auc
from analysis.evaluation.rolling_origin import QUOTED, rolling_origin, settled_quarters
from analysis.evaluation.scores import metric_values
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.rivals import FamiliesOnly, LastSettledQuarterRate

MODELS = {
    "last settled quarter": LastSettledQuarterRate,
    "contract only": lambda: FamiliesOnly(LandmarkCox(ridge=1.0), ("contract",)),
    "cox": lambda: LandmarkCox(ridge=1.0),
}


@pytest.fixture
def scored():
    rng = np.random.default_rng(0)
    risk = rng.beta(1, 9, size=800).round(2)  # rounding makes ties
    return rng.random(800) < risk, risk


@pytest.fixture(scope="module")
def book():
    return landmark_rows(500, 9)


@pytest.fixture(scope="module")
def rolled(book):
    return rolling_origin(book, COVARIATES, MODELS, n_folds=3, n_resamples=100)


@pytest.mark.parametrize(("scores", "model"), [("pbc_365", "small"), ("pbc_365", "full"), ("pbcseq_182", "cox")])
def test_scores_equal_riskregression_where_nobody_is_censored(scores, model):
    rows, expected = table(scores), numbers("scores")[scores][model]
    event, risk = rows["event"].to_numpy(bool), rows[model].to_numpy()
    assert auc(event, risk)[0] == pytest.approx(expected["auc"], abs=1e-12)
    assert brier_score(event, risk)[0] == pytest.approx(expected["brier"], abs=1e-12)
    assert index_of_prediction_accuracy(event, risk)[0] == pytest.approx(expected["ipa"], abs=1e-12)


def test_scores_equal_sklearn(scored):
    event, risk = scored
    assert auc(event, risk)[0] == pytest.approx(roc_auc_score(event, risk), abs=1e-12)
    assert brier_score(event, risk)[0] == pytest.approx(brier_score_loss(event, risk), abs=1e-12)
    assert brier_score(event, risk)[0] == pytest.approx(np.mean((risk - event) ** 2), abs=1e-15)


def test_auc_by_hand():
    # Churned at 0.3 and 0.2, stayed at 0.1, 0.2, 0.3: of 6 pairs 3 are right and 2 tie, one is wrong.
    event = np.array([1, 1, 0, 0, 0], bool)
    assert auc(event, np.array([0.3, 0.2, 0.1, 0.2, 0.3]))[0] == pytest.approx((3 + 2 / 2) / 6)


def test_auc_within_landmarks_takes_pairs_of_the_same_day_only():
    event = np.array([1, 0, 1, 0, 0], bool)
    risk = np.array([0.1, 0.2, 0.9, 0.8, 0.95])
    group = np.array([0, 0, 1, 1, 1])
    assert auc(event, risk, group=group)[0] == pytest.approx((0 + 1) / 3)
    constant_by_day = np.where(group == 0, 0.1, 0.9)
    assert auc(event, constant_by_day, group=group)[0] == 0.5


@pytest.mark.parametrize("metric", ["auc", "brier", "observed_over_expected"])
def test_a_weight_is_a_repeated_row(scored, metric):
    event, risk = scored
    weights = np.random.default_rng(1).integers(0, 4, size=(3, 800))
    weighted = metric_values(metric, event, risk, weights)
    for counts, value in zip(weights, weighted, strict=True):
        again = np.repeat(np.arange(800), counts)
        assert value == pytest.approx(metric_values(metric, event[again], risk[again])[0], rel=1e-12)


def test_auc_without_a_pair_is_unknown():
    assert np.isnan(auc(np.array([True, True]), np.array([0.1, 0.2]))[0])


def test_null_brier_score_is_the_variance_within_landmarks():
    event = np.array([1, 0, 0, 0, 1, 1, 0, 0], bool)
    group = np.array([0] * 4 + [1] * 4)
    assert null_brier_score(event, None, group)[0] == pytest.approx((3 / 16 + 1 / 4) / 2)


def test_observed_over_expected_is_the_ratio_of_the_counts():
    """Ten left where five were expected."""
    event = np.r_[np.ones(10, bool), np.zeros(90, bool)]
    assert metric_values("observed_over_expected", event, np.full(100, 0.05))[0] == pytest.approx(2.0)


def test_where_nothing_was_expected_there_is_no_ratio_and_no_warning():
    """A rate of no leaver in the last settled quarter: observed over zero is no number, not infinity."""
    event = np.r_[True, np.zeros(9, bool)]
    assert np.isnan(metric_values("observed_over_expected", event, np.zeros(10))).all()


def test_calibration_groups_cover_every_row_in_order_of_risk(scored):
    event, risk = scored
    groups = calibration_table(event, risk)
    assert groups["n_rows"].sum() == 800
    assert groups["n_events"].sum() == event.sum()
    assert groups["predicted"].is_monotonic_increasing
    assert (groups["conf_low"] <= groups["observed"]).all()
    assert (groups["observed"] <= groups["conf_high"]).all()
    assert len(calibration_table(event, np.full(800, 0.1))) == 1


def test_a_share_has_wilsons_interval_which_holds_it_where_none_or_all_churned():
    event, risk = np.arange(30) < 11, np.repeat([0.3, 0.1, 0.2], 10)  # all, one, none of ten
    groups = calibration_table(event, risk, n_groups=3).set_index("group")
    assert groups.loc[1, ["conf_low", "conf_high"]].tolist() == pytest.approx((0.0178762, 0.4041500), abs=1e-6)
    assert groups.loc[2, ["observed", "conf_low"]].tolist() == [0, 0]
    assert groups.loc[3, ["observed", "conf_high"]].tolist() == [1, 1]


def test_rolling_origin_trains_on_settled_outcomes_only(book, rolled):
    for fold in rolled.folds:
        training = training_rows(book, fold.landmark)
        assert (training["horizon_ends_on"] <= fold.landmark).all()
        assert fold.n_training_rows == len(training)
        assert fold.n_training_events == training.loc[training["event"] == 1, "lifetime_id"].nunique()
    assert [fold.landmark for fold in rolled.folds] == settled_quarters(book)[-3:]


def test_what_happens_later_cannot_change_an_earlier_fold(book, rolled):
    landmark = rolled.folds[0].landmark
    later = book["risk_date"] > landmark
    changed = book.assign(usage_trend=book["usage_trend"].where(~later, 1e3))
    again = rolling_origin(changed, COVARIATES, MODELS, n_folds=3, n_resamples=10)
    first = rolled.predictions["landmark"] == landmark
    assert (again.predictions.loc[first, "cox"] == rolled.predictions.loc[first, "cox"]).all()


def test_rolling_origin_scores_equal_its_predictions(rolled):
    rows = rolled.predictions[rolled.predictions["landmark"] == rolled.folds[1].landmark]
    line = rolled.by_fold[(rolled.by_fold["landmark"] == rolled.folds[1].landmark) & (rolled.by_fold["model"] == "cox")]
    assert line["auc"].item() == pytest.approx(roc_auc_score(rows["event"], rows["cox"]), abs=1e-12)
    assert line["expected"].item() == pytest.approx(rows["cox"].sum())
    assert line["n_rows"].item() == len(rows)


def test_a_model_that_only_knows_the_quarter_ranks_nobody(rolled):
    pooled = rolled.pooled.set_index(["model", "metric"])
    assert pooled.loc[("last settled quarter", "auc"), ["estimate", "conf_low", "conf_high"]].tolist() == [0.5] * 3
    assert pooled.loc[("cox", "auc"), "conf_low"] > 0.5
    assert (pooled["conf_low"] <= pooled["estimate"]).all()
    assert (pooled["estimate"] <= pooled["conf_high"]).all()


def test_pairs_are_compared_on_the_same_resamples(rolled):
    pairs = rolled.pairs.set_index(["model", "versus", "metric"])
    pooled = rolled.pooled.set_index(["model", "metric"])["estimate"]
    difference = pairs.loc[("contract only", "cox", "auc")]
    assert difference["estimate"] == pytest.approx(pooled["contract only", "auc"] - pooled["cox", "auc"])
    assert difference["conf_low"] <= difference["estimate"] <= difference["conf_high"]


def test_the_same_input_gives_the_same_bytes(book, rolled):
    again = rolling_origin(book, COVARIATES, MODELS, n_folds=3, n_resamples=100)
    for name in ("by_fold", "pooled", "pairs", "predictions"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(rolled, name), check_exact=True)


def test_models_that_competed_are_told_of_as_if_they_had_been_alone(book, rolled):
    names = ("last settled quarter", "cox")
    alone = rolling_origin(book, COVARIATES, {name: MODELS[name] for name in names}, n_folds=3, n_resamples=100)
    found = among(rolled, names)
    assert found.models == alone.models
    for name in ("by_fold", "pooled", "pairs", "predictions"):
        ours, theirs = (getattr(one, name) for one in (found, alone))
        if "model" in ours:
            both = [table[table["model"] != QUOTED].reset_index(drop=True) for table in (ours, theirs)]
        else:
            both = [table.drop(columns=QUOTED) for table in (ours, theirs)]
        pd.testing.assert_frame_equal(*both, check_exact=True)


def test_models_that_lack_a_quarter_or_turn_round_are_scored_anew(rolled):
    assert among(rolled, ("cox", "last settled quarter")) is None
    assert among(rolled, ("cox", "forest")) is None
    lacking = rolled.predictions.assign(cox=rolled.predictions["cox"].where(rolled.predictions.index > 0))
    assert among(dataclasses.replace(rolled, predictions=lacking), ("contract only",)) is None


def test_progress_is_told(book):
    heard = []
    rolling_origin(book, COVARIATES, {"last": LastSettledQuarterRate}, n_folds=2, n_resamples=5, progress=heard.append)
    assert heard == ["forecast from 2023-10-01: quarter 1 of 2", "forecast from 2024-01-01: quarter 2 of 2"]


def test_a_quarter_without_churn_counts_as_one_in_which_too_many_were_expected(book):
    """To leave it out would be to choose quarters by their outcome."""
    last = book["risk_date"] == book["risk_date"].max()
    calm = book.assign(event=book["event"].where(~last, 0))
    result = rolling_origin(calm, COVARIATES, MODELS, n_folds=2, n_resamples=5)
    pooled, by_fold = result.pooled.set_index(["model", "metric"]), result.by_fold.set_index("model").loc["cox"]
    assert pooled.loc[("cox", "observed_over_expected"), "estimate"] == pytest.approx(
        by_fold["n_events"].sum() / by_fold["expected"].sum()
    )
    assert (by_fold["n_events"].iloc[-1], by_fold["observed_over_expected"].iloc[-1]) == (0, 0)
    assert by_fold["auc"].isna().tolist() == [False, True]
    assert pooled.loc[("cox", "auc"), "estimate"] == pytest.approx(by_fold["auc"].iloc[0])


def test_where_nobody_left_in_any_quarter_there_is_nothing_to_score(book):
    last = book["risk_date"] == book["risk_date"].max()
    calm = book.assign(event=book["event"].where(~last, 0))
    with pytest.raises(ModelError, match=f"2024-01-01 is not scored: nobody of its {last.sum()} accounts churned"):
        rolling_origin(calm, COVARIATES, MODELS, n_folds=1, n_resamples=5)


def test_quarters_not_followed_to_the_horizon_are_not_scored(book):
    last = book["risk_date"] == book["risk_date"].max()
    assert settled_quarters(book.assign(is_followed=~last))[-1] < book["risk_date"].max()


def test_a_model_that_cannot_be_fitted_is_named_and_left_out_of_that_fold(book, rolled):
    needed = rolled.folds[-1].n_training_events

    class NeedsMuch(LastSettledQuarterRate):
        def fit(self, design, outcome):
            if outcome.n_lifetimes_with_event < needed:
                raise ModelError("too little to learn from.")
            return super().fit(design, outcome)

    result = rolling_origin(book, COVARIATES, {"a": LastSettledQuarterRate, "b": NeedsMuch}, n_folds=3, n_resamples=5)
    assert [set(fold.models) for fold in result.folds] == [{"a"}, {"a"}, {"a", "b"}]
    assert re.fullmatch(r"b is not fitted before 20\d\d-\d\d-01: too little to learn from\.", str(result.notes[0]))
    assert result.models == ("a", "b")
    assert result.predictions["b"].isna().any()
    assert result.pooled["n_folds"].unique().tolist() == [1]  # compared where both exist


def test_nothing_to_score_is_an_error(book):
    with pytest.raises(ModelError, match="No quarter could be scored: no quarter-start"):
        rolling_origin(book.assign(is_followed=False), COVARIATES, MODELS)
    with pytest.raises(ModelError, match="not scored: A design is learned on training rows") as refused:
        rolling_origin(book[book["risk_date"] == book["risk_date"].min()], COVARIATES, MODELS)
    (note,) = dict(refused.value.remark.values)["notes"]
    assert (note.code, dict(note.values)["reason"].code) == ("evaluation.no_design", "design.no_rows")


def test_a_quarter_in_which_no_model_can_be_fitted_is_not_scored_and_says_both(book):
    class NeedsTheImpossible(LastSettledQuarterRate):
        def fit(self, design, outcome):
            raise ModelError("it cannot be done.")

    with pytest.raises(ModelError, match=r"b is not fitted before .*: it cannot be done") as refused:
        rolling_origin(book, COVARIATES, {"b": NeedsTheImpossible}, n_folds=1)
    codes = [note.code for note in dict(refused.value.remark.values)["notes"]]
    assert codes == ["evaluation.not_fitted", "evaluation.no_model"]


def test_the_predictions_have_a_column_for_each_model_that_was_ever_fitted_and_no_other(book):
    class Never(LastSettledQuarterRate):
        def fit(self, design, outcome):
            raise ModelError("never.")

    result = rolling_origin(
        book, COVARIATES, {"never": Never, "last": LastSettledQuarterRate}, n_folds=1, n_resamples=5
    )
    assert result.models == ("last",)
    assert result.predictions.columns.tolist() == [*PREDICTIONS.columns, "last", QUOTED]


def test_no_group_of_the_calibration_is_smaller_than_the_smallest_cell():
    risk = np.r_[np.full(3, 0.01), np.full(40, 0.05), np.full(4, 0.2), np.full(6, 0.3), np.full(2, 0.9)]
    event = np.arange(len(risk)) % 7 == 0
    groups = calibration_table(event, risk, min_cell=5)
    assert groups["n_rows"].min() >= 5
    assert (groups["n_rows"].sum(), groups["n_events"].sum()) == (len(risk), event.sum())
    assert groups["predicted"].is_monotonic_increasing
    assert calibration_table(event[:3], risk[:3], min_cell=5)["n_rows"].tolist() == [3]
