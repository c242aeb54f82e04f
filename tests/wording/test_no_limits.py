"""Ratios that nothing limits: of a column that tells leavers from stayers they are more than a float holds."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis.audits.measures import MEASURES, _each_doubling, _percent
from analysis.curves.nonparametric import ratio_interval
from analysis.figures.effects import draw_coefficient_path
from analysis.figures.style import as_svg
from analysis.inference.bounds import _ratio
from reports.messages import read_catalogue


@pytest.mark.parametrize("language", ["en", "ja"])
def test_they_are_written_as_more_than_a_million(language: str) -> None:
    text = read_catalogue(language)
    assert text.ratio(1000.0) == text.ratio(math.inf) == "> 1,000,000"
    assert text.ratio(math.log(2.5)) == "2.50"
    assert text.ratio(-1000.0) == "0.00"
    assert text.number(math.inf) == "\u221e"
    assert text.number(-math.inf, 0) == "\u2212\u221e"
    assert "> 1,000,000" in text.ratio_span(0.0, 1000.0)
    assert text.ratio_span(0.0, math.log(2)) == text.span(1.0, 2.0)


def test_they_are_infinite_in_tables_and_nothing_warns() -> None:
    assert _ratio(1000.0) == _each_doubling(2000.0) == _percent(1000.0) == math.inf
    assert MEASURES["late_knowledge"].read(1000.0) == math.inf
    assert _percent(0.5) == pytest.approx(100 * math.expm1(0.5))
    assert _percent(2.0) == pytest.approx(100 * math.expm1(2.0))
    low, high = ratio_interval(np.array([1e-300]), np.array([1.0]), 1.96)
    assert (low[0], high[0]) == (0.0, math.inf)


@pytest.mark.parametrize("size", [0.1, 5.0, 800.0, -800.0])
def test_a_picture_is_cut_where_people_read_no_more(size: float) -> None:
    path = pd.DataFrame({"time": [0.0, 1.0], "estimate": [0.0, size]})
    path = path.assign(conf_low=path["estimate"] - abs(size), conf_high=path["estimate"] + abs(size))
    assert "<text" in as_svg(
        "x", draw_coefficient_path, size=(5, 3), alt="x", frame=path, constant=size, label="x", color="#000000"
    )
