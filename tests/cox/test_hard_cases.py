"""Data on which Cox software fails silently: the answer is right, or the error names the column and the rows."""

import numpy as np
import pytest

from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.residuals import martingale_residuals
from analysis.cox.rows import counting_rows
from analysis.errors import ModelError

N = 60
RNG = np.random.default_rng(1)
STOP = np.round(RNG.exponential(size=N), 3) + 0.001
EVENT = RNG.random(N) < 0.6
VALUES = RNG.normal(size=(N, 2))
NAMES = ["usage", "seats"]


def fit(values=VALUES, stop=STOP, event=EVENT, *, start=None, names=NAMES, ties="efron", ridge=0.0, **rows) -> CoxFit:
    return fit_cox(values, counting_rows(start, stop, event, **rows), names=names, ties=ties, ridge=ridge)


def beside(column, values=VALUES):
    return np.column_stack([values, column])


def fit_beside(column, stop=STOP, event=EVENT, **more) -> CoxFit:
    """Fit a third column, 'culprit', beside two that are harmless."""
    return fit(beside(column), stop, event, names=[*NAMES, "culprit"], **more)


def one_column(x, stop, event, **more) -> CoxFit:
    return fit(np.array(x, dtype=float)[:, None], stop, event, names=["x"], **more)


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
    assert "1 lifetimes with event" in one.notes[0]


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


# Columns that cannot be estimated


def test_a_constant_column_is_named():
    with pytest.raises(ModelError, match=r"^'culprit' is constant in all rows"):
        fit_beside(np.full(N, 1e8 / 3))


def test_a_column_that_is_constant_within_every_stratum_is_named():
    stratum = np.arange(N) % 4
    with pytest.raises(ModelError, match=r"^'culprit' is the same for all who are at risk together"):
        fit_beside(1e6 + 1.1 * stratum, strata=stratum)


def test_a_column_that_is_constant_within_every_risk_set_is_named():
    # It differs between the years, and nobody is at risk in two of them.
    year = np.arange(N) % 3
    with pytest.raises(ModelError, match=r"^'culprit' is the same for all who are at risk together"):
        fit_beside(year, start=100.0 * year, stop=100 * year + STOP)


@pytest.mark.parametrize(("sign", "end"), [(1, "highest"), (-1, "lowest")])
def test_a_column_that_tells_all_events_from_the_others_is_named(sign, end):
    with pytest.raises(ModelError, match=rf"no maximum in 'culprit': whoever has the event always has its {end} value"):
        fit_beside(sign * EVENT)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_column_in_the_order_of_events_is_named(sign):
    with pytest.raises(ModelError, match=r"no maximum within reach in 'culprit'.*always at one end"):
        fit_beside(-sign * STOP, event=np.ones(N))


def test_a_group_without_any_event_is_named():
    spared = np.isin(np.arange(N), np.flatnonzero(~EVENT)[:6])
    with pytest.raises(ModelError, match=r"no maximum in 'culprit': whoever has the event always has its lowest value"):
        fit_beside(spared)


def test_two_columns_that_separate_only_together_are_both_named():
    first = RNG.random(N) < 0.5
    second = EVENT * 1.0 - first  # their sum tells who has the event, neither alone does
    with pytest.raises(ModelError, match=r"no maximum in 'a', 'b': a combination of them puts whoever has the event"):
        fit(np.column_stack([first, second, VALUES[:, 0]]), names=["a", "b", "usage"])


def test_a_column_and_its_copy_are_both_named():
    with pytest.raises(ModelError, match=r"'culprit' is a linear combination of 'usage' among"):
        fit_beside(1e6 * VALUES[:, 0] - 3e6)


def test_a_sum_of_columns_is_named_with_them():
    with pytest.raises(ModelError, match=r"'culprit' is a linear combination of 'usage', 'seats' among"):
        fit_beside(VALUES.sum(axis=1))


def test_indicators_of_all_levels_are_collinear():
    level = np.arange(N) % 3
    with pytest.raises(ModelError, match=r"'c' is a linear combination of 'a', 'b' among"):
        fit(np.column_stack([level == 0, level == 1, level == 2]), names=["a", "b", "c"])


def test_columns_that_are_collinear_only_among_those_at_risk_are_named():
    # They differ in rows that are gone before the first event.
    gone = np.arange(N) < 5
    stop = np.where(gone, 1e-4, STOP)
    copy = np.where(gone, RNG.normal(size=N), VALUES[:, 0])
    with pytest.raises(ModelError, match=r"'culprit' is a linear combination of 'usage' among those at risk"):
        fit_beside(copy, stop=stop, event=EVENT & ~gone)


