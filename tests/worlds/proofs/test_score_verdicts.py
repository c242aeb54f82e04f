"""Score verdicts: a small company is judged by planted weights; shares are those of the worlds."""

from pathlib import Path

import numpy as np
import pytest
from worlds import World, quiet

from analysis.health_score import weight_rows
from analysis.worlds.proofs.dealt_worlds import StudiedCompany
from analysis.worlds.proofs.score_verdicts import CASES, dealt_verdicts, planted_verdicts, summarise_score_verdicts


def test_a_small_company_is_judged_by_planted_and_by_simulated_leavers(
    short: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two small worlds of less than a year only; all of them: make study-worlds PROOFS=score_verdicts."""
    monkeypatch.setattr(weight_rows, "LEAST_MONTHS", 6)
    company = StudiedCompany("short", "short", short.scenario, short.folder, short.opened(tmp_path))
    table = summarise_score_verdicts([*planted_verdicts(company, {60: 2}), *dealt_verdicts([company], 10_000, quiet)])
    assert table["case"].tolist() == [*(case.name for case in CASES), "right", "published", "shuffled"]
    planted = table[table["kind"] == "planted"]
    assert (planted["worlds"] == 2).all()
    assert planted["events"].between(40, 80).all()
    assert (table["judged"] == 1.0).all()
    assert table.set_index(["kind", "case"]).loc[("planted", "shuffled"), "any_moved"] == 0.0


def test_shares_are_those_of_the_worlds() -> None:
    line = dict.fromkeys(("judged", "shown", "any_moved"), True) | {
        "kind": "planted", "case": "right", "size": 60, "worthless": False, "kept": 0.5, "width": 40.0, "n_events": 60,
    }  # fmt: skip
    lines = [
        line | {"world": k, "any_false": k == 0, "first": first, "held": held, "needed": needed}
        for k, (first, held, needed) in enumerate(
            [("raise", 1.0, 100.0), ("keep", np.nan, np.nan), ("keep", 0.5, 300.0)]
        )
    ]
    found = summarise_score_verdicts(lines).iloc[0]
    assert found[["worlds", "any_false", "first_raised", "held", "needed"]].tolist() == pytest.approx(
        [3, 1 / 3, 1 / 3, 0.75, 200.0]
    )
