"""Simulated worlds: sound by the contract, the same for the same seed, written whole or not at all."""

from pathlib import Path

import pytest
from small_source import content_of
from worlds import World, made

from analysis.worlds.company import company, world
from analysis.worlds.company.use.usage_log import MONTHS_LOOKED_BACK
from reports.cli.commands import main

BRIEF = """
says = "Half a year."
leave_monthly = 0.2
until = 2022-01-01
"""


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> World:
    return made(BRIEF, 60, 3, tmp_path_factory.mktemp("brief"))


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


@pytest.mark.slow
def test_same_seed_same_bytes_and_another_seed_another_world(
    brief: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("again", "other"):
        (tmp_path / name).mkdir()
    first = files_of(brief.folder)
    monkeypatch.setattr(company, "THREADED_FROM", 1)  # as many threads as there are cores
    assert files_of(made(BRIEF, 60, 3, tmp_path / "again").folder) == first
    other = files_of(made(BRIEF, 60, 4, tmp_path / "other").folder)
    assert all(other[name] != first[name] for name in ("subscriptions.parquet", "usage_daily.parquet"))


@pytest.mark.slow
def test_a_large_world_writes_use_month_by_month_and_the_same(
    brief: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "PARTITIONED_FROM", 1)
    large = made(BRIEF, 60, 3, tmp_path)
    parts = sorted(path.relative_to(large.folder) for path in large.folder.glob("usage_daily/*/*"))
    assert parts == [Path(f"usage_daily/month=2021-{month:02}/part.parquet") for month in range(7, 13)]
    assert len(parts) > MONTHS_LOOKED_BACK  # so that some months had to leave memory
    both = [files_of(each.folder) for each in (brief, large)]
    alike = [{name: content for name, content in each.items() if "usage_daily" not in name} for each in both]
    assert alike[0] == alike[1]
    rows = f"from read_parquet('{large.folder}/usage_daily/*/*', hive_partitioning = false) select * order by all"
    assert large.ask(rows).equals(brief.ask("from usage_daily select * order by all"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["short", "busy"])
def test_a_world_keeps_the_contract_and_measures_all_families(
    request: pytest.FixtureRequest, name: str, tmp_path: Path
) -> None:
    found: World = request.getfixturevalue(name)
    tenure = found.opened(tmp_path)
    assert tenure.table("rule_findings").empty
    assert all(measured for _, measured in tenure.families())


@pytest.mark.slow
def test_a_world_full_of_traps_breaks_no_rule(trapped: World, tmp_path: Path) -> None:
    """What misleads is in order by the contract; only a notice tells of tickets that no notice explains."""
    findings = trapped.opened(tmp_path).table("rule_findings")
    assert set(findings["severity"]) <= {"notice"}


def test_a_world_of_few_accounts_has_every_table_that_something_is_in(tmp_path: Path) -> None:
    written = made(BRIEF, 1, 1, tmp_path).folder.rglob("*.parquet")
    assert {path.stem for path in written} >= {"accounts", "subscriptions", "usage_daily", "users", "hazard", "effects"}


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "precious.txt").write_text("mine", encoding="utf-8")
    assert main(["simulate", "--accounts", "5", "--out", str(tmp_path)]) == 1
    assert "is there already. Name a new folder" in capsys.readouterr().err
    assert list(content_of(tmp_path)) == ["precious.txt"]
