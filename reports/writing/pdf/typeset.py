"""Typesetting: a finished page of ours as PDF, and a picture as PNG, with fonts that come with the program."""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import typst

from analysis.errors import ReportError
from analysis.wording.controls import shown
from reports.writing.pdf.blocks import Block, blocks_of, once_named, with_whole_steps
from reports.writing.pdf.elements import Element, read_page

FONTS = ("Noto Sans CJK JP", "DejaVu Sans", "Last Resort High-Efficiency")
"""Latin and Japanese; what that lacks (Arabic, Hebrew); and a frame, by its script, for a letter that neither has."""
PACKAGES = ("typst", "noto-cjk-sans-jp-regular", "noto-cjk-sans-jp-bold")
"""What a page on paper looks like depends on their versions, too, and on that of matplotlib."""
_FONT_FOLDERS = (
    ("noto_cjk_sans_jp_regular",), ("noto_cjk_sans_jp_bold",), ("matplotlib", "mpl-data", "fonts", "ttf"),
)  # fmt: skip
SHEET_STEPS = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5)
"""Sizes at which one sheet is tried."""
PICTURE_HEIGHT, SHEET_PICTURE_HEIGHT = 225, 110
"""Millimetres that a picture may be high."""
_POINTS_AN_INCH = 72
_PROGRAM = files("reports.writing.pdf").joinpath("document.typ").read_text(encoding="utf-8")
_PICTURE = """
#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.svg), format: "svg")
"""


@dataclass(frozen=True, slots=True)
class Running:
    """What stands on every page of a document.

    Attributes
    ----------
    left, right
        The running head: the study, and the quarter.
    page_number
        With ``{page}`` and ``{pages}`` in it.
    day
        What the document is dated; never the day on which it is made.
    """

    left: str
    right: str
    page_number: str
    day: dt.date


def as_pdf(page: str, running: Running) -> bytes:
    """Return a page of ours as a tagged PDF (PDF/UA-1), the same bytes for the same page.

    Parameters
    ----------
    page
        Finished HTML. Its navigation becomes the table of contents; what comes before that stands on a page of its own.
    running
        What stands on every page.

    Raises
    ------
    ReportError
        If the page holds what no paper can, or typst refuses it.
    """
    html = read_page(page)
    blocks = blocks_of(_body(html))
    contents = next((place for place, block in enumerate(blocks) if block["is"] == "contents"), None)
    if contents is not None:
        blocks[contents:contents] = [{"is": "page-break"}]
        blocks.insert(contents + 2, {"is": "page-break"})
    return _compiled(_data(html, blocks, running), 1.0)


def as_sheet(page: str, section: str, running: Running) -> bytes:
    """Return the head and one section of a page as a PDF of a single sheet, as small as it must be for that.

    Parameters
    ----------
    page
        Finished HTML.
    section
        Id of the section.
    running
        What a document is dated; a sheet has no running head.

    Raises
    ------
    ReportError
        As `as_pdf`; or if there is no such section.
    """
    html = read_page(page)
    body = _body(html)
    found = next((one for one in body.find_all("section") if one.attributes.get("id") == section), None)
    if found is None:
        raise ReportError(f"There is no section '{section}' in the page.")
    header = body.find("header")
    blocks = [*(blocks_of(header) if header else []), *blocks_of(Element("div", children=[found]))]
    data = _data(html, blocks, running, is_sheet=True)
    return _compiled(data, next((step for step in SHEET_STEPS if _pages(data, step) == 1), SHEET_STEPS[-1]))


def as_png(svg: str, pixels_per_inch: int = 2 * _POINTS_AN_INCH) -> bytes:
    """Return a picture as PNG, its text in the fonts that come with the program.

    Parameters
    ----------
    svg
        The picture.
    pixels_per_inch
        Of the picture's own inches: the default makes two pixels of one point.

    Raises
    ------
    ReportError
        If typst refuses it.
    """
    with _refusals_told():
        return _whole(_compiler(_PICTURE, {"svg": svg}).compile(format="png", ppi=pixels_per_inch))


def _body(html: Element) -> Element:
    body = html.find("body")
    if body is None:
        raise ReportError("There is no <body> in the page.")
    return body


def _data(html: Element, blocks: list[Block], running: Running, is_sheet: bool = False) -> dict[str, Any]:
    title = html.find("title")
    if title is None or not title.text():
        raise ReportError("The page has no title, which a document must have.")
    named, ids = once_named(with_whole_steps(blocks))
    return {
        "title": shown(title.text()),
        "language": html.attributes.get("lang", "en"),
        "fonts": FONTS,
        "day": [running.day.year, running.day.month, running.day.day],
        "header": [shown(running.left), shown(running.right)],
        "page-number": running.page_number,
        "is-sheet": is_sheet,
        "picture-height": SHEET_PICTURE_HEIGHT if is_sheet else PICTURE_HEIGHT,
        "ids": sorted(ids),
        "blocks": named,
    }


def _compiled(data: dict[str, Any], scale: float) -> bytes:
    year, month, day = data["day"]
    dated = dt.datetime(year, month, day, tzinfo=dt.UTC)
    with _refusals_told():
        made = _compiler(_PROGRAM, _inputs(data, scale)).compile(
            format="pdf", pdf_standards=["ua-1"], timestamp=int(dated.timestamp())
        )
    return _whole(made)


def _pages(data: dict[str, Any], scale: float) -> int:
    with _refusals_told():
        return int(json.loads(_compiler(_PROGRAM, _inputs(data, scale)).query("<pages>", field="value", one=True)))


def _inputs(data: dict[str, Any], scale: float) -> dict[str, str]:
    return {"page": json.dumps(data, ensure_ascii=False), "scale": str(scale)}


def _compiler(program: str, inputs: dict[str, str]) -> typst.Compiler:
    return typst.Compiler(program.encode(), font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=inputs)


@cache
def _fonts() -> typst.Fonts:
    folders = [str(files(package).joinpath(*within)) for package, *within in _FONT_FOLDERS]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


@contextmanager
def _refusals_told() -> Iterator[None]:
    try:
        yield
    except typst.TypstError as error:
        raise ReportError(f"typst does not set the page: {error.message} {' '.join(error.hints)}".strip()) from None


def _whole(made: bytes | list[bytes] | None) -> bytes:
    if not isinstance(made, bytes):
        raise ReportError("typst made no document of one piece.")
    return made
