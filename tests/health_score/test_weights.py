"""Verdicts on weights: what is planted is found, what is right is left alone, and what can't be told is said."""

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from weight_samples import NAMES, weight_sample

from analysis.design.matrix import Column, DesignMatrix
from analysis.health_score.cluster_logit import fit_cluster_logit
from analysis.health_score.power import leavers_needed
from analysis.health_score.scalings import Shape, bands_of, judge_scalings
from analysis.health_score.stability import half_years, weights_over_time
from analysis.health_score.weight_displays import drawn_weights, show_weights
from analysis.health_score.weights import Verdict, Worth, _fieller, judge_weights
from analysis.wording.remarks import english

RIGHT = (20.0, 50.0, 30.0)


def test_implied_weights_are_shares_of_a_plain_logistic_regression():
    rows = weight_sample(400, RIGHT, (70, 15, 15))
    table = judge_weights(rows).table
    marks = rows.quarter[:, None] == np.arange(rows.quarter.max() + 1)
    plain = sm.Logit(rows.event.astype(float), np.column_stack([rows.points / 100, marks]).astype(float)).fit(disp=0)
    np.testing.assert_allclose(table["effect"], -plain.params[:3], atol=1e-6)
    np.testing.assert_allclose(table["implied"], 100 * plain.params[:3] / plain.params[:3].sum(), atol=1e-5)


def test_the_contract_is_held_equal_as_in_a_plain_logistic_regression_on_its_columns():
    """A trace of a penalty is on the contract's columns, and what it does to the weights is taken back."""
    plain_rows = weight_sample(400, RIGHT, (70, 15, 15))
    rng = np.random.default_rng(4)
    price = (plain_rows.points[:, 0] - 50) / 30 + rng.normal(0, 1, len(plain_rows.event))
    contract = DesignMatrix(price[:, None], (Column("price", "price", "contract"),), plain_rows.rows[["account_id"]])
    rows = replace(plain_rows, contract=contract)
    marks = rows.quarter[:, None] == np.arange(rows.quarter.max() + 1)
    columns = np.column_stack([rows.points / 100, price, marks]).astype(float)
    plain = sm.Logit(rows.event.astype(float), columns).fit(disp=0)
    found = judge_weights(rows).table
    np.testing.assert_allclose(found["effect"], -plain.params[:3], atol=1e-3)
    assert np.abs(found["effect"] - judge_weights(plain_rows).table["effect"]).max() > 0.02


def test_a_planted_fault_is_found_and_the_right_weights_are_left_alone():
    rows = weight_sample(800, RIGHT, (70, 15, 15))
    found = judge_weights(rows)
    assert found.verdicts == {"usage": Verdict.LOWER, "relationship": Verdict.RAISE, "nps": Verdict.RAISE}
    assert found.table["conf_low"].lt(RIGHT).all()
    assert found.table["conf_high"].gt(RIGHT).all()
    left = judge_weights(rows.with_weights(np.array(RIGHT))).verdicts
    assert not {Verdict.RAISE, Verdict.LOWER} & set(left.values())


@pytest.mark.slow
def test_much_evidence_keeps_what_is_right():
    found = judge_weights(weight_sample(12_000, RIGHT, RIGHT, slope=7.0, level=2.0, quarters=4))
    assert set(found.verdicts.values()) == {Verdict.KEEP}
    assert (found.table["conf_high"] - found.table["conf_low"]).max() < 10


def test_weights_of_zero_are_judged_like_others():
    found = judge_weights(weight_sample(800, RIGHT, (50, 50, 0))).verdicts
    assert found["nps"] is Verdict.RAISE
    assert judge_weights(weight_sample(800, (50, 50, 0), (50, 50, 0))).verdicts["nps"] is not Verdict.RAISE
    alone = judge_weights(weight_sample(800, RIGHT, (100, 0, 0)))
    assert np.isnan(alone.table.set_index("component").loc["usage", "p_value"])
    assert alone.verdicts["relationship"] is Verdict.RAISE


def test_a_component_of_the_wrong_sign_is_shown_as_zero_and_said():
    found = judge_weights(weight_sample(1500, (60, 70, -30), (40, 40, 20), slope=5.0))
    line = found.table.set_index("component").loc["nps"]
    assert (line["implied"], line["conf_low"]) == (0.0, 0.0)
    assert line["raw"] < 0
    assert found.verdicts["nps"] is Verdict.LOWER
    assert any("more points" in str(note) for note in found.notes)


def test_a_score_that_tells_nothing_has_no_verdicts_and_is_called_worthless():
    found = judge_weights(weight_sample(1500, RIGHT, RIGHT, slope=0.0))
    assert found.slope is not None
    assert found.slope.worth is Worth.WORTHLESS
    assert set(found.verdicts.values()) == {Verdict.CANNOT_TELL}
    assert any("worthless" in str(note) for note in found.notes)
    assert found.table["leavers_needed"].notna().all()


