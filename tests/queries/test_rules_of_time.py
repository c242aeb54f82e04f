"""The rules of time: numbered, each kept where it says, and cited by numbers that there are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "queries" / "rules_of_time.md").read_text(encoding="utf-8")
NUMBERS = [int(number) for number in re.findall(r"^## (\d+)\. \S", TEXT, flags=re.MULTILINE)]
RULES = dict(zip(NUMBERS, re.split(r"^## .*$", TEXT, flags=re.MULTILINE)[1:], strict=True))
FOLDERS = ("analysis", "benchmarks", "notebooks", "queries", "reports", "tests")
ENDINGS = {".py", ".sql", ".toml", ".md", ".j2"}
CITATION = re.compile(r"[Rr]ules? (\d+) of `*queries/rules_of_time\.md")


def texts() -> dict[Path, str]:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in ENDINGS]
    kept = [path for path in (*files, *ROOT.glob("*.md")) if "out" not in path.relative_to(ROOT).parts]
    return {path: path.read_text(encoding="utf-8") for path in kept if path != Path(__file__)}


def test_rules_are_numbered_from_one_without_a_gap():
    assert list(range(1, len(NUMBERS) + 1)) == NUMBERS


@pytest.mark.parametrize("number", RULES)
def test_a_rule_says_what_goes_wrong_without_it_and_names_files_that_keep_it(number):
    assert "\n*Without it* " in RULES[number]
    _, _, kept_in = RULES[number].partition("*Kept in* ")
    places = re.findall(r"`([^`]+)`", kept_in)
    assert places
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_every_citation_names_a_rule_that_there_is():
    cited = [(int(number), path.name) for path, text in texts().items() for number in CITATION.findall(text)]
    assert len({name for _, name in cited}) > 5
    assert [citation for citation in cited if citation[0] not in RULES] == []


def test_no_rule_is_cited_in_any_other_way():
    """By a number without the file, or of a document that a user does not have."""
    loose = re.compile(r"\b[Rr]ules? \d++(?! of `*queries/rules_of_time\.md)|\bDESIGN\b|\brules of time\b")
    own = ROOT / "queries" / "rules_of_time.md"
    found = [(path.name, match[0]) for path, text in texts().items() if path != own for match in loose.finditer(text)]
    assert found == []
