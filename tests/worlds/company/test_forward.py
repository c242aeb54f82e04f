"""The true three-month probability: as many churn as it says, and looking forward changes nothing in the world."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from worlds import BUSY, SHORT, World, quiet

from analysis.errors import StudyError
from analysis.worlds.company import forward, world
from analysis.worlds.company.setting.behaviours import Ends, Returns
from analysis.worlds.company.setting.scenario import Scenario, read_scenario
from analysis.worlds.proofs.truth_calibration import calibration_of_truth
from reports.cli.commands import main

TABLE = "three_month_probability"
EVENTFUL = f"""
says = "Two free months in which everything happens, every trap is set and something matters."
leave_yearly = 0.5
leave_monthly = 0.3
logs_from = 2021-05-01
first_month = 2021-10-01
until = 2021-12-01

[effects]
usage_drop = 0.3
champions = -0.3
open_bug = 0.4

[traps]
leaky_notice = 0.9
departures_at_exit = 0.9
relabelled = 0.9
score_rewritten = 0.9
survivors = 1.0

{BUSY[BUSY.index("[surges]") :]}
"""
UNSTEADY = f"""
says = "Eight free months in which everything matters, and many notices come to nothing."
leave_yearly = 0.4
leave_monthly = 0.15
pace = 0.5
first_month = 2022-01-01
until = 2022-09-01

{SHORT[SHORT.index("[effects]") : SHORT.index("[returns]")]}
[seats]
added_product = 0.0

[returns]
soon = 0.3
later = 0.3

[ends]
involuntary = 0.01
parents = 0.6
merger = 0.03
withdrawn = 0.3
"""
SETTLED_AFTER = {1: 14 + 8 + 20, 12: 90 + 8 + 20}
"""Days, by months of the term, after which any notice is withdrawn, has ended, or was bridged by a return."""


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


def looked_forward(text: str, n_accounts: int, seed: int, folder: Path, n_paths: int) -> World:
    """Make the world of a scenario, with its true probabilities if there are paths."""
    file = folder / "scenario.toml"
    file.write_text(text, encoding="utf-8")
    world.make_world(n_accounts, seed, str(file), folder / "data", quiet, n_paths)
    return World(folder / "data", read_scenario(str(file)))


@pytest.fixture(scope="module")
def unsteady(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Eight free months in which much matters, and many notices come to nothing; one path from each."""
    return looked_forward(UNSTEADY, 600, 4, tmp_path_factory.mktemp("unsteady"), 1)


