"""Markup that every page owes its readers, put in once: headers that say of what, captions, regions that scroll."""

import base64
import hashlib
import itertools
import re
from dataclasses import dataclass

from markupsafe import Markup

from analysis.wording.catalogue import Catalogue

_HEADING = r"<(?P<level>h[2-6]|summary)\b[^>]*>(?P<heading>.*?)</(?P=level)>"
_PARTS = re.compile(
    rf'{_HEADING}|(?P<wrapped><div class="wide">\s*)?(?P<table><table\b.*?</table>)(?(wrapped)\s*</div>)'
    r'|(?P<picture><svg role="img".*?</svg>)|</details>',
    re.DOTALL,
)
_BESIDE = re.compile(r"<small\b.*?</small>", re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")
_HEAD = re.compile(r"<thead\b.*?</thead>", re.DOTALL)
_OPEN_HEADER = re.compile(r"<th\b(?![^>]*\bscope=)")
_FIRST_CELL = re.compile(r"(<tr\b[^>]*>\s*)<td\b((?:(?!colspan)[^>])*)>((?:(?!</td>).)+)</td>", re.DOTALL)
_FIRST_HEADER = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@dataclass(slots=True)
class _Place:
    """Where on a page a table stands: under which heading, as which of how many."""

    heading: str
    n_tables: int = 0


def finished(page: str, catalogue: Catalogue) -> Markup:
    """Return the body of a page with what readers need who do not see it whole, or not at all.

    Every table has a caption, of its heading's words where it has none of its own; every header cell says of which
    cells it is one, and the first cell of a row is the row's. Tables and pictures stand in regions that scroll by
    themselves, with the keyboard, too, and that say what is in them.

    Parameters
    ----------
    page
        HTML of ours, in which all that comes from elsewhere is escaped.
    catalogue
        The language.
    """
    places = _places(page)
    numbers = itertools.count(1)
    found = iter(places)

    def put(part: re.Match[str]) -> str:
        place = next(found)
        if part["table"]:
            return _table(part["table"], place, next(numbers), catalogue)
        return _picture(part["picture"]) if part["picture"] else part[0]

    return Markup(_PARTS.sub(put, page))


def policy_hash(content: str) -> Markup:
    """Return how a content security policy names an inline style or script: by what it holds."""
    return Markup(f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'")


def swatch(color: str) -> Markup:
    """Return a small field of a colour, which stands beside words that say what it stands for."""
    field = '<svg class="swatch" width="11" height="11" viewBox="0 0 11 11" aria-hidden="true" focusable="false">'
    return Markup(field + '<rect width="11" height="11" rx="3" fill="{}"/></svg>').format(color)


def _places(page: str) -> list[_Place]:
    """Return for each part of a page the heading over it; what a closed part of it is called ends with it."""
    places, over = [], [_Place("")]
    for part in _PARTS.finditer(page):
        if part["level"] == "summary":
            over.append(_Place(_plain(part["heading"])))
        elif part["level"]:
            over = [_Place(_plain(part["heading"]))]
        elif part[0] == "</details>":
            over = over[:1]
        elif part["table"]:
            over[-1].n_tables += 1
        places.append(over[-1])
    return places


def _table(table: str, place: _Place, number: int, catalogue: Catalogue) -> str:
    key = f"table-{number}"
    if "<caption" in table:
        table = table.replace("<caption", f'<caption id="{key}"', 1)
    else:
        first = _FIRST_HEADER.search(table)
        told = [place.heading, *([_plain(first[1])] if first and place.n_tables > 1 else [])]
        words = catalogue("page.caption_parts").join(part for part in told if part)
        opening = table.index(">") + 1
        table = f'{table[:opening]}<caption class="unseen" id="{key}">{words}</caption>{table[opening:]}'
    table = _HEAD.sub(lambda head: _OPEN_HEADER.sub('<th scope="col"', head[0]), table)
    head = _HEAD.search(table)
    body = head.end() if head else 0
    rows = _FIRST_CELL.sub(r'\1<th scope="row"\2>\3</th>', _OPEN_HEADER.sub('<th scope="row"', table[body:]))
    return f'<div class="wide" role="group" tabindex="0" aria-labelledby="{key}">{table[:body]}{rows}</div>'


def _picture(picture: str) -> str:
    title = _TITLE.search(picture)
    words = _plain(title[1]).replace('"', "&quot;") if title else ""
    return f'<div class="wide picture" role="group" tabindex="0" aria-label="{words}">{picture}</div>'


def _plain(markup: str) -> str:
    """Return the words of markup, escaped as they were, without its tags and what is small beside them."""
    return " ".join(_TAGS.sub("", _BESIDE.sub("", markup)).split())
