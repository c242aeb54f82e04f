"""Kaplan-Meier by segment and kind of term: by hand, and the incidence of a cell that nobody had seen."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from r_reference import cox_rows
from simulated_landmarks import landmark_rows

from analysis.design.matrix import Column, DesignMatrix
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.models.kaplan_meier_cells import KaplanMeierCells


def book(kinds, segments, events, stops=None, lifetimes=None):
    """Return rows at risk; segments are 's' or the commonest, and each row is a lifetime if nothing else is said."""
    n = len(kinds)
    stops = [5.0 if event else 13.0 for event in events] if stops is None else stops
    names = np.array(lifetimes or [f"L{k}" for k in range(n)], dtype=object)
    outcome = Outcome(
        start=np.zeros(n),
        stop=np.array(stops),
        event=np.array(events, dtype=bool),
        cause=np.full(n, "", dtype=object),
        lifetime=names,
        account=names,
        cluster=names,
        content=np.arange(n, dtype=np.uint64),
        clock="landmark",
    )
    values = np.array([[0.3, segment == "s"] for segment in segments], dtype=float)
    columns = (Column("seats", "seats", "contract"), Column("segment: s", "segment_in_force", "contract"))
    return DesignMatrix(values, columns, pd.DataFrame({"term_kind": kinds})), outcome


def test_a_cell_is_drawn_to_its_kind_of_term_and_that_to_all():
    """Of 40 lifetimes 8 left: 6 of 10 by the month, all of them of segment s; 2 of 30 by the year."""
    kinds = ["month"] * 10 + ["year"] * 30
    segments = ["s"] * 6 + ["o"] * 4 + ["o"] * 30
    events = [1] * 6 + [0] * 4 + [1] * 2 + [0] * 28
    design, outcome = book(kinds, segments, events)
    model = KaplanMeierCells().fit(design, outcome)
    month = (10 * 6 / 10 + 30 * 8 / 40) / 40
    assert model.incidence_[("month",)][13] == pytest.approx(month)
    risk = model.predict_incidence(design, [4, 5, 13])
    assert (risk[:, 0] == 0).all()
    assert risk[0, 2] == pytest.approx((6 * 1.0 + 30 * month) / 36)
    assert risk[6, 2] == pytest.approx((4 * 0.0 + 30 * month) / 34)
    assert risk[0, 1] == risk[0, 2]


def test_rows_that_are_followed_for_a_part_count_as_long_as_they_are():
    """Three at risk at 5, one of whom leaves; one is lost at 7; of the other, the last one leaves at 9."""
    design, outcome = book(["year"] * 3, ["o"] * 3, [1, 0, 1], stops=[5.0, 7.0, 9.0])
    survival = 1 - KaplanMeierCells().fit(design, outcome).incidence_[()]
    assert survival[[4, 5, 8, 9, 13]] == pytest.approx([1, 2 / 3, 2 / 3, 0, 0])


def test_without_a_segment_of_the_day_kinds_of_term_stand_alone():
    rows = landmark_rows(300, 4).assign(segment_today="large")
    kinds = np.where(np.arange(len(rows)) % 3 == 0, "month", "year")
    design = DesignMatrix(
        rows[["champions"]].to_numpy(),
        (Column("champions", "champions", "champion"),),
        pd.DataFrame({"term_kind": kinds}),
    )
    model = KaplanMeierCells().fit(design, Outcome.from_landmarks(rows))
    assert set(model.incidence_) == {(), ("month",), ("year",)}
    assert len(np.unique(model.predict_incidence(design, [13]))) == 2


def test_a_cell_that_was_never_seen_has_the_incidence_of_the_one_above():
    design, outcome = book(["month"] * 4 + ["year"] * 4, ["o"] * 8, [1, 0, 0, 0, 0, 0, 1, 1])
    model = KaplanMeierCells().fit(design, outcome)
    asked = replace(design, rows=design.rows.assign(term_kind=["decade"] * 4 + ["year"] * 4))
    asked.values[4:, 1] = 1.0
    risk = model.predict_incidence(asked, [13])[:, 0]
    assert risk[0] == model.incidence_[()][13]
    assert risk[4] == model.incidence_[("year",)][13]


def test_other_names_and_another_order_change_nothing():
    rng = np.random.default_rng(3)
    kinds, segments = rng.choice(["month", "year"], 200), rng.choice(["s", "o"], 200)
    design, outcome = book(kinds, segments, rng.random(200) < 0.3)
    shuffled = rng.permutation(200)
    other = replace(outcome, lifetime=np.array([f"Z{-k}" for k in range(200)], dtype=object)).take(shuffled)
    one = KaplanMeierCells().fit(design, outcome).predict_incidence(design, [6, 13])
    two = KaplanMeierCells().fit(design.take(shuffled), other).predict_incidence(design, [6, 13])
    assert (one == two).all()


def test_what_it_refuses():
    design, outcome = book(["year"] * 3, ["o"] * 3, [1, 0, 0])
    with pytest.raises(ModelError, match="on the lifetime clock"):
        KaplanMeierCells().fit(*cox_rows("heart", ["age"]))
    with pytest.raises(ModelError, match="needs the rows' term_kind"):
        KaplanMeierCells().fit(replace(design, rows=pd.DataFrame(index=range(3))), outcome)
    with pytest.raises(ModelError, match="at least one churn"):
        KaplanMeierCells().fit(*book(["year"] * 3, ["o"] * 3, [0, 0, 0]))
    with pytest.raises(ModelError, match="columns differ"):
        KaplanMeierCells().fit(design, outcome).predict_incidence(design.without(["seats"]), [13])
