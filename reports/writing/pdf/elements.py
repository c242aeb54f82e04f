"""Elements: a page of ours, read into a tree of elements and texts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

from analysis.errors import ReportError

VOID = frozenset(["br", "hr", "img", "input", "link", "meta", "wbr", "col"])
PICTURE = "svg"
_PICTURE = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_ALT = re.compile(r"<title\b[^>]*>(.*?)</title>", re.DOTALL)
_CONTENT = re.compile(r"<desc\b[^>]*>(.*?)</desc>", re.DOTALL)
_LABEL = re.compile(r'^<svg\b[^>]*\baria-label="([^"]*)"', re.DOTALL)


@dataclass(slots=True)
class Element:
    """One element: its tag, its attributes and what stands in it; of a picture, its source."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)
    source: str = ""

    @property
    def classes(self) -> frozenset[str]:
        """Return the names by which a style sheet finds it."""
        return frozenset(self.attributes.get("class", "").split())

    @property
    def elements(self) -> list["Element"]:
        """Return the elements right in it, without the texts."""
        return [child for child in self.children if isinstance(child, Element)]

    @property
    def alt(self) -> str:
        """Return what a picture shows, for those who cannot see it.

        Raises
        ------
        ReportError
            If it does not say.
        """
        found = _ALT.search(self.source) or _LABEL.search(self.source)
        content = _CONTENT.search(self.source)
        told = [" ".join(unescape(one[1]).split()) for one in (found, content) if one]
        if not found or not told[0]:
            raise ReportError("A picture of the page does not say in words what it shows: give it a title.")
        return "\n".join(filter(None, told))

    def find_all(self, *tags: str) -> Iterator["Element"]:
        """Yield what has one of some tags, however deep, in the order of the page."""
        for child in self.elements:
            if child.tag in tags:
                yield child
            yield from child.find_all(*tags)

    def find(self, tag: str) -> "Element | None":
        """Return the first of a tag, however deep; None where there is none."""
        return next(self.find_all(tag), None)

    def text(self) -> str:
        """Return its text in one line."""
        parts = [child if isinstance(child, str) else child.text() for child in self.children]
        return " ".join("".join(parts).split())


def read_page(page: str) -> Element:
    """Return the ``html`` element of a page.

    Raises
    ------
    ReportError
        If an element is closed that is not open, or left open, or there is no page.
    """
    pictures = _PICTURE.findall(page)
    reader = _Reader(pictures)
    reader.feed(_PICTURE.sub("<svg></svg>", page))
    reader.close()
    root = reader.open[0]
    if len(reader.open) > 1:
        raise ReportError(f"The page leaves <{reader.open[-1].tag}> open.")
    found = root.find("html")
    if found is None:
        raise ReportError("There is no <html> in the page.")
    return found


class _Reader(HTMLParser):
    def __init__(self, pictures: list[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("")]
        self._pictures = iter(pictures)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        source = next(self._pictures) if tag == PICTURE else ""
        element = Element(tag, {name: value or "" for name, value in attrs}, source=source)
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag != tag:
            line, _ = self.getpos()
            raise ReportError(f"The page closes <{tag}> on line {line}, where <{self.open[-1].tag}> is open.")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)