@pytest.mark.parametrize("column", [EVENT, -STOP], ids=["by group", "by order"])
def test_a_ridge_gives_a_separated_column_an_effect(column):
    event = EVENT if column is EVENT else np.ones(N)
    ridged = fit_beside(column, event=event, ridge=1.0)
    assert np.isfinite(ridged.covariance).all()
    assert ridged.coefficients[2] > 1
    slope = ridged.maximum.end.score * ridged.scale
    assert slope == pytest.approx(ridged.coefficients, rel=1e-8, abs=1e-8)  # the slope is ridge x coefficient


def test_a_ridge_gives_copies_equal_shares():
    ridged = fit_beside(VALUES[:, 0], ridge=1.0)
    assert ridged.coefficients[2] == pytest.approx(ridged.coefficients[0], rel=1e-10)
    # Two equal shares cost half of what one coefficient of their sum does.
    alone = fit(ridge=[0.5, 1.0])
    assert ridged.coefficients[0] + ridged.coefficients[2] == pytest.approx(alone.coefficients[0], rel=1e-10)


# Values that are no numbers


def test_missing_values_are_named_with_column_and_rows():
    values = VALUES.copy()
    values[[3, 7, 9, 10, 11, 12], 1] = np.nan
    with pytest.raises(ModelError, match=r"'seats' is missing in 6 of 60 rows \(positions 3, 7, 9, 10, 11, \.\.\.\)"):
        fit(values)


@pytest.mark.parametrize(
    ("bad", "kind"),
    [([np.inf], "infinite"), ([np.inf, -np.inf], "infinite"), ([-np.inf, np.nan], "missing or infinite")],
)
def test_infinite_values_are_named_with_column_and_rows(bad, kind):
    values = VALUES.copy()
    values[4 : 4 + len(bad), 1] = bad
    with pytest.raises(ModelError, match=rf"'seats' is {kind} in {len(bad)} of 60 rows \(positions 4"):
        fit(values)


@pytest.mark.parametrize("rows", [[4], [4, 5]])
def test_a_number_that_stands_for_missing_is_named(rows):
    values = VALUES.copy()
    values[rows, 1] = np.finfo(float).max
    with pytest.raises(ModelError, match=r"^'seats' has values beyond 1e150"):
        fit(values)


# Outcomes that are none


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"event": np.where(np.arange(N) == 5, 2, EVENT)}, r"event must be 0 or 1; broken in 1 of 60.*\(positions 5\)"),
        ({"event": np.where(np.arange(N) == 5, np.nan, EVENT)}, r"event must be finite.*\(positions 5\)"),
        ({"event": np.where(EVENT, "left", "stayed")}, "event must be numbers"),
        ({"event": np.zeros(N)}, "at least one event; none is among the 60 rows"),
        ({"event": EVENT[:-1]}, r"event must have one value a row \(60\); its shape is \(59,\)"),
        ({"start": np.where(np.arange(N) == 5, 99, 0)}, r"start < stop.*broken in 1 of 60 rows \(positions 5\)"),
        ({"start": STOP}, r"start < stop.*broken in 60 of 60 rows \(positions 0, 1, 2, 3, 4, \.\.\.\)"),
        ({"start": np.zeros(3)}, r"start must have one value a row \(60\)"),
        ({"start": np.where(np.arange(N) == 5, np.nan, 0)}, r"start must be finite.*\(positions 5\)"),
        ({"stop": np.where(np.arange(N) == 5, np.inf, STOP)}, r"stop must be finite.*\(positions 5\)"),
        ({"weights": np.where(np.arange(N) == 5, -1, 1)}, r"weights must be positive.*\(positions 5\)"),
        ({"weights": np.where(np.arange(N) == 5, 0, 1)}, r"weights must be positive; leave out rows.*\(positions 5\)"),
        ({"weights": np.where(np.arange(N) == 5, np.nan, 1)}, r"weights must be finite.*\(positions 5\)"),
        ({"offset": np.where(np.arange(N) == 5, np.inf, 1)}, r"offset must be finite.*\(positions 5\)"),
        ({"offset": np.where(np.arange(N) == 5, 800, 0.0)}, r"offset must differ by less.* to 800 \(position 5\)"),
        ({"cluster": np.where(np.arange(N) == 5, np.nan, 1)}, r"must not be missing.*\(positions 5\)"),
        ({"subject": np.arange(N - 1)}, r"subject must have one label a row \(60\)"),
        ({"strata": np.arange(N - 1)}, r"strata must have one line a row \(60\)"),
        ({"values": VALUES[:-1]}, r"one line a row and at least one column: 60 rows; their shape is \(59, 2\)"),
        ({"values": VALUES[:, 0]}, r"one line a row and at least one column: 60 rows; their shape is \(60,\)"),
        ({"ridge": -1.0}, r"ridge must be a number of at least zero.*-1"),
        ({"ridge": [1.0]}, r"ridge must be.*one for each of the 2 columns"),
        ({"ties": "exact"}, r"ties must be 'efron' or 'breslow'; 'exact' arrived"),
    ],
)  # fmt: skip
def test_what_is_refused_is_named(change, message):
    with pytest.raises(ModelError, match=message):
        fit(**change)
