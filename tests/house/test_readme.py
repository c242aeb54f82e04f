"""The README and the pages that it points to tell the truth: what they name is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "analysis/README.md",
    "analysis/METHODS.md",
    "reports/README.md",
    "queries/1_sources/README.md",
)
TEXTS = {page: (ROOT / page).read_text(encoding="utf-8") for page in PAGES}
_PATH = r"(?:tests|benchmarks|queries|analysis|reports|notebooks)/[\w/.-]+"
NAMED = sorted({path for text in TEXTS.values() for path in re.findall(rf"(?:`|\]\()({_PATH})(?:`|\))", text)})
PROMISES = TEXTS["analysis/README.md"].partition("## What you can rely on")[2].partition("\n## ")[0]
MOST_LINES = 150
FOLDERS = ("analysis", "benchmarks", "notebooks", "queries", "reports", "tests")


@pytest.mark.parametrize("path", NAMED)
def test_every_file_and_folder_that_it_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_promise_names_a_test_that_holds_it() -> None:
    lines = [line for line in PROMISES.splitlines() if line.startswith("| ")][1:]
    assert len(lines) > 8
    for line in lines:
        assert re.search(r"`tests/[\w/]+/test_\w+\.py`", line), line


def test_the_readme_is_read_in_ten_minutes() -> None:
    assert len(TEXTS["README.md"].splitlines()) < MOST_LINES


def test_every_page_is_pointed_to_from_the_readme() -> None:
    assert [page for page in PAGES[1:] if f"`{page}`" not in TEXTS["README.md"]] == []


def test_no_page_has_the_marks_of_a_merge_that_was_not_finished() -> None:
    pages = [*ROOT.glob("*.md"), *(page for folder in FOLDERS for page in (ROOT / folder).rglob("*.md"))]
    assert ROOT / "benchmarks" / "README.md" in pages
    marks = re.compile(r"^(<{7}|={7}|>{7})( |$)", re.MULTILINE)
    assert [str(page) for page in pages if marks.search(page.read_text(encoding="utf-8"))] == []


def test_every_room_of_the_analysis_has_its_line() -> None:
    rooms = {path.name for path in (ROOT / "analysis").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert sorted(room for room in rooms if f"`{room}`" not in TEXTS["analysis/README.md"]) == []
