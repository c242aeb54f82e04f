"""What no Cox model can be fitted to: the error names the column and the rows."""

import numpy as np
import pytest
from hard_rows import EVENT, RNG, STOP, VALUES, N, fit, fit_beside

from analysis.cox.fit import fit_cox
from analysis.cox.rows import counting_rows
from analysis.errors import ModelError

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
        ({"values": np.full((N, 2), "high")}, "Covariates must be numbers; an array of <U4 arrived"),
        ({"values": VALUES * 1j}, "Covariates must be numbers; an array of complex128 arrived"),
        ({"names": ["usage"]}, r"names must be one for each of the 2 columns, all different; \['usage'\] arrived"),
        ({"names": ["usage", "usage"]}, r"names must be one for each of the 2 columns, all different"),
        ({"ridge": np.inf}, r"ridge must be a number of at least zero.*inf"),
        ({"ridge": -1.0}, r"ridge must be a number of at least zero.*-1"),
        ({"ridge": [1.0]}, r"ridge must be.*one for each of the 2 columns"),
        ({"ties": "exact"}, r"ties must be 'efron' or 'breslow'; 'exact' arrived"),
    ],
)  # fmt: skip
def test_what_is_refused_is_named(change, message):
    with pytest.raises(ModelError, match=message):
        fit(**change)


def test_indicators_that_separate_only_together():
    rng = np.random.default_rng(12)
    group = rng.integers(0, 3, 300)
    event = group > 0
    columns = np.column_stack([group == 1, group == 2, rng.normal(size=300)])
    rows = counting_rows(None, np.where(event, 1 + np.arange(300) % 50, 60), event)
    with pytest.raises(ModelError, match="no maximum in 'first', 'second': a combination of them"):
        fit_cox(columns, rows, names=["first", "second", "other"])


def test_a_row_without_a_stratum_is_refused():
    with pytest.raises(ModelError, match=r"strata must not be missing.*positions 1"):
        counting_rows([0, 0], [1, 2], [0, 1], strata=["a", None])
