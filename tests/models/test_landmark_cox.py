import numpy as np
import pytest
from r_reference import cox_rows
from simulated_landmarks import COVARIATES, Declared, landmark_rows

from analysis.cox.fit import fit_cox
from analysis.design.matrix import learn_design
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.models.landmark_cox import LandmarkCox


@pytest.fixture(scope="module")
def book():
    return landmark_rows(600, 8)


@pytest.fixture(scope="module")
def learned(book):
    return learn_design(book, COVARIATES)


def test_coefficients_are_those_of_the_engine_on_thirteen_parts_of_the_horizon(book, learned):
    design, outcome = learned.apply(book), Outcome.from_landmarks(book)
    fit = fit_cox(design.values, outcome.on_grid().counting_rows(), ridge=2.0)
    assert (LandmarkCox(ridge=2.0).fit(design, outcome).coefficients_ == fit.coefficients).all()
    assert len(fit.likelihood.sets.time) <= 13


def test_order_of_rows_changes_nothing(book, learned):
    shuffled = book.sample(frac=1, random_state=1)
    first, second = (LandmarkCox().fit(learned.apply(rows), Outcome.from_landmarks(rows)) for rows in (book, shuffled))
    assert first.coefficients_ == pytest.approx(second.coefficients_, rel=1e-9)


def test_incidence_grows_from_zero_and_adds_up_to_the_training_events(book, learned):
    outcome = Outcome.from_landmarks(book)
    design = learned.apply(book)
    incidence = LandmarkCox().fit(design, outcome).predict_incidence(design, np.arange(14))
    assert incidence.shape == (len(book), 14)
    assert (incidence[:, 0] == 0).all()
    assert (np.diff(incidence, axis=1) >= 0).all()
    # Nobody is censored before 13, and Efron's baseline is that of the fit: expected events match those seen.
    assert incidence[:, 13].sum() == pytest.approx(outcome.event.sum(), rel=0.02)


def test_recovers_what_the_simulation_put_in(book, learned):
    design, outcome = learned.apply(book), Outcome.from_landmarks(book)
    cox = LandmarkCox().fit(design, outcome)
    error = fit_cox(design.values, outcome.on_grid().counting_rows()).robust_std_errors
    names = [column.name for column in cox.columns_]
    for name, effect in [("renewal_in_horizon", 2.0), ("champions", -0.5)]:
        position = names.index(name)
        assert abs(cox.coefficients_[position] - effect * book[name].std()) < 3 * error[position]


def test_no_events_is_refused(book, learned):
    quiet = book[book["event"] == 0]
    with pytest.raises(ModelError, match="needs at least one churn; none"):
        LandmarkCox().fit(learned.apply(quiet), Outcome.from_landmarks(quiet))


@pytest.mark.parametrize("churned_value", [0.0, 1.0])
def test_separation_names_the_column_and_a_ridge_helps(book, churned_value):
    often = np.arange(len(book)) % 4 == 0
    rows = book.assign(culprit=np.where(book["event"] == 1, churned_value, often.astype(float)))
    design = learn_design(rows, [*COVARIATES, Declared("culprit", "usage")]).apply(rows)
    with pytest.raises(ModelError, match=r"no maximum in 'culprit'"):
        LandmarkCox().fit(design, Outcome.from_landmarks(rows))
    assert np.isfinite(LandmarkCox(ridge=1.0).fit(design, Outcome.from_landmarks(rows)).coefficients_).all()


def test_a_row_far_outside_the_training_range_still_gets_a_probability(book, learned):
    design = learned.apply(book)
    cox = LandmarkCox().fit(design, Outcome.from_landmarks(book))
    extreme = design.with_values(np.sign(cox.coefficients_) * np.full_like(design.values, 1e6))
    assert cox.predict_incidence(extreme, [0, 13])[0].tolist() == [0, 1]


def test_what_a_fitted_model_refuses(book, learned):
    design, outcome = learned.apply(book), Outcome.from_landmarks(book)
    cox = LandmarkCox().fit(design, outcome)
    with pytest.raises(ModelError, match="'merged' was asked for"):
        cox.predict_incidence(design, [13], cause="merged")
    with pytest.raises(ModelError, match="columns differ in"):
        cox.predict_incidence(design.select_families(["usage"]), [13])
    with pytest.raises(ModelError, match="same rows"):
        LandmarkCox().fit(design, outcome.take(np.arange(10)))
    with pytest.raises(ModelError, match="on the lifetime clock"):
        LandmarkCox().fit(*cox_rows("heart", ["age"]))
