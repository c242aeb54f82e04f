"""Simulated worlds: sound by the contract, the same for the same seed, and with a truth that the queries reproduce."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from small_source import content_of

from analysis.effects.families import leading_family
from analysis.errors import StudyError
from analysis.factors import read_covariates
from analysis.simulation.hazard import linear_predictor
from analysis.simulation.scenario import effects_table, read_scenario, read_units, scenario_names
from analysis.simulation.study_worlds import PLANTED, study_of_world, study_worlds
from analysis.simulation.world import make_world
from analysis.workbench import Workbench, open_workbench
from reports.cli import main

SHORT = """
says = "A short world in which everything matters."
leave_yearly = 0.4
leave_monthly = 0.08
first_month = 2021-10-01
until = 2022-10-01

[effects]
usage_drop = 0.3
active_seat_share = -0.3
answered_share = -0.3
ticket_sentiment = -0.3
departures = 0.3
champions = -0.3
key_user_silence = 0.2
"""


def quiet(message: str) -> None:
    pass


@pytest.fixture(scope="module")
def scenario_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("scenario") / "short.toml"
    path.write_text(SHORT, encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, scenario_file: str) -> Path:
    out = tmp_path_factory.mktemp("world") / "data"
    make_world(150, 3, scenario_file, out, quiet)
    return out


@pytest.fixture(scope="module")
def tenure(tmp_path_factory: pytest.TempPathFactory, world: Path, scenario_file: str) -> Workbench:
    study = study_of_world(world, read_scenario(scenario_file))
    return open_workbench(study, tmp_path_factory.mktemp("out"), progress=quiet)


def truth(world: Path, name: str) -> pd.DataFrame:
    return duckdb.sql(f"select * from '{world}/truth/{name}.parquet' order by all").df()


def test_same_seed_same_bytes_and_another_seed_another_world(tmp_path: Path, world: Path, scenario_file: str) -> None:
    make_world(150, 3, scenario_file, tmp_path / "again", quiet)
    assert content_of(tmp_path / "again") == content_of(world)
    make_world(150, 4, scenario_file, tmp_path / "other", quiet)
    assert content_of(tmp_path / "other")["subscriptions.parquet"] != content_of(world)["subscriptions.parquet"]


def test_a_world_keeps_the_contract_and_measures_all_families(tenure: Workbench) -> None:
    assert tenure.table("rule_findings").empty
    assert all(measured for _, measured in tenure.families())


def test_the_hazard_is_made_of_the_covariates_that_the_queries_compute(
    tenure: Workbench, world: Path, scenario_file: str
) -> None:
    """The truth of each account and month, against covariates of the whole data as an analyst would build them."""
    effects = read_scenario(scenario_file).effects
    landmarks = tenure.landmarks.reset_index(drop=True)
    parts = linear_predictor(landmarks, effects, read_covariates())
    mine = parts.assign(account_id=landmarks["account_id"], month=landmarks["risk_date"])
    both = truth(world, "hazard").merge(mine, on=["account_id", "month"], suffixes=("", "_mine"))
    assert len(both) == len(landmarks[landmarks["risk_date"] < landmarks["risk_date"].max()])
    for family in ("usage", "relationship", "champion"):
        assert both[family].abs().max() > 0.1
        np.testing.assert_allclose(both[family], both[f"{family}_mine"], rtol=0, atol=1e-9)


def test_as_many_give_notice_as_the_truth_expects_and_nobody_without_deciding(tenure: Workbench, world: Path) -> None:
    hazard = truth(world, "hazard")
    notices = tenure.query(
        "select account_id, cast(date_trunc('month', notice_on) as timestamp) as month from subscriptions "
        "where notice_on is not null"
    )
    decided = notices.merge(hazard, on=["account_id", "month"], how="left")
    assert (decided["probability"] > 0).all()
    probability = hazard["probability"].to_numpy()
    spread = np.sqrt((probability * (1 - probability)).sum())
    assert abs(len(notices) - probability.sum()) < 3 * spread


def test_nothing_happens_in_an_account_after_it_has_left(world: Path) -> None:
    days = {"usage_daily": "used_on", "touchpoints": "occurred_on", "tickets": "opened_on", "surveys": "responded_on"}
    for table, day in (days | {"contacts": "started_on", "interventions": "started_on"}).items():
        (count,) = duckdb.sql(
            f"select count(*) from '{world}/{table}.parquet' as facts "
            f"inner join (select account_id, max(coalesce(ended_on, date '9999-01-01')) as left_on "
            f"from '{world}/subscriptions.parquet' where kind = 'paid' group by account_id) using (account_id) "
            f"where facts.{day} >= left_on"
        ).fetchall()[0]
        assert count == 0, table


def test_effects_are_written_with_their_units(world: Path) -> None:
    effects = truth(world, "effects").set_index("covariate")
    assert effects.loc["usage_drop", "log_hazard_ratio"] == 0.3
    assert effects.loc["nps", "log_hazard_ratio"] == 0
    assert set(effects.index) == set(read_units())


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_that_comes_with_tenure_can_be_read(name: str) -> None:
    assert len(effects_table(read_scenario(name))) == len(read_units())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('says = "x"\n[effects]\nno_such = 1.0\n', "effects names 'no_such'"),
        ('says = "x"\nleave_yearli = 0.2\n', "unknown key 'leave_yearli'. The nearest known key is 'leave_yearly'"),
    ],
)
def test_bad_scenarios(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=message.replace(".", r"\.")):
        read_scenario(str(tmp_path / "mine.toml"))


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "precious.txt").write_text("mine", encoding="utf-8")
    assert main(["simulate", "--accounts", "5", "--out", str(tmp_path)]) == 1
    assert "is there already. Name a new folder" in capsys.readouterr().err
    assert list(content_of(tmp_path)) == ["precious.txt"]


def families_frame(p_values: dict[str, float]) -> pd.DataFrame:
    return pd.DataFrame({"family": list(p_values), "p_value": list(p_values.values())})


def losses_frame(losses: dict[str, tuple[float, float]]) -> pd.DataFrame:
    rows = [(family, estimate, low) for family, (estimate, low) in losses.items()]
    return pd.DataFrame(rows, columns=["family", "estimate", "conf_low"])


@pytest.mark.parametrize(
    ("p_values", "losses", "leader"),
    [
        ((0.001, 0.5, 0.5), ((3, 1), (9, 1), (9, 1)), "usage"),
        ((0.001, 0.001, 0.5), ((3, 1), (4, 1), (9, 1)), "relationship"),
        ((0.001, 0.5, 0.5), ((3, -1), (9, 1), (9, 1)), None),
        ((0.03, 0.5, 0.5), ((3, 1), (0, 0), (0, 0)), None),
        ((0.016, 0.5, 0.5), ((3, 1), (0, 0), (0, 0)), "usage"),
    ],
    ids=["test and loss", "larger loss of two", "loss may be zero", "not after Holm", "just after Holm"],
)
def test_the_leading_family_needs_both_a_test_and_a_loss(
    p_values: tuple[float, ...], losses: tuple[tuple[float, float], ...], leader: str | None
) -> None:
    families = ("usage", "relationship", "champion")
    tests = families_frame(dict(zip(families, p_values, strict=True)))
    found = leading_family(tests, losses_frame(dict(zip(families, losses, strict=True))), families)
    assert found == leader


def test_the_analysis_finds_the_planted_family_in_a_small_world(tmp_path: Path) -> None:
    """One world only; all of them: make study-worlds."""
    found = study_worlds(["champion_first"], [1], 300, tmp_path, quiet)
    assert found["points_to"].tolist() == [PLANTED["champion_first"]]
