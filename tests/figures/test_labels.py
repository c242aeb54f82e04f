"""Labels in pictures: text from data is text, whatever it holds, in every picture."""

import ast
import html
import re
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
from nasty_strings import NASTY, PICTURES

from analysis.figures.audits import draw_coverage, draw_ladder
from analysis.figures.display import Display
from analysis.figures.effects import draw_coefficient_path, draw_hazard_ratios
from analysis.figures.evaluation import (
    draw_calibration_curve,
    draw_covariate_drift,
    draw_decision_curve,
    draw_gain,
    draw_observed_over_time,
)
from analysis.figures.forecast import draw_book, draw_calibration
from analysis.figures.labels import MOST_WIDE, MOST_WIDE_WORDS, legend, wide
from analysis.figures.style import as_svg
from analysis.figures.survival import draw_distributions, draw_incidence, draw_mean_number, draw_rates, draw_survival
from analysis.wording.controls import shown

FIGURES = Path(__file__).parents[2] / "analysis" / "figures"
ALL = [NASTY[place : place + 6] for place in range(0, len(NASTY), 6)]
"""For one picture of each kind of label, by make proofs; all pictures get those that matplotlib would read."""
FEW = [PICTURES[:6], PICTURES[6:12], ("x" * 300, "\u2014" * 90, "a\nb", "\x1b[31m")]
IN_FULL = ("survival", "rates")


def by_group(names: Sequence[str]) -> pd.DataFrame:
    one = pd.DataFrame({"time": [0.0, 100.0, 200.0], "estimate": [1.0, 0.8, 0.7]})
    one = one.assign(conf_low=one["estimate"] - 0.1, conf_high=one["estimate"] + 0.1, at_risk=9, cause="voluntary")
    return pd.concat([one.assign(group=name, distribution=name) for name in names], ignore_index=True)


def by_line(names: Sequence[str]) -> pd.DataFrame:
    named = {column: list(names) for column in ("label", "term", "group", "model")}
    return pd.DataFrame(named).assign(
        family="usage",
        hazard_ratio=1.2, hazard_ratio_low=0.9, hazard_ratio_high=1.5, estimate=1.0, conf_low=0.5, conf_high=1.5,
        events=3, rate=0.2, at_start=9, churned_of_start=1, predicted=0.2, observed=0.7, lag=0, place=0, share=0.5,
    )  # fmt: skip


def by_model(names: Sequence[str]) -> pd.DataFrame:
    one = pd.DataFrame({"risk": [0.01, 0.1], "observed": [0.02, 0.1], "threshold": [0.1, 0.2], "contacted": [0.0, 1.0]})
    one = one.assign(
        conf_low=0.01, conf_high=0.2, low=[0.0, 0.05], high=[0.05, 0.1], n_rows=9, net_benefit=0.02, treat_all=0.01,
        caught=[0.0, 1.0], landmark=pd.to_datetime(["2024-01-01", "2024-04-01"]), stability_index=[0.05, 0.3],
        family="usage",
    )  # fmt: skip
    return pd.concat([one.assign(model=name, covariate=name, label=name) for name in names], ignore_index=True)


COLORS = {"usage": "#2a6f97"}
PATH = pd.DataFrame({"time": [0.0, 1.0], "estimate": [0.1, 0.2], "conf_low": [-0.1, 0.0], "conf_high": [0.3, 0.4]})
DRAWN: dict[str, Callable[[Axes, Sequence[str]], None]] = {
    "survival": lambda ax, names: draw_survival(ax, by_group(names), by_group(names)),
    "distributions": lambda ax, names: draw_distributions(ax, by_group(names), by_group(names[:1])),
    "incidence": lambda ax, names: draw_incidence(ax, by_group(names), {"voluntary": "#c05746"}),
    "mean number": lambda ax, names: draw_mean_number(ax, by_group(names)),
    "rates": lambda ax, names: draw_rates(ax, by_line(names)),
    "rates, named": lambda ax, names: draw_rates(
        ax, by_line(list("abcdef")[: len(names)]), dict(zip("abcdef", names, strict=False))
    ),
    "hazard ratios": lambda ax, names: draw_hazard_ratios(ax, by_line(names), COLORS),
    "ladder": lambda ax, names: draw_ladder(ax, by_line(names), COLORS, {0: "today"}),
    "coverage": lambda ax, names: draw_coverage(ax, by_line(names), COLORS, {"usage": "Usage"}, ["Q1"]),
    "book": lambda ax, names: draw_book(ax, by_line(names)),
    "calibration": lambda ax, names: draw_calibration(ax, by_line(names)),
    "calibration curve": lambda ax, names: draw_calibration_curve(ax, by_model(names), by_model(names)),
    "decision curve": lambda ax, names: draw_decision_curve(ax, by_model(names)),
    "gain": lambda ax, names: draw_gain(ax, by_model(names), 0.1),
    "observed over time": lambda ax, names: draw_observed_over_time(
        ax, by_line(names).assign(n_events=3, expected=4.0, conf_low=0.5)
    ),
    "covariate drift": lambda ax, names: draw_covariate_drift(ax, by_model(names), COLORS, (0.1, 0.25)),
    "path": lambda ax, names: draw_coefficient_path(ax, PATH, 0.1, names[0], "#2a6f97"),
}


