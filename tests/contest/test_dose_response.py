"""Dose-response: the spline against SciPy's natural cubic one, accumulated effects against closed forms."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from pages import ENGLISH_WORDS
from scipy.interpolate import CubicSpline
from simulated_landmarks import COVARIATES, Declared, landmark_rows

from analysis.contest.accumulated_effects import accumulated_effects
from analysis.contest.dose_response import dose_response
from analysis.contest.effect_displays import dose_words, show_dose_response
from analysis.contest.spline import curved_columns, knots_at_quantiles
from analysis.cox.fit import fit_cox
from analysis.cox.rows import counting_rows
from analysis.declared.factors import read_covariates
from analysis.design.matrix import learn_matrix
from analysis.errors import ModelError
from analysis.evaluation.rolling_origin import rolling_origin
from analysis.inference.fit import Inference, fit_as_supported
from analysis.models.forest import Forest
from reports.messages import read_catalogue


def natural(values, knots):
    """Return SciPy's natural cubic splines through 1 at each knot but the first, straight beyond the outer knots."""
    columns = []
    for place in range(1, len(knots)):
        line = CubicSpline(knots, np.eye(len(knots))[place], bc_type="natural")
        inside = line(np.clip(values, knots[0], knots[-1]))
        slope = np.where(values < knots[0], line(knots[0], 1), line(knots[-1], 1))
        columns.append(inside + slope * (values - np.clip(values, knots[0], knots[-1])))
    return np.column_stack(columns)


class TestSpline:
    def test_spans_what_scipys_natural_splines_do_so_that_a_fit_is_the_same(self):
        rng = np.random.default_rng(2)
        x = rng.normal(size=1500)
        time = rng.exponential(1 / np.exp(0.8 * np.abs(x)))
        rows = counting_rows(None, np.minimum(time, 1.0), time < 1.0)
        knots = knots_at_quantiles(x)
        ours, theirs = np.column_stack([x, curved_columns(x, knots)]), natural(x, knots)
        first, second = fit_cox(ours, rows), fit_cox(theirs, rows)
        assert first.maximum.end.log_likelihood == pytest.approx(second.maximum.end.log_likelihood, abs=1e-7)
        at = np.linspace(-4, 4, 60)
        curve = np.column_stack([at, curved_columns(at, knots)]) @ first.coefficients
        judge = natural(at, knots) @ second.coefficients
        assert curve - curve[30] == pytest.approx(judge - judge[30], abs=1e-6)

    def test_is_straight_beyond_the_outer_knots(self):
        knots = np.array([0.0, 1.0, 3.0, 4.0])
        beyond = curved_columns(np.array([-3.0, -1.0, 0.0, 4.0, 6.0, 8.0]), knots)
        assert np.diff(beyond, n=2, axis=0)[[0, 3]] == pytest.approx(0, abs=1e-12)

    def test_has_fewer_knots_where_values_are_alike_and_none_of_a_mark(self):
        assert len(knots_at_quantiles(np.arange(100.0))) == 4
        assert knots_at_quantiles(np.repeat([0.0, 1.0, 2.0], [30, 40, 30])).tolist() == [0.0, 1.0, 2.0]
        assert len(knots_at_quantiles(np.repeat([0.0, 1.0], [80, 20]))) == 0
        assert len(knots_at_quantiles(np.array([]))) == 0


COLUMNS = [Declared("use", "usage"), Declared("days", "relationship", "log1p"), Declared("mark", "champion")]


@pytest.fixture(scope="module")
def bent():
    """Danger is a V in use, straight in the logarithm of days."""
    rng, n = np.random.default_rng(7), 5000
    frame = pd.DataFrame(
        {
            "use": np.where(rng.random(n) < 0.05, np.nan, 10 + 2 * rng.normal(size=n)),
            "days": rng.gamma(1.5, 40.0, n),
            "mark": (rng.random(n) < 0.3).astype(float),
        }
    )
    eta = 0.5 * np.abs(frame["use"].fillna(10) - 10) + 0.4 * np.log1p(frame["days"])
    time = rng.exponential(1 / (0.02 * np.exp(eta)))
    rows = counting_rows(None, np.minimum(time, 1.0), time < 1.0)
    design, matrix = learn_matrix(frame, COLUMNS)
    fit = fit_as_supported(matrix, rows)
    return frame, Inference(fit, matrix.columns, design, (), len(frame))


