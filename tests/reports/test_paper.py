"""A page on paper: nothing of it is lost, nothing of it is obeyed, and the document is what PDF/UA asks for."""

import datetime as dt
import os
import struct
import subprocess
import sys
import unicodedata
from importlib.resources import files
from pathlib import Path

import pytest
from matplotlib.ft2font import FT2Font
from papers import HEADINGS, fonts, letters, pdf_text, read_pdf, tags

from analysis.errors import ReportError
from analysis.figures.style import as_svg
from reports.messages import LANGUAGES, read_catalogue
from reports.writing.pdf.blocks import blocks_of
from reports.writing.pdf.elements import read_page
from reports.writing.pdf.typeset import Running, as_pdf, as_png, as_sheet

ROOT = Path(__file__).parents[2]
RUNNING = Running("Study", "Q4", "{page} of {pages}", dt.date(2024, 1, 1))
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="200pt" height="50pt" viewBox="0 0 200 50"><title>Bars</title><text x="5" y="20" style="font: 9px \'DejaVu Sans\'">{}</text></svg>'  # fmt: skip  # noqa: E501
ROWS = "".join(f"<tr><td>account {number}</td><td>{number}</td></tr>" for number in range(120))
HOLDER = "<p>{}</p>"


def page(body: str, language: str = "en") -> str:
    head = f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>A page</title></head>'
    return f"{head}<body><header><h1>Study</h1></header><main>{body}</main></body></html>"


def paper(body: str, language: str = "en") -> bytes:
    return as_pdf(page(body, language), RUNNING)


class TestElements:
    """Each kind of element that our pages have arrives."""

    def test_text_lists_tables_and_captions_are_there_in_their_order(self) -> None:
        body = (
            '<section id="one"><h2>First</h2><p>A <b>bold</b>  word.<br>Next line.</p>'
            "<ul><li>one</li><li>two <small>(2 to 3)</small></li></ul>"
            "<table><caption>Told</caption><thead><tr><th>Name</th><th>Number</th></tr></thead>"
            '<tbody><tr><th scope="row">a</th><td>1</td></tr><tr><td colspan="2">both</td></tr></tbody></table>'
            f"<figure>{PICTURE.format('drawn')}<figcaption>Below</figcaption></figure>"
            "<details><summary>More</summary><p>Folded away.</p></details></section>"
        )
        text = pdf_text(paper(body))
        said = ["First", "A bold word.", "Next line.", "one", "two (2 to 3)", "Told", "Name Number", "a 1", "both"]
        places = [text.index(part) for part in [*said, "drawn", "Below", "More", "Folded away."]]
        assert places == sorted(places)

    def test_what_only_a_screen_can_use_is_left_out(self) -> None:
        body = '<p>stays</p><script>var x = "<p>runs</p>";</script><p hidden>never</p><p class="unseen">told</p>'
        text = pdf_text(paper(body))
        assert "stays" in text
        assert not any(word in text for word in ("runs", "never", "told"))

    def test_the_words_of_a_button_that_sorts_a_column_stay(self) -> None:
        table = "<table><thead><tr><th><button>Risk</button></th></tr></thead><tr><td>5</td></tr></table>"
        assert "Risk 5" in pdf_text(paper(table))

    def test_navigation_becomes_contents_with_pages_and_links(self) -> None:
        body = '<p>Page one.</p><nav><b>Contents</b><a href="#a">A</a></nav><section id="a"><h2>Part A</h2></section>'
        made = paper(body)
        pages = [" ".join(one.extract_text().split()) for one in read_pdf(made).pages]
        assert "Page one." in pages[0]
        assert pages[1].startswith("Study Q4 Contents Part A")
        assert "Part A" in pages[2]
        assert [page.rpartition(" ")[0][-4:] + page[-2:] for page in pages] == [f"{n} of 3" for n in (1, 2, 3)]
        assert any(annotation.get_object()["/Subtype"] == "/Link" for annotation in read_pdf(made).pages[1]["/Annots"])

    def test_a_link_leads_to_its_heading_and_one_to_nowhere_is_text(self) -> None:
        body = '<section id="a"><h2>A</h2><p><a href="#a">there</a> and <a href="#lost">nowhere</a></p></section>'
        made = paper(body)
        assert "there and nowhere" in pdf_text(made)
        assert len(read_pdf(made).pages[0]["/Annots"]) == 1

    def test_what_is_a_line_of_its_own_on_a_card_is_one_on_paper(self) -> None:
        cell = 'a1<small>web</small><small>5 seats</small><span class="carrier">Use <small>(low)</small></span>left'
        table = f'<table class="cards"><thead><tr><th>Account</th></tr></thead><tr><td>{cell}</td></tr></table>'
        lines = [line.strip() for line in read_pdf(paper(table)).pages[0].extract_text().splitlines()]
        assert lines[2:7] == ["a1", "web", "5 seats", "Use (low)", "left"]

    def test_a_swatch_is_a_mark_and_no_picture(self) -> None:
        drawn = '<span class="family"><i style="background: #2a6f97"></i>Usage</span>'
        later = '<svg class="swatch" aria-hidden="true"><rect fill="#2a6f97"/></svg>Usage'
        for body in (drawn, later):
            (_, block) = blocks_of(read_page(page(f"<p>{body}</p>")).find("body"))
            assert [next(iter(piece)) for piece in block["text"]][:2] == ["mark", "text"]

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ("<p>one<b>two</p>", "closes <p> on line 1, where <b> is open"),
            ("<marquee>no</marquee>", "No page of paper has <marquee>: 'no'"),
            ("<figure><svg></svg></figure>", "does not say in words what it shows"),
            ("<figure>nothing</figure>", "A figure without a picture: 'nothing'"),
            ("<table><tr><td>1</td></tr><tr><td>1</td><td>2</td></tr></table>", "have 1 to 2 cells: '112'"),
        ],
    )
    def test_what_cannot_be_set_is_refused_in_words(self, body: str, message: str) -> None:
        with pytest.raises(ReportError, match=message.replace("(", r"\(")):
            paper(body)


