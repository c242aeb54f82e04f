"""Every page in a real browser: for those who read on a phone, by keyboard, by ear, on paper, and without scripts."""

import io
import itertools
import os
import re
import shutil
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from written_pages import KINDS, MARKUP

pytestmark = pytest.mark.browser

PAGES = [(study, kind, language) for study in ("sample", "simulated") for kind in KINDS for language in ("en", "ja")]
PHONE = 390
LEAST_TEXT = 9.0
"""Pixels on a phone, of the smallest words in a picture."""
LEAST_TARGET = 24.0
"""WCAG 2.2, success criterion 2.5.8: pixels that a target is high and wide, but for links in running text."""
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
VNU = Path(os.environ.get("VNU_JAR", Path(__file__).parents[2] / "node_modules/vnu-jar/build/dist/vnu.jar"))


def name(part: Any) -> str:
    return str(part)


@pytest.mark.parametrize(("study", "kind", "language"), PAGES, ids=name)
def test_axe_finds_nothing(opened: Any, study: str, kind: str, language: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = opened(study, kind, language)
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    found = axe.run(page, options={"runOnly": {"type": "tag", "values": STANDARDS}}).response["violations"]
    assert [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found] == []


@pytest.mark.parametrize(("study", "kind", "language"), PAGES, ids=name)
def test_nothing_is_wider_than_a_phone_and_all_can_be_read_and_touched(
    opened: Any, study: str, kind: str, language: str
) -> None:
    page = opened(study, kind, language, width=PHONE)
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    page.evaluate("scrollTo(500, 0)")
    assert page.evaluate("scrollX") == 0
    sizes = page.evaluate(
        """[...document.querySelectorAll('svg[role=img] text')].map(text => {
             const { a, b } = text.getScreenCTM();
             return parseFloat(getComputedStyle(text).fontSize) * Math.hypot(a, b) })"""
    )
    assert min(sizes, default=LEAST_TEXT) >= LEAST_TEXT
    # What is cut off at an edge can be reached: the region that holds it scrolls, and is a stop of the keyboard.
    stuck = page.evaluate(
        """[...document.querySelectorAll('.wide')].filter(region =>
             region.scrollWidth > region.clientWidth + 1 && region.tabIndex !== 0).length"""
    )
    assert stuck == 0
    targets = page.evaluate(
        """[...document.querySelectorAll('nav a, summary, button, input')].map(target => {
             const box = target.getBoundingClientRect(); return [target.textContent, box.height, box.width]})"""
    )
    assert [target for target in targets if min(target[1:]) < LEAST_TARGET] == []


@pytest.mark.parametrize("kind", KINDS)
def test_headings_and_ids(opened: Any, kind: str) -> None:
    page = opened("simulated", kind, "en")
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(one => Number(one.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))


def test_skip_link_is_the_first_stop_and_leads_to_the_content(opened: Any) -> None:
    page = opened("sample", "quarterly", "en")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_closed_parts_open_by_keyboard(opened: Any) -> None:
    page = opened("sample", "quarterly", "en")
    page.locator("details:not([open]) > summary").first.focus()
    before = page.locator("details[open]").count()
    page.keyboard.press("Enter")
    assert page.locator("details[open]").count() == before + 1
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_table_is_sorted_by_keyboard(opened: Any, language: str) -> None:
    page = opened("simulated", "covariates", language)
    table = page.locator("table.sortable").first
    column = "[...document.querySelector('table.sortable').tBodies[0].rows].map(row => row.cells[1].textContent)"
    as_written = page.evaluate(column)
    table.locator("thead button").nth(1).focus()
    page.keyboard.press("Enter")
    up = page.evaluate(column)
    assert table.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Space")
    down = page.evaluate(column)
    assert table.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
    assert sorted(up) == sorted(as_written)
    assert up != as_written
    assert page.evaluate(f"{column}[0]") == up[-1] == down[0]


def test_numbers_sort_by_their_values_and_what_lacks_comes_last(opened: Any) -> None:
    """By data-value where a cell has one: '9%', '10%' and '€2M' are in no order as words."""
    page = opened("simulated", "covariates", "en")
    page.evaluate(
        """() => { const rows = [...document.querySelector('table.sortable').tBodies[0].rows];
             const cells = rows.map(row => row.cells[1]), values = ['10', '', '-2', '9.5', '1000000'];
             cells.forEach((cell, place) => { cell.dataset.value = values[place] ?? String(100 + place) }) }"""
    )
    values = "[...document.querySelector('table.sortable').tBodies[0].rows].map(row => row.cells[1].dataset.value)"
    button = page.locator("table.sortable").first.locator("thead button").nth(1)
    button.click()
    up = page.evaluate(values)
    assert [float(value) for value in up[:-1]] == sorted(float(value) for value in up[:-1])
    assert up[-1] == ""
    button.click()
    down = page.evaluate(values)
    assert down == [*reversed(up[:-1]), ""]


@pytest.mark.parametrize(("language", "counted"), [("en", "{shown} of {all} rows"), ("ja", "{all}行のうち{shown}行")])
def test_rows_are_filtered_and_counted(opened: Any, language: str, counted: str) -> None:
    page = opened("simulated", "covariates", language)
    rows = page.locator("table.sortable").first.locator("tbody tr")
    n_rows, count = rows.count(), page.locator(".filter output").first
    assert count.text_content() == counted.format(shown=n_rows, all=n_rows)
    page.locator(".filter input").first.focus()
    page.keyboard.type("SURGE")
    n_shown = sum("surge" in rows.nth(place).text_content().lower() for place in range(n_rows))
    assert 0 < n_shown < n_rows
    assert sum(rows.nth(place).is_visible() for place in range(n_rows)) == n_shown
    assert count.text_content() == counted.format(shown=n_shown, all=n_rows)
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    assert count.text_content() == counted.format(shown=n_rows, all=n_rows)


def test_without_scripts_all_is_there(opened: Any) -> None:
    plain = opened("simulated", "covariates", "en", scripts=False)
    scripted = opened("simulated", "covariates", "en")
    assert plain.locator("tbody tr").count() == scripted.locator("tbody tr").count()
    assert plain.locator(".filter, thead button").count() == 0


def test_the_policy_lets_nothing_in_that_is_not_ours(opened: Any, page_of: Any, chromium: Any, tmp_path: Path) -> None:
    """One letter more in the style or the script and the browser refuses it; so it does a style in an attribute."""
    page = page_of("sample", "claims", "en").read_text(encoding="utf-8")
    assert "unsafe" not in page
    assert not re.search(r"<[^<>]*\s(style|on[a-z]+)=", page)
    changed = tmp_path / "changed.html"
    changed.write_text(
        page.replace("</style>", " </style>", 1)
        .replace("</script>", ";document.title='run'</script>", 1)
        .replace("<h1", "<h1 style='color: red'", 1),
        encoding="utf-8",
    )
    refused: list[str] = []
    tab = chromium.new_page()
    tab.on("console", lambda message: refused.append(message.text))
    tab.goto(changed.as_uri())
    assert sum("Content Security Policy" in text for text in refused) == 3
    assert tab.title() != "run"
    tab.close()


@pytest.mark.parametrize("kind", KINDS)
def test_names_that_are_markup_are_words(opened: Any, kind: str) -> None:
    page = opened("hostile", kind, "en")
    assert page.title() != "run"
    assert page.locator("img").count() == 0
    if kind == "quarterly":
        assert MARKUP in page.content().replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@pytest.mark.parametrize(("study", "kind", "language"), PAGES, ids=name)
def test_on_paper(opened: Any, study: str, kind: str, language: str) -> None:
    """Closed parts are open, no row goes over two pages, and nothing is cut off at the right."""
    page = opened(study, kind, language)
    pypdf = pytest.importorskip("pypdf")
    hidden = page.locator("details:not([open]) td").all_text_contents()
    printed = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert {tuple(round(float(side)) for side in sheet.mediabox[2:]) for sheet in printed.pages} == {(595, 842)}
    letters = unicodedata.normalize("NFKC", "".join(sheet.extract_text() for sheet in printed.pages))
    letters = re.sub(r"\s", "", letters)  # a cell may go over two lines, and two letters may be drawn as one
    told = [cell for cell in hidden if re.fullmatch(r"[a-z_]{6,20}", cell.strip())]
    assert [cell for cell in told if cell.strip() not in letters] == []
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1000})  # of A4 between its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
    assert page.evaluate("getComputedStyle(document.querySelector('tr')).breakInside") == "avoid"
    assert page.locator("nav").first.is_hidden() or page.locator("nav").count() == 0


@pytest.mark.parametrize(("study", "kind", "language"), PAGES, ids=name)
def test_html_is_parsed_without_an_error(page_of: Any, study: str, kind: str, language: str) -> None:
    html5lib = pytest.importorskip("html5lib", reason="html5lib is not installed: make browser does it")
    html5lib.HTMLParser(strict=True).parse(page_of(study, kind, language).read_text(encoding="utf-8"))


@pytest.mark.parametrize("study", ["sample", "simulated", "hostile"])
def test_the_checker_of_the_standard_finds_nothing(written: Any, study: str) -> None:
    if not VNU.exists() or not shutil.which("java"):
        pytest.skip("no Nu HTML checker: npm install --no-save vnu-jar, or VNU_JAR=/path/to/vnu.jar; it needs java")
    pages = sorted(written(study).glob("**/*.html"))
    said = subprocess.run(
        ["java", "-jar", str(VNU), "--format", "gnu", "--stdout", *map(str, pages)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.stdout == ""
    assert said.returncode == 0
