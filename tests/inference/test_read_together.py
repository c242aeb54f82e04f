"""Columns that say much the same: which belong together, and what they say as one."""

import numpy as np
import pytest

from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.rows import counting_rows
from analysis.design.matrix import Column
from analysis.inference.read_together import ALIKE, INFLATED, others_of, read_together


def fitted(values: np.ndarray, log_hazard: np.ndarray, seed: int = 3) -> CoxFit:
    rng = np.random.default_rng(seed)
    time = rng.exponential(np.exp(-log_hazard))
    rows = counting_rows(np.zeros(len(time)), np.minimum(time, 1.0), time < 1.0)
    return fit_cox(values, rows, names=[f"c{k}" for k in range(values.shape[1])])


def columns(n: int, marks: tuple[int, ...] = ()) -> list[Column]:
    return [Column(f"c{k}", f"c{k}", "champion", marks_missing=k in marks) for k in range(n)]


def champions(n: int = 1000) -> np.ndarray:
    """Return champions, their departments, and days of vacancy, as logs: a third of the accounts has none."""
    rng = np.random.default_rng(5)
    number = np.where(rng.random(n) < 0.33, 0, 1 + rng.poisson(0.6, n))
    departments = np.where(number > 0, np.maximum(1, number - (rng.random(n) < 0.3)), 0)
    vacancy = np.where(number == 0, 1 + rng.exponential(120, n), 0.0)
    return np.log1p(np.column_stack([number, departments, vacancy]))


def test_a_sign_that_cannot_be_read_alone_is_told_with_those_that_say_the_same():
    """Having none doubles the hazard and more; days without one look as if they protected, or hardly mattered."""
    values = champions()
    fit = fitted(values, -1.0 + 0.9 * (values[:, 2] > 0) - 0.12 * values[:, 2])
    assert fit.coefficients[2] < 0
    (group,) = read_together(fit, columns(3))
    assert group.terms == ("c0", "c1", "c2")
    assert group.falls == (False, False, True)
    assert [others_of((group,), term) for term in ("c1", "c9")] == [("c0", "c2"), ()]
    assert group.conf_high < 0  # more champions, more departments and less vacancy, together, protect


def test_independent_columns_are_read_by_themselves():
    values = np.random.default_rng(1).normal(size=(800, 3))
    assert read_together(fitted(values, values @ [0.5, -0.5, 0.0]), columns(3)) == ()


@pytest.mark.slow
def test_inflation_is_that_of_a_regression_on_the_others_among_those_at_risk():
    """With an exponential clock, and effects of zero, all are at risk alike: the inflation is 1 / (1 - r^2)."""
    rng = np.random.default_rng(2)
    one = rng.normal(size=20000)
    other = 0.95 * one + np.sqrt(1 - 0.95**2) * rng.normal(size=20000)
    fit = fitted(np.column_stack([one, other]), np.zeros(20000))
    (group,) = read_together(fit, columns(2))
    assert group.inflation == pytest.approx([1 / (1 - 0.95**2)] * 2, rel=0.05)


def test_what_they_say_as_one_is_the_effect_of_moving_as_they_move():
    """Two measures of one thing: a standard deviation of both together is the effect of the thing, whoever has it."""
    rng = np.random.default_rng(4)
    thing = rng.normal(size=1000)
    values = np.column_stack([thing + 0.2 * rng.normal(size=1000), -(thing + 0.2 * rng.normal(size=1000))])
    (group,) = read_together(fitted(values, 0.5 * thing), columns(2))
    assert group.falls == (False, True)
    assert group.conf_low < 0.5 < group.conf_high
    assert group.conf_high - group.conf_low < 0.3


def test_pulling_against_each_other_needs_less_to_be_told():
    rng = np.random.default_rng(6)
    one = rng.normal(size=800)
    other = 0.8 * one + 0.6 * rng.normal(size=800)
    values = np.column_stack([one, other])
    with_pull = read_together(fitted(values, values @ [0.6, -0.6]), columns(2))
    assert [group.is_opposed for group in with_pull] == [True]
    assert max(with_pull[0].inflation) < INFLATED
    assert read_together(fitted(values, values @ [0.5, 0.4]), columns(2)) == ()


@pytest.mark.slow
def test_marks_of_missing_values_are_held_and_in_no_group():
    rng = np.random.default_rng(7)
    mark = (rng.random(4000) < 0.5).astype(float)
    values = np.column_stack([mark + 0.1 * rng.normal(size=4000), mark, rng.normal(size=4000)])
    fit = fitted(values, np.zeros(4000))
    assert ALIKE < 0.7
    groups = read_together(fit, columns(3, marks=(1,)))
    assert all("c1" not in group.terms for group in groups)


def test_levels_of_one_covariate_are_alike_by_being_levels_and_link_nothing():
    rng = np.random.default_rng(8)
    level = rng.choice(3, size=1000, p=[0.1, 0.45, 0.45])
    values = np.column_stack([level == 1, level == 2]).astype(float)
    fit = fitted(values, values @ [0.8, 0.8])
    plans = [Column("plan: basic", "plan", "contract"), Column("plan: gold", "plan", "contract")]
    assert read_together(fit, plans) == ()
    assert len(read_together(fit, columns(2))) == 1
