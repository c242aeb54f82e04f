"""Curves over the age of lifetimes: from where on they are drawn, until where, and what of them is hidden."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis.declared.study_parts import Report
from analysis.design.outcome import Outcome
from analysis.figures.style import HIDDEN
from analysis.figures.survival import draw_rates
from analysis.lifetimes.displays import show_survival
from analysis.lifetimes.events import changes_by_age, churn_rates, ends_by_cause
from analysis.lifetimes.parametric import fit_parametric_survival
from analysis.lifetimes.survival import Beginning, beginnings, survival_tables

REPORT = Report(curve_from_at_risk=10, min_cell=5)


def process(start, stop, event) -> pd.DataFrame:
    n = len(stop)
    frame = {"lifetime_id": [f"l{k}" for k in range(n)], "account_id": [f"a{k}" for k in range(n)]}
    frame |= {"start": start, "stop": stop, "event": np.asarray(event, int)}
    return pd.DataFrame(frame).assign(cause=np.where(event, "churn", None))


@pytest.fixture
def early_leaver() -> pd.DataFrame:
    """One lifetime is seen from its first day and leaves on day 3; twelve enter on day 100, six of them leave."""
    stop = np.r_[3.0, np.arange(110, 170, 10), np.full(6, 200.0)]
    return process(np.r_[0.0, np.full(12, 100.0)], stop, np.r_[np.full(7, True), np.full(6, False)])


def test_a_survival_curve_is_of_those_who_had_stayed(early_leaver):
    curves, at_risk = survival_tables(Outcome.from_counting_process(early_leaver), REPORT)
    assert (curves["from_age"] == 100).all()
    assert curves["time"].tolist() == [100, 110, 120, 130, 140, 150, 160, 200]
    assert curves["estimate"].to_numpy() == pytest.approx(np.r_[12, 11, 10, 9, 8, 7, 6, 6] / 12)
    assert beginnings(curves, at_risk) == (Beginning("all", 100.0),)
    assert "of those who had stayed 100 days" in show_survival(curves, at_risk).title


def test_a_curve_ends_where_fewer_than_the_smallest_cell_are_left():
    frame = process(np.zeros(12), np.arange(10.0, 130, 10), np.full(12, True))
    curves, at_risk = survival_tables(Outcome.from_counting_process(frame), REPORT)
    assert (curves["time"].max(), curves["n_risk"].min()) == (80, 5)
    shown = at_risk.set_index("time")["at_risk"]
    assert shown.loc[84:].isna().all()
    assert (shown.loc[:77] >= 5).all()


def test_ends_and_changes_begin_there_too(early_leaver):
    ends = ends_by_cause(early_leaver, REPORT)
    assert ends["estimate"].to_numpy() == pytest.approx(np.r_[0, 1, 2, 3, 4, 5, 6, 6] / 12)
    assert (ends["from_age"] == 100).all()
    changes = pd.DataFrame({"lifetime_id": ["l0", "l12"], "age": [2, 150], "kind": ["contraction"] * 2})
    curve = changes_by_age(early_leaver, changes, REPORT).set_index("time")["estimate"]
    # seven of twelve are left just before day 150, eight at risk then: 8/12 x 1/8
    assert (curve.loc[100], curve.loc[200]) == (0, pytest.approx(1 / 12))


def test_where_there_never_are_enough_there_is_no_curve(early_leaver):
    few = Report(curve_from_at_risk=13, min_cell=5)
    curves, at_risk = survival_tables(Outcome.from_counting_process(early_leaver), few)
    assert curves.empty
    assert beginnings(curves, at_risk) == (Beginning("all", None),)
    assert ends_by_cause(early_leaver, few).empty
    show_survival(curves, at_risk).plot()


def test_what_was_observed_stands_beside_distributions_at_the_height_that_the_first_has():
    rng = np.random.default_rng(1)
    length = rng.exponential(300, 200).round() + 1
    start = np.r_[0.0, np.full(199, 90.0)]
    frame = process(start, np.maximum(length, start + 1), np.full(200, True))
    found = fit_parametric_survival(Outcome.from_counting_process(frame), 1000, enough=10, least=5)
    assert found.observed["time"].min() == 90
    first = found.curves[found.curves["distribution"] == found.table["distribution"].iloc[0]]
    assert found.observed["estimate"].iloc[0] == pytest.approx(np.interp(90, first["time"], first["estimate"]))


def test_the_numbers_at_risk_hide_a_small_group_and_what_would_give_it_away():
    start, group = np.zeros(40), np.array(["large"] * 20 + ["middle"] * 12 + ["small"] * 8)
    stop = np.r_[np.full(20, 90.0), np.full(12, 80.0), np.full(5, 30.0), np.full(3, 80.0)]
    _, at_risk = survival_tables(Outcome.from_counting_process(process(start, stop, stop < 0)), REPORT, group)
    shown = at_risk.pivot_table("at_risk", "time", "group", dropna=False)
    assert shown.loc[28].tolist() == [20, 12, 8]
    assert shown.loc[56].isna().tolist() == [False, True, True]  # 35 less 20 and 12 would tell the three
    assert shown.loc[84].tolist() == [20, 0, 0]


def test_rates_of_few_lifetimes_are_hidden_with_those_that_would_tell_them():
    phases = ["onboarding"] * 3 + ["adoption"] * 8 + ["mature"] * 30
    intervals = process(np.zeros(41), np.full(41, 100.0), np.arange(41) % 5 == 0).assign(phase=phases)
    shown = churn_rates(intervals, "phase", 5)
    assert shown["rate"].isna().tolist() == [True, True, False]
    assert shown.loc[:1, ["events", "exposure", "conf_low", "conf_high"]].isna().all(axis=None)
    assert not churn_rates(intervals, "phase", 1).isna().any(axis=None)
    ax = Figure().add_subplot()
    draw_rates(ax, shown)
    draw_rates(Figure().add_subplot(), shown.iloc[:2])
    assert [text.get_text() for text in ax.texts].count(HIDDEN) == 2
