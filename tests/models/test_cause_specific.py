import numpy as np
import pandas as pd
import pytest
from r_reference import numbers, table
from simulated_landmarks import COVARIATES, landmark_rows, with_other_ends

from analysis.cox.fit import fit_cox
from analysis.curves.incidence import aalen_johansen
from analysis.design.matrix import Column, DesignMatrix, learn_design
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.models.cause_specific import CauseSpecific, EndRate
from analysis.models.landmark_cox import HazardCourse, LandmarkCox


@pytest.fixture(scope="module")
def book():
    return with_other_ends(landmark_rows(500, 6))


@pytest.fixture(scope="module")
def design(book):
    return learn_design(book, COVARIATES).apply(book)


@pytest.fixture(scope="module")
def outcome(book):
    return Outcome.from_landmarks(book, competing_ends="stop")


class TestRowsThatStop:
    def test_an_end_of_any_cause_stops_the_row_on_its_day(self):
        rows = pd.DataFrame(
            {
                "lifetime_id": ["a#1", "b#1", "c#1", "d#1"],
                "account_id": list("abcd"),
                "horizon_days": [91, 91, 91, 91],
                "followed_days": [7, 14, 91, 21],
                "event": [1, 0, 0, 0],
                "cause": ["churn", "involuntary", None, None],
                "is_followed": [True, True, True, False],
            }
        )
        stopping = Outcome.from_landmarks(rows, competing_ends="stop")
        assert stopping.stop.tolist() == [1, 2, 13, 3]
        assert stopping.cause.tolist() == ["churn", "involuntary", "", ""]
        followed = Outcome.from_landmarks(rows)
        assert followed.stop.tolist() == [1, 13, 13, 3]
        assert (followed.content == stopping.content)[[0, 2, 3]].all()  # draws are those of the other reading

    def test_the_reading_goes_with_rows_that_are_taken(self, outcome):
        assert outcome.take(np.arange(3)).competing_ends == "stop"

    def test_without_a_cause_nothing_can_be_told_apart(self, book):
        with pytest.raises(ModelError, match="missing: cause"):
            Outcome.from_landmarks(book.drop(columns="cause"), competing_ends="stop")


def test_without_covariates_it_is_aalen_and_johansens_estimate(book, design, outcome):
    """Of rows of which some are lost within the horizon, too."""
    lost = (np.arange(len(book)) % 7 == 0) & (outcome.cause == "")
    partly = Outcome(
        **{name: getattr(outcome, name) for name in outcome.__slots__ if name != "stop"},
        stop=np.where(lost, 1.0 + np.arange(len(book)) % 11, outcome.stop),
    )
    model = CauseSpecific(EndRate).fit(design, partly)
    timed = partly.on_grid()
    curves = aalen_johansen(timed.start, timed.stop, timed.cause)
    for cause, curve in curves.groupby("cause"):
        found = model.predict_incidence(design.take(np.arange(1)), curve["time"], cause=cause)[0]
        np.testing.assert_allclose(found, curve["estimate"], rtol=0, atol=1e-12)


def test_of_one_cause_it_is_that_causes_model(book, design):
    alone = book.assign(cause=np.where(book["event"] == 1, "churn", None))
    outcome = Outcome.from_landmarks(alone, competing_ends="stop")
    parts = np.arange(14)
    inner = LandmarkCox(ridge=1.0).fit(design, outcome).predict_incidence(design, parts)
    model = CauseSpecific(lambda: LandmarkCox(ridge=1.0)).fit(design, outcome)
    for cause in ("churn", "any"):
        np.testing.assert_allclose(model.predict_incidence(design, parts, cause), inner, rtol=0, atol=1e-12)


def test_causes_add_up_to_any_and_a_rare_one_has_no_model_of_its_own(book, design, outcome):
    model = CauseSpecific(lambda: LandmarkCox(ridge=1.0)).fit(design, outcome)
    assert isinstance(model.models_["merged"], EndRate)
    assert model.ends_["merged"] < 10 < model.ends_["involuntary"]
    parts = np.arange(14)
    of_each = [model.predict_incidence(design, parts, cause) for cause in ("churn", "involuntary", "merged")]
    any_end = model.predict_incidence(design, parts, "any")
    np.testing.assert_allclose(sum(of_each), any_end, rtol=0, atol=1e-14)
    assert (np.diff(any_end, axis=1) >= -1e-15).all()
    # What is expected is what was seen: nobody is lost before the horizon's end.
    for cause, found in zip(("churn", "involuntary", "merged"), of_each, strict=True):
        assert found[:, 13].sum() == pytest.approx((outcome.cause == cause).sum(), rel=0.03)


