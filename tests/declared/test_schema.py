"""Schemas: a frame that is not what it is declared to be is refused at the border, by the name of its column."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.declared.schema import Field, Kind, Schema
from analysis.errors import FrameError

SCHEMA = Schema(
    "pairs",
    "two models",
    (
        Field("model", Kind.TEXT, "its name"),
        Field("estimate", Kind.NUMBER, "the difference", may_lack=True),
        Field("folds", Kind.WHOLE, "quarters", may_be_absent=True),
    ),
)
FRAME = pd.DataFrame({"model": ["cox", "forest"], "estimate": [0.1, np.nan], "folds": [3, 3]})


def test_a_frame_that_is_what_is_declared_passes_as_it_is():
    assert SCHEMA.checked(FRAME) is FRAME


def test_a_column_that_only_some_data_have_may_be_absent():
    frame = FRAME[["model", "estimate"]]
    assert SCHEMA.checked(frame) is frame


@pytest.mark.parametrize(
    ("frame", "fault"),
    [
        (FRAME[["estimate", "folds"]], "'model' is missing"),
        (FRAME.assign(model=["cox", None]), "'model' lacks 1 of 2 cells"),
        (FRAME.assign(model=[1, 2]), r"'model' must hold text; it holds int64 \(1, ...\)"),
        (FRAME.assign(estimate=["0.1", "0.2"]), r"'estimate' must hold numbers; it holds object \('0.1', ...\)"),
        (FRAME.assign(folds=[3.0, 2.5]), r"'folds' must hold whole numbers; it holds float64 \(3.0, ...\)"),
        (FRAME.assign(seats=1), "'seats' is not declared"),
    ],
    ids=["missing", "cell missing", "numbers for text", "text for numbers", "half a fold", "not declared"],
)
def test_any_other_is_refused_and_the_column_named(frame, fault):
    with pytest.raises(FrameError, match=rf"The frame pairs \(2 rows: two models\): .*{fault}"):
        SCHEMA.checked(frame)


def test_all_faults_are_told_at_once():
    with pytest.raises(FrameError, match="'model' is missing; 'estimate' is missing"):
        SCHEMA.checked(pd.DataFrame({"folds": [1]}))


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Kind.KEY, ["a1#1", "a1#2"], [1.5, 2.5]),
        (Kind.KEY, [1, 2], [True, False]),
        (Kind.TEXT, ["a", "b"], ["a", 1]),
        (Kind.NUMBER, [1, 2], [True, False]),
        (Kind.WHOLE, [1.0, 2.0], ["1", "2"]),
        (Kind.FLAG, [True, None], [0, 1]),
        (Kind.DAY, [dt.date(2024, 1, 1), None], ["2024-01-01", None]),
        (Kind.DAY, pd.to_datetime(["2024-01-01", "2024-02-01"]), [20240101, 20240201]),
        (Kind.SEVERAL, [("usage_drop",), ()], ["usage_drop", "seats"]),
    ],
)
def test_each_kind_takes_its_own_cells_and_no_others(kind, good, bad):
    schema = Schema("one", "a row", (Field("cell", kind, "a cell", may_lack=True),))
    assert len(schema.checked(pd.DataFrame({"cell": good}))) == 2
    with pytest.raises(FrameError, match=f"'cell' must hold {kind}"):
        schema.checked(pd.DataFrame({"cell": bad}))


def test_a_frame_without_rows_needs_its_columns_and_nothing_else():
    assert SCHEMA.empty().columns.tolist() == ["model", "estimate"]
    assert SCHEMA.checked(SCHEMA.empty()).empty
    with pytest.raises(FrameError, match="'model' is missing"):
        SCHEMA.checked(pd.DataFrame())


def test_columns_for_each_model_are_declared_by_their_names():
    wide = SCHEMA.with_each(("cox", "forest"), Kind.NUMBER, "probability", may_lack=True)
    assert wide.columns == ["model", "estimate", "folds", "cox", "forest"]
    assert len(wide.checked(FRAME.assign(cox=0.1, forest=np.nan))) == 2
    with pytest.raises(FrameError, match="'forest' is missing"):
        wide.checked(FRAME.assign(cox=0.1))


def test_where_others_may_stand_beside_them_they_may():
    loose = Schema("landmarks", "a row", (Field("event", Kind.WHOLE, "1 or 0"),), others="covariates")
    assert len(loose.checked(pd.DataFrame({"event": [1], "seats": [5]}))) == 1
