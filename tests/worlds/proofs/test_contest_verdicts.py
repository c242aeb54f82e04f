"""Contest verdicts over dealt worlds: each world is valued by itself, and shares are those of the worlds."""

from pathlib import Path

import pandas as pd
import pytest
from worlds import World, quiet

from analysis.contest.values import TOTAL
from analysis.declared.factors import contenders
from analysis.worlds.proofs.contest_verdicts import contests_of_worlds, summarise_contests
from analysis.worlds.proofs.dealt_worlds import StudiedCompany


def test_a_dealt_company_is_put_to_the_contest(short: World, tmp_path: Path) -> None:
    """One small world only; all of them: make study-worlds PROOFS=contest."""
    company = StudiedCompany("short", "short", short.scenario, short.folder, short.opened(tmp_path))
    (found,) = contests_of_worlds([company], 10_000, 1, quiet)
    assert found["family"].tolist() == [*contenders(), TOTAL]
    assert found.loc[found["family"] != TOTAL, "estimate"].sum() == pytest.approx(found["estimate"].iloc[-1])
    assert (found["n_events"] > 3).all()


def test_shares_are_those_of_the_worlds() -> None:
    lines = [
        pd.DataFrame(
            {
                "scenario": "planted", "world": world, "family": ["usage", "champion", TOTAL],
                "estimate": [estimate, 0.0, estimate], "conf_low": [estimate - 1, -1, estimate - 1],
                "conf_high": [estimate + 1, 1, estimate + 1], "is_driver": [estimate > 1, False, False],
                "is_first": [estimate > 2, False, False], "n_events": 50,
            }
        )
        for world, estimate in (("a", 1.5), ("b", 3.0), ("c", 1.5))
    ]  # fmt: skip
    table = summarise_contests(lines).set_index("family")
    assert table.loc["usage", "estimate"] == 2.0
    assert table.loc["usage", ["driver", "first", "held", "any_driver"]].tolist() == pytest.approx([1, 1 / 3, 1.0, 1.0])
    assert table.loc["champion", ["driver", "first"]].tolist() == [0, 0]