class TestStrings:
    """Whatever a source calls something is text."""

    @pytest.mark.parametrize(
        "name",
        [
            '#panic("run")', "$x^2$ *b* _i_ `c` @ref", "</text></svg>", '"); read("/etc/passwd") //',
            "\\u{41} \\ #{1+1}", "{page} of {pages}", "[#image]", "= heading", "- item", "<label> ~ -- ... ''",
        ],
    )  # fmt: skip
    def test_a_name_is_never_markup(self, name: str) -> None:
        escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        body = f"<h2>{escaped}</h2><p>{escaped}</p><table><tr><td>{escaped}</td></tr></table>"
        running = Running(name, name, "{page} of {pages}", RUNNING.day)
        made = as_pdf(page(body + f"<figure>{PICTURE.format(escaped)}</figure>"), running)
        assert letters(pdf_text(made)).count(letters(name)) >= 4

    def test_controls_and_turns_of_direction_end_nothing(self) -> None:
        """They are shown by their number, as everywhere."""
        assert r"a\x01b\u202ec\u2066d\x7f" in pdf_text(paper("<p>a\x01b\u202ec\u2066d\x7f</p>"))

    def test_an_endless_name_breaks_and_leaves_no_page(self) -> None:
        made = paper(f"<table><tr><td>{'x' * 400}</td><td>{'y_' * 200}</td><td>short</td></tr></table>")
        assert letters(pdf_text(made)).count("x") >= 400
        assert _rightmost(made) <= 595 - 45

    @pytest.mark.parametrize(
        ("name", "frame"), [("日本語 Ünïcödé", False), ("عربي עברית", False), ("🎉 ไทย हिन्दी", True)]
    )
    def test_other_scripts_are_set_or_framed_and_never_stop_a_report(self, name: str, frame: bool) -> None:
        made = paper(f"<p>{name}</p><figure>{PICTURE.format(name)}</figure>")
        assert any("LastResort" in font for font in fonts(made)) == frame
        assert len(read_pdf(made).pages) == 1

    def test_every_letter_of_every_message_has_a_glyph(self) -> None:
        """Of the fonts of the paper; else the frame of the last resort would stand in our own words."""
        known: set[int] = set()
        for folder in ("noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold"):
            (font,) = (entry for entry in files(folder).iterdir() if entry.name.endswith(".otf"))
            known = known & set(FT2Font(str(font)).get_charmap()) or set(FT2Font(str(font)).get_charmap())
        for language in LANGUAGES:
            said = {letter for message in read_catalogue(language).messages.values() for letter in message}
            assert {one for one in said if ord(one) not in known and unicodedata.category(one) != "Cc"} == set()


