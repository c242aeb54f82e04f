"""Contamination: by hand, and on a planted company that calls accounts whose score is low."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from treated_rows import called

from analysis.evaluation.measures.cluster_interval import cluster_interval
from analysis.evaluation.measures.discrimination import auc, weighted_auc
from analysis.health_score.contamination import BandCase, Effect, Known, Warned
from analysis.health_score.exposure import Exposure, days_since_last, exposure_of, untreated_weights, weighted_risk
from analysis.health_score.treated import contamination


def told(effect, n=1500, n_worlds=15):
    worlds = [called(n, effect, seed, calls=0.7) for seed in range(n_worlds)]
    return worlds, [contamination(one.scored, one.started, one.by_day) for one in worlds]


@pytest.fixture(scope="module")
def halved():
    return told(0.5)


@pytest.fixture(scope="module")
def useless():
    return told(1.0)


def band(found, colour="red"):
    return found.bands.set_index("colour").loc[colour]


def test_where_calls_halve_the_hazard_the_risk_without_them_is_covered_and_the_one_seen_is_not(halved):
    worlds, found = halved
    truth = np.array([world.true_risk("red") for world in worlds])
    red = pd.DataFrame([band(one) for one in found])
    assert abs((red["untreated_risk"] - truth).mean()) < 0.025  # what truncation costs, and chance
    assert (red["risk"] - truth).mean() < -0.04
    assert ((red["untreated_low"] < truth) & (truth < red["untreated_high"])).sum() >= 13


def test_where_calls_halve_the_hazard_the_score_is_said_to_look_worse_than_it_is(halved):
    worse = [one for one in halved[1] if one.effect is Effect.LOOKS_WORSE]
    assert len(worse) >= 5
    assert "looks worse than it is" in str(worse[0].sentence)


def test_the_component_whose_low_accounts_are_rescued_raises_the_warning_in_every_world(halved):
    assert {one.warning("good") for one in halved[1]} <= {Warned.SHOWN, Warned.POSSIBLE}


def test_where_calls_do_nothing_nothing_is_shown(useless):
    worlds, found = useless
    truth = np.array([world.true_risk("red") for world in worlds])
    red = pd.DataFrame([band(one) for one in found])
    assert ((red["untreated_low"] < truth) & (truth < red["untreated_high"])).sum() >= 13
    assert ((red["conf_low"] < 0) & (red["conf_high"] > 0)).sum() >= 12
    assert sum(one.effect is Effect.NOT_SHOWN for one in found) >= 12


def test_a_band_that_nobody_calls_is_as_it_is_seen(halved):
    green = band(halved[1][0], "green")
    assert green["case"] == BandCase.UNTREATED
    assert green["untreated_risk"] == green["risk"]


def test_effective_rows_are_fewer_than_those_left_alone(halved):
    red = band(halved[1][0])
    assert 0 < red["effective_rows"] < red["n_rows"] * (1 - red["treated"])


def test_a_band_that_is_nearly_all_called_is_refused_in_words():
    world = called(600, 0.5, 1, calls=30.0)
    found = contamination(world.scored, world.started, world.by_day)
    assert band(found)["case"] == BandCase.MOSTLY_TREATED
    assert np.isnan(band(found)["untreated_risk"])
    assert found.effect is Effect.UNKNOWN
    assert "too few were left alone" in str(found.sentence)


def test_few_leavers_are_refused_in_words():
    world = called(90, 0.5, 1, calls=0.7, yearly=0.2)
    found = contamination(world.scored, world.started, world.by_day)
    assert band(found)["case"] == BandCase.TOO_FEW
    assert "ended before an intervention" in str(found.sentence)


def test_without_interventions_in_any_horizon_all_is_clear():
    world = called(50, 0.5, 1)
    earlier = pd.DataFrame({"account_id": ["A000001"], "started_on": pd.to_datetime(["2023-06-01"])})
    found = contamination(world.scored, earlier, world.by_day)
    assert (found.known, found.effect, found.warning("good")) == (Known.NONE, Effect.NOTHING, Warned.CLEAR)


def test_rows_without_a_score_or_outcome_are_not_judged(useless):
    world = useless[0][0]
    n = len(world.scored.rows)
    score = world.scored.score.copy()
    score[:7] = np.nan
    rows = world.scored.rows.assign(is_followed=np.arange(n) < n - 5)
    fewer = contamination(replace(world.scored, score=score, rows=rows), world.started, world.by_day)
    assert (fewer.n_rows, fewer.n_unscored) == (n - 12, 7)


def rows_of(*lines):
    names = ("account_id", "risk_date", "horizon_days", "followed_days", "event")
    table = pd.DataFrame(lines, columns=list(names))
    return table.assign(risk_date=pd.to_datetime(table["risk_date"]))


def started(*lines):
    table = pd.DataFrame(lines, columns=["account_id", "started_on"])
    return table.assign(started_on=pd.to_datetime(table["started_on"]))


def test_the_first_intervention_from_the_landmark_on_counts_where_it_came_before_the_end():
    rows = rows_of(
        ("a", "2024-01-01", 91, 91, 0),
        ("b", "2024-01-01", 91, 14, 1),
        ("c", "2024-01-01", 91, 14, 1),
        ("d", "2024-01-01", 91, 91, 0),
    )
    calls = started(
        ("a", "2024-01-01"), ("a", "2024-02-01"), ("b", "2024-01-15"), ("c", "2024-01-14"), ("d", "2023-12-31")
    )
    found = exposure_of(rows, calls)
    assert found.is_treated.tolist() == [True, False, True, False]  # b was called on the day it left, d before
    np.testing.assert_allclose(found.until, np.array([0.5, 14, 13.5, 91]) / 7)
    assert days_since_last(rows, calls).tolist()[3] == 1


def test_weights_of_a_constant_rate_are_one_over_the_share_that_is_left_alone():
    """Of 400 rows a quarter is called in the middle of the horizon: exp(rate x time) in closed form."""
    n = 400
    is_treated = np.arange(n) % 4 == 0
    exposure = Exposure(np.where(is_treated, 6.5, 13.0), is_treated, np.zeros(n, dtype=bool))
    weight = untreated_weights(exposure, np.full(n, "red", object), np.zeros((n, 1)), np.zeros((n, 13, 1)))
    rate = 100 / (300 + 100 * 0.5)  # of the seventh part, in which all calls are: all others have none
    assert (weight[is_treated] == 0).all()
    np.testing.assert_allclose(weight[~is_treated], np.exp(rate), rtol=0.02)  # the penalty takes a little


def test_weighted_risk_and_auc_are_those_of_rows_counted_so_often():
    rng = np.random.default_rng(4)
    event, risk, weight = rng.random(60) < 0.4, rng.normal(size=60), rng.integers(0, 4, 60)
    often = np.repeat(np.arange(60), weight)
    assert weighted_risk(event, weight.astype(float))[0] == pytest.approx(event[often].mean())
    value, influence = weighted_auc(event, risk, weight.astype(float))
    assert value == pytest.approx(auc(event[often], risk[often])[0])
    assert influence.sum() == pytest.approx(0, abs=1e-12)


def test_an_interval_by_clusters_is_that_of_the_mean_of_their_sums():
    value = np.array([1.0, 2.0, 3.0, 6.0])
    found = cluster_interval(3.0, (value - 3.0) / 4, np.arange(4))
    squares = np.array([4.0, 1.0, 0.0, 9.0])
    df = max(1.0, squares.sum() ** 2 / (squares**2).sum() - 1)
    reach = stats.t.ppf(0.975, df) * np.sqrt(squares.sum() / 3 / 4)
    assert (found.conf_low, found.conf_high) == pytest.approx((3 - reach, 3 + reach))


def test_a_component_of_few_values_has_its_low_rows_and_one_of_a_single_value_has_none():
    """More than two thirds have the most points: low are all that have less. Where all have the same, nobody is."""
    world = called(1500, 1.0, 3, calls=0.7)
    most = np.where(np.arange(len(world.scored.score)) % 5 == 0, 70.0, 100.0)
    points = world.scored.points.assign(steps=most, constant=50.0)
    found = contamination(replace(world.scored, points=points), world.started, world.by_day)
    table = found.components.set_index("name")
    own, treated = table.loc["steps"], found.components["treated_low"].notna()
    assert 0 < own["treated_low"] < 1
    assert 0 < own["treated_others"] < 1
    assert np.isnan(table.loc["constant", "treated_low"])
    assert found.warning("constant") is Warned.CLEAR
    assert treated.sum() == len(table) - 1
