"""queries/glossary.md: every term in both languages, and each of them in use."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in (ROOT / "queries" / "glossary.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| term", "| ---"))
]
JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
MESSAGES = sorted((ROOT / "reports" / "messages").rglob("*.toml"))
DECLARED = sorted((ROOT / "queries").rglob("*.toml"))


def text_of(paths) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


ON_PAGES = text_of([*MESSAGES, *DECLARED])
IN_THE_API = text_of(path for folder in ("analysis", "reports") for path in (ROOT / folder).rglob("*.py"))


def test_no_term_is_explained_twice():
    for language in (0, 1):
        assert [term for term, number in Counter(line[language] for line in LINES).items() if number > 1] == []


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_a_term_has_its_name_and_meaning_in_both_languages(line):
    english, japanese, meaning, in_japanese = line
    assert english
    assert not JAPANESE.search(english + meaning)
    assert JAPANESE.search(in_japanese)
    assert JAPANESE.search(japanese) or japanese == english, "an abbreviation may be the same in both"


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_a_term_is_used_on_the_pages_or_in_the_interface(line):
    english, japanese, *_ = line
    name = re.compile(rf"\b{english.replace(' ', '[ _-]')}", re.IGNORECASE)
    assert name.search(ON_PAGES) or name.search(IN_THE_API)
    assert japanese in ON_PAGES


@pytest.mark.parametrize("term", ["account", "lifetime", "landmark", "horizon", "snapshot", "covariate", "factor family",
                                  "renewal clock", "notice", "known leaver", "hazard ratio"])  # fmt: skip
def test_what_a_stranger_asks_first_is_explained(term):
    assert term in {line[0] for line in LINES}
