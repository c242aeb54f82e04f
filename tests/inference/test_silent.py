"""What hazard ratios keep to themselves: what was written over the past, and a share that never leaves."""

import numpy as np
import pandas as pd
import pytest

from analysis.declared.factors import read_covariates
from analysis.inference.drift import Drift, DriftVerdict
from analysis.inference.silent import drift_remark, never_changing, silent_remarks

CHAMPIONS, TERM = (next(c for c in read_covariates() if c.name == name) for name in ("champions", "term"))


def rows(n: int = 60, months: int = 6) -> pd.DataFrame:
    """Return lifetimes of several months at risk, cut by month, of no known term."""
    made = [
        {
            **{"lifetime_id": f"a{k}", "start": 30 * m, "stop": 30 * (m + 1), "event": 0, "champions": float(k % 3)},
            **{"term": "12", "term_kind": "no_term", "days_before": -1, "renewal_due": 0, "deadline_due": 0},
        }
        for k in range(n)
        for m in range(months)
    ]
    return pd.DataFrame(made)


class TestImmortalTime:
    def test_what_never_changes_though_its_table_is_dated_is_named(self):
        (said,) = silent_remarks(rows(), [CHAMPIONS, TERM])
        assert said.code == "inference.immortal"
        assert dict(said.values) == {"covariates": ("champions",), "dates": ("contacts",), "lifetimes": 60}

    def test_one_change_in_one_lifetime_shows_that_it_can_change(self):
        changed = rows()
        changed.loc[3, "champions"] = 7.0
        assert never_changing(changed, [CHAMPIONS]) == ()

    def test_what_becomes_known_changes(self):
        learned = rows()
        learned.loc[learned["start"] == 0, "champions"] = np.nan
        assert never_changing(learned, [CHAMPIONS]) == ()

    def test_short_or_few_lifetimes_say_nothing(self):
        assert never_changing(rows(months=3), [CHAMPIONS]) == ()
        assert never_changing(rows(n=19), [CHAMPIONS]) == ()

    def test_what_is_the_same_for_all_has_no_ratio(self):
        assert never_changing(rows().assign(champions=1.0), [CHAMPIONS]) == ()


class TestVanishing:
    def test_a_share_that_never_leaves_is_told_with_its_numbers(self):
        """Half of 200 leave month by month within half a year; the others stay for three years."""
        rng = np.random.default_rng(1)
        leaves = np.where(np.arange(200) % 2 == 0, rng.integers(1, 7, 200), 99)
        made = rows(200, 36)
        left = leaves[made["lifetime_id"].str[1:].astype(int)]
        made = made[made["stop"] <= 30 * left]
        made["event"] = (made["stop"] == 30 * left[made.index]).astype(int)
        (said,) = silent_remarks(made, [])
        values = dict(said.values)
        assert (said.code, values["age"], values["lifetimes"]) == ("inference.vanished", 180, 100)
        assert values["years"] == pytest.approx(100 * 900 / 365.25, rel=1e-3)


def test_the_sample_has_nothing_to_hide(sample_tenure):
    assert sample_tenure.silent == ()
    (drift,) = sample_tenure.hazard_ratios().notes
    assert "test of proportional hazards" in drift
    assert f"{sample_tenure.drift.p_value:.3f}" in drift or "p < 0.001" in drift


@pytest.mark.parametrize(
    ("drift", "code"),
    [
        (Drift.NONE, "inference.not_drifting"),
        (Drift.TOGETHER, "inference.drifting"),
        (Drift.OF_COLUMNS, "inference.drifting"),
    ],
)
def test_drift_is_put_into_words(drift: Drift, code: str):
    assert drift_remark(DriftVerdict(drift, (), (), 0.2)).code == code
