"""The README tells the truth: what it names is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`((?:tests|benchmarks|queries|analysis|reports|notebooks)/[\w/.-]+)`", README)))
PROMISES = README.partition("## What you can rely on")[2].partition("\n## ")[0]


@pytest.mark.parametrize("path", NAMED)
def test_every_file_and_folder_that_it_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_promise_names_a_test_that_holds_it() -> None:
    lines = [line for line in PROMISES.splitlines() if line.startswith("| ")][1:]
    assert len(lines) > 8
    for line in lines:
        assert re.search(r"`tests/[\w/]+/test_\w+\.py`", line), line
