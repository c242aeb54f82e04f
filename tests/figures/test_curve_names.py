"""Names of curves at their ends: each in its curve's colour, none over another, and a legend where there is no room."""

import itertools

import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis.figures.style import CYCLE, look
from analysis.figures.survival import draw_mean_number


def drawn(ends: dict[str, float]) -> Figure:
    rows = [
        {"group": name, "time": time, "estimate": end * time / 100, "conf_low": 0.0, "conf_high": 1.0}
        for name, end in ends.items()
        for time in range(0, 101, 10)
    ]
    with look():
        figure = Figure(figsize=(7.4, 3.4), layout="constrained")
        draw_mean_number(figure.add_subplot(), pd.DataFrame(rows))
        figure.canvas.draw()
    return figure


@pytest.mark.parametrize("at", [0.0, 0.5, 1.0])
def test_names_of_curves_that_end_together_stand_apart_and_in_the_picture(at: float) -> None:
    figure = drawn({"one": at, "two": at, "three": at, "four": at})
    (ax,) = figure.axes
    boxes = [text.get_window_extent() for text in ax.texts]
    assert [text.get_text() for text in ax.texts] != []
    assert {text.get_color() for text in ax.texts} == set(CYCLE[:4])
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    assert all(box.y0 >= 0 and box.y1 <= figure.bbox.y1 and box.x1 <= figure.bbox.x1 for box in boxes)
    assert ax.get_legend() is None


@pytest.mark.parametrize(
    "ends", [dict.fromkeys("abcde", 0.5), {"a name too long to stand beside a curve": 0.5, "b": 0.4}]
)
def test_many_names_and_long_ones_have_a_legend(ends: dict[str, float]) -> None:
    (ax,) = drawn(ends).axes
    assert list(ax.texts) == []
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(ends)
