"""Pictures in a page: no style that a strict policy would refuse, no id twice, words for who cannot see it."""

import re
import xml.etree.ElementTree as ET

import pytest
from matplotlib.axes import Axes

from analysis.figures.style import as_svg

ODD = '" style="a:b" id="x" <b> & url(#y)'


def draw(ax: Axes, label: str = "x") -> None:
    (line,) = ax.plot([1, 2, 3], color="#2a6f97")
    ax.scatter([1], [2], marker="x", alpha=0.4)
    ax.fill_between([0, 1], [1, 2], alpha=0.3, hatch="//")
    ax.legend([line], [label])


def picture(name: str = "one", **arguments: str) -> str:
    return as_svg(name, draw, size=(4, 3), alt=arguments.pop("alt", "x"), **arguments)


def test_look_stands_in_attributes() -> None:
    svg = picture()
    assert not re.search(r"<[^<>]* style=|<style", svg)
    assert 'stroke="#2a6f97"' in svg
    assert re.search(r'<text font-size="9px" font-family="\'DejaVu Sans\'" text-anchor="middle" fill="#22303c"', svg)


def test_ids_are_the_pictures_own_and_lead_somewhere() -> None:
    one, other = (re.findall(r' id="([^"]*)"', picture(name)) for name in ("one", "other"))
    assert one
    assert all(key.startswith("one-") for key in one)
    assert set(one).isdisjoint(other)
    used = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', picture())
    assert {first or second for first, second in used} == set(one)


@pytest.mark.parametrize("text", [ODD, "a'b", "<!--", "]]>"])
def test_words_are_no_markup_wherever_they_stand(text: str) -> None:
    svg = ET.fromstring(picture(alt=text, content=text, label=text))
    space = "{http://www.w3.org/2000/svg}"
    assert svg.findtext(f"{space}title") == text
    assert svg.findtext(f"{space}desc") == text
    assert text in [node.text for node in svg.iter(f"{space}text")]


def test_it_is_named_and_nothing_else_is_said_of_it() -> None:
    svg = picture(alt="what it is")
    assert svg.startswith('<svg role="img" ')
    assert "<desc" not in svg
    assert not re.search("matplotlib|metadata", svg, flags=re.IGNORECASE)
