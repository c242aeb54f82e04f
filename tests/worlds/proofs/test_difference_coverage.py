"""Difference coverage: risk differences of a world beside those that its fits make out among other accounts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from worlds import World, quiet

from analysis.declared.factors import contenders
from analysis.worlds.proofs.dealt_worlds import StudiedCompany
from analysis.worlds.proofs.difference_coverage import differences_of_worlds, summarise_differences


@pytest.mark.slow
def test_a_dealt_world_is_held_against_the_accounts_that_it_does_not_have(short: World, tmp_path: Path) -> None:
    """One quarter of two small worlds; all of them: make study-worlds PROOFS=difference_coverage."""
    company = StudiedCompany("short", "short", short.scenario, short.folder, short.opened(tmp_path))
    accounts = company.tenure.landmarks["account_id"].nunique()
    worlds = list(differences_of_worlds([company], accounts // 2, 1, quiet))
    assert [set(world["family"]) for world in worlds] == [set(contenders())] * 2
    found = pd.concat(worlds)
    assert (found["events"] > 3).all()
    assert (found["conf_low"] < found["estimate"]).all()
    assert found["true"].between(-100, 100).all()
    assert not np.isclose(found["true"], found["estimate"]).any(), "it is asked of other accounts"


def test_an_interval_covers_what_lies_in_it() -> None:
    line = {"scenario": "planted", "family": "usage", "events": 50, "true": 2.0}
    found = (("a", 3.0, 1.0, 5.0), ("b", -1.0, -3.0, 1.0))
    names = ("world", "estimate", "conf_low", "conf_high")
    worlds = [pd.DataFrame([line | dict(zip(names, one, strict=True))]) for one in found]
    (row,) = summarise_differences(worlds).to_dict("records")
    assert row == {
        "scenario": "planted", "family": "usage", "worlds": 2, "events": 50.0, "true": 2.0, "estimate": 1.0,
        "error": pytest.approx(5**0.5), "width": 4.0, "coverage": 0.5, "above": 0.5, "below": 0.0,
    }  # fmt: skip
