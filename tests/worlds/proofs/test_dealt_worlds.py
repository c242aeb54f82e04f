"""Dealt worlds: a company is dealt out whole, and the numbers of the full proof show a mistake where there is one."""

import functools

import numpy as np
import pandas as pd
import pytest
from worlds import World

from analysis.declared.factors import Covariate
from analysis.worlds.company.setting.scenario import read_scenario
from analysis.worlds.proofs.dealt_worlds import StudiedCompany, changed_scenario, deal, month_of, rows_of_worlds
from analysis.worlds.proofs.interval_coverage import complete_model, estimates_by_world, study_model, summarise_coverage
from analysis.worlds.proofs.null_p_values import p_values_of_world, summarise_p_values

pytestmark = pytest.mark.slow
FEW = ("active_day_share", "features_used", "answered_share", "complaints", "departures", "champions")
"""Two covariates a family: worlds of a test have few events."""


@pytest.fixture(scope="module")
def idle(busy: World, tmp_path_factory: pytest.TempPathFactory) -> StudiedCompany:
    """A company in which nothing has an effect."""
    return StudiedCompany("busy", "busy", busy.scenario, busy.folder, busy.opened(tmp_path_factory.mktemp("out")))


@pytest.fixture(scope="module")
def driven(short: World, tmp_path_factory: pytest.TempPathFactory) -> StudiedCompany:
    return StudiedCompany("short", "short", short.scenario, short.folder, short.opened(tmp_path_factory.mktemp("out")))


def few(company: StudiedCompany) -> list[Covariate]:
    return [covariate for covariate in company.tenure.covariates("counting_process") if covariate.name in FEW]


def p_values(frame: pd.DataFrame, covariates: list[Covariate]) -> pd.DataFrame:
    """Deal the company into two worlds, four times, so that there are p values enough to look at."""
    worlds = [rows for seed in range(4) for rows in rows_of_worlds(deal(frame, 110, seed))]
    found = [p_values_of_world(frame.iloc[rows].reset_index(drop=True), covariates) for rows in worlds]
    return pd.concat(found, ignore_index=True)


def test_every_account_is_dealt_into_one_world_and_groups_stay_together(idle: StudiedCompany) -> None:
    frame = idle.tenure.counting_process
    dealt = frame.assign(world=deal(frame, 60, seed=0))
    accounts = dealt.groupby("world")["account_id"].nunique()
    assert accounts.sum() == frame["account_id"].nunique()
    assert accounts.between(57, 80).all()
    assert len(dealt[["cluster_id", "world"]].drop_duplicates()) == frame["cluster_id"].nunique()
    assert dealt.groupby("cluster_id")["account_id"].nunique().max() > 1
    assert (deal(frame, 60, seed=1) != dealt["world"]).any()


def test_the_rows_of_all_worlds_are_all_rows_in_order() -> None:
    assert [rows.tolist() for rows in rows_of_worlds(np.array([1, 0, 1, 2, 0]))] == [[1, 4], [0, 2], [3]]


def test_where_nothing_has_an_effect_p_values_spread_over_the_unit_interval(idle: StudiedCompany) -> None:
    found = p_values(idle.tenure.counting_process, few(idle))
    assert found["p_value"].between(0, 1, inclusive="right").all()
    summary = summarise_p_values(found).set_index("family")
    assert summary.loc["usage", "worlds"] == 8
    assert (summary["ks_p"] > 0.001).all()
    assert (summary["share_below_0.05"] <= 0.5).all()


def test_a_covariate_that_looks_into_the_future_is_visible(idle: StudiedCompany) -> None:
    """Use of a window that reaches beyond the day: whoever is about to leave uses less by then."""
    frame = idle.tenure.counting_process.copy()
    frame["active_day_share"] -= 0.3 * frame["event"]
    summary = summarise_p_values(p_values(frame, few(idle))).set_index("family")
    assert summary.loc["usage", "share_below_0.05"] >= 0.75
    assert summary.loc["usage", "ks_p"] < 0.001


def test_the_complete_model_is_the_hazard_of_the_world(driven: StudiedCompany) -> None:
    """Its columns times the planted effects are the log hazard that each account decided with that month."""
    model = complete_model(driven)
    rows = model.matrix.rows
    months = rows[["account_id"]].assign(month=month_of(rows["risk_date"]))
    parts = months.merge(driven.truth("hazard"), on=["account_id", "month"], how="left")
    expected = parts[["usage", "relationship", "champion", "contract"]].sum(axis=1, skipna=False)
    np.testing.assert_allclose(model.matrix.values @ model.coefficients, expected, rtol=0, atol=1e-9)
    assert rows["event"].sum() == driven.tenure.counting_process["event"].sum()


def test_estimates_are_compared_with_what_is_known_of_each_model(driven: StudiedCompany) -> None:
    models = (complete_model, functools.partial(study_model, covariates=few(driven)))
    found = estimates_by_world([driven], 10_000, models=models)
    complete, study = (found[found["model"] == name].set_index("term") for name in ("complete", "study"))
    assert complete.loc["departures", "true"] == driven.scenario.effects["departures"]
    np.testing.assert_allclose(study["estimate"], study["true"])  # one world: the company itself


def test_intervals_that_are_too_narrow_cover_too_seldom() -> None:
    """Drawn estimates whose errors are known: as they are, and taken for half as large."""
    rng = np.random.default_rng(1)
    found = pd.DataFrame({"model": "m", "term": "x", "events": 100, "true": 0.5, "robust_error": 0.1}, index=range(500))
    found["estimate"], found["std_error"] = rng.normal(0.5, 0.2, len(found)), 0.2
    found["conf_low"], found["conf_high"] = found["estimate"] - 1.96 * 0.2, found["estimate"] + 1.96 * 0.2
    (line,) = summarise_coverage(found).itertuples()
    assert 0.93 <= line.coverage <= 0.97
    assert 0.6 <= line.coverage_unwidened <= 0.75


def test_a_scenario_is_changed_in_its_own_keys_only(scenario_file) -> None:  # type: ignore[no-untyped-def]
    scenario_file.write_text(changed_scenario("base", {"pace": 0.2, "leave_yearly": 0.02}), encoding="utf-8")
    changed, base = read_scenario(str(scenario_file)), read_scenario("base")
    assert (changed.pace, changed.leave_yearly, changed.leave_monthly) == (0.2, 0.02, base.leave_monthly)
    assert changed.effects == base.effects
