"""Papers: what a PDF holds: its text, its tags, its fonts."""

import io
import re
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader

HEADINGS = re.compile(r"/H([1-6])")


def read_pdf(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def pdf_text(content: bytes) -> str:
    """Return the text of all pages in one line."""
    return " ".join(" ".join(page.extract_text() for page in read_pdf(content).pages).split())


def letters(text: str) -> str:
    """Return a text without its spaces: a paper breaks lines where a page does not."""
    return re.sub(r"[\s\u200b]+", "", text)


def tags(content: bytes) -> list[Any]:
    """Return every structure element of a PDF, in the order of reading."""
    return list(_below(read_pdf(content).trailer["/Root"]["/StructTreeRoot"]))


def _below(element: Any) -> Iterator[Any]:
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        found = kid.get_object() if hasattr(kid, "get_object") else kid
        if hasattr(found, "get") and "/S" in found:
            yield found
            yield from _below(found)


def fonts(content: bytes) -> dict[str, bool]:
    """Return the fonts of a PDF by name, and whether each is embedded."""
    found: dict[str, bool] = {}
    reader = read_pdf(content)
    for number in range(1, reader.trailer["/Size"]):
        entry: Any = reader.get_object(number)
        if hasattr(entry, "get") and entry.get("/Type") == "/FontDescriptor":
            name = str(entry["/FontName"]).partition("+")[2]
            found[name] = any(key in entry for key in ("/FontFile", "/FontFile2", "/FontFile3"))
    return found