def texts_in(svg: str) -> list[str]:
    return [
        html.unescape("".join(re.findall(r">([^<]*)<", f">{text}<")))
        for text in re.findall(r"<text[^>]*>(.*?)</text>", svg)
    ]


@pytest.mark.parametrize(
    ("what", "groups"),
    [
        *((what, FEW[:1]) for what in DRAWN),
        *(pytest.param(what, FEW[1 : 2 if what == "rates, named" else 3], marks=pytest.mark.slow) for what in DRAWN),
        *(pytest.param(what, ALL, marks=pytest.mark.slow) for what in IN_FULL),
    ],
)
def test_every_label_stands_in_the_picture_as_it_is(what: str, groups: Sequence[Sequence[str]]) -> None:
    for names in groups:
        svg = as_svg("x", partial(DRAWN[what]), size=(7.4, 5), alt=names[0], names=names)
        found = texts_in(svg)
        drawn = names[:1] if what == "path" else names
        short = [shown(name) for name in drawn if len(name) < 30 and name.strip() and "\u200b" not in name]
        assert [name for name in short if name not in found and f"voluntary, {name}" not in found] == []
        assert max(map(wide, found)) < 1.2 * (MOST_WIDE_WORDS if what == "path" else MOST_WIDE)
        assert shown(svg, keep="\n") == svg


@pytest.mark.parametrize("groups", [FEW[:1], pytest.param(FEW[1:], marks=pytest.mark.slow)], ids=["first", "others"])
@pytest.mark.parametrize("what", DRAWN)
def test_a_figure_may_be_drawn_long_after(what: str, groups: Sequence[Sequence[str]]) -> None:
    mpl.use("Agg")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # this machine may lack an emoji
        for names in groups[: 1 if what == "rates, named" else 3]:
            display = Display("x", pd.DataFrame(), partial(DRAWN[what], names=names), size=(7.4, 5))
            figure = display.plot()
            figure.canvas.draw()
            ax = display.plot(pyplot.subplots()[1])
            ax.figure.canvas.draw()
            pyplot.close(ax.figure)


def test_what_a_user_writes_beside_it_may_be_tex() -> None:
    mpl.use("Agg")
    _, ax = pyplot.subplots()
    ax.set_title(r"$\beta$")
    draw_hazard_ratios(ax, by_line(["$5"]), COLORS)
    assert ax.title.get_parse_math()
    assert not any(label.get_parse_math() for label in ax.get_yticklabels())
    pyplot.close()


def test_labels_too_long_to_be_told_apart_by_their_ends_are_numbered() -> None:
    names = ["x" * 100 + end + "y" * 100 for end in "ab"]
    found = texts_in(as_svg("x", DRAWN["survival"], size=(7, 4), alt="x", names=names))
    assert len({text for text in found if text.startswith("xxx")}) == 2


def test_a_name_in_a_legend_may_begin_with_an_underscore() -> None:
    mpl.use("Agg")
    _, ax = pyplot.subplots()
    legend(ax, {"_hidden": ax.plot([0, 1])[0], "_nolegend_": ax.plot([1, 0])[0]}, ncols=3)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["_hidden", "_nolegend_"]
    pyplot.close()


def test_every_function_that_draws_takes_labels_as_text() -> None:
    # One that is added later, without it, would take what stands between dollar signs for TeX again.
    plain = []
    for path in FIGURES.glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("draw_"):
                plain += [node.name] * ("draws" not in [ast.unparse(entry) for entry in node.decorator_list])
    assert plain == []
    assert np.sum([path.read_text(encoding="utf-8").count("@draws") for path in FIGURES.glob("*.py")]) >= len(DRAWN)
