"""Hard cases: where a fit is possible it is right; where it is not, the error names the column and the rows."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from analysis.cox.cumulative_hazard import baseline_cumulative_hazard
from analysis.cox.fit import fit_cox
from analysis.cox.rows import counting_rows
from analysis.errors import ModelError


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def panel(rng, n=400, effect=0.6):
    """Right-censored exponential times with one covariate that matters and one that does not."""
    columns = rng.normal(size=(n, 2))
    time = rng.exponential(size=n) / np.exp(effect * columns[:, 0])
    return columns, np.ceil(20 * np.minimum(time, 2)), time < 2


class TestFitsThatArePossible:
    def test_all_events_at_one_time(self):
        # Breslow, all five at risk, three die: 2b - 3 log(3 exp(b) + 2) for x = 1, 1, 0 among the dead. Its slope
        # 2 - 9 r / (3 r + 2) is zero at r = exp(b) = 4 / 3.
        x = np.array([1.0, 1.0, 0.0, 1.0, 0.0])
        rows = counting_rows(None, np.full(5, 7.0), [1, 1, 1, 0, 0])
        fit = fit_cox(x[:, None], rows, ties="breslow")
        assert fit.coefficients[0] == pytest.approx(np.log(4 / 3), abs=1e-9)

    def test_one_event(self):
        # One of three dies, with the middle value: b / 2 - log(1 + exp(b / 2) + exp(b)) is largest at b = 0.
        fit = fit_cox([[0.0], [0.5], [1.0]], counting_rows(None, [5, 3, 5], [0, 1, 0]))
        assert fit.coefficients[0] == pytest.approx(0, abs=1e-12)
        assert "1 lifetimes with event for 1 columns" in fit.notes[0]

    def test_one_row_at_risk_at_an_event_tells_nothing_of_coefficients(self, rng):
        columns, stop, event = panel(rng)
        alone = np.r_[stop, 100.0], np.r_[event, True]
        with_it = fit_cox(np.vstack([columns, [3, 3]]), counting_rows(np.r_[np.zeros(400), 99], *alone))
        assert with_it.coefficients == pytest.approx(fit_cox(columns, counting_rows(None, stop, event)).coefficients)
        # Alone at risk, its own cumulative hazard jumps by 1 / risk = 1 at its own pattern.
        own = baseline_cumulative_hazard(with_it, [3.0, 3.0])["cumulative_hazard"]
        assert own.iloc[-1] - own.iloc[-2] == pytest.approx(1)

    def test_a_stratum_without_events_changes_nothing(self, rng):
        columns, stop, event = panel(rng)
        quiet = np.arange(400) < 100
        kept = ~quiet
        with_it = fit_cox(columns, counting_rows(None, stop, event & kept, strata=quiet))
        without = fit_cox(columns[kept], counting_rows(None, stop[kept], event[kept]))
        assert with_it.coefficients == pytest.approx(without.coefficients, rel=1e-10)
        assert with_it.robust_covariance == pytest.approx(without.robust_covariance, rel=1e-9)
        assert set(baseline_cumulative_hazard(with_it)["stratum"]) == {False}

    def test_many_small_strata(self, rng):
        # Pairs of one who dies first and one who is still there: conditional logistic regression on the difference.
        x = rng.normal(size=(300, 2))
        dies_high = rng.random(300) < 1 / (1 + np.exp(x[:, 1] - x[:, 0]))
        event = np.column_stack([dies_high, ~dies_high])
        stop = np.where(event, 1.0, 2.0)
        rows = counting_rows(None, stop.ravel(), event.ravel(), strata=np.repeat(np.arange(300), 2))
        fit = fit_cox(x.reshape(-1, 1), rows)
        gap = np.where(dies_high, x[:, 0] - x[:, 1], x[:, 1] - x[:, 0])
        best = minimize_scalar(lambda b: np.log1p(np.exp(-b * gap)).sum(), bounds=(-5, 5), method="bounded")
        assert fit.coefficients[0] == pytest.approx(best.x, abs=1e-5)
        assert fit.log_likelihood == pytest.approx(-best.fun, abs=1e-9)

    @pytest.mark.parametrize(("scale", "shift"), [(1e6, 0), (1e-6, 0), (1, 1e8), (1e6, 1e9), (1e-9, 0)])
    def test_units_and_origin_of_a_column_do_not_matter(self, rng, scale, shift):
        columns, stop, event = panel(rng)
        rows = counting_rows(None, stop, event)
        plain, moved = fit_cox(columns, rows), fit_cox(columns * [scale, 1] + [shift, 0], rows)
        # A shift of 1e8 leaves only eight of a number's sixteen digits.
        precision = 1e-9 if shift == 0 else 1e-5
        assert moved.coefficients * [scale, 1] == pytest.approx(plain.coefficients, rel=precision)
        assert moved.robust_std_errors * [scale, 1] == pytest.approx(plain.robust_std_errors, rel=precision)
        assert moved.log_likelihood == pytest.approx(plain.log_likelihood, rel=precision)

    def test_an_outlier_that_dwarfs_all_others_is_no_separation(self, rng):
        columns, stop, event = panel(rng, effect=-0.6)
        columns[0, 0], stop[0], event[0] = 1e5, stop.max(), False
        fit = fit_cox(columns, counting_rows(None, stop, event))
        # Whoever has 1e5 is as good as immune; the others decide.
        others = fit_cox(columns[1:], counting_rows(None, stop[1:], event[1:]))
        assert fit.coefficients == pytest.approx(others.coefficients, rel=1e-6)

    def test_times_that_differ_by_rounding_are_one_time(self, rng):
        columns, stop, event = panel(rng)
        days = stop / 365.25
        noisy = days * (1 + 1e-12 * rng.choice([-1, 0, 1], size=400))
        first, second = (fit_cox(columns, counting_rows(None, times, event)) for times in (stop, noisy))
        assert first.coefficients == pytest.approx(second.coefficients, rel=1e-12)

    def test_a_ridge_gives_what_separation_or_a_copy_denies(self, rng):
        columns, stop, event = panel(rng)
        culprit = np.column_stack([columns, event, columns[:, 0]])
        fit = fit_cox(culprit, counting_rows(None, stop, event), ridge=1.0)
        assert np.isfinite(fit.coefficients).all()
        assert fit.coefficients[0] == pytest.approx(fit.coefficients[3], rel=1e-9)  # copies share the effect


class TestFitsThatAreNot:
    def test_constant_column(self, rng):
        columns, stop, event = panel(rng)
        with pytest.raises(ModelError, match=r"'flat' is constant in all rows\. Leave it out\."):
            fit_cox(
                np.column_stack([columns, np.full(400, 0.1)]),
                counting_rows(None, stop, event),
                names=["a", "b", "flat"],
            )

    def test_column_that_never_differs_among_those_at_risk(self, rng):
        columns, stop, event = panel(rng)
        half = (np.arange(400) % 2).astype(float)
        rows = counting_rows(None, stop, event, strata=half)
        with pytest.raises(ModelError, match="'half' is the same for all who are at risk together"):
            fit_cox(np.column_stack([columns, half]), rows, names=["a", "b", "half"])

    @pytest.mark.parametrize(("sign", "end"), [(1, "highest"), (-1, "lowest")])
    def test_separated_column(self, rng, sign, end):
        columns, stop, event = panel(rng)
        culprit = np.where(event, sign, 0.0) + 0.0
        rows = counting_rows(None, np.where(event, stop, 50), event)
        with pytest.raises(ModelError, match=f"no maximum in 'culprit': whoever has the event always has its {end}"):
            fit_cox(np.column_stack([columns, culprit]), rows, names=["a", "b", "culprit"])

    def test_indicators_that_separate_only_together(self, rng):
        group = rng.integers(0, 3, 300)
        event = group > 0
        columns = np.column_stack([group == 1, group == 2, rng.normal(size=300)])
        rows = counting_rows(None, np.where(event, 1 + np.arange(300) % 50, 60), event)
        with pytest.raises(ModelError, match="no maximum in 'first', 'second': a combination of them"):
            fit_cox(columns, rows, names=["first", "second", "other"])

    def test_numbers_that_separate_only_together(self, rng):
        columns = rng.normal(size=(200, 3))
        total = columns[:, 0] + columns[:, 1]
        event = total > 0
        # Whoever has the event has the largest sum of all still there.
        stop = np.full(200, 500.0)
        stop[np.flatnonzero(event)[np.argsort(-total[event])]] = 1 + np.arange(event.sum())
        with pytest.raises(ModelError, match="no maximum within reach in 'first', 'second'"):
            fit_cox(columns, counting_rows(None, stop, event), names=["first", "second", "other"])

    def test_collinear_columns(self, rng):
        columns, stop, event = panel(rng)
        both = np.column_stack([columns, columns @ [1.0, -2.0] + 3])
        with pytest.raises(ModelError, match="'c' is a linear combination of 'a', 'b' among those at risk"):
            fit_cox(both, counting_rows(None, stop, event), names=["a", "b", "c"])

    @pytest.mark.parametrize(("bad", "kind"), [(np.nan, "missing"), (np.inf, "infinite")])
    def test_missing_and_infinite_values_name_column_and_rows(self, rng, bad, kind):
        columns, stop, event = panel(rng)
        columns[[3, 17], 1] = bad
        with pytest.raises(ModelError, match=rf"Column 'b' is {kind} in 2 of 400 rows \(positions 3, 17\)"):
            fit_cox(columns, counting_rows(None, stop, event), names=["a", "b"])

    def test_values_of_the_wrong_shape(self, rng):
        columns, stop, event = panel(rng)
        rows = counting_rows(None, stop, event)
        with pytest.raises(ModelError, match=r"one line a row.*400 rows; their shape is \(399, 2\)"):
            fit_cox(columns[1:], rows)
        with pytest.raises(ModelError, match="ridge must be"):
            fit_cox(columns, rows, ridge=[1.0])
        with pytest.raises(ModelError, match="ridge must be"):
            fit_cox(columns, rows, ridge=-1.0)
        with pytest.raises(ModelError, match="ties must be 'efron' or 'breslow'; 'exact' arrived"):
            fit_cox(columns, rows, ties="exact")

    def test_too_few_newton_steps(self, rng):
        columns, stop, event = panel(rng)
        with pytest.raises(ModelError, match="did not converge in 1 Newton steps; still moving: 'x0'"):
            fit_cox(columns, counting_rows(None, stop, event), max_iterations=1)

    def test_columns_with_too_few_events_are_noted_by_name(self, rng):
        columns, stop, event = panel(rng)
        rare = np.zeros(400)
        rare[np.flatnonzero(event)[:3]] = 1
        rare[np.flatnonzero(~event)[:20]] = 1
        fit = fit_cox(np.column_stack([columns, rare]), counting_rows(None, stop, event), names=["a", "b", "rare"])
        assert fit.notes == ("Set apart by fewer than 5 lifetimes with event: 'rare' (3).",)


class TestOutcomesThatAreNone:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"event": [0, 2, 1]}, r"event must be 0 or 1; broken in 1 of 3 rows \(positions 1\)"),
            ({"event": [0, 0, 0]}, "needs at least one event; none is among the 3 rows"),
            ({"stop": [1, 2, 2]}, r"every row needs start < stop; broken in 1 of 3 rows \(positions 2\)"),
            ({"stop": [1, np.nan, 3]}, r"stop must be finite, without missing values.*positions 1"),
            ({"start": [0, np.inf, 2]}, r"start must be finite, without missing values.*positions 1"),
            ({"start": [0, 1]}, r"start must have one value a row \(3\); its shape is \(2,\)"),
            ({"event": ["no", "yes", "no"]}, "event must be numbers"),
            ({"weights": [1, 0, 1]}, r"weights must be positive.*positions 1"),
            ({"offset": [0, np.nan, 0]}, "offset must be finite"),
            ({"strata": [0, 1]}, r"strata must have one line a row \(3\)"),
            ({"cluster": [0, 1]}, r"cluster must have one label a row \(3\)"),
            ({"cluster": ["a", None, "b"]}, r"cluster must not be missing.*positions 1"),
            ({"subject": [1.0, np.nan, 2.0]}, r"subject must not be missing.*positions 1"),
        ],
    )
    def test_each_fault_is_named_with_its_rows(self, arguments, message):
        good = {"start": [0, 1, 2], "stop": [1, 2, 3], "event": [0, 1, 0]}
        with pytest.raises(ModelError, match=message):
            counting_rows(**good | arguments)
