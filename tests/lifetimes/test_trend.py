"""The trend: settled quarter starts only, those that could be forecast, and small quarters hidden."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.declared.source import Source
from analysis.declared.study import Study
from analysis.declared.study_parts import Report, Time
from analysis.figures.trend import draw_record, draw_trend
from analysis.lifetimes.survival import stays
from analysis.lifetimes.trend import trend_of
from reports.messages import read_catalogue
from reports.quarterly.sentences import stay_sentences

STUDY = Study(
    "s", Source("contract", Path()), Time(dt.date(2024, 1, 1), dt.date(2025, 1, 1)), report=Report(min_cell=5)
)


def landmarks() -> pd.DataFrame:
    """Twenty accounts on 1 January, of whom four left; four on 1 April; a month start, and a quarter that is open."""
    days = [("2024-01-01", 20, 4, True, True), ("2024-02-01", 20, 9, False, True), ("2024-04-01", 4, 1, True, True)]
    days += [("2024-07-01", 20, 3, True, False)]
    return pd.DataFrame(
        [
            {
                "risk_date": pd.Timestamp(day), "account_id": f"a{n}", "cluster_id": f"a{n}", "event": int(n < left),
                "is_quarter_start": is_start, "is_followed": is_followed, "phase": "mature",
            }
            for day, number, left, is_start, is_followed in days
            for n in range(number)
        ]
    )  # fmt: skip


def test_a_rate_is_of_settled_quarter_starts_and_small_ones_are_hidden() -> None:
    found = trend_of(landmarks(), STUDY)
    assert found.rates["quarter_from"].dt.month.tolist() == [1, 4]
    assert found.rates["rate"].iloc[0] == 0.2
    assert found.rates["is_hidden"].tolist() == [False, True]
    assert found.rates.loc[1, ["n", "churned", "rate", "conf_low"]].isna().all()
    assert found.change is None


def test_a_bar_that_tells_nothing_does_not_flatten_the_picture() -> None:
    rates = trend_of(landmarks(), STUDY).rates.assign(
        is_hidden=False, rate=[0.2, 0.1], conf_low=0.0, conf_high=[0.3, 0.9]
    )
    ax = Figure((4, 3)).add_subplot()
    draw_trend(ax, rates)
    assert ax.get_ylim()[1] < 0.6
    assert [label.get_text() for label in ax.get_xticklabels()] == ["Jan 2024", "Apr 2024"]


def test_the_record_has_a_mark_for_each_quarter() -> None:
    record = pd.DataFrame(
        {"expected": [3.0, 4.0], "observed": [2, 9], "low": 1, "high": 8, "narrow_low": 2, "narrow_high": 6}
    )
    ax = Figure((4, 3)).add_subplot()
    draw_record(ax, record, ["a", "b"])
    assert [line.get_ydata().tolist() for line in ax.lines] == [[3.0, 4.0], [2, 9]]


def test_stays_are_read_off_where_the_curve_reaches() -> None:
    """Of those that had stayed 100 days: one year is told, two are not, for nobody is at risk then."""
    curves = pd.DataFrame(
        {
            "group": "all", "time": [200.0, 365.0, 400.0], "estimate": [0.9, 0.8, 0.7], "conf_low": [0.8, 0.7, 0.6],
            "conf_high": [0.95, 0.9, 0.8], "from_age": 100.0,
        }
    )  # fmt: skip
    at_risk = pd.DataFrame({"group": "all", "time": [0, 365, 730], "at_risk": [50.0, 20.0, float("nan")]})
    (only,) = stays(curves, at_risk)
    assert (only.years, only.estimate, only.conf_low, only.from_age) == (1, 0.8, 0.7, 100.0)


def test_a_stay_of_all_has_no_interval() -> None:
    """The first row's is that of the first day; what a year without a leaver tells of those to come is not known."""
    curves = pd.DataFrame(
        {"group": "all", "time": [0.0, 800.0], "estimate": 1.0, "conf_low": [1.0, float("nan")],
         "conf_high": [1.0, float("nan")], "from_age": 0.0}
    )  # fmt: skip
    at_risk = pd.DataFrame({"group": "all", "time": [0, 365, 730], "at_risk": [50.0, 20.0, float("nan")]})
    (only,) = stays(curves, at_risk)
    assert (only.years, only.estimate) == (1, 1.0)
    assert np.isnan([only.conf_low, only.conf_high]).all()
    for language, said in (("en", "1 year: 100.0% (nobody had left"), ("ja", "それまでに解約がなく")):
        (sentence,) = stay_sentences(read_catalogue(language), [only])
        assert said in sentence
