"""The estimator keeps scikit-learn's manners, reads what users have, and shows its results."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from r_reference import table
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
