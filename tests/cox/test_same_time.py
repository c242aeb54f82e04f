"""Times that differ by rounding are one: no event is lost where a sum ends a hair before it, or gained after."""

import numpy as np
import pytest

from analysis.cox.cumulative_hazard import baseline_cumulative_hazard
from analysis.cox.fit import fit_cox
from analysis.cox.prediction import cumulative_incidence, event_probability, why_unknown
from analysis.cox.row_check import row_check
from analysis.cox.rows import counting_rows
from analysis.cox.same_time import as_known

BEFORE, EXACT, AFTER = 0.7 + 0.1, 0.8, 0.8 + 1e-12
STOP = np.array([0.3, 0.5, 0.8, 0.9, 1.1, 1.3])
EVENT = np.array([1, 1, 1, 1, 0, 1])
X = np.array([[0.0], [1.0], [1.0], [0.0], [1.0], [0.0]])


def fit_with(third: float):
    stop = STOP.copy()
    stop[2] = third
    return fit_cox(X, counting_rows(None, stop, EVENT))


def test_the_sum_is_not_the_number():
    assert BEFORE < EXACT < AFTER


@pytest.mark.parametrize("third", [BEFORE, EXACT, AFTER])
def test_an_event_at_the_end_of_the_horizon_counts(third):
    fit, row = fit_with(third), X[:1]
    ends = [
        event_probability(fit, row, 0.7, 0.1),
        event_probability(fit, row, 0.5, 0.3),
        event_probability(fit, row, 0.5, 0.35),
    ]
    counted = [frame["probability"].item() for frame in ends]
    assert counted[0] == counted[1] == counted[2] > 0
    # It is over at the start: only the event at .9 is left.
    left = [event_probability(fit, row, start, 0.15)["probability"].item() for start in (BEFORE, EXACT, AFTER)]
    assert len(set(left)) == 1
    assert left[0] == event_probability(fit, row, 0.85, 0.1)["probability"].item()


@pytest.mark.parametrize("third", [BEFORE, EXACT, AFTER])
def test_nor_is_it_lost_among_causes_or_in_the_baseline(third):
    fit = fit_with(third)
    found = cumulative_incidence({"churn": fit}, X[:1], 0.7, [0.1, 0.2])["churn"]
    expected = event_probability(fit, X[:1], 0.7, [[0.1, 0.2]])["probability"].to_numpy()
    assert found == pytest.approx(expected, rel=1e-12)
    assert found[0, 0] > 0
    assert baseline_cumulative_hazard(fit)["n_at_risk"].tolist() == [6, 5, 4, 3, 1]


def test_events_a_hair_apart_are_tied():
    stop = np.array([0.8, BEFORE, AFTER, 0.9, 1.1, 1.3])
    tied, exact = (fit_cox(X, counting_rows(None, times, EVENT)) for times in (stop, np.r_[[0.8] * 3, stop[3:]]))
    assert tied.likelihood.sets.deaths.tolist() == [3, 1, 1]
    assert tied.coefficients == pytest.approx(exact.coefficients, rel=1e-12)


def test_a_row_that_begins_a_hair_before_the_last_ended_neither_overlaps_nor_is_at_risk_twice():
    rows = counting_rows([0, BEFORE, 0], [EXACT, 2, 3], [1, 1, 1], subject=["a", "a", "b"])
    check = row_check(rows)
    assert not check.overlap.any()
    assert check.teleport.tolist() == [False, True, False]


def test_a_horizon_that_ends_with_the_last_at_risk_is_known():
    fit = fit_cox(X, counting_rows(None, [0.3, 0.5, 0.6, 0.65, 0.7, 0.8], EVENT))
    assert why_unknown(fit, [0.7], [0.1]).tolist() == [""]
    assert why_unknown(fit, [0.7], [[0.1, 0.2]]).tolist() == [["", "beyond the last at risk"]]


def test_only_rounding_is_moved():
    start, stop = np.array([-np.inf, 0.5]), np.array([0.8, 2.0])
    asked = np.array([BEFORE, 0.8001, 0.5 + 1e-10, 5.0, np.inf])
    assert as_known(asked, start, stop).tolist() == [0.8, 0.8001, 0.5, 5.0, np.inf]
