"""The renewal clock of a design: a curve of the days to a date for each kind of term, as far as the data support it."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated_landmarks import Declared

from analysis.design.clock import EXPECTED_EVENTS, clock_columns, events_by_row, learn_knots
from analysis.design.matrix import learn_design
from analysis.design.outcome import Outcome
from analysis.errors import DesignError
from analysis.evaluation.measures.discrimination import auc
from analysis.models.base import horizon_risk
from analysis.models.landmark_cox import LandmarkCox

CLOCK = Declared("days_to_renewal", "contract", "clock")


def rows(days: list[float], kinds: list[str | None], event: list[int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "lifetime_id": [f"a{k}#1" for k in range(len(days))],
            "days_to_renewal": days,
            "term_kind": kinds,
            "event": event,
        }
    )


def book(n: int = 4000, seed: int = 1) -> pd.DataFrame:
    """Draw rows of a year's horizon of 91 days, in which leaving peaks 36 to 90 days before a renewal."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(["yearly", "monthly", "no_term"], n, p=[0.6, 0.2, 0.2]).astype(object)
    days = np.where(
        kind == "yearly", rng.integers(1, 366, n), np.where(kind == "monthly", rng.integers(1, 32, n), np.nan)
    )
    overlap = np.clip(np.minimum(days, 90) - np.maximum(days - 91, 36), 0, None) / 54
    risk = np.select([kind == "yearly", kind == "monthly"], [0.01 + 0.25 * overlap, 0.08], 0.04)
    event = rng.random(n) < risk
    frame = rows(list(days), list(kind), list(event.astype(int)))
    return frame.assign(
        account_id=frame["lifetime_id"],
        horizon_days=91,
        followed_days=np.where(event, 45, 91),
        is_followed=True,
        risk=risk,
    )


class TestKnots:
    def test_a_piece_closes_where_it_should_hold_five_events(self):
        """120 rows, a day each, of whom 20 left: a month of them should hold five, so each month is a piece."""
        days = np.arange(1.0, 121)
        events = np.zeros(120)
        events[:20] = 1.0
        assert learn_knots(days, np.array(["yearly"] * 120, object), events) == {"yearly": (0, 30, 61, 91)}

    def test_fewer_events_make_longer_pieces(self):
        days, kind = np.arange(1.0, 121), np.array(["yearly"] * 120, object)
        for left, knots in [(40, (0, 30, 61, 91, 122)), (10, (0, 61)), (5, (0, 122)), (4, ()), (0, ())]:
            events = np.zeros(120)
            events[120 - left :] = 1.0
            assert learn_knots(days, kind, events) == {"yearly": knots}, left

    def test_where_events_fall_does_not_matter_only_how_many_there_are(self):
        rng = np.random.default_rng(3)
        days, kind = rng.integers(1, 366, 500).astype(float), np.array(["yearly"] * 500, object)
        events = np.zeros(500)
        events[np.argsort(days)[:60]] = 1.0
        assert learn_knots(days, kind, events) == learn_knots(days, kind, events[::-1])

    def test_kinds_are_learned_apart_and_one_without_dates_has_no_curve(self):
        days = np.concatenate([np.arange(1.0, 31), np.full(30, np.nan)])
        kind = np.array(["monthly"] * 30 + ["no_term"] * 30, object)
        assert learn_knots(days, kind, np.ones(60)) == {"monthly": (0, 30), "no_term": ()}

    @given(st.integers(0, 2**32 - 1), st.integers(0, 200))
    def test_every_piece_holds_its_share_of_events(self, seed, n_events):
        rng = np.random.default_rng(seed)
        days = rng.exponential(150, 300).round() + 1
        events = np.zeros(300)
        events[:n_events] = 1.0
        knots = learn_knots(days, np.array(["yearly"] * 300, object), events)["yearly"]
        for near, far in itertools.pairwise(knots):
            assert ((days > near) & (days <= far)).mean() * events.sum() >= EXPECTED_EVENTS


class TestColumns:
    def test_no_date_ahead_is_a_state_of_its_own(self):
        kind = np.array(["yearly", "yearly", "no_term"], object)
        columns = clock_columns(np.array([30.0, np.nan, np.nan]), kind, {"yearly": (0, 61), "no_term": ()})
        assert {name: list(np.round(column, 2)) for name, column in columns.items()} == {
            "yearly, 0-61": [0.49, 0, 0],
            "yearly, none ahead": [0, 1, 0],
            "no_term": [0, 0, 1],
            "no_term, none ahead": [0, 0, 1],
        }

    def test_each_column_rises_with_the_days_of_its_kind(self):
        days = np.arange(1.0, 400)
        kind = np.array(["yearly"] * len(days), object)
        for column in clock_columns(days, kind, {"yearly": (0, 30, 91, 365)}).values():
            assert (np.diff(column) >= 0).all()

    def test_events_of_a_lifetime_add_up_to_one(self):
        parts = events_by_row(np.array([True, True, False, True]), np.array(["a", "a", "b", "c"], object))
        assert parts.tolist() == [0.5, 0.5, 0.0, 1.0]


class TestDesign:
    def test_replay_knows_the_knots_of_training_and_no_outcome(self):
        train = book()
        design = learn_design(train, [CLOCK])
        few = train.head(7)
        assert (design.apply(few).values == design.apply(train).values[:7]).all()
        assert (design.apply(few.drop(columns="event")).values == design.apply(few).values).all()

    def test_a_kind_that_training_never_saw_has_no_curve(self):
        train = book()
        design = learn_design(train[train["term_kind"] != "no_term"], [CLOCK])
        of_new_kind = design.apply(train[train["term_kind"] == "no_term"])
        assert (of_new_kind.values == 0).all()

    def test_rows_without_a_kind_have_no_term(self):
        train = book()
        lacking = train.assign(term_kind=train["term_kind"].where(train["term_kind"] != "no_term", None))
        assert (
            learn_design(lacking, [CLOCK]).apply(lacking).values == learn_design(train, [CLOCK]).apply(train).values
        ).all()

    def test_that_a_date_is_lacking_is_marked(self):
        columns = learn_design(book(), [CLOCK]).columns
        assert [column.name for column in columns if column.marks_missing] == ["days_to_renewal: no_term"]

    @pytest.mark.parametrize("lacking", ["event", "lifetime_id"])
    def test_a_clock_is_learned_where_events_are_known(self, lacking):
        with pytest.raises(DesignError, match=f"the frame lacks {lacking}"):
            learn_design(book().drop(columns=lacking), [CLOCK])

    def test_a_clock_needs_kinds_of_terms(self):
        with pytest.raises(DesignError, match="needs the column term_kind"):
            learn_design(book().drop(columns="term_kind"), [CLOCK])


def test_a_cox_model_follows_a_clock_that_peaks_weeks_before_a_renewal():
    """A straight line in log days ranks far worse than the truth; the curve comes within .02 of it."""
    train, test = book(seed=1), book(seed=2)
    truth = float(auc(test["event"].to_numpy(bool), test["risk"].to_numpy())[0])

    def ranked(*covariates: Declared) -> float:
        design = learn_design(train, covariates)
        model = LandmarkCox(ridge=1.0).fit(design.apply(train), Outcome.from_landmarks(train))
        return float(auc(test["event"].to_numpy(bool), horizon_risk(model, design.apply(test)))[0])

    assert ranked(CLOCK) > truth - 0.02
    assert ranked(Declared("days_to_renewal", "contract", "log1p")) < truth - 0.1
