"""Axes of age: every picture over the days of a lifetime is in years once it reaches far, and in days before."""

import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis.figures.effects import draw_coefficient_path
from analysis.figures.survival import draw_distributions, draw_incidence, draw_mean_number, draw_survival

BAND = {"estimate": [1.0, 0.5], "conf_low": [1.0, 0.4], "conf_high": [1.0, 0.6]}


def survival(ax, frame, last):
    at_risk = pd.DataFrame({"group": "all", "time": range(0, last, 365 if last > 1001 else 100), "at_risk": 9})
    draw_survival(ax, frame, at_risk)


PICTURES = {
    "survival": survival,
    "distributions": lambda ax, frame, _: draw_distributions(ax, frame.assign(distribution="weibull"), frame),
    "incidence": lambda ax, frame, _: draw_incidence(ax, frame.assign(cause="churn"), {"churn": "black"}),
    "mean number": lambda ax, frame, _: draw_mean_number(ax, frame),
    "path": lambda ax, frame, _: draw_coefficient_path(ax, frame, 0.7, "seats", "black"),
}


def drawn(picture, last):
    """Return the name of the axis and its ticks, within what is drawn."""
    figure = Figure()
    ax = figure.subplots()
    picture(ax, pd.DataFrame({"group": "all", "time": [0, last], **BAND}), last)
    figure.draw_without_rendering()
    ticks = zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
    return ax.get_xlabel(), [label.get_text() for day, label in ticks if 0 <= day <= last]


@pytest.mark.parametrize("name", PICTURES)
def test_an_axis_is_in_years_once_it_reaches_far(name):
    assert drawn(PICTURES[name], 1500) == ("Years since the lifetime began", ["0", "1", "2", "3", "4"])


@pytest.mark.parametrize("name", PICTURES)
def test_it_is_in_days_before(name):
    said, ticks = drawn(PICTURES[name], 1000)
    assert said == "Days since the lifetime began"
    assert "200" in ticks
