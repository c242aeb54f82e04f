"""Pages: their text, and whether every tag is closed by its own."""

import base64
import hashlib
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
    """Return the texts between the tags of a page, without style and script; a long name that may break is one."""
    unstyled = re.sub(r"<style.*?</style>|<script.*?</script>|<wbr>", "", page, flags=re.DOTALL)
    return {html.unescape(piece).strip() for piece in re.findall(r">([^<>]+)<", unstyled)}


def pictures_in(page: str) -> list[str]:
    """Return every picture of a page; the small fields of a family's colour are none."""
    return re.findall(r'<svg role="img".*?</svg>', page, flags=re.DOTALL)


def is_shut(page: str) -> bool:
    """Tell whether a page's policy lets in its one style and its one script, by what they hold, and nothing else."""
    hashes = {}
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, flags=re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        hashes[tag] = f"'sha256-{digest}'"
    policy = (
        f"default-src 'none'; style-src {hashes['style']}; script-src {hashes['script']}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    head = page.split("</head>", 1)[0]
    is_first = head.index("Content-Security-Policy") < head.index("<style")
    strays = re.search(r"<[^<>]*\s(?:style|on[a-z]+)=|<link|<script |<style ", page)
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in head and is_first and not strays


ENGLISH_WORDS = re.compile(r"[A-Za-z][a-z]+(?:[ ,:]+[A-Za-z][a-z]+){2,}")
"""Three English words or more in a row."""
