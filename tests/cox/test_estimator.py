"""The estimator keeps scikit-learn's manners, reads what users have, and shows its results."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from r_reference import numbers, table
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from sksurv.util import Surv

from analysis.cox.estimator import CoxPH
from analysis.cox.tables import counting_process_outcome
from analysis.errors import ModelError

COLUMNS = ["age", "year", "surgery", "transplant"]


@pytest.fixture(scope="module")
def heart():
    return table("heart")


@pytest.fixture(scope="module")
def fitted(heart):
    return CoxPH().fit(heart[COLUMNS], heart[["start", "stop", "event"]], subject=heart["id"])


def test_parameters_survive_a_clone():
    given = {"formula": "usage + seats", "ties": "breslow", "ridge": (0.5, 1.0), "max_iterations": 9}
    model = CoxPH(**given)
    assert clone(model).get_params() == given
    assert model.set_params(ties="efron").ties == "efron"


def test_a_fit_knows_its_columns(fitted):
    assert fitted.feature_names_in_.tolist() == COLUMNS
    assert fitted.n_features_in_ == 4
    assert fitted.coef_.shape == (4,)


@pytest.mark.parametrize("kind", ["polars", "arrow", "array", "lists", "nullable"])
def test_every_kind_of_table_gives_the_same_fit(heart, fitted, kind):
    frame, outcome = heart[COLUMNS], heart[["start", "stop", "event"]]
    X, y, id_ = {
        "polars": lambda: (pl.from_pandas(frame), pl.from_pandas(outcome), pl.Series(heart["id"].to_list())),
        "arrow": lambda: (pa.Table.from_pandas(frame), pa.Table.from_pandas(outcome), heart["id"].to_numpy()),
        "array": lambda: (
            frame.to_numpy(),
            counting_process_outcome(*(outcome[name] for name in outcome)),
            heart["id"].astype(str),
        ),
        "lists": lambda: (frame.to_numpy().tolist(), outcome, heart["id"].tolist()),
        "nullable": lambda: (frame.convert_dtypes(), outcome.convert_dtypes(), heart["id"].astype("string")),
    }[kind]()
    other = CoxPH().fit(X, y, subject=id_)
    assert other.coef_ == pytest.approx(fitted.coef_, rel=1e-12)
    assert other.fit_.robust_covariance == pytest.approx(fitted.fit_.robust_covariance, rel=1e-12)
    assert other.predict(X) == pytest.approx(fitted.predict(frame), abs=1e-12)


def test_sksurv_outcomes_are_at_risk_from_the_beginning():
    veteran = table("veteran")
    outcome = Surv.from_arrays(veteran["event"] == 1, veteran["stop"])
    from_surv = CoxPH().fit(veteran[["karno"]], outcome)
    from_zero = CoxPH().fit(veteran[["karno"]], veteran[["stop", "event"]].assign(start=0))
    assert from_surv.coef_ == pytest.approx(from_zero.coef_, rel=1e-12)


def test_strata_may_be_several_columns(heart):
    outcome = heart[["start", "stop", "event"]]
    halves = pd.DataFrame({"odd": heart["id"] % 2, "surgery": heart["surgery"].map({0: "no", 1: "yes"})})
    joined = halves["odd"].astype(str) + halves["surgery"]
    by_frame = CoxPH().fit(heart[["age", "year"]], outcome, strata=halves)
    by_label = CoxPH().fit(heart[["age", "year"]], outcome, strata=joined)
    assert by_frame.coef_ == pytest.approx(by_label.coef_, rel=1e-12)
    assert by_frame.fit_.rows.strata == ((0, "no"), (0, "yes"), (1, "no"), (1, "yes"))
    probabilities = [
        model.predict_event_probability(heart[["age", "year"]], heart["start"], 30, strata=stratum)
        for model, stratum in [(by_frame, halves), (by_label, joined)]
    ]
    pd.testing.assert_frame_equal(*probabilities)


def test_score_is_the_concordance_that_cross_validation_needs(heart, fitted):
    outcome = counting_process_outcome(heart["start"], heart["stop"], heart["event"])
    assert fitted.score(heart[COLUMNS], outcome) == pytest.approx(0.635760123921221)  # R: concordance(fit)
    assert len(cross_val_score(CoxPH(), heart[COLUMNS], outcome, cv=3)) == 3


def test_risk_scores_are_log_ratios_to_the_mean_row(heart, fitted):
    means = heart[COLUMNS].mean().to_frame().T
    assert fitted.predict(means) == pytest.approx(0, abs=1e-12)
    assert np.exp(fitted.predict(heart[COLUMNS])) == pytest.approx(fitted.predict_partial_hazard(heart[COLUMNS]))


def test_results_show_themselves(fitted):
    summary = fitted.summary()
    assert summary.frame()["term"].tolist() == COLUMNS
    assert "75 events in 172 rows" in repr(summary)
    assert "<svg" in summary._repr_html_()
    drift = fitted.proportional_hazards("rank")
    assert drift.frame()["term"].tolist() == [*COLUMNS, "GLOBAL"]
    assert "<svg" in drift._repr_html_()
    assert "75 events in 75 lifetimes" in repr(fitted.fit_)


def test_baseline_at_the_means_is_what_the_mean_row_passes_through(heart, fitted):
    by_name, by_value = fitted.baseline("means"), fitted.baseline(heart[COLUMNS].mean().to_numpy())
    pd.testing.assert_frame_equal(by_name, by_value)


class TestWhichErrors:
    """Robust ones where clusters or weights call for them, in every result alike; R's coxph and survfit agree."""

    def test_without_clusters_all_results_have_those_of_the_model(self, heart):
        expected = numbers("cox_heart")["efron"]
        model = CoxPH().fit(heart[COLUMNS], heart[["start", "stop", "event"]])
        assert model.summary().frame()["std_error"].to_numpy() == pytest.approx(expected["se"], rel=1e-9)
        assert model.test().statistic == pytest.approx(expected["wald"], rel=1e-9)
        assert model.test(kind="score").statistic == pytest.approx(expected["score"], rel=1e-9)
        curve = model.baseline(expected["survfit"]["newdata"][0], interval="plain")
        last = np.searchsorted(curve["time"], expected["survfit"]["times"], side="right") - 1
        low = np.exp(-curve["conf_high"].to_numpy()[last])
        assert low == pytest.approx(np.array(expected["survfit"]["lower"])[:, 0], rel=1e-9)

    def test_with_clusters_all_results_have_robust_ones(self, fitted):
        expected = numbers("cox_heart")["efron"]
        assert fitted.summary().frame()["std_error"].to_numpy() == pytest.approx(expected["robust_se"], rel=1e-9)
        assert fitted.test().statistic == pytest.approx(expected["robust_wald"], rel=1e-9)
        assert fitted.test(kind="score").statistic == pytest.approx(expected["robust_score"], rel=1e-9)
        pd.testing.assert_frame_equal(fitted.baseline(), fitted.baseline(robust=True))
        assert (fitted.baseline()["std_error"] != fitted.baseline(robust=False)["std_error"]).any()

    @pytest.mark.parametrize("robust", [None, False, True])
    def test_predictions_have_the_same(self, heart, fitted, robust):
        said, meant = (
            fitted.predict_event_probability(heart[COLUMNS], 5, 60, robust=own) for own in (robust, robust is not False)
        )
        pd.testing.assert_frame_equal(said, meant)

    def test_titles_claim_what_was_given(self, heart, fitted):
        outcome = heart[["start", "stop", "event"]]
        plain, weighted, counted = (
            CoxPH().fit(heart[COLUMNS], outcome, weights=weights)
            for weights in (None, 1 + heart["id"] % 3 / 4, 1 + heart["id"] % 3)
        )
        assert "rows, cluster-robust errors" in fitted.summary().title
        assert "rows, model-based errors" in fitted.summary(robust=False).title
        assert "rows, model-based errors" in plain.summary().title
        assert "rows, robust errors" in plain.summary(robust=True).title
        assert "rows, robust errors" in weighted.summary().title
        assert "rows, model-based errors" in counted.summary().title
        assert "lifetimes" not in repr(plain.fit_)
        assert "strata" not in repr(plain.fit_)


