"""True claims: a world has the claims that its scenario plants, in the direction that practice says, and no others."""

import math

import pandas as pd
import pytest
from worlds import World

from analysis.declared.contract import read_contract
from analysis.engine.engine import Engine
from analysis.engine.opening import open_engine
from analysis.worlds.company.danger.true_claims import CLAIMS, claims_table
from analysis.worlds.company.setting.scenario import read_scenario
from analysis.worlds.company.setting.tables import replace


def finished(world: World) -> Engine:
    """Put a world on disk into the schemas in which a simulation ends."""
    engine = open_engine(":memory:")
    engine.run("create schema world")
    engine.run("create schema truth")
    for path in sorted(world.folder.glob("*.parquet")):
        if path.stem in read_contract():
            replace(engine, path.stem, pd.read_parquet(path))
    for path in sorted(world.folder.glob("truth/*.parquet")):
        engine.run(f"create table truth.{path.stem} as from '{path}'")
    return engine


@pytest.fixture(scope="module")
def eventful(short: World) -> Engine:
    return finished(short)


@pytest.fixture(scope="module")
def claims(short: World, eventful: Engine) -> pd.DataFrame:
    return claims_table(eventful, short.scenario)


def test_every_claim_is_in_the_table(claims: pd.DataFrame) -> None:
    assert tuple(claims["claim"].unique()) == CLAIMS
    assert set(claims["through"]) == {"hazard", "contraction", "expansion", "phase", "none"}


def test_what_is_planted_in_the_expected_direction_holds(claims: pd.DataFrame) -> None:
    planted = claims[(claims["through"] == "hazard") & claims["holds"]].set_index("claim")
    assert {"C01", "C04", "C05", "C06", "C09", "C10", "C15", "C17", "C18", "C19"} <= set(planted.index)
    assert planted.loc["C01", "effects"] == "usage_drop +0.3, trial_surge +0.5"
    assert (planted["hazard_ratio"].drop(["C08", "C14"]) >= 1).all()


def test_a_claim_of_states_alone_is_one_against_none(claims: pd.DataFrame, eventful: Engine) -> None:
    bug = claims.set_index("claim").loc["C17"]
    assert bug["hazard_ratio"] == math.exp(0.4)
    assert bug["account_months"] == eventful.value("select count(*) from truth.states where open_bug = 1")


def test_an_effect_against_the_claim_does_not_hold(eventful: Engine, short: World) -> None:
    short.scenario.effects["open_bug"], kept = -0.4, short.scenario.effects["open_bug"]
    try:
        line = claims_table(eventful, short.scenario).set_index("claim").loc["C17"]
    finally:
        short.scenario.effects["open_bug"] = kept
    assert (line["through"], line["holds"]) == ("hazard", False)


def test_base_plants_what_it_says(eventful: Engine) -> None:
    """Its effects on another world's tables: what is planted does not depend on these."""
    base = claims_table(eventful, read_scenario("base"))
    planted = set(base.loc[base["holds"] & (base["through"] == "hazard"), "claim"])
    assert {"C01", "C02", "C03", "C05", "C06", "C07", "C09", "C11", "C15", "C16", "C18", "C19", "C20", "C22"} <= planted
    assert "C13" not in planted


def test_where_nothing_has_an_effect_no_claim_holds_through_the_hazard(busy: World) -> None:
    nothing = claims_table(finished(busy), busy.scenario)
    assert "hazard" not in set(nothing["through"])
    cut = nothing[nothing["through"] == "contraction"].iloc[0]
    assert cut["holds"]
    assert cut["hazard_ratio"] > 1
