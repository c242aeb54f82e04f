"""The tables over time: what is drawn is what the frame holds, and nothing hangs on colour alone."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch

from analysis.figures.timeline import draw_timeline, timeline_height

WORDS = {word: f"<{word}>" for word in ("before", "after", "inside", "outside", "set_apart", "observed_from", "number")}
LANES = pd.DataFrame(
    {
        "key": ["at_risk", "tickets", "goals"],
        "label": ["Lifetimes", "tickets", "goals"],
        "number": ["at most 3", "12", "0"],
        "before": ["", "830", ""],
        "after": ["", "", "7"],
        "observed_from": [np.nan, 2022.5, np.nan],
    }
)


def cells(key: str, inside: list[int], outside: list[int], set_apart: list[int]) -> pd.DataFrame:
    places = 2022 + np.arange(len(inside)) / 12
    return pd.DataFrame({"key": key, "place": places, "inside": inside, "outside": outside, "set_apart": set_apart})


@pytest.fixture
def ax() -> Axes:
    ax = Figure(figsize=(8, timeline_height(LANES))).add_subplot()
    frame = pd.concat(
        [
            cells("at_risk", [1, 2, 3], [0, 0, 0], [0, 0, 0]),
            cells("tickets", [4, 0, 2], [0, 1, 0], [0, 3, 2]),
            cells("goals", [0, 0, 0], [0, 0, 0], [0, 0, 0]),
        ],
        ignore_index=True,
    )
    draw_timeline(ax, LANES, frame, (2022.1, 2022.2), WORDS)
    return ax


def strips(ax: Axes) -> list[StepPatch]:
    return [patch for patch in ax.patches if isinstance(patch, StepPatch)]


def test_each_part_is_as_high_as_its_rows_and_stands_on_the_one_before(ax: Axes) -> None:
    at_risk, *tickets = strips(ax)
    heights = [strip.get_data().values - strip.get_data().baseline for strip in tickets]
    unit = heights[0][0] / 4
    assert [np.round(height / unit, 9).tolist() for height in heights] == [[4, 0, 2], [0, 1, 0], [0, 3, 2]]
    np.testing.assert_allclose(tickets[1].get_data().baseline, tickets[0].get_data().values)
    np.testing.assert_allclose(tickets[0].get_data().baseline, -1)
    assert at_risk.get_data().values.max() < 1


def test_a_lane_without_rows_is_a_line(ax: Axes) -> None:
    assert len(strips(ax)) == 1 + 3
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Lifetimes", "tickets", "goals"]


def test_the_parts_are_told_apart_in_grey(ax: Axes) -> None:
    _, inside, outside, set_apart = strips(ax)

    def grey(color: object) -> float:
        return float(np.dot(to_rgb(color), [0.299, 0.587, 0.114]))

    assert grey(inside.get_facecolor()) - grey(outside.get_facecolor()) > 0.25
    assert set_apart.get_hatch()


def test_all_words_and_numbers_are_written(ax: Axes) -> None:
    written = " ".join(text.get_text() for text in [*ax.texts, *ax.get_legend().get_texts()])
    assert [word for word in [*WORDS.values(), "at most 3", "830", "7"] if word not in written] == []
