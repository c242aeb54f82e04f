"""Vacancy: hazards planted by weeks since a departure are found; runs of silence by hand; what cannot be said."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from simulated_landmarks import Declared

from analysis.contest.departures import Champion, Departures, departures_of, of_key_users, of_roles
from analysis.contest.effect_displays import show_vacancy
from analysis.contest.vacancy import WEEKS, most_surely_raised, vacancy
from analysis.cox.cluster_errors import cluster_errors
from analysis.cox.fit import fit_cox
from analysis.errors import ModelError
from analysis.inference.fit import fit_inference

COVARIATES = [Declared("use", "usage"), Declared("champions", "champion")]


def followed(n_lifetimes: int, seed: int) -> tuple[pd.DataFrame, Departures]:
    """Draw two years of months: hazard x 4 without anybody in place, x 2 in 13 weeks after a departure filled."""
    rng = np.random.default_rng(seed)
    lines = []
    for number in range(n_lifetimes):
        use, departed, vacant = rng.normal(), -1, False
        for month in range(24):
            if rng.random() < 0.04:
                departed, vacant = month, rng.random() < 0.5
            elif vacant and rng.random() < 0.2:
                vacant = False
            days = 30.0 * (month - departed) + 14 if departed >= 0 else np.nan
            factor = 4.0 if vacant else 2.0 if days <= 91 else 1.0
            left = rng.random() < 0.012 * factor * np.exp(0.5 * use)
            lines.append((number, month, use, days, not vacant, left))
            if left:
                break
    rows = pd.DataFrame(lines, columns=["lifetime_id", "month", "use", "days", "is_filled", "left"])
    intervals = pd.DataFrame(
        {
            "lifetime_id": rows["lifetime_id"].astype(str),
            "account_id": rows["lifetime_id"].astype(str),
            "cluster_id": (rows["lifetime_id"] // 2).astype(str),
            "risk_date": pd.Timestamp("2022-01-01") + pd.to_timedelta(30 * rows["month"], unit="D"),
            "start": 30 * rows["month"],
            "stop": 30 * rows["month"] + 30,
            "event": rows["left"].astype(int),
            "cause": np.where(rows["left"], "churn", None),
            "term_kind": "yearly",
            "days_before": 0,
            "renewal_due": 0,
            "deadline_due": 0,
            "use": rows["use"],
            "champions": rng.normal(size=len(rows)),
        }
    )
    is_filled = rows["is_filled"].to_numpy(bool)
    known = np.ones(len(rows), dtype=bool)
    return intervals, Departures(Champion.ROLE, rows["days"].to_numpy(float), is_filled, known)


@pytest.fixture(scope="module")
def world():
    intervals, departures = followed(1500, seed=3)
    return intervals, departures, fit_inference(intervals, COVARIATES)


@pytest.fixture(scope="module")
def found(world):
    return vacancy(*world, min_cell=5)


TRUTH = np.log([4] * 5 + [2, 2, 2, 1, 1])


def test_hazards_planted_are_within_their_intervals(found):
    """Ten bars: 7 or fewer covered would be one in a hundred."""
    covered = (found.table["conf_low"] < TRUTH) & (found.table["conf_high"] > TRUTH)
    assert covered.sum() >= 8


@pytest.mark.slow
def test_hazards_planted_are_within_their_intervals_in_about_95_of_100_and_so_is_what_filling_does():
    """Eight worlds, 80 bars: 70 or fewer covered would be one in a thousand. Contrast: filled is 2, 2, 2, 1, 1."""
    covered, compared = 0, 0
    for seed in range(8):
        intervals, departures = followed(800, seed=seed)
        one = vacancy(intervals, departures, fit_inference(intervals, COVARIATES))
        covered += ((one.table["conf_low"] < TRUTH) & (one.table["conf_high"] > TRUTH)).sum()
        years = one.table["years"].to_numpy()[:5]
        filling = np.log(4) - (years / years.sum()) @ np.log([2, 2, 2, 1, 1])
        compared += one.contrast.conf_low < filling < one.contrast.conf_high
    assert 71 <= covered <= 80
    assert compared >= 6


def test_what_is_shown_is_said(found):
    assert (found.table["n_events"] > 0).all()
    assert found.champion is Champion.ROLE
    assert found.contrast.p_value < 0.01
    codes = [note.code for note in found.notes]
    assert codes == ["contest.vacancy_roles", "contest.vacancy_shown", "contest.vacancy_filling"]


def test_what_is_said_first_is_surely_high_and_not_the_guess_of_few():
    few, many, open_ = (4.0, 0.9), (2.0, 1.5), (5.0, 2.0)
    table = pd.DataFrame([few, many, open_], columns=["estimate", "conf_low"])
    table["adjusted_p_value"] = [0.01, 0.001, 0.2]
    assert most_surely_raised(table)["estimate"] == 2.0
    assert most_surely_raised(table.assign(adjusted_p_value=0.2)) is None


def test_bars_are_indicators_beside_the_other_families_with_the_errors_of_clusters(world, found):
    intervals, departures, inference = world
    week = np.digitize(departures.days, [28.5, 56.5, 91.5, 182.5])
    bars = [
        (np.isfinite(departures.days) & (week == k) & (departures.is_filled == filled)).astype(float)
        for filled in (False, True)
        for k in range(5)
    ]
    use = inference.matrix(intervals).values[:, [0]]
    fit = fit_cox(np.column_stack([use, *bars]), inference.fit.rows)
    assert found.table["estimate"].to_numpy() == pytest.approx(fit.coefficients[1:], abs=1e-8)
    assert found.table["std_error"].to_numpy() == pytest.approx(cluster_errors(fit).std_errors[1:], rel=1e-8)


def test_events_are_counted_behind_each_bar_and_beside_them(world, found):
    intervals, departures, _ = world
    left = intervals["event"] == 1
    assert found.table["n_events"].sum() + found.n_reference == left.sum()
    first = left & (departures.days <= 28) & ~departures.is_filled
    assert found.table["n_events"].iloc[0] == first.sum()
    assert found.n_unknown == 0


def test_what_is_unknown_is_no_reference(world):
    """Half of the lifetimes, of whom nothing is known, leave five times as often: no bar hears of it."""
    intervals, departures, _ = world
    other = followed(700, seed=8)[0].assign(champions=0.0)
    other["lifetime_id"] = "x" + other["lifetime_id"]
    other["cluster_id"] = "x" + other["cluster_id"]
    other["event"] = np.where(other["start"] > 200, 1, other["event"])
    other = other[other.groupby("lifetime_id")["event"].cumsum().groupby(other["lifetime_id"]).shift(fill_value=0) == 0]
    both = pd.concat([intervals, other], ignore_index=True)
    n = len(other)
    mixed = Departures(
        Champion.ROLE,
        np.r_[departures.days, np.full(n, np.nan)],
        np.r_[departures.is_filled, np.zeros(n, dtype=bool)],
        np.r_[departures.is_known, np.zeros(n, dtype=bool)],
    )
    again = vacancy(both, mixed, fit_inference(both, COVARIATES))
    assert again.n_unknown == other["event"].sum()
    assert again.table["estimate"].iloc[0] == pytest.approx(np.log(4), abs=0.6)
    assert "contest.vacancy_unknown" in [note.code for note in again.notes]


def test_weeks_in_which_one_parent_left_have_no_ratio_and_their_rows_are_no_reference(world, found):
    intervals, departures, _ = world
    early = np.isfinite(departures.days) & (departures.days <= 28) & ~departures.is_filled
    calm = intervals.assign(event=np.where(early, 0, intervals["event"]))
    again = vacancy(calm, departures, fit_inference(calm, COVARIATES))
    assert again.table["n_events"].iloc[0] == 0
    assert np.isnan(again.table["estimate"].iloc[0])
    others = again.table["estimate"].iloc[1:].to_numpy()
    assert others == pytest.approx(found.table["estimate"].iloc[1:].to_numpy(), abs=0.1)
    assert "contest.vacancy_set_aside" in [note.code for note in again.notes]
    assert "no ratio; 0 left" in show_vacancy(again)._repr_html_()


def test_weeks_of_few_lifetimes_are_hidden_with_those_that_would_tell(world):
    intervals, departures, inference = world
    some = vacancy(intervals, departures, inference, min_cell=120)
    hidden = some.table[some.table["is_hidden"]]
    assert len(hidden) >= 2
    assert hidden[["n_lifetimes", "n_events", "estimate", "hazard_ratio_high"]].isna().all(axis=None)


def test_without_any_departure_nothing_can_be_said(world):
    intervals, departures, inference = world
    none = dataclasses.replace(departures, days=np.full(len(intervals), np.nan))
    with pytest.raises(ModelError, match="no departure is known of any account"):
        vacancy(intervals, none, inference)


def test_key_users_are_gone_from_the_interval_on_which_half_are_silent_until_fewer_are():
    silence = {"a": [0.0, 0.5, 1.0, 0.2, 0.0, 0.6], "b": [1.0, np.nan, 0.9, 0.0], "c": [0.1, 0.2]}
    rows = [
        (lifetime, pd.Timestamp("2024-01-01") + pd.Timedelta(days=30 * k), value)
        for lifetime, values in silence.items()
        for k, value in enumerate(values)
    ]
    intervals = pd.DataFrame(rows, columns=["lifetime_id", "risk_date", "key_user_silence"])
    shuffled = intervals.sample(frac=1, random_state=1)
    found = of_key_users(shuffled.reset_index(drop=True))
    order = np.argsort(shuffled.index.to_numpy())
    nan = np.nan
    assert found.champion is Champion.KEY_USERS
    assert found.days[order] == pytest.approx([nan, 1, 31, 61, 91, 1, 1, 31, 61, 91, nan, nan], nan_ok=True)
    there = np.isfinite(found.days[order])
    assert found.is_filled[order][there].tolist() == [False, False, True, True, False, False, False, False, True]
    assert found.is_known[order].tolist() == [True] * 7 + [False] + [True] * 4


def test_roles_are_read_by_lifetime_and_day_and_nobody_recorded_is_unknown():
    days = pd.to_datetime(["2024-01-01", "2024-02-01"])
    intervals = pd.DataFrame({"lifetime_id": ["b", "a", "c"], "risk_date": [days[0], days[1], days[1]]})
    known = pd.DataFrame(
        {
            "lifetime_id": ["a", "b", "c"],
            "risk_date": [days[1], days[0], days[1]],
            "is_recorded": [True, True, False],
            "is_known": [True, True, True],
            "days_known": [31, pd.NA, pd.NA],
            "others": [0, 2, 0],
        }
    )
    found = of_roles(intervals, known)
    assert found.days == pytest.approx([np.nan, 31, np.nan], nan_ok=True)
    assert found.is_filled.tolist() == [True, False, False]
    assert found.is_known.tolist() == [True, True, False]


def test_where_neither_roles_nor_users_are_recorded_it_is_said(sample_tenure):
    with pytest.raises(ModelError, match="is not measured here"):
        departures_of(sample_tenure)


def test_the_picture_shows_the_weeks_with_events_in_two_groups(found):
    page = show_vacancy(found)._repr_html_()
    assert "Nobody else in place" in page
    assert "Another is in place" in page
    assert f"More than {WEEKS[-1]} weeks" in page
    assert " left</text>" in page.replace("\n", "")
