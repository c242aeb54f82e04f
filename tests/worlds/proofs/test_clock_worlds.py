"""Clock worlds: the judge's bands by hand, and one small world through the whole proof."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from worlds import quiet

from analysis.worlds.proofs.clock_worlds import CLOCKS, MODELS, bands, clock_worlds


def test_a_band_is_of_a_kind_and_no_date_ahead_is_a_band_of_its_own() -> None:
    rows = pd.DataFrame(
        {
            "term_kind": ["yearly", "yearly", "no_term"],
            "days_to_renewal": [34.0, 35.0, np.nan],
            "days_to_deadline": [4.0, np.nan, np.nan],
        }
    )
    assert bands(rows).tolist() == [
        ["days_to_renewal yearly 0", "days_to_deadline yearly 1"],
        ["days_to_renewal yearly 1", "days_to_deadline yearly -1"],
        ["days_to_renewal no_term -1", "days_to_deadline no_term -1"],
    ]


@pytest.mark.slow
def test_a_small_world_is_ranked_by_every_model_and_by_the_judge(tmp_path: Path) -> None:
    """One world only; all of them: make study-worlds PROOFS=clocks."""
    found = clock_worlds(["spread_notices"], 3, 250, tmp_path, quiet)
    assert list(found) == ["scenario", "accounts", "events", *MODELS, "judge_contract", "judge"]
    line = found.iloc[0]
    assert line["events"] > 20
    assert line["contract_only"] > 0.6
    assert line["contract_only"] > line["judge_contract"] - 0.05
    assert "base" in CLOCKS
