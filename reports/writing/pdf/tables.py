"""Tables of a page as blocks: cells with their looks, and what tells how wide a column must and may be."""

import re
from collections.abc import Callable
from typing import Any, TypeGuard

from wcwidth import wcswidth

from analysis.errors import ReportError
from reports.writing.pdf.elements import Element
from reports.writing.pdf.inline import WIDE, Piece

SHORT, SHORT_HEAD = 18, 10
"""Columns of letters up to which a cell stays in one line; one of the head, too, and no word of it is cut shorter."""
TOLD = 3
"""Texts by which the widths of a column are measured."""
OWN_LINES = dict.fromkeys(["cards", "dictionary", "findings", "stacked"], frozenset(["small"]))
"""By the class of a table: what begins a line of its own in its cells."""
_CLOSING = "、。，：；？！）」』】〉》～ー・々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
_MAY_BREAK, _NO_BREAK, _MARK = "\0", "\1", "■ "
_IS_WIDE = re.compile(f"[{WIDE}]")
_TOGETHER = re.compile(rf"[{WIDE}][{_CLOSING}]*|[^\s\0{WIDE}]+[{_CLOSING}]*")

Flow = Callable[[Element, frozenset[str]], list[dict[str, Any]]]


def table_block(table: Element, flow: Flow) -> dict[str, Any]:
    """Return a table as a block.

    Parameters
    ----------
    table
        The element: a caption, a head and a body, each if there is one.
    flow
        Makes blocks of what stands in an element, given what begins lines of its own in it.

    Raises
    ------
    ReportError
        If a row has more cells than another.
    """
    own_lines = frozenset().union(*(OWN_LINES.get(name, frozenset()) for name in table.classes))
    caption = next(
        (child for child in table.elements if child.tag == "caption" and "unseen" not in child.classes), None
    )
    head: list[list[dict[str, Any]]] = []
    body: list[list[dict[str, Any]]] = []
    for row in table.find_all("tr"):
        cells = [_cell(cell, table, row, place, lambda cell: flow(cell, own_lines)) for place, cell in _placed(row)]
        is_head = not body and all(cell.tag == "th" for cell in row.elements)
        (head if is_head else body).append(cells)
    widths = {sum(cell["span"] for cell in row) for row in [*head, *body]}
    if len(widths) > 1:
        raise ReportError(f"Rows of a table have {min(widths)} to {max(widths)} cells: '{table.text()[:60]}'.")
    return {
        "is": "table",
        "caption": flow(caption, frozenset()) if caption else [],
        "columns": [_column(place, [*head, *body]) for place in range(max(widths, default=0))],
        "head": head,
        "body": body,
    }


def _placed(row: Element) -> list[tuple[int, Element]]:
    place, placed = 0, []
    for cell in row.elements:
        placed.append((place, cell))
        place += int(cell.attributes.get("colspan", "1"))
    return placed


def _cell(
    cell: Element, table: Element, row: Element, place: int, flow: Callable[[Element], list[dict[str, Any]]]
) -> dict[str, Any]:
    return {
        "place": place,
        "span": int(cell.attributes.get("colspan", "1")),
        "align": _align(cell, table, place),
        "is_head": cell.tag == "th" and cell.attributes.get("scope") != "row",
        "is_sum": "sum" in row.classes,
        "is_muted": "unmeasured" in row.classes or "absent" in cell.classes,
        "is_raised": "raised" in cell.classes,
        "continues": "same" in row.classes,
        "blocks": flow(_without_buttons(cell)),
    }


def _without_buttons(cell: Element) -> Element:
    """Return a cell in which the words of a button, as one that sorts has them, are text."""
    inner = [part for child in cell.children for part in (child.children if _is_button(child) else [child])]
    return Element(cell.tag, cell.attributes, inner)


def _is_button(child: Element | str) -> TypeGuard[Element]:
    return isinstance(child, Element) and child.tag == "button"


def _align(cell: Element, table: Element, place: int) -> str:
    if cell.classes & {"left", "words", "absent"} or "measured" in table.classes:
        return "left"
    if "right" in cell.classes or ("numbers" in table.classes and place):
        return "right"
    return "center" if "dictionary" in table.classes and place in (3, 4) else "left"


def _column(place: int, rows: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """Return the texts that make a column wide: its widest lines, and the longest of what stays together."""
    widest: set[str] = set()
    together: set[str] = set()
    for cell in (cell for row in rows for cell in row if cell["place"] == place and cell["span"] == 1):
        lines = [line for block in cell["blocks"] for line in _lines(block)]
        short = SHORT_HEAD if cell["is_head"] else SHORT
        is_kept = max(map(_wide, map(_plain, lines)), default=0) <= short
        widest.update(map(_plain, lines))
        for line in lines:
            together.update(map(_plain, [line] if is_kept else _TOGETHER.findall(line)))
            if cell["is_head"] and not is_kept and _IS_WIDE.search(line):
                together.add(_plain(line)[: SHORT_HEAD // 2])
    return {"widest": _longest(widest), "together": _longest(together)}


def _lines(block: dict[str, Any]) -> list[str]:
    """Return the lines of text of a block, with signs where one may be broken and where no space lets it."""
    if "blocks" in block:
        return [line for inner in block["blocks"] for line in _lines(inner)]
    if "items" in block:
        return [line for item in block["items"] for inner in item for line in _lines(inner)]
    return "".join(map(_sign, block.get("text", []))).split("\n")


def _sign(piece: Piece) -> str:
    if "text" in piece:
        return piece["text"].replace(" ", _NO_BREAK) if "unit" in piece else piece["text"]
    return "\n" if "break" in piece else _MAY_BREAK if "may_break" in piece else _MARK


def _plain(line: str) -> str:
    return line.replace(_MAY_BREAK, "").replace(_NO_BREAK, " ")


def _wide(text: str) -> int:
    return max(0, wcswidth(text))


def _longest(texts: set[str]) -> list[str]:
    return sorted(texts, key=lambda text: (-_wide(text), text))[:TOLD]
