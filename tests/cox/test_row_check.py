"""What is wrong with the rows of a subject: the counts of R's survcheck, and what a fit does about it."""

import numpy as np
import pandas as pd
import pytest
from r_reference import table

from analysis.cox.estimator import CoxPH
from analysis.cox.row_check import row_check
from analysis.cox.rows import counting_rows
from analysis.errors import ModelError

ROWS = pd.DataFrame(
    {
        "id": [1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 6, 7, 7, 8, 9, 9, 9],
        "start": [0, 5, 9, 0, 4, 0, 6, 0, 5, 0, 5, 0, 3, 3, 0, 8, 2, 0, 2, 2],
        "stop": [5, 9, 12, 5, 9, 4, 9, 5, 9, 5, 9, 3, 7, 7, 6, 9, 5, 2, 4, 6],
        "event": [0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 0, 0, 1],
    }
)
R_ROWS = {"overlap": [5, 14, 20], "gap": [7], "jump": [16], "teleport": [9, 11]}
"""R 4.2.2, survival 3.5-3: with e = factor(event, 0:1, c("censor", "left")),
survcheck(Surv(start, stop, e) ~ 1, data = d, id = id, istate = rep("there", nrow(d))) finds these rows, from 1."""


def check_of(frame, **more):
    return row_check(counting_rows(frame["start"], frame["stop"], frame["event"], subject=frame["id"], **more))


def test_the_rows_found_are_those_of_survcheck():
    found = check_of(ROWS)
    assert {kind: (np.flatnonzero(getattr(found, kind)) + 1).tolist() for kind in R_ROWS} == R_ROWS


def test_the_order_of_rows_makes_no_difference():
    mixed = ROWS.sample(frac=1, random_state=3)
    found = check_of(mixed)
    # of two rows that begin together, either may be called the second
    for kind, rows in R_ROWS.items():
        assert sorted(mixed.loc[getattr(found, kind), "id"]) == sorted(ROWS["id"].iloc[np.array(rows) - 1])


@pytest.mark.parametrize(("name", "teleports"), [("heart", 0), ("bladder2", 93), ("pbcseq", 0)])
def test_counts_of_known_tables(name, teleports):
    """The same call on these tables: 93 teleports for bladder2 (recurrences), no other flag."""
    found = check_of(table(name))
    assert int(found.teleport.sum()) == teleports
    assert not (found.overlap | found.gap | found.jump).any()


def test_an_overlap_with_any_earlier_row_is_one():
    found = check_of(pd.DataFrame({"id": [1] * 3, "start": [0, 2, 5], "stop": [9, 3, 7], "event": [0, 0, 1]}))
    assert found.overlap.tolist() == [False, True, True]


def test_a_fit_refuses_rows_that_overlap_and_names_them():
    with pytest.raises(ModelError, match=r"must not overlap within a stratum.*3 of 20 rows \(positions 4, 13, 19\)"):
        CoxPH().fit(ROWS[["start"]], ROWS, subject=ROWS["id"])
    assert CoxPH(ridge=1.0).fit(ROWS[["start"]], ROWS, cluster=ROWS["id"]).fit_.rows.n_events == 11


def test_a_fit_tells_of_gaps_and_of_rows_after_an_event():
    rows = ROWS[~ROWS["id"].isin([2, 6, 9])]
    fit = CoxPH(ridge=1.0).fit(rows[["id"]], rows, subject=rows["id"]).fit_
    said = {note.code: dict(note.values) for note in fit.notes if note.code in ("cox.gaps", "cox.after_event")}
    assert said == {"cox.gaps": {"rows": 1, "subjects": 1}, "cox.after_event": {"rows": 3, "subjects": 3}}


def test_rows_of_different_strata_may_overlap():
    frame = pd.DataFrame({"id": [1, 1, 2, 2], "start": 0, "stop": [3, 5, 4, 6], "event": 1, "x": [0, 1, 1, 0]})
    fit = CoxPH(ridge=1.0).fit(frame[["x"]], frame, strata=[1, 2, 1, 2], subject=frame["id"]).fit_
    assert next(note.code for note in fit.notes) == "cox.overlapping_strata"
