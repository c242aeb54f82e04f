"""Past quarters: an interval knows of no quarter that was not settled, and what held is counted by hand."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from simulated_landmarks import landmark_rows

from analysis.declared.source import Source
from analysis.declared.study import Study
from analysis.declared.study_parts import Time
from analysis.design.population import training_rows
from analysis.forecast.past_quarters import PastForecasts, count_held, held_intervals, past_forecasts
from analysis.forecast.quarter_shift import level_variance

QUARTERS = pd.date_range("2022-01-01", periods=6, freq="QS")


def time(gap: int) -> Time:
    return Time(observation_start=dt.date(2022, 1, 1), snapshot=dt.date(2024, 1, 1), allowed_gap_days=gap)


def past(left: list[int], n: int = 40) -> PastForecasts:
    """Quarters in which 4 of 40 were expected to leave, and so many did."""
    rows = [
        pd.DataFrame({"landmark": day, "lifetime_id": range(n), "event": np.arange(n) < k, "cox": 0.1})
        for day, k in zip(QUARTERS, left, strict=True)
    ]
    return PastForecasts(pd.concat(rows, ignore_index=True), dict.fromkeys(QUARTERS, 0.01))


ACCOUNTS = pd.concat([pd.DataFrame({"lifetime_id": range(40), "risk_date": day, "mrr": 10.0}) for day in QUARTERS])


@pytest.mark.parametrize(("gap", "seen"), [(0, [0, 1, 2, 3, 4, 5]), (30, [0, 0, 1, 2, 3, 4])])
def test_only_quarters_that_were_settled_tell_of_the_variation(gap: int, seen: list[int]) -> None:
    held = held_intervals(past([4] * 6), "cox", time(gap), ACCOUNTS)
    assert held.groupby("landmark")["n_quarters"].first().tolist() == seen


def test_what_comes_later_changes_no_earlier_interval() -> None:
    ends = ["low", "high", "expected"]
    first, other = (
        held_intervals(past(left), "cox", time(30), ACCOUNTS) for left in ([4, 4, 4, 4, 4, 4], [4, 4, 4, 4, 30, 0])
    )
    pd.testing.assert_frame_equal(first[ends], other[ends], check_exact=True)


def test_quarters_within_are_counted() -> None:
    counted = {
        (one.of, one.level): one
        for one in count_held(held_intervals(past([4, 4, 20, 4, 0, 4]), "cox", time(30), ACCOUNTS))
    }
    assert counted["count", 0.95].n_quarters == 6
    assert counted["count", 0.95].n_held == 5  # 20 of 4 expected is nothing that an interval holds
    assert counted["count", 0.95].n_held_by_chance == 4  # nor by chance is none of them
    assert counted["loss", 0.95].n_held == counted["count", 0.95].n_held  # all pay the same


def test_a_loss_is_of_what_accounts_paid_on_the_landmark() -> None:
    raised = ACCOUNTS.assign(mrr=np.where(ACCOUNTS["risk_date"] == QUARTERS[2], 100.0, 10.0))
    held = held_intervals(past([4] * 6), "cox", time(30), raised).query("of == 'loss' and level == 0.8")
    assert held["expected"].tolist() == pytest.approx([480.0, 480.0, 4800.0, 480.0, 480.0, 480.0])
    assert held["observed"].tolist() == pytest.approx([480.0, 480.0, 4800.0, 480.0, 480.0, 480.0])


def test_a_quarter_that_the_model_did_not_forecast_is_left_out() -> None:
    lacking = past([4] * 6)
    lacking.predictions.loc[lacking.predictions["landmark"] == QUARTERS[1], "cox"] = np.nan
    assert list(lacking.quarters("cox")) == [QUARTERS[0], *QUARTERS[2:]]
    assert lacking.quarters("forest") == {}
    assert count_held(held_intervals(lacking, "forest", time(30), ACCOUNTS)) == ()


def test_the_level_is_known_as_well_as_what_was_learned_from_tells() -> None:
    landmarks = landmark_rows(300, 8)
    predictions = pd.DataFrame({"landmark": pd.to_datetime(["2023-01-01", "2023-04-01"])})
    on_the_day = replace(time(30), snapshot=dt.date(2023, 10, 1))
    study = Study(name="s", source=Source("contract", Path("nowhere")), time=on_the_day)
    found = past_forecasts(landmarks, predictions, study)
    rows = training_rows(landmarks, pd.Timestamp("2023-01-01"), 30)
    expected = level_variance(rows["event"].to_numpy(bool), pd.factorize(rows["cluster_id"])[0])
    assert found.level_variances[pd.Timestamp("2023-01-01")] == expected
    assert found.level_variance == found.level_variances[landmarks["risk_date"].max()]
    assert found.level_variance < expected  # more was learned from
