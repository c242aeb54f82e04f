"""Inline text: what stands in one line of a page, as pieces of text that each have their looks."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from analysis.wording.controls import shown
from reports.writing.pdf.elements import Element

Piece = dict[str, Any]
"""``text``; or ``mark`` of a colour, a ``break`` of the line, or ``may_break``; and the looks of a text that is set."""
LOOKS = {"b": "strong", "strong": "strong", "small": "small", "code": "code"}
INLINE = frozenset([*LOOKS, "a", "abbr", "br", "em", "i", "span", "sub", "sup", "time", "wbr"])
LINES = frozenset(["carrier"])
"""Classes of inline elements that are lines of their own, all that is in them in one."""
LOOKING_CLASSES = frozenset(["raised", "muted"])
LONG, ENDLESS = 18, 40
"""Signs of a word from which on a line may be broken after its points and underscores, or anywhere."""
UNIT = 24
"""Signs up to which small text, such as an interval, stays in one line."""
WIDE = "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
"""Letters between which a line may be broken."""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
_LONG = re.compile(rf"[!-~]{{{LONG},}}")
_JOINT = re.compile(r"([._=/]+)(?=[^._=/])")
_ENDLESS = re.compile(rf"([^\s\0{WIDE}]{{{ENDLESS}}})(?=[^\s\0{WIDE}])")


def pieces(children: Iterable[Element | str], own_lines: frozenset[str] = frozenset()) -> list[Piece]:
    """Return the pieces of a run of texts and inline elements, white space as a browser shows it.

    Parameters
    ----------
    children
        Texts, and elements of which `is_inline` says that they are so; what stands in these is text, too.
    own_lines
        Tags that begin a line of their own here.
    """
    made = list(_pieces(children, {}, own_lines))
    kept: list[Piece] = []
    is_after_space = True
    for piece in made:
        if "text" in piece:
            text = shown(re.sub(r"[ \t\r\n\f]+", " ", piece["text"]))
            text = text.removeprefix(" ") if is_after_space else text
            if not text:
                continue
            piece = piece | {"text": text}
            is_after_space = text.endswith(" ")
        elif "break" in piece:
            if "own" in piece and kept and "break" in kept[-1]:
                continue
            is_after_space = True
        kept.append(piece)
    while kept and (kept[-1].get("text") == " " or "break" in kept[-1]):
        kept.pop()
    while kept and "break" in kept[0]:
        kept.pop(0)
    if kept and "text" in kept[-1]:
        kept[-1] = kept[-1] | {"text": kept[-1]["text"].rstrip(" ")}
    return [part for piece in kept for part in _breakable(piece, "small" not in own_lines)]


def is_inline(element: Element) -> bool:
    """Tell whether an element stands in a line of text."""
    return element.tag in INLINE or is_mark(element)


def is_mark(element: Element) -> bool:
    """Tell whether an element is but a small field of a colour, beside words that say what it stands for."""
    is_small = element.tag == "svg" and element.source[: element.source.find(">")].find('aria-hidden="true"') > 0
    return is_small or (element.tag == "i" and not element.children)


def _pieces(children: Iterable[Element | str], looks: Piece, own_lines: frozenset[str]) -> Iterator[Piece]:
    for child in children:
        if isinstance(child, str):
            yield {"text": child, **looks}
        elif child.tag == "br":
            yield {"break": True}
        elif child.tag == "wbr":
            yield {"may_break": True}
        else:
            if mark := _COLOUR.search(child.attributes.get("style", "") + child.source if is_mark(child) else ""):
                yield {"mark": mark[0]}
                continue
            more: Piece = dict.fromkeys(child.classes & LOOKING_CLASSES, True)
            if child.tag in LOOKS:
                more[LOOKS[child.tag]] = True
            if child.attributes.get("href", "").startswith("#"):
                more["goes_to"] = child.attributes["href"][1:]
            is_line = bool(child.classes & LINES)
            is_own_line = is_line or child.tag in own_lines
            if is_own_line:
                yield {"break": True, "own": True}
            yield from _pieces(child.children, looks | more, frozenset() if is_line else own_lines)
            if is_own_line:
                yield {"break": True, "own": True}
            if "family" in child.classes:
                yield {"text": " ", **looks}  # what a margin keeps apart on the page


def _breakable(piece: Piece, keeps_units: bool) -> Iterator[Piece]:
    if "text" not in piece:
        yield piece
        return
    if keeps_units and piece.get("small") and len(piece["text"]) <= UNIT:
        yield piece | {"unit": True}
        return
    joined = _LONG.sub(lambda word: _JOINT.sub("\\1\0", word[0]), piece["text"])
    for number, part in enumerate(_ENDLESS.sub("\\1\0", joined).split("\0")):
        if number:
            yield {"may_break": True}
        yield piece | {"text": part}