class TestDocument:
    def test_it_is_what_pdf_ua_asks_for(self) -> None:
        """Tagged, with title and language; fonts embedded, pictures in words, no level of heading left out."""
        made = paper(f"<h3>Deep</h3><h2>Part</h2><figure>{PICTURE.format('x')}</figure><ul><li>1</li></ul>", "ja")
        root = read_pdf(made).trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert root["/Lang"] == "ja"
        assert root["/ViewerPreferences"]["/DisplayDocTitle"]
        assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
        assert read_pdf(made).metadata.title == "A page"
        assert set(fonts(made).values()) == {True}
        found = tags(made)
        assert [tag["/Alt"] for tag in found if tag["/S"] == "/Figure"] == ["Bars"]
        levels = [int(HEADINGS.fullmatch(tag["/S"])[1]) for tag in found if HEADINGS.fullmatch(tag["/S"])]
        assert levels == [1, 2, 2]

    def test_a_long_table_repeats_its_head_and_cuts_no_row(self) -> None:
        table = f"<table><thead><tr><th>Account</th><th>Number</th></tr></thead><tbody>{ROWS}</tbody></table>"
        made = paper(table)
        texts = [" ".join(one.extract_text().split()) for one in read_pdf(made).pages]
        assert len(texts) > 2
        assert all("Account Number" in text for text in texts)
        assert all(f"account {number} {number}" in " ".join(texts) for number in range(120))
        heads = [tag for tag in tags(made) if tag["/S"] == "/TH"]
        assert len(heads) == 2

    def test_a_wide_table_is_set_smaller_and_nothing_is_cut(self) -> None:
        head = "".join(f"<th>Measured column {number}</th>" for number in range(12))
        cells = "".join(f"<td>{number}.123 <small>(0.1 to 0.9)</small></td>" for number in range(12))
        made = paper(f'<table class="numbers"><thead><tr>{head}</tr></thead><tbody><tr>{cells}</tr></tbody></table>')
        assert "11.123" in pdf_text(made)
        assert _rightmost(made) <= 595 - 45

    def test_no_clock_hash_seed_or_process_is_in_it(self, tmp_path: Path) -> None:
        body = f"<p>解約率</p><figure>{PICTURE.format('x')}</figure><table><tr><td>1</td></tr></table>"
        (tmp_path / "page.html").write_text(page(body), encoding="utf-8")
        program = (
            "import datetime as dt, sys; from pathlib import Path; from reports.writing.pdf.typeset import *;"
            "run = Running('Study', 'Q4', '{page} of {pages}', dt.date(2024, 1, 1));"
            "sys.stdout.buffer.write(as_pdf(Path(sys.argv[1]).read_text(encoding='utf-8'), run))"
        )
        made = [
            subprocess.run(
                [sys.executable, "-c", program, str(tmp_path / "page.html")],
                env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(ROOT)},
                cwd=tmp_path,
                capture_output=True,
                check=True,
            ).stdout
            for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
        ]
        assert made[0].startswith(b"%PDF")
        assert made[0] == made[1] == paper(body)


class TestSheet:
    def body(self, sentences: int) -> str:
        items = "".join(f"<li>Sentence {number} {'goes on and on, ' * 8}</li>" for number in range(sentences))
        return f'<section id="short"><h2>In short</h2><ul>{items}</ul></section><section><h2>Rest</h2></section>'

    @pytest.mark.parametrize("sentences", [3, 24, 45])
    def test_it_is_one_page_as_small_as_it_must_be(self, sentences: int) -> None:
        made = as_sheet(page(self.body(sentences)), "short", RUNNING)
        assert len(read_pdf(made).pages) == 1
        text = pdf_text(made)
        assert text.startswith("Study In short")
        assert f"Sentence {sentences - 1}" in text
        assert "Rest" not in text

    def test_a_section_that_is_not_there_is_named(self) -> None:
        with pytest.raises(ReportError, match="There is no section 'short' in the page"):
            as_sheet(page("<p>nothing</p>"), "short", RUNNING)


def test_a_picture_as_png_has_two_pixels_of_each_point() -> None:
    svg = as_svg("bars", lambda ax: ax.bar(["解約", "b"], [1, 2]), size=(2.0, 1.0), alt="Bars")
    content = as_png(svg)
    assert content == as_png(svg)
    assert struct.unpack(">II", content[16:24]) == (288, 144)


def _rightmost(content: bytes) -> float:
    """Return how far to the right text reaches, in points, as wide as its letters are at least."""
    ends = []

    def see(text: str, _: object, matrix: list[float], font: object, size: float) -> None:
        ends.append(matrix[4] + 0.4 * abs(matrix[0]) * size * len(text.strip()) if text.strip() else 0.0)

    for one in read_pdf(content).pages:
        one.extract_text(visitor_text=see)
    return max(ends)
