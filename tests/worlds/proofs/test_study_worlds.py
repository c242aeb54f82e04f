"""Study worlds: what is planted is found, and what leads is told by both a test and a loss."""

from pathlib import Path

import pandas as pd
import pytest
from worlds import quiet

from analysis.contest.verdicts import leading_family
from analysis.worlds.proofs.study_worlds import PLANTED, study_worlds


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
