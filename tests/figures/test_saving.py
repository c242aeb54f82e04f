"""Every result can be saved: its picture or its numbers, by the end of the file's name, whole or not at all."""

import io
from datetime import date
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from analysis.errors import StoreError
from analysis.figures.display import Display
from analysis.written.workbook import write_workbook

TABLE = pd.DataFrame(
    {
        "name": ["=1+1", "b", None],
        "share": [0.25, np.nan, 1.0],
        "day": pd.to_datetime(["2024-01-31", None, "2024-03-01"]),
        "is_first": [True, False, False],
    }
)
RESULT = Display("Shares", TABLE, lambda ax: ax.plot([1, 2]), size=(3, 2), notes=("A note.",))


@pytest.mark.parametrize("kind", ["png", "svg", "csv", "parquet", "xlsx", "html"])
def test_the_same_result_makes_the_same_bytes(tmp_path, kind):
    one, other = (RESULT.save(tmp_path / f"{name}.{kind}") for name in "ab")
    assert one.read_bytes() == other.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"a.{kind}", f"b.{kind}"]


def test_numbers_come_back_as_they_were(tmp_path):
    kept = pd.read_parquet(RESULT.save(tmp_path / "x.parquet"))
    pd.testing.assert_frame_equal(kept, TABLE, check_dtype=False)
    assert RESULT.save(tmp_path / "x.csv").read_text("utf-8-sig").splitlines()[1] == "'=1+1,0.25,2024-01-31,True"


def test_a_workbook_has_types_and_no_formula(tmp_path):
    with ZipFile(RESULT.save(tmp_path / "x.xlsx")) as book:
        sheet, texts = (book.read(f"xl/{name}").decode() for name in ("worksheets/sheet1.xml", "sharedStrings.xml"))
    assert "<f>" not in sheet
    assert "=1+1" in texts
    assert "A note." in texts
    days_since_1899 = (date(2024, 1, 31) - date(1899, 12, 30)).days
    assert f"<v>{days_since_1899}</v>" in sheet
    assert '<c r="B2"><v>0.25</v></c>' in sheet
    assert 't="b"' in sheet


def test_what_a_sheet_cannot_hold_is_refused_and_nothing_is_cut_off(tmp_path):
    with pytest.raises(StoreError, match=r"32,767 signs, but one of row 1 has 40,000"):
        Display("x", pd.DataFrame({"a": ["x" * 40_000]})).save(tmp_path / "x.xlsx")
    with pytest.raises(StoreError, match=r"1,048,575 rows, but 'numbers' has 1,048,576"):
        write_workbook({"numbers": pd.DataFrame(index=range(1_048_576))}, tmp_path / "x.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_kind_names_those_that_there_are(tmp_path):
    with pytest.raises(StoreError, match=r"'x.doc' .* \.csv, \.html, \.parquet, \.png, \.svg, \.xlsx"):
        RESULT.save(tmp_path / "x.doc")
    with pytest.raises(ValueError, match="no picture of 'Shares'"):
        Display("Shares", TABLE).save(tmp_path / "x.png")
    assert list(tmp_path.iterdir()) == []


def test_a_page_holds_every_row(tmp_path):
    page = Display("<Many>", pd.DataFrame({"a": range(100)})).save(tmp_path / "x.html").read_text("utf-8")
    assert page.count("<tr>") == 101
    assert "<title>&lt;Many&gt;</title>" in page


def test_a_picture_is_shown_once_and_needs_no_closing():
    figure = RESULT.plot()
    assert isinstance(figure, Figure)
    assert pyplot.get_fignums() == []
    png, size = figure._repr_png_()
    assert size == {"width": 300, "height": 200}
    width = int.from_bytes(png[16:20], "big")
    assert (png[:4], width) == (b"\x89PNG", 600)


def test_a_picture_may_be_drawn_into_a_figure_of_ones_own():
    figure = Figure()
    axes = figure.subplots(1, 2)
    assert RESULT.plot(axes[1]) is figure
    assert len(axes[1].lines) == 1
    figure.savefig(io.BytesIO())
