"""Firth's penalised partial likelihood: closed forms, another's numbers, brute force, and rows without any maximum."""

import itertools

import numpy as np
import pytest
from r_reference import table
from scipy import optimize, stats

from analysis.cox.firth import firth_limits
from analysis.cox.fit import fit_cox
from analysis.cox.identifiability import NotEstimableError
from analysis.cox.rows import counting_rows
from analysis.errors import ModelError

QUARTER_CHI = stats.chi2.ppf(0.95, 1) / 2


def steady_groups(exposed: int, others: int, events: int):
    """At each of some events so many exposed and others are at risk; the one that leaves, an other, is replaced."""
    n = exposed + others - 1
    start = np.r_[np.zeros(n), np.arange(events)]
    stop = np.r_[np.full(n, float(events)), np.arange(1, events + 1)]
    column = np.r_[np.ones(exposed), np.zeros(others - 1 + events)]
    return column, counting_rows(start, stop, np.arange(n + events) >= n)


def brute_force(column, start, stop, event):
    """Return log-likelihood + log information / 2 by the definition, Breslow's ties, no array of the package."""

    def objective(effect):
        likelihood = information = 0.0
        for time, happened, own in zip(stop, event, column, strict=True):
            if happened:
                inside = [x for x, a, b in zip(column, start, stop, strict=True) if a < time <= b]
                weights = np.exp(effect * np.array(inside))
                share = weights / weights.sum()
                likelihood += effect * own - np.log(weights.sum())
                information += (share * np.square(inside)).sum() - (share * np.array(inside)).sum() ** 2
        return likelihood + 0.5 * np.log(information)

    return objective


def limits_by_search(objective):
    top = optimize.minimize_scalar(lambda b: -objective(b), bounds=(-15, 15), method="bounded", options={"xatol": 1e-9})
    fall = lambda b: objective(b) - objective(top.x) + QUARTER_CHI  # noqa: E731
    return top.x, optimize.brentq(fall, top.x - 25, top.x), optimize.brentq(fall, top.x, top.x + 25)


@pytest.mark.parametrize(("exposed", "others", "events"), [(4, 6, 5), (30, 100, 12), (1, 9, 3)])
def test_two_steady_groups_have_half_an_event_each(exposed, others, events):
    """With p their share of hazard, l = events x log(1 - p) + log(p (1 - p)) / 2.

    It is highest where p / (1 - p) = 0.5 / (events + 0.5).
    """
    column, rows = steady_groups(exposed, others, events)
    with pytest.raises(NotEstimableError):
        fit_cox(column[:, None], rows)
    found = firth_limits(column, rows)
    assert np.exp(found.estimate) == pytest.approx(0.5 / (events + 0.5) * others / exposed, rel=1e-5)

    def closed(effect):
        p = exposed * np.exp(effect) / (exposed * np.exp(effect) + others)
        return events * np.log(1 - p) + 0.5 * np.log(events * p * (1 - p))

    _, low, high = limits_by_search(closed)
    assert (found.conf_low, found.conf_high) == pytest.approx((low, high), abs=1e-6)
    statistic = 2 * (closed(found.estimate) - closed(0))
    assert found.p_value == pytest.approx(stats.chi2.sf(statistic, 1), rel=1e-6)


def test_a_perfect_risk_is_a_perfect_protector_turned_round():
    column, rows = steady_groups(8, 20, 9)
    low, high = firth_limits(column, rows), firth_limits(1 - column, rows)
    assert (high.estimate, high.conf_low) == pytest.approx((-low.estimate, -low.conf_high), abs=1e-5)


