"""Seven subjects, ties and late entries: answers that can be worked out on paper."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize_scalar

from analysis.design import Column, DesignMatrix
from analysis.models.cox import Cox
from analysis.models.partial_likelihood import baseline_hazard, risk_sets, score_residuals
from analysis.outcome import Outcome

# id   (start, stop]  event   x
#  1   (0, 3]         churn   1
#  2   (0, 3]         churn   0     tied with 1
#  3   (0, 5]         -       1
#  4   (3, 6]         churn   1     enters at the time of the first two events: not at risk at 3
#  5   (2, 6]         -       0     leaves observation at the time of an event: at risk at 6
#  6   (0, 2]         -       0     is gone before anything happens
#  7   (4, 8]         churn   0     alone at the end
START = np.array([0, 0, 0, 3, 2, 0, 4], float)
STOP = np.array([3, 3, 5, 6, 6, 2, 8], float)
EVENT = np.array([1, 1, 0, 1, 0, 0, 1], bool)
X = np.array([1, 0, 1, 1, 0, 0, 0], float)


@pytest.fixture
def outcome():
    names = np.array([f"s{k}" for k in range(7)], dtype=object)
    return Outcome(START, STOP, EVENT, np.full(7, "", dtype=object), np.arange(7), names, names, "lifetime")


@pytest.fixture
def design(outcome):
    return DesignMatrix(X[:, None], (Column("x", "x", "usage"),), pd.DataFrame({"lifetime_id": range(7)}))


def log_likelihood(beta):
    """Risk sets: at 3 {1, 2, 3, 5} with two deaths, at 6 {4, 5, 7}, at 8 {7}; r = exp(beta) where x = 1."""
    r = np.exp(beta)
    tied = np.log(2 * r + 2) + np.log(2 * r + 2 - (r + 1) / 2)
    return beta - tied + beta - np.log(r + 2) - np.log(1.0)


def test_risk_sets(outcome):
    sets = risk_sets(outcome, np.zeros(7, int))
    assert sets.time.tolist() == [3, 6, 8]
    assert sets.deaths.tolist() == [2, 1, 1]
    assert sets.sums(np.ones((7, 1)))[:, 0].tolist() == [4, 3, 1]
    assert sets.event_sums(X[:, None])[:, 0].tolist() == [1, 1, 0]


def test_coefficient_maximises_the_likelihood_written_out(design, outcome):
    best = minimize_scalar(
        lambda beta: -log_likelihood(beta), bounds=(-5, 5), method="bounded", options={"xatol": 1e-10}
    )
    cox = Cox().fit(design, outcome)
    assert cox.coefficients_[0] == pytest.approx(best.x, abs=1e-6)
    assert cox.log_likelihood_ == pytest.approx(log_likelihood(best.x), abs=1e-10)


def test_baseline_at_beta_zero_takes_efrons_steps(outcome):
    # Two deaths among four: 1/4 for the first, 1/3 for the second; then one of three; then one of one.
    _, increments = baseline_hazard(outcome, np.zeros(7, int), X[:, None], np.zeros(1))
    assert_allclose(increments, [1 / 4 + 1 / 3, 1 / 3, 1])


def test_score_residuals_at_beta_zero(outcome):
    # At 3 the mean of x is 2/4 in both steps (half of each death goes), at 6 it is 1/3, at 8 it is 0.
    # A survivor of time 3 collects hazard 7/12, a death there 1/4 + 1/2 x 1/3 = 5/12.
    expected = [
        (1 - 1 / 2) - (1 - 1 / 2) * 5 / 12,
        (0 - 1 / 2) - (0 - 1 / 2) * 5 / 12,
        -(1 - 1 / 2) * 7 / 12,
        (1 - 1 / 3) - (1 - 1 / 3) * 1 / 3,
        -(0 - 1 / 2) * 7 / 12 - (0 - 1 / 3) * 1 / 3,
        0,
        (0 - 0) - (0 - 1 / 3) * 1 / 3,
    ]
    residuals = score_residuals(outcome, np.zeros(7, int), X[:, None], np.zeros(1))
    assert_allclose(residuals[:, 0], expected, atol=1e-12)


def test_strata_never_meet(outcome):
    # Subjects 1 and 3 apart from the rest: at 3 their stratum has {1, 3}, the other {2, 5}.
    stratum = np.array([0, 1, 0, 1, 1, 1, 1])
    sets = risk_sets(outcome, stratum)
    assert list(zip(sets.stratum, sets.time, strict=True)) == [(0, 3), (1, 3), (1, 6), (1, 8)]
    assert sets.sums(np.ones((7, 1)))[:, 0].tolist() == [2, 2, 3, 1]
