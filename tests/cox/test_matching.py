"""Rows that are given apart belong together by their labels, or are refused; never by chance."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from r_reference import table

from analysis.cox.estimator import CoxPH
from analysis.cox.matching import matched
from analysis.cox.tables import counting_process_outcome, outcome_columns, read_outcome
from analysis.errors import ModelError

COLUMNS = ["age", "year", "surgery"]
OUTCOME = ["start", "stop", "event"]


@pytest.fixture(scope="module")
def heart():
    rows = table("heart")
    return rows.set_index("row " + rows.index.astype(str)).assign(counts=1.0 + rows.index.to_numpy() % 3)


@pytest.fixture(scope="module")
def fitted(heart):
    return CoxPH().fit(heart[COLUMNS], heart[OUTCOME], weights=heart["counts"], subject=heart["id"])


def test_rows_in_another_order_are_matched_by_their_labels(heart, fitted):
    mixed = heart.sample(frac=1, random_state=1)
    other = CoxPH().fit(heart[COLUMNS], mixed[OUTCOME], weights=mixed["counts"], subject=heart["id"])
    assert (other.coef_ == fitted.coef_).all()
    assert (other.fit_.robust_covariance == fitted.fit_.robust_covariance).all()
    asked = fitted.predict_event_probability(heart[COLUMNS], mixed["start"], 30)
    pd.testing.assert_frame_equal(asked, fitted.predict_event_probability(heart[COLUMNS], heart["start"], 30))
    assert asked.index.equals(heart.index)
    assert fitted.residuals().index.equals(heart.index)


def test_columns_may_be_named_in_place_of_values(heart, fitted):
    named = CoxPH().fit(heart[[*COLUMNS, *OUTCOME, "counts", "id"]], weights="counts", subject="id")
    assert named.fit_.names == tuple(COLUMNS)
    assert (named.coef_ == fitted.coef_).all()
    assert (named.predict(heart[COLUMNS[::-1]]) == fitted.predict(heart[COLUMNS])).all()
    both = CoxPH().fit(heart[["age", *OUTCOME, "surgery", "id"]], strata=("surgery", "id"))
    assert both.fit_.rows.strata[0] == (0, 1)
    rows = heart.iloc[:5]
    assert both.predict_event_probability(rows, 0, 5)["probability"].notna().any()


@pytest.mark.parametrize("role", ["y", "weights", "strata", "subject", "cluster", "offset"])
def test_other_labels_are_refused_by_name(heart, role):
    given = {"y": heart[OUTCOME], role: (heart[OUTCOME] if role == "y" else heart["counts"]).reset_index(drop=True)}
    says = rf"rows of {role} cannot be matched with those of X by their index: it lacks 172 labels \('row 0', .*"
    with pytest.raises(ModelError, match=says + r"and it has 172 labels \(0, 1, 2, 3, 4, \.\.\.\), which X has not"):
        CoxPH().fit(heart[COLUMNS], **given)


def test_a_row_too_few_is_refused(heart):
    with pytest.raises(ModelError, match=r"weights cannot be .*: it lacks 1 label \('row 7'\) of X\. Give both"):
        CoxPH().fit(heart[COLUMNS], heart[OUTCOME], weights=heart["counts"].drop("row 7"))


def test_labels_that_repeat_match_in_the_same_order_only():
    left = pd.Series([1, 2, 3], index=["a", "a", "b"])
    assert matched({"X": left, "y": left * 2})["y"].tolist() == [2, 4, 6]
    with pytest.raises(ModelError, match=r"it repeats 1 label \('a'\) in another order"):
        matched({"X": left, "y": left[::-1]})


def test_what_has_no_labels_is_matched_by_position(heart, fitted):
    arrays = CoxPH().fit(
        heart[COLUMNS], pl.from_pandas(heart[OUTCOME]), weights=heart["counts"].to_numpy(), subject=list(heart["id"])
    )
    assert (arrays.coef_ == fitted.coef_).all()


def test_an_outcome_put_together_of_several_columns_is_matched_too():
    stop = pd.Series([3.0, 4.0], index=["a", "b"])
    outcome = counting_process_outcome(None, stop, pd.Series([1, 0], index=["b", "a"]))
    assert outcome["event"].tolist() == [False, True]
    with pytest.raises(ModelError, match="rows of event cannot be matched with those of stop"):
        counting_process_outcome(None, stop, pd.Series([1, 0]))


class TestWhatColumnsAreCalled:
    def test_whole_numbers_are_names_too(self, heart):
        array = heart[COLUMNS].to_numpy(float)
        frame = pd.DataFrame(array)  # columns 0, 1, 2
        from_array, from_frame = (CoxPH().fit(X, heart[OUTCOME].to_records(index=False)) for X in (array, frame))
        assert from_array.coef_ == pytest.approx(from_frame.coef_, rel=1e-12)
        assert from_array.fit_.names == ("x0", "x1", "x2")
        assert from_frame.fit_.names == ("0", "1", "2")
        scores = [model.predict(X)[5] for model in (from_array, from_frame) for X in (array, frame)]
        assert scores == pytest.approx([scores[0]] * 4, abs=1e-12)
        strata = pd.DataFrame({7: heart["surgery"].to_numpy()})
        assert CoxPH().fit(frame[[1, 0]], heart[OUTCOME].to_records(index=False), strata=strata).fit_.names == (
            "1",
            "0",
        )

    def test_outcomes_have_the_names_that_others_give_them(self, heart):
        veteran = table("veteran")
        frames = [
            pd.DataFrame({time: veteran["stop"], event: veteran["event"]})
            for time in ("stop", "time", "duration")
            for event in ("event", "status")
        ]
        found = [CoxPH().fit(veteran[["karno"]], frame).coef_.item() for frame in frames]
        found.append(CoxPH().fit(veteran[["karno"]], frames[3].to_records(index=False)).coef_.item())
        assert len(set(found)) == 1
        assert outcome_columns(["start", "stop", "status", "time"]) == ("start", "stop", "status")

    @pytest.mark.parametrize(
        "names", [["time", "duration", "event"], ["time", "event", "status"], ["start", "time", "event"]]
    )
    def test_what_could_be_read_in_two_ways_is_refused(self, names):
        with pytest.raises(ModelError, match="it could be read in two ways"):
            outcome_columns(names)

    def test_a_status_of_1_and_2_is_refused_with_what_to_write(self):
        """Where all rows of a part hold 1, nobody could tell R's 1 (censored) from the event."""
        with pytest.raises(ModelError, match=r"it holds 1, 2\. If 2 is the event .* give status == 2"):
            read_outcome(pd.DataFrame({"time": [3.0, 4.0], "status": [1, 2]}))
        _, _, event = read_outcome(pd.DataFrame({"time": [3.0, 4.0], "status": np.array([1, 2]) == 2}))
        assert event.tolist() == [0, 1]