def test_too_little_is_refused_in_words():
    few = judge_weights(weight_sample(10, RIGHT, RIGHT))
    assert "30" in str(few.obstacle)
    assert few.table.empty
    assert show_weights(few).draw is None
    assert "months" in str(judge_weights(weight_sample(400, RIGHT, RIGHT, quarters=3)).obstacle)
    rows = weight_sample(400, RIGHT, RIGHT)
    assert "50%" in str(judge_weights(replace(rows, n_lacking=len(rows.event) + 1)).obstacle)
    assert judge_weights(replace(rows, n_lacking=len(rows.event))).obstacle is None
    constant = rows.points.copy()
    constant[:, 2] = 50.0
    assert "same points" in str(judge_weights(rows.with_points(constant)).obstacle)
    some = replace(rows, n_lacking=3 * len(rows.event)).take(np.arange(len(rows.event)))
    assert judge_weights(some).obstacle is None


def test_fiellers_interval_by_hand():
    """(0.3 - w)^2 <= 0.01 (1 + w^2), uncorrelated: the roots of 0.99 w^2 - 0.6 w + 0.08."""
    low, high = _fieller(0.3, 1.0, 0.01, 0.0, 0.01)
    np.testing.assert_allclose([low, high], np.sort(np.roots([0.99, -0.6, 0.08])))
    assert _fieller(0.3, 1.0, 0.01, 0.0, 1.5) == (0.0, 1.0)


def test_leavers_needed_grow_with_the_square_of_what_is_asked():
    rows = weight_sample(300, RIGHT, RIGHT)
    full = fit_cluster_logit(rows.points / 100, rows.event, rows.quarter, rows.cluster)
    once = leavers_needed(full, 0, 3, 100, 4.0)
    assert leavers_needed(full, 0, 3, 100, 4.0, (20.0, 40.0)) == pytest.approx(once / 4, rel=0.01)
    assert leavers_needed(full, 0, 3, 100, 2.0) == pytest.approx(once * 4, rel=0.01)
    assert np.isnan(leavers_needed(full, 0, 3, 100, 0.0))


def test_weights_over_time():
    rows = weight_sample(800, RIGHT, RIGHT)
    number, starts = half_years(rows)
    assert [f"{day:%Y-%m}" for day in starts[:2]] == ["2023-01", "2023-07"]
    assert (np.bincount(number) > 0).all()
    found = weights_over_time(rows)
    assert len(found.table) == 3 * len(starts)
    assert (found.tests["adjusted_p_value"] > 0.05).all()
    later = number >= len(starts) / 2
    turned = rows.points.copy()
    turned[later] = turned[later][:, [1, 0, 2]]
    drifted = weights_over_time(rows.with_points(turned)).tests.set_index("component")
    assert drifted.loc["relationship", "adjusted_p_value"] < 0.05


@pytest.mark.slow
def test_a_bent_and_a_turned_scaling_are_found():
    rows = weight_sample(1200, (50, 30, 20), (50, 30, 20), slope=6.0)
    straight = judge_scalings(rows)
    assert set(straight.table["shape"]) == {Shape.NOT_CONTRADICTED}
    assert not straight.overlaps["is_same_thing"].any()
    points = rows.points.copy()
    points[:, 0] = np.abs(points[:, 0] - 50) * 2
    assert judge_scalings(rows.with_points(points)).table["shape"].iloc[0] == Shape.NOT_CONTRADICTED
    points[:, 0] = np.select([rows.points[:, 0] < 33, rows.points[:, 0] < 66], [50.0, 0.0], 100.0)
    turned = judge_scalings(rows.with_points(points))
    assert turned.table["shape"].iloc[0] == Shape.TURNS
    assert any("turned" in str(note) for note in turned.notes)
    points[:, 0] = rows.points[:, 0] ** 4 / 1e6
    assert judge_scalings(rows.with_points(points)).table["shape"].iloc[0] == Shape.BENDS


def test_components_that_measure_the_same_are_named():
    rows = weight_sample(500, RIGHT, RIGHT)
    points = rows.points.copy()
    points[:, 2] = np.clip(points[:, 1] + np.random.default_rng(0).normal(0, 8, len(points)), 0, 100)
    found = judge_scalings(rows.with_points(points))
    assert found.overlaps.query("is_same_thing")[["component", "other"]].to_numpy().tolist() == [
        ["relationship", "nps"]
    ]
    assert found.table.set_index("component").loc["nps", "vif"] > 5


def test_few_distinct_points_are_bands():
    assert bands_of(np.array([0.0, 50.0, 100.0, 50.0])).tolist() == [0, 1, 2, 1]
    assert bands_of(np.arange(100.0)).max() == 4


def test_the_picture_shows_the_table():
    found = judge_weights(weight_sample(400, RIGHT, (70, 15, 15)))
    drawn = drawn_weights(found, english())
    assert drawn["label"].str.startswith(NAMES).all()
    assert drawn["word"].iloc[0] == "lower"
    axes = show_weights(found).plot().axes[0]
    assert {text.get_text() for text in axes.texts} >= set(drawn["text"])
