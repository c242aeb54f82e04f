"""Whether hazard ratios drift, and which event date stands beside the study's: both by rule."""

import numpy as np
import pandas as pd
import pytest

from analysis.cohort.event_date import other_event_date
from analysis.cox.fit import fit_cox
from analysis.cox.proportional_hazards import GLOBAL, coefficient_path, proportional_hazards_test
from analysis.cox.rows import counting_rows
from analysis.design.matrix import Column
from analysis.inference.drift import Drift, drift_path, drift_verdict, judge_drifts


def table(**p_values: float) -> pd.DataFrame:
    """Return tests of some columns, each of which drifts where its p value is below one in a hundred."""
    p = list(p_values.values())
    return pd.DataFrame({"term": list(p_values), "p_value": p, "drifts": [value < 0.01 for value in p]})


@pytest.mark.parametrize(
    ("p_values", "together", "drift", "terms", "strongest"),
    [
        ({"age": 0.005, "use": 0.5, "seats": 0.001}, 0.2, Drift.OF_COLUMNS, ("age", "seats"), ("seats", "age")),
        ({"use": 0.001, "age": 0.001}, 0.2, Drift.OF_COLUMNS, ("use", "age"), ("age", "use")),
        ({"age": 0.5, "use": 0.5}, 0.049, Drift.TOGETHER, (), ()),
        ({"age": 0.5, "use": 0.5}, 0.05, Drift.NONE, (), ()),
    ],
    ids=["some columns", "of equals by name", "together only", "none"],
)
def test_columns_drift_or_all_together_or_none(p_values, together, drift, terms, strongest):
    verdict = judge_drifts(table(**p_values), together)
    assert (verdict.drift, verdict.terms, verdict.strongest) == (drift, terms, strongest)
    assert verdict.p_value == together


def test_the_verdict_and_the_path_are_those_of_the_fit():
    """The effect of one column turns round after time 1; that of the other is steady."""
    rng = np.random.default_rng(3)
    steady, turning = rng.normal(size=(2, 2000))
    to_come = rng.exponential(size=2000) / np.exp(0.5 * steady)
    early, late = np.exp(turning), np.exp(-turning)
    time = np.where(to_come < early, to_come / early, 1 + (to_come - early) / late)
    rows = counting_rows(None, np.minimum(time, 3), time < 3)
    columns = [Column("steady", "steady", "usage"), Column("turning", "turning", "champion")]
    fit = fit_cox(np.column_stack([steady, turning]), rows, names=["steady", "turning"])
    result = proportional_hazards_test(fit)
    verdict = drift_verdict(result, columns)
    assert verdict.drift is Drift.OF_COLUMNS
    assert verdict.strongest[0] == "turning"
    assert verdict.p_value == result.table.set_index("term").loc[GLOBAL, "p_value"]
    path = drift_path(result, columns, "turning")
    assert (path.term, path.family) == ("turning", "champion")
    assert path.constant == pytest.approx(fit.coefficients[1])
    pd.testing.assert_frame_equal(path.path, coefficient_path(result, "turning"))


@pytest.mark.parametrize(("chosen", "other"), [("notice", "end"), ("end", "notice")])
def test_the_other_date_of_an_event(chosen, other):
    assert other_event_date(chosen) == other