class TestWhatTheEstimatorTells:
    def test_blocks_are_tested(self, fitted):
        whole = fitted.test(kind="likelihood_ratio")
        assert whole.statistic == pytest.approx(numbers("cox_heart")["efron"]["likelihood_ratio"], rel=1e-9)
        assert fitted.test(["age", "year"]).df == 2
        assert fitted.test("age").df == 1
        with pytest.raises(ModelError, match="no robust likelihood-ratio test"):
            fitted.test(kind="likelihood_ratio", robust=True)
        with pytest.raises(ModelError, match=r"must be 'wald', 'score' or 'likelihood_ratio'; 'lr' arrived"):
            fitted.test(kind="lr")

    @pytest.mark.parametrize("kind", ["martingale", "deviance", "score", "dfbeta", "schoenfeld", "scaled_schoenfeld"])
    def test_residuals_have_the_labels_of_rows_or_the_times_of_events(self, heart, kind):
        rows = heart.set_axis(range(1000, 1000 + len(heart)))
        found = CoxPH().fit(rows[COLUMNS], rows[["start", "stop", "event"]]).residuals(kind)
        by_event = kind in ("schoenfeld", "scaled_schoenfeld")
        assert len(found) == (75 if by_event else 172)
        assert (found["time"].is_monotonic_increasing) if by_event else found.index.equals(rows.index)
        if kind in ("score", "dfbeta", "schoenfeld"):
            assert found[COLUMNS].sum().to_numpy() == pytest.approx(0, abs=1e-8)

    def test_other_residuals_are_refused(self, fitted):
        with pytest.raises(ModelError, match=r"one of martingale, deviance, .*'pearson' arrived"):
            fitted.residuals("pearson")

    def test_concordance_of_the_rows_fitted_and_of_others(self, heart, fitted):
        own = fitted.concordance()
        assert own.concordance == pytest.approx(0.635760123921221)  # R: concordance(fit)
        outcome = heart[["start", "stop", "event"]]
        again = fitted.concordance(heart[COLUMNS], outcome, cluster=heart["id"])
        assert again.std_error == pytest.approx(own.std_error, rel=1e-9)

    def test_criteria_count_coefficients_and_events(self, fitted):
        """R: AIC(fit) and BIC(fit), whose observations are events."""
        log_likelihood = numbers("cox_heart")["efron"]["loglik"][1]
        assert fitted.log_likelihood_ == pytest.approx(log_likelihood, rel=1e-12)
        assert fitted.aic_ == pytest.approx(8 - 2 * log_likelihood, rel=1e-12)
        assert fitted.bic_ == pytest.approx(4 * np.log(75) - 2 * log_likelihood, rel=1e-12)

    def test_a_ridge_leaves_less_than_a_whole_coefficient(self, heart):
        X, y = heart[["age"]], heart[["start", "stop", "event"]]
        model = CoxPH(ridge=700.0).fit(X, y)
        information = 1 / model.fit_.covariance.item() - 700.0
        df = information / (information + 700.0)
        assert 0.1 < df < 0.95
        assert model.aic_ + 2 * model.log_likelihood_ == pytest.approx(2 * df, rel=1e-9)

    def test_a_pattern_may_be_a_row_of_a_table(self, heart, fitted):
        row = heart.iloc[[4]]
        pd.testing.assert_frame_equal(fitted.baseline(row), fitted.baseline(row[COLUMNS].to_numpy()[0]))


