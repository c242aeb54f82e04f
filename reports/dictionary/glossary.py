"""The glossary of a page: the words of ``queries/glossary.md`` in one language."""

from dataclasses import dataclass
from importlib.resources import files

from reports.messages import ENGLISH

_FILE = files("queries") / "glossary.md"
_COLUMNS = 4
"""Of its tables: term and meaning, each in English and Japanese, by turns."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Words of one kind: what it is called, and each word with its meaning."""

    title: str
    words: tuple[tuple[str, str], ...]


def glossary(language: str) -> tuple[Topic, ...]:
    """Return the words in their order, topic by topic.

    Parameters
    ----------
    language
        ``en`` or ``ja``.
    """
    side = 0 if language == ENGLISH else 1
    topics: list[tuple[str, list[tuple[str, str]]]] = []
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            topics.append((line.removeprefix("## ").split(" / ")[side], []))
        cells = [cell.strip().replace("`", "") for cell in line.strip("|").split("|")]
        if topics and line.startswith("| ") and len(cells) == _COLUMNS and not _is_head(cells):
            topics[-1][1].append((cells[side], cells[side + 2]))
    return tuple(Topic(title, tuple(words)) for title, words in topics)


def _is_head(cells: list[str]) -> bool:
    return cells[0] == "term" or set(cells[0]) == {"-"}
