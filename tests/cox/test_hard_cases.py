"""Data on which Cox software fails silently: the answer is right all the same."""

import numpy as np
import pytest
from hard_rows import EVENT, RNG, STOP, VALUES, N, fit, one_column

from analysis.cox.fit import fit_cox
from analysis.cox.residuals import martingale_residuals
from analysis.cox.rows import counting_rows
from analysis.errors import ModelError

# Few events, few rows, many ties


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_when_everybody_has_the_event_at_one_time_nothing_is_learned(ties):
    # Every step has everybody in equal shares: the score is zero, the information n times the variance.
    everybody = fit(stop=np.ones(N), event=np.ones(N), ties=ties)
    assert everybody.coefficients == pytest.approx(np.zeros(2), abs=1e-13)
    assert np.linalg.inv(everybody.covariance) == pytest.approx(N * np.cov(VALUES.T, bias=True), rel=1e-11)
    assert everybody.robust_std_errors == pytest.approx(np.zeros(2), abs=1e-13)


def test_all_events_at_one_time_have_a_closed_form_with_breslows_ties():
    # 3 of 6 with x = 1 have the event and 2 of 10 with x = 0: 6r / (6r + 10) = 3/5, so r = 5/2; 5 times 3/5 times 2/5.
    x = np.repeat([1, 0], [6, 10])
    event = np.r_[1, 1, 1, 0, 0, 0, 1, 1, np.zeros(8)]
    tied = one_column(x, np.ones(16), event, ties="breslow")
    assert np.exp(tied.coefficients) == pytest.approx([2.5], rel=1e-10)
    assert tied.covariance == pytest.approx(np.array([[1 / 1.2]]), rel=1e-10)


def test_one_event_has_a_closed_form():
    # x = 0 has the event among -1, 0, 2: 2 r^2 = 1 / r, so r^3 = 1/2.
    one = one_column([-1, 0, 2], [2, 1, 2], [0, 1, 0])
    r = 0.5 ** (1 / 3)
    assert np.exp(one.coefficients) == pytest.approx([r], rel=1e-10)
    information = (1 / r + 4 * r**2) / (1 / r + 1 + r**2)
    assert one.covariance == pytest.approx(np.array([[1 / information]]), rel=1e-10)
    assert str(one.notes[0]).startswith("1 lifetime with event for 1 column: 1.0 a column, below 10")


def test_an_event_of_one_row_at_risk_tells_nothing():
    last = np.argmax(STOP)
    event = np.where(np.arange(N) == last, True, EVENT)
    with_it = fit(event=event)
    without = fit(event=np.where(np.arange(N) == last, False, EVENT))
    assert with_it.coefficients == pytest.approx(without.coefficients, rel=1e-12)
    assert with_it.log_likelihood == pytest.approx(without.log_likelihood, rel=1e-13)
    assert with_it.robust_covariance == pytest.approx(without.robust_covariance, rel=1e-11)


def test_one_row_at_risk_at_the_only_event_is_refused():
    with pytest.raises(ModelError, match=r"'usage', 'seats' are the same for all who are at risk together"):
        fit(event=np.arange(N) == np.argmax(STOP))


def test_a_stratum_without_events_tells_nothing():
    quiet = np.arange(N) % 3 == 0
    with_it = fit(event=EVENT & ~quiet, strata=quiet)
    without = fit(VALUES[~quiet], STOP[~quiet], EVENT[~quiet])
    assert with_it.coefficients == pytest.approx(without.coefficients, rel=1e-10)
    assert with_it.covariance == pytest.approx(without.covariance, rel=1e-10)
    assert with_it.robust_covariance == pytest.approx(without.robust_covariance, rel=1e-10)
    assert martingale_residuals(with_it)[quiet].tolist() == [0] * quiet.sum()


def test_two_rows_that_leave_together():
    together = one_column([0, 1], [1, 1], [1, 1])
    assert together.coefficients.tolist() == [0]
    assert together.covariance == pytest.approx(np.array([[2.0]]))  # two steps of variance 1/4