def test_other_ends_take_away_from_churn_what_can_no_longer_churn(design, outcome):
    """The model of churn alone answers for a world without other ends: it says more than what happens in this one."""
    alone = LandmarkCox(ridge=1.0).fit(design, outcome).predict_incidence(design, [13])
    competing = CauseSpecific(lambda: LandmarkCox(ridge=1.0)).fit(design, outcome).predict_incidence(design, [13])
    assert (competing < alone).all()
    assert alone.sum() > 1.02 * competing.sum()


def test_hazards_far_outside_training_still_make_probabilities(design, outcome):
    model = CauseSpecific(lambda: LandmarkCox(ridge=1.0)).fit(design, outcome)
    extreme = design.with_values(
        np.where(np.arange(len(design))[:, None] % 2 == 0, 1e6, -1e6) * np.ones_like(design.values)
    )
    for cause in ("churn", "involuntary", "any"):
        found = model.predict_incidence(extreme, np.arange(14), cause)
        assert (found >= 0).all()
        assert (found <= 1 + 1e-12).all()


@pytest.fixture(scope="module")
def mgus():
    """Return the rows that R was given: 65 months in 13 parts, an end in a part being at its end."""
    rows, horizon = table("mgus2"), 65
    stop = np.ceil(np.minimum(rows["stop"], horizon) / 5).to_numpy(float)
    cause = np.where(rows["stop"] <= horizon, rows["cause"].map({0: "", 1: "churn", 2: "involuntary"}), "")
    names = rows["id"].astype(str).to_numpy(object)
    outcome = Outcome(
        start=np.zeros(len(rows)),
        stop=stop,
        event=cause == "churn",
        cause=cause.astype(object),
        lifetime=names,
        account=names,
        cluster=names,
        content=np.arange(len(rows), dtype=np.uint64),
        clock="landmark",
    )
    columns = (Column("age", "age", "contract"), Column("male", "male", "contract"))
    return DesignMatrix(rows[["age", "male"]].to_numpy(float), columns, pd.DataFrame(index=rows.index)), outcome


class BreslowCox(LandmarkCox):
    """With Breslow's ties, which R has where there are several causes."""

    def _fit_with(self, chosen, design, outcome):
        self.columns_ = design.columns
        self.course_ = HazardCourse.of_fit(fit_cox(design.values, outcome.counting_rows(), ties="breslow"))
        return self


@pytest.mark.parametrize(
    ("model", "made_by", "tolerance"),
    [
        (LandmarkCox, "efron", 1e-9),  # the same fits, put together in R by the same formula
        (BreslowCox, "multistate", 0.0015),  # R's own: there survival is the exponential of minus the sum of hazards
    ],
)
def test_incidences_are_those_of_r(mgus, model, made_by, tolerance):
    design, outcome = mgus
    fitted = CauseSpecific(model).fit(design, outcome)
    asked = DesignMatrix(np.array(numbers("cause_specific")["patterns"], float), design.columns, pd.DataFrame())
    for cause, name in [("churn", "progression"), ("involuntary", "death")]:
        found = fitted.predict_incidence(asked, np.arange(1, 14), cause).T
        np.testing.assert_allclose(found, numbers("cause_specific")[made_by][name], rtol=0, atol=tolerance)


def test_what_it_refuses(book, design, outcome):
    with pytest.raises(ModelError, match="needs rows that stop at an end of any cause"):
        CauseSpecific(EndRate).fit(design, Outcome.from_landmarks(book))
    model = CauseSpecific(EndRate).fit(design, outcome)
    with pytest.raises(
        ModelError, match="Nobody in training ended by 'bankrupt'; known are churn, involuntary, merged, any"
    ):
        model.predict_incidence(design, [13], cause="bankrupt")
    with pytest.raises(ModelError, match="'merged' was asked for"):
        EndRate().fit(design, outcome).predict_incidence(design, [13], cause="merged")
