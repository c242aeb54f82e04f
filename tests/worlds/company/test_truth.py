"""The truth of a world: its hazard is made of covariates that the queries reproduce, and of states of the world."""

import numpy as np
import pandas as pd
import pytest
from worlds import World

from analysis.declared.factors import read_covariates
from analysis.workbench import Workbench
from analysis.worlds.company.danger.hazard import families, linear_predictor
from analysis.worlds.company.setting.scenario import read_states, read_units


@pytest.fixture(scope="module")
def tenure(short: World, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    return short.opened(tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module")
def recomputed(short: World, tenure: Workbench) -> pd.DataFrame:
    """The truth beside the log hazard of the whole data, as an analyst would build them."""
    landmarks = tenure.landmarks.rename(columns={"risk_date": "month"}).reset_index(drop=True)
    hazard, states = short.ask("from hazard"), short.ask("from states")
    truth = hazard.merge(states, on=["account_id", "month"])
    assert len(truth) == len(hazard) == len(states)
    rows = landmarks.merge(truth, on=["account_id", "month"], suffixes=("", "_true"))
    mine = linear_predictor(rows, short.scenario.effects, read_covariates(), rows)
    return pd.concat([rows, mine.add_suffix("_mine")], axis=1)


def test_the_hazard_is_made_of_the_covariates_that_the_queries_compute(recomputed: pd.DataFrame) -> None:
    for family in ("usage", "relationship", "champion"):
        assert recomputed[family].abs().max() > 0.1
        np.testing.assert_allclose(recomputed[family], recomputed[f"{family}_mine"], rtol=0, atol=1e-9)


def test_who_is_at_risk_in_the_truth_is_at_risk_in_the_data(short: World, tenure: Workbench) -> None:
    """Every landmark of the study, and no other account and month from its first landmark on."""
    mine = tenure.landmarks[["account_id", "risk_date"]]
    hazard = short.ask("from hazard")
    months = mine["risk_date"].unique()[:-1]  # the last is the world's end, where nothing is decided any more
    expected = hazard.loc[hazard["month"].isin(months), ["account_id", "month"]].apply(tuple, axis=1)
    assert set(mine.loc[mine["risk_date"].isin(months)].apply(tuple, axis=1)) == set(expected)


def test_a_state_that_has_an_effect_is_true_of_some_and_false_of_most(short: World) -> None:
    states = short.ask("from states")
    for name in set(short.scenario.effects) & set(read_states()):
        assert 0 < states[name].mean() < 0.5, name


def test_as_many_give_notice_as_the_truth_expects_and_nobody_without_deciding(short: World) -> None:
    """A notice on the first of a month belongs to the month before: (start, stop]."""
    hazard = short.ask("from hazard")
    decided = short.ask(
        "with notices as (select distinct account_id, notice_on from subscriptions where notice_on is not null) "
        "select probability from notices left join hazard on hazard.account_id = notices.account_id "
        "and hazard.month = date_trunc('month', notice_on - 1)"
    )
    assert (decided["probability"] > 0).all()
    probability = hazard["probability"].to_numpy()
    spread = np.sqrt((probability * (1 - probability)).sum())
    assert abs(len(decided) - probability.sum()) < 3 * spread


def test_effects_are_written_with_their_units_and_families(short: World) -> None:
    effects = short.ask("from effects").set_index("name")
    assert effects.loc["usage_drop", "log_hazard_ratio"] == 0.3
    assert effects.loc["nps", "log_hazard_ratio"] == 0
    assert effects.loc["open_bug", ["kind", "family"]].tolist() == ["state", "relationship"]
    assert set(effects.index) == set(read_units()) | set(read_states())
    assert set(effects["family"]) <= set(families())
