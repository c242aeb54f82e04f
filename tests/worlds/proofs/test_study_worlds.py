"""Study worlds: what is planted is found, and models are ranked."""

from pathlib import Path

import pytest
from worlds import quiet

from analysis.worlds.proofs.clock_worlds import MODELS, clock_worlds
from analysis.worlds.proofs.study_worlds import study_worlds

CHAMPIONS_FIRST = """
says = "A year and a half in which accounts leave when their champions do, often, and give notice by no fixed clock."
leave_yearly = 0.4
leave_monthly = 0.12
first_month = 2021-10-01
until = 2023-04-01

[effects]
champions = -1.2
departures = 1.2

[clocks]
spread = 1.0
short_terms = 0.2
"""
"""What `make study-worlds` finds in worlds of several years is found here in a short one, for more is planted."""
SEED, N_ACCOUNTS = 1, 420


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the scenario, in a folder for its world."""
    file = tmp_path_factory.mktemp("planted") / "champions.toml"
    file.write_text(CHAMPIONS_FIRST, encoding="utf-8")
    return file


@pytest.mark.slow
def test_the_analysis_finds_the_planted_family_in_a_small_world(planted: Path) -> None:
    """One world only; all of them: make study-worlds."""
    found = study_worlds([str(planted)], [SEED], N_ACCOUNTS, planted.parent, quiet)
    assert found["points_to"].tolist() == ["champion"]


@pytest.mark.slow
def test_the_small_world_is_ranked_by_every_model_and_by_the_judge(planted: Path) -> None:
    """What was planted is no secret to a model that sees it. Whether the contract's clock is: make proofs."""
    found = clock_worlds([str(planted)], SEED, N_ACCOUNTS, planted.parent, quiet)
    assert list(found) == ["scenario", "accounts", "events", *MODELS, "judge_contract", "judge"]
    line = found.iloc[0]
    assert line["events"] > 20
    assert line["contract_only"] > 0.5
    assert line[["cox", "logistic", "judge"]].min() > line[["contract_only", "judge_contract"]].max() + 0.05