def test_two_rows_one_after_the_other_are_separated():
    with pytest.raises(ModelError, match=r"no maximum in 'x': whoever has the event always has its lowest value"):
        one_column([0, 1], [1, 2], [1, 1])


def test_two_rows_and_a_ridge_have_a_closed_form():
    # The slope of -log(1 + r) - theta beta^2 / 2 is zero where r / (1 + r) = -theta beta: here r = 1/3, beta = -log 3.
    ridged = one_column([0, 1], [1, 2], [1, 1], ridge=1 / (4 * np.log(3)))
    assert ridged.coefficients == pytest.approx([-np.log(3)], rel=1e-10)
    assert ridged.covariance == pytest.approx(np.array([[1 / (3 / 16 + 1 / (4 * np.log(3)))]]), rel=1e-10)


def test_one_row_is_refused():
    with pytest.raises(ModelError, match=r"'x' is constant in all rows"):
        one_column([0], [1], [1])


def test_many_strata_of_three_rows_have_a_closed_form():
    # One event and two others in each. 120 with x = 1 only where the event is: r / (r + 2); 80 with x = 1 only in one
    # of the others: 1 / (r + 2); 100 where x is the same for all. So r / (r + 2) = 120 / 200, and r is 3.
    x = np.concatenate(
        [np.tile([1, 0, 0], 120), np.tile([0, 1, 0], 80), np.tile([1, 1, 1], 50), np.tile([0, 0, 0], 50)]
    )
    stratum = np.repeat(np.arange(300), 3)
    matched = one_column(x, np.tile([1, 2, 2], 300) + stratum, np.tile([1, 0, 0], 300), strata=stratum)
    assert np.exp(matched.coefficients) == pytest.approx([3], rel=1e-10)
    assert matched.covariance == pytest.approx(np.array([[1 / (200 * 6 / 25)]]), rel=1e-10)


# Times


def test_times_that_differ_by_rounding_are_one_time():
    exact = np.ceil(STOP * 10)
    rounded = np.zeros(N)
    for tenths in range(int(exact.max())):
        rounded[exact > tenths] += 0.1  # ten times 0.1 is not 1
    assert len(np.unique(rounded)) == len(np.unique(exact))
    jittered = rounded + 1e-12 * RNG.normal(size=N)
    assert fit(stop=jittered).coefficients == pytest.approx(fit(stop=exact).coefficients, rel=1e-12)


def test_times_are_compared_beside_their_size():
    late = 1e10 + np.ceil(STOP * 10) * 1000
    blurred = late + RNG.random(N)  # a second in three hundred years
    assert fit(stop=blurred).coefficients == pytest.approx(fit(stop=late).coefficients, rel=1e-12)


def test_an_interval_of_rounding_length_is_refused():
    with pytest.raises(ModelError, match=r"1 of 60 rows \(positions 7\)"):
        fit(start=np.where(np.arange(N) == 7, STOP - 1e-13, 0))


# Columns whose size is unusual


@pytest.mark.parametrize("unit", [1e6, 1e-6, 1e30, 1e-30])
def test_units_do_not_matter(unit):
    scaled = fit(VALUES * [unit, 1 / unit])
    assert scaled.coefficients * [unit, 1 / unit] == pytest.approx(fit().coefficients, rel=1e-10)
    assert scaled.std_errors * [unit, 1 / unit] == pytest.approx(fit().std_errors, rel=1e-10)


def test_a_column_far_from_zero_keeps_the_digits_it_has():
    # Beside 1e8, values of size one have eight digits.
    far = fit(VALUES + 1e8)
    assert far.coefficients == pytest.approx(fit().coefficients, rel=1e-6)
    assert far.std_errors == pytest.approx(fit().std_errors, rel=1e-6)


def test_a_row_that_is_never_in_danger_counts_as_absent():
    values = VALUES.copy()
    safe = np.argmax(STOP)
    low = np.sign(fit().coefficients[0])
    values[safe, 0] = -1e5 * low  # exp(-1e4) of the hazard of others
    others = np.arange(N) != safe
    event = EVENT & others
    with_it = fit(values, event=event)
    without = fit(values[others], STOP[others], event[others])
    assert low * without.coefficients[0] > 0.05
    assert with_it.coefficients == pytest.approx(without.coefficients, rel=1e-9)
    assert with_it.std_errors == pytest.approx(without.std_errors, rel=1e-9)


