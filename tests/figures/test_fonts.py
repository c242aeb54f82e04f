"""Fonts of pictures: the user's own first, then ours, and what neither has from the machine."""

import re

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.axes import Axes

from analysis.figures import style
from analysis.figures.display import Display
from analysis.figures.style import as_svg, own_fonts

OURS, LAST = "DejaVu Sans", "Last Resort High-Efficiency"


def draw(ax: Axes) -> None:
    ax.set_title("解約")


def families_in(svg: str) -> set[str]:
    return set(re.findall(r'font-family="([^"]+)"', svg))


@pytest.fixture(autouse=True)
def unchanged(monkeypatch: pytest.MonkeyPatch):
    mpl.use("Agg")
    monkeypatch.setattr(style.font_manager, "get_font_names", lambda: ["Meiryo", "IPAexGothic", OURS])
    with mpl.rc_context():
        yield


@pytest.mark.parametrize(
    ("asked", "own"),
    [
        ({}, []),
        ({"font.family": "DejaVu Serif"}, ["DejaVu Serif"]),
        ({"font.family": ["DejaVu Serif", "DejaVu Sans Mono"]}, ["DejaVu Serif", "DejaVu Sans Mono"]),
        ({"font.sans-serif": ["DejaVu Serif", *mpl.rcParamsDefault["font.sans-serif"]]}, ["DejaVu Serif"]),
        ({"font.family": "serif"}, ["serif"]),
        ({"font.family": ["sans-serif", "DejaVu Serif"]}, ["DejaVu Serif"]),
    ],
    ids=["nothing", "a font", "two", "first of the kind", "another kind", "the usual, then a font"],
)
def test_what_the_user_asked_for(asked: dict, own: list[str]) -> None:
    mpl.rcParams.update(asked)
    assert own_fonts() == own


def test_the_users_own_stand_first_in_every_picture() -> None:
    mpl.rcParams["font.family"] = "DejaVu Serif"
    assert families_in(as_svg("x", draw, size=(3, 2), alt="x")) == {"'DejaVu Serif', 'DejaVu Sans'"}
    families = []
    Display("x", pd.DataFrame(), lambda ax: families.extend(mpl.rcParams["font.family"])).plot()
    assert families == ["DejaVu Serif", OURS, "Meiryo", LAST]
    assert mpl.rcParams["font.family"] == ["DejaVu Serif"]


def test_a_page_lets_its_own_fonts_alone_where_the_user_asked_for_some() -> None:
    assert "own-fonts" not in as_svg("x", draw, size=(3, 2), alt="x")
    mpl.rcParams["font.family"] = "DejaVu Serif"
    assert 'class="own-fonts"' in as_svg("x", draw, size=(3, 2), alt="x")


def test_a_page_without_a_users_fonts_knows_none_of_this_machine() -> None:
    assert families_in(as_svg("x", draw, size=(3, 2), alt="x")) == {f"'{OURS}'"}


def test_a_notebook_draws_japanese_in_a_font_of_the_machine() -> None:
    families = []
    Display("x", pd.DataFrame(), lambda ax: families.extend(mpl.rcParams["font.family"])).plot()
    assert families == [OURS, "Meiryo", LAST]
