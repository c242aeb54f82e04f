"""Study worlds: what is planted is found, what leads is told by both a test and a loss, and models are ranked."""

from pathlib import Path

import pandas as pd
import pytest
from worlds import quiet

from analysis.contest.verdicts import leading_family
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


@pytest.mark.slow
def test_the_analysis_finds_the_planted_family_in_a_small_world(planted: Path) -> None:
    """One world only; all of them: make study-worlds."""
    found = study_worlds([str(planted)], [SEED], N_ACCOUNTS, planted.parent, quiet)
    assert found["points_to"].tolist() == ["champion"]


def test_the_small_world_is_ranked_by_every_model_and_by_the_judge(planted: Path) -> None:
    """What was planted is no secret to a model that sees it. Whether the contract's clock is: make proofs."""
    found = clock_worlds([str(planted)], SEED, N_ACCOUNTS, planted.parent, quiet)
    assert list(found) == ["scenario", "accounts", "events", *MODELS, "judge_contract", "judge"]
    line = found.iloc[0]
    assert line["events"] > 20
    assert line["contract_only"] > 0.5
    assert line[["cox", "logistic", "judge"]].min() > line[["contract_only", "judge_contract"]].max() + 0.05