@pytest.mark.slow
def test_a_bend_that_was_planted_is_drawn_and_tested(bent):
    found = dose_response("use", *bent)
    curve = found.table.set_index("value")
    assert found.p_value < 0.01
    assert found.median == pytest.approx(10, abs=0.1)
    for value, truth in ((13.5, 1.75), (6.5, 1.75), (12.0, 1.0)):
        near = curve.iloc[np.abs(curve.index - value).argmin()]
        assert near["estimate"] == pytest.approx(truth, abs=0.6)  # a spline of four knots rounds the tip of the V
        assert near["conf_low"] > 0
    codes = [note.code for note in found.notes]
    assert codes == ["contest.dose_median", "contest.dose_bends", "contest.dose_no_forest"]


@pytest.mark.slow
def test_a_line_is_found_straight_on_the_scale_on_which_it_enters(bent):
    found = dose_response("days", *bent)
    assert found.p_value > 0.05
    value, estimate = found.table["value"].to_numpy(), found.table["estimate"].to_numpy()
    truth = 0.4 * (np.log1p(value) - np.log1p(found.median))
    inside = (found.table["conf_low"] - 1e-9 <= truth) & (truth <= found.table["conf_high"] + 1e-9)
    assert inside.mean() > 0.9
    assert np.abs(estimate - truth).max() < 0.5


@pytest.mark.slow
def test_the_curve_has_no_width_at_the_median_and_its_interval_holds_elsewhere(bent):
    table = dose_response("use", *bent).table
    width = (table["conf_high"] - table["conf_low"]).to_numpy()
    at = np.abs(table["value"] - 10).argmin()
    assert width[at] < 0.1 * width[0]


def test_what_has_no_curve_is_refused_with_the_reason(bent):
    with pytest.raises(ModelError, match=r"no number in the model.*use, days, mark"):
        dose_response("nonsense", *bent)
    with pytest.raises(ModelError, match="too much alike"):
        dose_response("mark", *bent)
    frame, inference = bent
    without = Inference(inference.fit, tuple(c for c in inference.columns if c.name != "use"), inference.design, (), 1)
    with pytest.raises(ModelError, match="is not in the model"):
        dose_response("use", frame, without)


class Formula:
    """A forecaster of a formula of the raw columns, which its design hands on as they are."""

    def __init__(self, of):
        self.of = of

    def predict_incidence(self, design, times, cause="churn"):
        return np.repeat(self.of(design.rows)[:, None], len(times), axis=1)


def fold_of(frame: pd.DataFrame, of) -> SimpleNamespace:
    raw = SimpleNamespace(apply=lambda rows: SimpleNamespace(rows=rows.reset_index(drop=True)))
    names = frame.index.to_numpy().astype(str).astype(object)
    outcome = SimpleNamespace(cluster=names, content=np.arange(len(frame), dtype=np.uint64))

    class Test:
        rows = frame

        def __len__(self):
            return len(frame)

    return SimpleNamespace(models={"m": Formula(of)}, test_rows=frame, design=raw, test=Test(), outcome=outcome)