@pytest.fixture(scope="module")
def landmarks(unsteady: World, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return unsteady.study(tmp_path_factory.mktemp("out")).landmarks.reset_index(drop=True)


@pytest.fixture(scope="module")
def settled(unsteady: World, landmarks: pd.DataFrame) -> pd.DataFrame:
    """Landmarks with their probability, of whose outcome the snapshot can tell for certain; chosen by term alone."""
    after = pd.to_timedelta(landmarks["term_months"].astype(int).map(SETTLED_AFTER), unit="D")
    rows = landmarks[landmarks["horizon_ends_on"] + after <= pd.Timestamp(unsteady.scenario.until)]
    truth = unsteady.ask(f"select account_id, landmark as risk_date, probability from {TABLE}")
    return rows.merge(truth, on=["account_id", "risk_date"], validate="1:1")


@pytest.mark.slow
def test_as_many_churn_as_the_truth_says_whatever_the_hazard(unsteady: World, settled: pd.DataFrame) -> None:
    """Overall and by thirds; three in ten notices are withdrawn, and three in ten of the others bridged.

    Thirds are of the hazard on the landmark: with one path, the largest probabilities are too large by selection.
    """
    truth = unsteady.ask(f"from {TABLE}")
    hazard = unsteady.ask("select account_id, month as risk_date, usage + relationship + champion as eta from hazard")
    third = pd.qcut(settled.merge(hazard, on=["account_id", "risk_date"])["eta"], 3, labels=False)
    for rows, precision in [(settled, 0.15), *((settled[third == number], 0.25) for number in range(3))]:
        overall = calibration_of_truth(truth, rows).iloc[-1]
        assert overall["std_error"] < precision * overall["probability"]
        assert abs(overall["difference"]) < 3 * overall["std_error"]


@pytest.mark.slow
def test_who_decides_in_no_path_hardly_ever_churns(unsteady: World, settled: pd.DataFrame) -> None:
    """Only who is ended or merged in the one path, and not in the world, before deciding."""
    found = calibration_of_truth(unsteady.ask(f"from {TABLE}"), settled)
    nothing, overall = found.iloc[0], found.iloc[-1]
    assert nothing["tenth"] == "0"
    assert nothing["rows"] > 100
    assert nothing["probability"] == 0
    assert nothing["churned"] < 0.1 * overall["churned"]


@pytest.mark.slow
def test_every_account_at_risk_has_a_probability_at_every_landmark(unsteady: World) -> None:
    """The last two, whose horizon lies beyond the world's end, included."""
    key = ["account_id", "month"]
    asked, given = unsteady.ask("from hazard")[key], unsteady.ask(f"from {TABLE}").rename(columns={"landmark": "month"})
    assert asked["month"].nunique() == 8
    pd.testing.assert_frame_equal(
        asked.sort_values(key, ignore_index=True), given[key].sort_values(key, ignore_index=True)
    )
    deciding = given[given["probability"] > 0].groupby("month").size()
    assert deciding.iloc[-1] > 0.8 * deciding.mean()


@pytest.mark.slow
def test_what_is_decided_in_the_first_month_is_a_part_of_it_and_all_of_it_for_a_term_of_a_year(
    unsteady: World, landmarks: pd.DataFrame
) -> None:
    """A year's term is decided on once; nothing is left to the paths, so it is exact."""
    rows = unsteady.ask(
        f"select truth.account_id, landmark as risk_date, truth.probability, hazard.probability as first "
        f"from {TABLE} as truth inner join hazard on truth.account_id = hazard.account_id and landmark = month"
    ).merge(landmarks[["account_id", "risk_date", "term_months"]], on=["account_id", "risk_date"])
    ends, returns = unsteady.scenario.ends, unsteady.scenario.returns
    first = rows["first"] * (1 - ends.withdrawn) * (1 - returns.soon)
    assert (rows["probability"] > first - 1e-12).all()
    assert (rows["probability"] > first + 0.01).sum() > 100
    at_once = (rows["term_months"] == 12) & (first > 0)
    assert at_once.sum() > 20
    np.testing.assert_allclose(rows.loc[at_once, "probability"], first[at_once], rtol=0, atol=1e-12)


@pytest.mark.slow
def test_looking_forward_changes_nothing_in_the_world_and_the_same_seed_sees_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a path from each month: once with use in memory; and from the command line, with use on disk."""
    for name in ("none", "memory"):
        (tmp_path / name).mkdir()
    none = looked_forward(EVENTFUL, 60, 3, tmp_path / "none", 0)
    memory = looked_forward(EVENTFUL, 60, 3, tmp_path / "memory", 1)
    monkeypatch.setattr(world, "PARTITIONED_FROM", 1)
    disk, scenario = tmp_path / "disk", str(tmp_path / "none" / "scenario.toml")
    arguments = ["--accounts", "60", "--seed", "3", "--scenario", scenario, "--paths", "1", "--out", str(disk)]
    assert main(["simulate", *arguments]) == 0

    without, in_memory, on_disk = (files_of(folder) for folder in (none.folder, memory.folder, disk))
    assert in_memory.pop(f"truth/{TABLE}.parquet") == on_disk.pop(f"truth/{TABLE}.parquet")
    assert in_memory == without
    parts = {name for name in on_disk if "usage_daily" in name}
    assert parts == {f"usage_daily/month=2021-{month:02}/part.parquet" for month in range(5, 12)}
    assert on_disk.keys() - parts == without.keys() - {"usage_daily.parquet"}
    assert all(on_disk[name] == without[name] for name in on_disk.keys() - parts)
    rows = f"from read_parquet('{disk}/usage_daily/*/*', hive_partitioning = false) select * order by all"
    assert memory.ask(rows).equals(memory.ask("from usage_daily select * order by all"))


def test_the_mean_over_paths_and_its_error_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the notices come to nothing. Every path draws from a stream of its own, and none from the world's."""
    streams: list[np.random.Generator] = []

    def expected_notices(*arguments: Any) -> np.ndarray:
        streams.append(arguments[-1])
        return np.array([0.2, 0.1]) if len(streams) == 1 else np.array([0.4, 0.1])

    monkeypatch.setattr(forward, "_notices_expected", expected_notices)
    company: Any = SimpleNamespace(scenario=Scenario("", ends=Ends(withdrawn=0.2), returns=Returns(soon=0.375)))
    morning: Any = SimpleNamespace(account=np.arange(2), covariates=pd.DataFrame({"account_id": ["A", "B"]}))
    found = forward.three_month_probability(company, morning, np.datetime64("2024-01"), 5, 3, 2)
    np.testing.assert_allclose(found["probability"], [0.15, 0.05])
    np.testing.assert_allclose(found["std_error"], [0.05, 0.0], atol=1e-15)
    drawn = [stream.random() for stream in [*streams, np.random.default_rng([3, 1 + 5])]]
    assert len(set(drawn)) == 3
    streams.clear()
    once = forward.three_month_probability(company, morning, np.datetime64("2024-01"), 5, 3, 1)
    assert once["std_error"].isna().all()
    assert streams[0].random() == drawn[0]


def drawn_truth(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["account_id", "landmark", "probability"])


def drawn_landmarks(*rows: tuple[str, str, bool, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["account_id", "risk_date", "is_followed", "event"])


def test_calibration_by_hand() -> None:
    """A's two rows are off by -0.5 and 0.5 and cancel; B's by -0.4: so the error is 0.4 of three rows."""
    truth = drawn_truth(
        ("A", "2024-01-01", 0.5), ("A", "2024-02-01", 0.5), ("B", "2024-01-01", 0.4), ("B", "2024-03-01", 0.9)
    )
    rows = drawn_landmarks(
        ("A", "2024-01-01", True, 0), ("A", "2024-02-01", True, 1), ("B", "2024-01-01", True, 0),
        ("B", "2024-03-01", False, 1), ("B", "2023-12-01", True, 0),
    )  # fmt: skip
    found = calibration_of_truth(truth, rows).set_index("tenth")
    assert found.index.tolist() == ["4", "9", "all"]
    assert found.loc["all", ["rows", "accounts"]].tolist() == [3, 2]
    expected = [1.4 / 3, 1 / 3, -0.4 / 3, 0.4 / 3]
    measured = found.loc["all", ["probability", "churned", "difference", "std_error"]]
    np.testing.assert_allclose(measured.astype(float), expected, atol=1e-12)


def test_landmarks_of_another_world_are_refused() -> None:
    truth = drawn_truth(("A", "2024-01-01", 0.5))
    stranger = drawn_landmarks(("A", "2024-01-01", True, 0), ("B", "2024-01-01", True, 0))
    with pytest.raises(StudyError, match=r"1 of 2 landmarks have no true probability: B on 2024-01-01\."):
        calibration_of_truth(truth, stranger)
    with pytest.raises(StudyError, match="No landmark that is followed"):
        calibration_of_truth(truth, drawn_landmarks(("A", "2024-01-01", False, 0)))
