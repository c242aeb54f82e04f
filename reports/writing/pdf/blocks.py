"""Blocks: a page's elements as headings, paragraphs, lists, tables and figures, one after the other."""

from collections.abc import Iterable, Iterator
from typing import Any

from analysis.errors import ReportError
from reports.writing.pdf.elements import Element
from reports.writing.pdf.inline import is_inline, pieces
from reports.writing.pdf.tables import table_block

Block = dict[str, Any]
"""``is`` says what it is; the typst program beside this module knows each kind."""
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4}
LEFT_OUT = frozenset(["script", "style", "template", "button", "input", "select", "label", "form", "noscript"])
"""What only a screen can use."""
SCREEN_ONLY = frozenset(["paper", "screen-only", "skip", "unseen"])
"""Classes of what is said of the page itself, and would be wrong in the document, or twice."""
HOLDERS = frozenset(["main", "section", "article", "div", "header", "footer", "aside", "details"])
PARAGRAPHS = frozenset(["p", "summary", "figcaption", "dt", "dd"])
LOOKS = ("kicker", "quarter", "note", "subject", "raised", "todo")
"""Classes that give a paragraph its looks."""


def blocks_of(element: Element, own_lines: frozenset[str] = frozenset()) -> list[Block]:
    """Return what stands in an element as blocks.

    Parameters
    ----------
    element
        A body, a section, a cell of a table: whatever holds texts and elements.
    own_lines
        Inline tags that begin a line of their own here.

    Raises
    ------
    ReportError
        If there is an element of a kind that is not known here, or a picture without words.
    """
    return [block for block in _flow(element.children, own_lines) if block]


def _flow(children: Iterable[Element | str], own_lines: frozenset[str]) -> Iterator[Block]:
    run: list[Element | str] = []
    for child in children:
        if isinstance(child, str) or (is_inline(child) and not _is_left_out(child)):
            run.append(child)
            continue
        yield from _paragraph(run, own_lines)
        run = []
        if not _is_left_out(child):
            yield from _block(child, own_lines)
    yield from _paragraph(run, own_lines)


def _is_left_out(element: Element) -> bool:
    return element.tag in LEFT_OUT or "hidden" in element.attributes or bool(element.classes & SCREEN_ONLY)


def _block(element: Element, own_lines: frozenset[str]) -> Iterator[Block]:
    tag = element.tag
    if tag in HEADINGS:
        yield {
            "is": "heading", "level": HEADINGS[tag], "id": element.attributes.get("id", ""),
            "text": pieces(element.children, own_lines),
        }  # fmt: skip
    elif "tiles" in element.classes:
        yield {"is": "tiles", "tiles": [_tile(tile) for tile in element.elements]}
    elif tag in HOLDERS:
        yield from _marked(element, blocks_of(element, own_lines))
    elif tag in PARAGRAPHS:
        look = "summary" if tag == "summary" else next((look for look in LOOKS if look in element.classes), "")
        yield from _paragraph(element.children, own_lines, look)
    elif tag in ("ul", "ol"):
        items = [blocks_of(item, own_lines) for item in element.elements if not _is_left_out(item)]
        yield {"is": "list", "is_ordered": tag == "ol", "items": [item for item in items if item]}
    elif tag == "table":
        yield table_block(element, blocks_of)
    elif tag == "figure":
        yield _figure(element, own_lines)
    elif tag == "svg":
        yield {"is": "figure", "pictures": [_picture(element)], "caption": []}
    elif tag == "nav":
        said = element.find("b") or element.find("h2")
        yield {"is": "contents", "title": said.text() if said else element.attributes.get("aria-label", "")}
    elif tag != "hr":
        raise ReportError(f"No page of paper has <{tag}>: '{element.text()[:60]}'.")


def _marked(element: Element, blocks: list[Block]) -> Iterator[Block]:
    """Hand on what an element holds; its id goes to its first heading, for links lead there."""
    name = element.attributes.get("id", "")
    first = next((block for block in blocks if block["is"] == "heading" and not block["id"]), None)
    if name and first:
        first["id"] = name
    look = next((look for look in LOOKS if look in element.classes), "")
    for block in blocks:
        yield block | {"look": look} if look and block["is"] == "paragraph" and not block["look"] else block


def _paragraph(children: Iterable[Element | str], own_lines: frozenset[str], look: str = "") -> Iterator[Block]:
    text = pieces(children, own_lines)
    if text:
        yield {"is": "paragraph", "look": look, "text": text}


def _tile(tile: Element) -> Block:
    children = [child for child in tile.children if not isinstance(child, str) or child.strip()]
    number = (
        children[0] if children and isinstance(children[0], Element) and children[0].tag in ("b", "strong") else None
    )
    said = list(_flow(children[1:] if number else children, frozenset()))
    told = list(_paragraph(number.children, frozenset(), "figure")) if number else []
    return {"is_strong": "strong" in tile.classes, "blocks": told + said}


def _figure(element: Element, own_lines: frozenset[str]) -> Block:
    caption = next((child for child in element.elements if child.tag == "figcaption"), None)
    pictures = [_picture(found) for found in element.find_all("svg")]
    if not pictures:
        raise ReportError(f"A figure without a picture: '{element.text()[:60]}'.")
    return {"is": "figure", "pictures": pictures, "caption": blocks_of(caption, own_lines) if caption else []}


def _picture(element: Element) -> Block:
    return {"svg": element.source, "alt": element.alt}


def with_whole_steps(blocks: list[Block]) -> list[Block]:
    """Return blocks whose headings go down one level at a time, as a reader of tags must find them."""
    last, mended = 0, []
    for block in blocks:
        if block["is"] == "heading":
            last = min(block["level"], last + 1)
            block = block | {"level": last}
        mended.append(block)
    return mended


def once_named(blocks: list[Block]) -> tuple[list[Block], frozenset[str]]:
    """Return blocks of which no two have one id, and the ids: a link that leads to none of them is none."""
    seen: set[str] = set()
    named = []
    for block in blocks:
        if block["is"] == "heading" and block["id"]:
            named.append(block | {"id": ""} if block["id"] in seen else block)
            seen.add(block["id"])
        else:
            named.append(block)
    return named, frozenset(seen)
