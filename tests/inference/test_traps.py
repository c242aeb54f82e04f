"""Mistakes with time, on rows in which nothing has an effect: the right way finds none, the wrong one does."""

import numpy as np
import pandas as pd
import pytest
from simulated_landmarks import Declared

from analysis.declared.study_parts import Report
from analysis.errors import ModelError
from analysis.inference.traps import RIGHT, WRONG, entry_curves, entry_ratios, immortal_ratios, notice_ratios

N, MONTH, LAST, HAZARD = 400, 30, 1800, 1 / 600


def intervals(born: np.ndarray, lives: np.ndarray, watched_from: int) -> pd.DataFrame:
    """Return monthly intervals of lifetimes that were born before or after the watch began; the watch ends at 0."""
    parts = []
    for number, (age_now, life) in enumerate(zip(born, lives, strict=True)):
        entry, until = max(age_now - watched_from, 0), min(age_now, life)
        if until <= entry:
            continue  # gone before anybody watched, or not born yet
        cuts = np.unique([entry, *np.arange(MONTH, until, MONTH)[np.arange(MONTH, until, MONTH) > entry], until])
        parts.append(
            pd.DataFrame({"lifetime_id": number, "start": cuts[:-1], "stop": cuts[1:], "dies": life <= age_now})
        )
    rows = pd.concat(parts, ignore_index=True)
    is_last = ~rows["lifetime_id"].duplicated(keep="last")
    name = "A" + rows["lifetime_id"].astype(str).str.zfill(4)
    return pd.DataFrame({
        "lifetime_id": name, "account_id": name, "cluster_id": name,
        "risk_date": pd.Timestamp("2024-01-01") + pd.to_timedelta(rows["start"], unit="D"),
        "start": rows["start"], "stop": rows["stop"], "event": (is_last & rows["dies"]).astype(int),
        "cause": np.where(is_last & rows["dies"], "churn", None),
        "renewal_due": 0, "deadline_due": 0, "days_before": -1, "term_months": np.nan, "term_kind": "no_term",
    })  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """A constant hazard: most joined before the watch of two years began."""
    rng = np.random.default_rng(5)
    born, lives = rng.integers(1, LAST, N), np.ceil(rng.exponential(1 / HAZARD, N)).astype(int)
    return intervals(born, lives, watched_from=730)


def by_way(found: pd.DataFrame) -> pd.DataFrame:
    return found.set_index("counted")


def test_ignored_entry_lifts_the_curve_above_the_truth(rows):
    curves, at_risk = entry_curves(rows, Report())
    for days in (365, 730):
        told = curves[curves["time"] <= days].groupby("group")["estimate"].last()
        truth = np.exp(-HAZARD * days)
        assert told[RIGHT] == pytest.approx(truth, abs=0.08)
        assert told[WRONG] > truth + 0.1
    assert at_risk.groupby("group")["at_risk"].first()[WRONG] == rows["lifetime_id"].nunique()


def test_ignored_entry_makes_earlier_customers_loyal(rows):
    late = (rows.groupby("lifetime_id")["start"].transform("min") > 0).to_numpy()
    found = by_way(entry_ratios(rows, late))
    assert found.loc[RIGHT, "hazard_ratio_low"] < 1 < found.loc[RIGHT, "hazard_ratio_high"]
    assert found.loc[WRONG, "hazard_ratio_high"] < 0.8
    assert found.loc[WRONG, "years_at_risk"] > found.loc[RIGHT, "years_at_risk"]


def test_what_ever_happened_seems_to_keep_accounts(rows):
    happened = np.random.default_rng(6).random(len(rows)) < 0.05
    found = by_way(immortal_ratios(rows, happened, "it happened"))
    assert found.loc[RIGHT, "hazard_ratio_low"] < 1 < found.loc[RIGHT, "hazard_ratio_high"]
    assert found.loc[WRONG, "hazard_ratio_high"] < 0.9


def test_once_known_it_stays_so_whatever_the_order_of_rows():
    """Four lifetimes of three months, by hand: one knows it from its second month on, one throughout, two never.

    One that never does leaves on day 75, when two at risk do and two don't; the one that does throughout leaves on day
    90, when one that never does stays. With h for the ratio that is 1 / (2 + 2h) times h / (1 + h), highest at h = 1.
    """
    told = intervals(np.array([89, 90, 90, 80]), np.array([999, 999, 90, 75]), 999)
    happened = np.array([False, True, False, False, False, False, True, False, False, False, False, False])
    for order in (np.arange(12), np.arange(12)[::-1]):
        found = by_way(immortal_ratios(told.iloc[order].reset_index(drop=True), happened[order], "it"))
        days = found["years_at_risk"] * 365
        assert days[RIGHT] == pytest.approx(59 + 90)
        assert days[WRONG] == pytest.approx(89 + 90)
        assert found["hazard_ratio"].to_numpy() == pytest.approx([1, 1])


def test_what_is_so_nowhere_is_refused(rows):
    with pytest.raises(ModelError, match="'never' is so nowhere"):
        immortal_ratios(rows, np.zeros(len(rows), dtype=bool), "never")


def test_use_that_stops_with_the_notice_seems_to_tell_of_leaving(rows):
    """Use is noise to the notice; in the month that follows, at the end of which the event is put, there is little."""
    rng = np.random.default_rng(7)
    by_notice = rows.assign(use=rng.normal(5, 1, len(rows)))
    left = by_notice[by_notice["event"] == 1]
    under_notice = left.assign(start=left["stop"], stop=left["stop"] + MONTH, use=rng.normal(3, 1, len(left)))
    by_end = pd.concat([by_notice.assign(event=0, cause=None), under_notice], ignore_index=True)
    by_end = by_end.sort_values(["lifetime_id", "start"], ignore_index=True)
    found = by_way(notice_ratios(by_notice, by_end, Declared("use", "usage")))
    assert found.loc[RIGHT, "hazard_ratio_low"] < 1 < found.loc[RIGHT, "hazard_ratio_high"]
    assert found.loc[WRONG, "hazard_ratio_high"] < 0.5


def test_a_covariate_that_too_few_have_is_refused_with_the_reason(rows):
    """Three of some thousand intervals: had it no effect, hardly anybody of these would have left."""
    few = rows.assign(mark=np.arange(len(rows)) < 3).astype({"mark": float})
    with pytest.raises(ModelError, match="no hazard ratio of 'mark': too few are set apart by it"):
        notice_ratios(few, few, Declared("mark", "usage"))