def test_a_common_offset_of_any_size_means_nothing():
    assert fit(offset=np.full(N, 5000.0)).coefficients == pytest.approx(fit().coefficients, rel=1e-11)


@pytest.mark.parametrize("size", [1e-12, 1e12])
def test_weights_of_any_size_mean_the_same(size):
    weighted = fit(weights=np.full(N, size))
    assert weighted.coefficients == pytest.approx(fit().coefficients, rel=1e-10)
    assert weighted.robust_std_errors == pytest.approx(fit().robust_std_errors, rel=1e-10)


@pytest.mark.parametrize("kind", [bool, np.int8, np.float32, object])
def test_numbers_of_any_type_are_read(kind):
    whole = np.round(VALUES * 2).astype(bool)
    assert fit(whole.astype(kind)).coefficients.tolist() == fit(whole.astype(float)).coefficients.tolist()


def panel() -> tuple:
    """Return the rows of `test_many_strata_of_three_rows_have_a_closed_form`, one three after the other in time."""
    x = np.concatenate(
        [np.tile([1, 0, 0], 120), np.tile([0, 1, 0], 80), np.tile([1, 1, 1], 50), np.tile([0, 0, 0], 50)]
    )
    month = np.repeat(np.random.default_rng(2).permutation(300), 3).astype(float)
    return x.astype(float), month, month + 1, np.tile([1, 0, 0], 300)


@pytest.mark.parametrize("size", [10, 20, 40, 200])
def test_a_giant_hazard_leaves_no_trace_in_the_risk_sets_before_it(size):
    # A row of hazard ratio 3^size is there for half a month, and has the only event in it: nothing is surprising about
    # that. Sums over risk sets that add the row and take it off again lose 5 to 95 digits.
    x, start, stop, event = panel()
    without = one_column(x, stop, event, start=start)
    giant = one_column(np.r_[x, size], np.r_[stop, 150.5], np.r_[event, 1], start=np.r_[start, 150.2])
    assert np.exp(without.coefficients) == pytest.approx([3], rel=1e-10)
    rel = max(1e-9, 3.0 ** (4 - size))
    assert np.exp(giant.coefficients) == pytest.approx([3], rel=rel)
    assert giant.covariance == pytest.approx(without.covariance, rel=10 * rel)
    assert giant.robust_covariance == pytest.approx(without.robust_covariance, rel=10 * rel)
    assert giant.log_likelihood == pytest.approx(without.log_likelihood, rel=rel)
    assert martingale_residuals(giant)[:-1] == pytest.approx(martingale_residuals(without), abs=10 * rel)


def test_a_row_that_no_event_sees_may_lie_anywhere():
    values = VALUES.copy()
    first = np.argmin(STOP)
    values[first, 0] = 1e4
    others = np.arange(N) != first
    with_it = fit(values, event=EVENT & others)
    without = fit(values[others], STOP[others], EVENT[others])
    assert with_it.coefficients == pytest.approx(without.coefficients, rel=1e-9)
    assert with_it.robust_std_errors == pytest.approx(without.robust_std_errors, rel=1e-9)
    assert martingale_residuals(with_it)[first] == 0


def test_an_outlier_that_dwarfs_all_others_is_no_separation():
    rng = np.random.default_rng(11)
    x = rng.normal(size=400)
    time = rng.exponential(size=400) / np.exp(-0.6 * x)
    values, stop, event = x[:, None], np.minimum(time, 2), time < 2
    # Whoever has 1e5 is as good as immune; the others decide.
    values[0], stop[0], event[0] = 1e5, stop.max(), False
    with_it = fit_cox(values, counting_rows(None, stop, event))
    without = fit_cox(values[1:], counting_rows(None, stop[1:], event[1:]))
    assert with_it.coefficients == pytest.approx(without.coefficients, rel=1e-6)
