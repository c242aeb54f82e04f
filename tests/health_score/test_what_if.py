"""What if: a book of six rows, by hand; sliders that move it; and weights that make no sense."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from pages import pieces

from analysis.errors import DesignError
from analysis.health_score import sliders
from analysis.health_score.definition import Colours, Component, ScoreDefinition
from analysis.health_score.scored import Origin, Scored
from analysis.health_score.what_if import normalised, what_if
from reports.messages import read_catalogue

QUARTERS = pd.to_datetime(["2024-01-01"] * 4 + ["2024-04-01"] * 2)


@pytest.fixture
def scored():
    """Use is 90, 70, 50, 10, then 80, 20; care the other way round; the first and fourth leave."""
    use, care = np.array([90.0, 70, 50, 10, 80, 20]), np.array([10.0, 30, 50, 90, 20, 80])
    rows = pd.DataFrame(
        {
            "risk_date": QUARTERS,
            "is_quarter_start": True,
            "is_followed": [True] * 4 + [False] * 2,
            "event": [1, 0, 0, 1, 0, 0],
        }
    )
    parts = (Component("use", 100.0, published="use"), Component("care", 0.0, published="care"))
    colour = np.array(["green", "green", "yellow", "red", "green", "red"], dtype=object)
    points = pd.DataFrame({"use": use, "care": care})
    return Scored(Origin.PUBLISHED, rows, use, colour, points, ScoreDefinition("score", parts))


def test_the_score_as_it_is_by_hand(scored):
    found = what_if(scored, {"use": 100, "care": 0}, Colours(40, 60), capacity=1)
    assert found.table["share_of_book"].tolist() == [0.25, 0.25, 0.5]
    assert found.table["share_of_leavers"].tolist() == [0.5, 0.0, 0.5]
    assert (found.green_leavers, found.precision, found.caught, found.changing, found.of) == (0.5, 1.0, 0.5, 0, 2)


def test_other_weights_and_thresholds_by_hand(scored):
    turned = what_if(scored, {"use": 0, "care": 7}, Colours(40, 60), capacity=2)
    assert turned.definition.weights == {"use": 0.0, "care": 100.0}
    assert turned.table["n_rows"].tolist() == [2, 1, 1]
    assert (turned.precision, turned.caught, turned.changing) == (0.5, 0.5, 2)
    even = what_if(scored, {"use": 1, "care": 1}, Colours(60, 70), capacity=1)
    assert even.table["n_rows"].tolist() == [4, 0, 0]
    assert even.precision == 0.5  # all have 50: each is as likely to be looked after


@pytest.mark.parametrize(
    ("weights", "colours", "says"),
    [
        ({"use": 100}, Colours(40, 60), "are needed; use arrived"),
        ({"use": -1, "care": 2}, Colours(40, 60), "not negative"),
        ({"use": 0, "care": 0}, Colours(40, 60), "not all zero"),
        ({"use": 1, "care": 1}, Colours(70, 60), "Thresholds need"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(scored, weights, colours, says):
    with pytest.raises(DesignError, match=says):
        what_if(scored, weights, colours, 1)


def test_weights_are_made_100():
    assert normalised({"a": 1, "b": 3}) == {"a": 25.0, "b": 75.0}


def test_a_panel_shows_a_name_as_text(scored):
    before = what_if(scored, {"use": 1, "care": 1}, Colours(40, 60), 1)
    page = sliders.panel_html(before, before, 1, read_catalogue("en"))
    assert "<svg" in page
    assert "as it is" in page


def test_a_panel_speaks_the_language_it_is_given(scored):
    """In Japanese no English word is left but the names that the score's owner gave."""
    panel = sliders.Sliders(scored, 1, read_catalogue("ja"))
    shown = [
        *pieces(re.sub("<metadata>.*?</metadata>", "", panel._said.value, flags=re.DOTALL)),
        panel.thresholds.description,
    ]
    told = {piece for piece in shown if re.search("[A-Za-z]{2}", piece)}
    assert {re.sub(r"use|care|[0-9、,% ]", "", piece) for piece in told} <= {""}
    assert "現状" in panel._said.value
    for slider in panel.weights.values():
        slider.value = 0
    assert "重み" in panel._said.value
    assert "not all zero" not in panel._said.value


def test_a_moved_slider_moves_what_is_said(scored):
    panel = sliders.Sliders(scored, 1)
    assert panel.found.table["n_rows"].tolist() == [1, 1, 2]
    panel.weights["care"].value = 100
    panel.weights["use"].value = 0
    assert panel.found.table["n_rows"].tolist() == [2, 1, 1]
    panel.thresholds.value = (95, 100)
    assert panel.found.table["n_rows"].tolist() == [4, 0, 0]
    panel.weights["care"].value = 0
    assert "not all zero" in panel._said.value


def test_a_slider_that_was_not_moved_is_not_rounded(scored):
    """Green begins at 50.4: an account of 50.2 is yellow, though the slider stands at 50."""
    own = dataclasses.replace(scored.definition, colours=Colours(40, 50.4))
    near = dataclasses.replace(scored, definition=own, points=scored.points.assign(use=[90.0, 70, 50.2, 10, 80, 20]))
    panel = sliders.Sliders(near, 1)
    assert panel.thresholds.value == (40, 50)
    assert panel.found.table["n_rows"].tolist() == panel.before.table["n_rows"].tolist() == [1, 1, 2]
    panel.thresholds.value = (41, 50)
    assert panel.found.table["n_rows"].tolist() == [1, 0, 3]