class TestWarningsOfTheFit:
    def test_few_clusters_are_told_where_errors_rest_on_them(self, heart):
        outcome = heart[["start", "stop", "event"]]
        few = CoxPH().fit(heart[COLUMNS], outcome, cluster=heart["id"] % 9)
        assert "Robust errors rest on 9 clusters with event." in repr(few.summary())
        assert "9 clusters with event for 4 columns: 2.2 a column" in repr(few.summary())
        assert "Robust errors rest" not in repr(few.summary(robust=False))

    def test_near_separation_is_told_with_the_column(self):
        rng = np.random.default_rng(3)
        time = rng.permutation(60) + 1.0
        X = pd.DataFrame({"noise": rng.normal(size=60), "the_end_itself": -time})
        X.loc[time == 9, "the_end_itself"] = -30
        outcome = pd.DataFrame({"time": time, "event": True})
        model = CoxPH().fit(X, outcome)
        assert "they all but tell who has the event next, 'the_end_itself' most of all" in repr(model.summary())
        assert "all but tell" not in repr(CoxPH().fit(X[["noise"]], outcome).summary())


def test_what_it_refuses(heart, fitted):
    outcome = heart[["start", "stop", "event"]]
    with pytest.raises(NotFittedError):
        CoxPH().predict(heart[COLUMNS])
    with pytest.raises(ModelError, match=r"fitted to the columns age, year.*these arrived: age"):
        fitted.predict(heart[["age"]])
    with pytest.raises(ModelError, match="Column 'who' holds String"):
        CoxPH().fit(heart[["age"]].assign(who="x"), outcome)
    with pytest.raises(ModelError, match=r"Column 'age' is missing in 2 of 172 rows \(positions 2, 3\)"):
        CoxPH().fit(heart[["age"]].mask(heart["id"] == 3), outcome)
    with pytest.raises(ModelError, match="must have columns start, stop and event"):
        CoxPH().fit(heart[["age"]], outcome[["start", "stop"]])
    with pytest.raises(ModelError, match="must have columns start, stop and event"):
        CoxPH().fit(heart[["age"]], heart["event"])
    with pytest.raises(ModelError, match="table of rows and columns"):
        CoxPH().fit(heart["age"].to_numpy(), outcome)
    with pytest.raises(ModelError, match="Covariates must be numbers"):
        CoxPH().fit([["a"], ["b"]], outcome)


def test_errors_of_one_cluster_are_not_told(heart):
    """The score of the one cluster is that of the fit, zero: its errors were 1e-17, and p values 0."""
    one = CoxPH().fit(heart[["age"]], heart[["start", "stop", "event"]], cluster=np.zeros(len(heart)))
    with pytest.raises(ModelError, match=rf"All {len(heart)} rows are of one cluster.*robust=False"):
        one.summary()
    alone = CoxPH().fit(heart[["age"]], heart[["start", "stop", "event"]])
    assert one.summary(robust=False).frame()["std_error"][0] == alone.summary().frame()["std_error"][0]