class TestAnotherJudge:
    """firthmodels 0.8.2 (PyPI), Breslow's ties: FirthCoxPH(gtol=1e-10, xtol=1e-10, max_iter=500).fit(X, (event, stop)),
    then conf_int(method="pl", tol=1e-9, max_iter=500) and lrt(); X of the veteran table."""

    def test_a_column_with_a_maximum(self):
        veteran = table("veteran")
        rows = counting_rows(None, veteran["stop"], veteran["event"])
        found = firth_limits(veteran["karno"].to_numpy(float), rows, ties="breslow")
        assert found.estimate == pytest.approx(-0.03325289, abs=5e-8)
        assert (found.conf_low, found.conf_high) == pytest.approx((-0.04317765, -0.02330262), abs=5e-8)
        assert found.p_value == pytest.approx(1.01942923e-10, rel=1e-5)

    def test_a_mark_on_those_who_stayed(self):
        veteran = table("veteran")
        rows = counting_rows(None, veteran["stop"], veteran["event"])
        found = firth_limits((veteran["event"] == 0).to_numpy(float), rows, ties="breslow")
        assert found.estimate == pytest.approx(-2.93989919, abs=1e-6)
        assert (found.conf_low, found.conf_high) == pytest.approx((-7.77580918, -1.01619106), abs=1e-6)
        assert found.p_value == pytest.approx(0.00016079, abs=5e-9)

    def test_beside_other_columns_it_is_near(self):
        """Theirs penalises all three columns together; ours the first one, given the others."""
        veteran = table("veteran")
        rows = counting_rows(None, veteran["stop"], veteran["event"])
        beside = np.column_stack([veteran["karno"], np.arange(len(veteran)) % 7]).astype(float)
        found = firth_limits((veteran["event"] == 0).to_numpy(float), rows, beside, ties="breslow")
        assert found.estimate == pytest.approx(-2.94718212, abs=0.005)
        assert (found.conf_low, found.conf_high) == pytest.approx((-7.78338224, -1.02185376), abs=0.005)


@pytest.mark.parametrize("seed", range(4))
def test_equals_the_definition_with_late_entries(seed):
    rng = np.random.default_rng(seed)
    start = rng.integers(0, 6, 25).astype(float)
    stop = start + rng.permutation(25) / 8 + 0.5
    column = (rng.random(25) < 0.3).astype(float) if seed % 2 else rng.normal(size=25)
    event = rng.random(25) < 0.5
    if seed % 2:
        event &= column == 0  # nobody leaves with the mark
    found = firth_limits(column, counting_rows(start, stop, event), ties="breslow")
    estimate, low, high = limits_by_search(brute_force(column, start, stop, event))
    assert found.estimate == pytest.approx(estimate, abs=1e-5)
    assert (found.conf_low, found.conf_high) == pytest.approx((low, high), abs=1e-5)


def test_columns_beside_have_their_best_effects_at_each_value():
    """Held at its estimate, the first column leaves the others where a fit with that offset puts them."""
    heart = table("heart")
    rows = counting_rows(heart["start"], heart["stop"], heart["event"])
    beside, column = heart[["age", "year"]].to_numpy(float), heart["surgery"].to_numpy(float)
    found = firth_limits(column, rows, beside)
    grid = found.estimate + np.array([-0.05, 0, 0.05])
    height = []
    for effect in grid:
        held = counting_rows(heart["start"], heart["stop"], heart["event"], offset=effect * column)
        coefficients = fit_cox(beside, held).coefficients
        whole = fit_cox(np.column_stack([column, beside]), rows)
        at = whole.likelihood.evaluate(np.r_[effect, coefficients] * whole.scale)
        information = whole.likelihood.information(at)
        height.append(at.log_likelihood + 0.5 * np.log(1 / np.linalg.inv(information)[0, 0]))
    assert height[1] > max(height[0], height[2])


def test_widening_divides_the_statistic():
    column, rows = steady_groups(8, 20, 9)
    narrow, wide = (firth_limits(column, rows, widening=by) for by in (1.0, 2.0))
    assert wide.estimate == narrow.estimate
    assert wide.conf_low < narrow.conf_low < narrow.conf_high < wide.conf_high
    assert stats.chi2.isf(wide.p_value, 1) == pytest.approx(stats.chi2.isf(narrow.p_value, 1) / 2)


def test_units_and_order_make_no_difference():
    column, rows = steady_groups(8, 20, 9)
    plain = firth_limits(column, rows)
    for scale, shift in itertools.product((1e-3, 50.0), (0.0, 7.0)):
        other = firth_limits(scale * column + shift, rows)
        assert other.conf_high * scale == pytest.approx(plain.conf_high, abs=1e-5)


def test_what_it_refuses():
    _, rows = steady_groups(4, 6, 5)
    with pytest.raises(ModelError, match="needs two values"):
        firth_limits(np.ones(len(rows)), rows)
    later = np.r_[np.zeros(13), 1.0]  # whoever has it is never at risk together with others
    alone = counting_rows(np.r_[np.zeros(13), 5], np.r_[np.full(13, 5.0), 9], np.r_[np.ones(5), np.zeros(9)])
    with pytest.raises(ModelError, match="never differs among those at risk"):
        firth_limits(later, alone)
