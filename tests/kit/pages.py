"""Pages: their text, and whether every tag is closed by its own."""

import html
import re
from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "link", "input", "wbr"}


class Balance(HTMLParser):
    """Collects text and checks that every tag is closed by its own."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.text.append(data)


def text_of(page: str) -> str:
    reader = Balance()
    reader.feed(page)
    assert reader.open == []
    return re.sub(r"\s+", " ", " ".join(reader.text))


def pieces(page: str) -> set[str]:
    """Return the texts between the tags of a page, without its styles; a long name is one text though it may break."""
    unstyled = re.sub(r"<style.*?</style>|<wbr>", "", page, flags=re.DOTALL)
    return {html.unescape(piece).strip() for piece in re.findall(r">([^<>]+)<", unstyled)}


ENGLISH_WORDS = re.compile(r"[A-Za-z][a-z]+(?:[ ,:]+[A-Za-z][a-z]+){2,}")
"""Three English words or more in a row."""