class TestAccumulated:
    @pytest.fixture(scope="class")
    @classmethod
    def pairs(cls):
        rng = np.random.default_rng(3)
        one = rng.uniform(size=4000)
        return pd.DataFrame({"one": one, "two": one + 0.05 * rng.normal(size=4000)})

    def test_of_a_line_are_the_line_less_its_mean(self, pairs):
        found = accumulated_effects([fold_of(pairs, lambda r: (0.3 * r["one"] + r["two"]).to_numpy())], "m", "one")
        slope = np.diff(found.effects[0]) / np.diff(found.edges)
        assert slope == pytest.approx(0.3, abs=1e-9)
        # Over the rows the effect is zero on average.
        assert np.interp(pairs["one"], found.edges, found.effects[0]).mean() == pytest.approx(0, abs=1e-3)

    def test_of_a_product_of_two_that_go_together_are_half_the_square(self, pairs):
        """Apley and Zhu: the local effect of x1 in x1 x2 is E(x2 | x1) = x1, which adds up to x1^2 / 2 (partial
        dependence would give x1 / 2, from corners where nobody is)."""
        found = accumulated_effects([fold_of(pairs, lambda r: (r["one"] * r["two"]).to_numpy())], "m", "one", n_bins=40)
        truth = found.edges**2 / 2
        reached = found.effects[0] - found.effects[0][0]
        assert reached == pytest.approx(truth - truth[0], abs=0.01)

    def test_are_zero_of_what_the_model_does_not_look_at_though_it_goes_with_what_it_does(self, pairs):
        found = accumulated_effects([fold_of(pairs, lambda r: r["one"].to_numpy())], "m", "two", n_resamples=5)
        assert np.abs(found.effects).max() < 1e-12

    def test_rows_without_a_value_say_nothing(self, pairs):
        holes = pairs.assign(one=pairs["one"].where(np.arange(len(pairs)) % 5 > 0))
        found = accumulated_effects([fold_of(holes, lambda r: r["one"].fillna(9).to_numpy())], "m", "one")
        assert found.n_rows == 3200
        assert found.mean_risk < 1

    def test_what_cannot_be_asked_is_said(self, pairs):
        fold = fold_of(pairs.assign(one=1.0), lambda r: r["one"].to_numpy())
        with pytest.raises(ModelError, match="one value in all quarters"):
            accumulated_effects([fold], "m", "one")
        with pytest.raises(ModelError, match="fitted in none of the 1 folds"):
            accumulated_effects([fold], "cox", "one")


@pytest.mark.slow
def test_a_forest_is_drawn_beside_the_cox_model_and_finds_a_step(bent):
    """Use above its mean protects: the forest's probability falls there, beyond its interval."""
    book = landmark_rows(1200, 9, seed=5)
    folds = rolling_origin(book, COVARIATES, {"forest": lambda: Forest(n_trees=30)}, n_folds=3, n_resamples=5).folds
    frame, inference = bent
    found = accumulated_effects(folds, "forest", "usage_trend", n_resamples=50)
    assert found.effects[0][0] > 0.01
    assert found.effects[0][-1] < -0.005
    assert (found.effects[1:, 0] > found.effects[1:, -1]).all()
    named = [fold_with(fold, "use") for fold in folds]
    both = dose_response("use", frame, inference, named, n_resamples=20)
    assert set(both.table["model"]) == {"cox", "forest"}
    forest = both.table[both.table["model"] == "forest"]
    assert (forest["conf_low"] <= forest["estimate"] + 1e-9).all()
    assert forest["points"].notna().all()
    declared = next(one for one in read_covariates() if one.name == "active_day_share")
    page = show_dose_response(both, declared)._repr_html_()
    assert f"{declared.label_en} ({declared.unit})" in page
    assert "Forest: probability within the horizon" in page


def test_a_curve_has_words_in_japanese():
    """Both models, both axes and the title."""
    words = dose_words("利用日の割合", "割合", read_catalogue("ja"))
    for said in (words.title, words.x_label, words.y_label, words.models["forest"]):
        assert not ENGLISH_WORDS.search(said)
    assert words.models["cox"] == "Coxモデル：ハザード"


def fold_with(fold, name):
    """Return a fold whose usage trend goes by another name, ten more."""
    shifted = fold.test_rows.assign(**{name: fold.test_rows["usage_trend"] + 10})
    design = SimpleNamespace(apply=lambda rows: fold.design.apply(rows.assign(usage_trend=rows[name] - 10)))
    return SimpleNamespace(models=fold.models, test_rows=shifted, design=design, test=fold.test, outcome=fold.outcome)
