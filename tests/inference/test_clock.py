"""The renewal clock of the time-varying model: strata by kind of term and band, the fewer events the wider."""

import numpy as np
import pandas as pd

from analysis.inference.clock import EVENTS_A_BAND, clock_strata

BANDS = (0, 30, 61, 91, 122, 183)


def intervals(n_a_band: int, kind: str = "yearly") -> pd.DataFrame:
    """Return as many intervals in each band, every one of which ends in leaving."""
    before = np.repeat(BANDS, n_a_band)
    return pd.DataFrame(
        {
            "lifetime_id": [f"{kind}{k}#1" for k in range(len(before))],
            "term_kind": kind,
            "days_before": before,
            "renewal_due": (before == 0).astype(int),
            "deadline_due": 0,
            "event": 1,
        }
    )


def strata_by_band(rows: pd.DataFrame) -> list[int]:
    labels = pd.Series([tuple(line[:2]) for line in clock_strata(rows)])
    codes = labels.groupby(rows["days_before"]).unique()
    assert (codes.map(len) == 1).all()
    return [codes[band][0][1] for band in BANDS]


def test_with_many_events_every_band_has_a_baseline_of_its_own() -> None:
    assert len(set(strata_by_band(intervals(int(EVENTS_A_BAND))))) == len(BANDS)


def test_with_few_neighbours_share_one_and_with_very_few_all_do() -> None:
    assert strata_by_band(intervals(int(EVENTS_A_BAND) // 2)) == [0, 0, 1, 1, 2, 2]
    assert set(strata_by_band(intervals(1))) == {0}


def test_kinds_are_told_apart_and_what_is_due_stays() -> None:
    rows = pd.concat([intervals(1), intervals(1, "monthly"), intervals(1, "no_term").assign(days_before=-1)])
    found = {tuple(line) for line in clock_strata(rows.reset_index(drop=True))}
    assert found == {(kind, 0, due, 0) for kind in ("yearly", "monthly", "no_term") for due in (0, 1)}


def test_where_intervals_stop_does_not_matter() -> None:
    """Strata come from the schedule and the number of events: not from who left, nor when."""
    rows = intervals(30).assign(event=0)
    first, last = rows.copy(), rows.copy()
    first.loc[first.index[:60], "event"] = 1
    last.loc[last.index[-60:], "event"] = 1
    assert (clock_strata(first) == clock_strata(last)).all()
