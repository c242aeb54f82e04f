"""Tables as text: columns stand under each other whatever letters they hold."""

import pandas as pd
import pytest
from wcwidth import width

from analysis.figures.display import Display
from analysis.wording.columns import in_columns


@pytest.mark.parametrize(
    "names",
    [
        ("abc", "x"),
        ("解約した顧客", "顧客"),
        ("カ\N{COMBINING KATAKANA-HIRAGANA VOICED SOUND MARK}", "한국"),
        ("\N{MINUS SIGN}0.5", "–"),
    ],
    ids=["latin", "Japanese", "a mark above a letter", "signs"],
)
def test_every_line_is_as_wide_as_the_others(names: tuple[str, str]) -> None:
    lines = in_columns(["名前", "n"], [[name, "10"] for name in names]).splitlines()
    assert {width(line) for line in lines} == {max(4, *map(width, names)) + 3}
    assert [line.split()[0] for line in lines[1:]] == list(names)


def test_a_cell_of_two_lines_stands_on_one() -> None:
    assert in_columns(["a"], [["x\ny\t"]]) == "     a\nx\\ny\\t"


def test_a_result_in_a_notebook_keeps_its_columns_in_japanese() -> None:
    table = pd.DataFrame({"segment": ["製造業", "web"], "share": [0.25, 0.5]})
    lines = repr(Display("Shares", table)).splitlines()[1:]
    assert {width(line) for line in lines} == {width(lines[0])}
