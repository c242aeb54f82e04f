"""A scan: one reading of a file for all that must be known of its bytes, and another once it was written again."""

import hashlib
import os
from pathlib import Path

import pytest

from analysis.ingest.files import scan as scanning
from analysis.ingest.files.scan import scan


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are read from here on."""
    read: list[Path] = []
    blocks = scanning.blocks

    def noted(path: Path):
        read.append(path)
        return blocks(path)

    monkeypatch.setattr(scanning, "blocks", noted)
    return read


@pytest.mark.parametrize(
    ("content", "is_utf8"),
    [
        ("東京".encode(), True),
        ("東京".encode("cp932"), False),
        (b"", True),
        (b"plain", True),
        ("é".encode()[:1], False),
        (b"x" * ((1 << 20) - 1) + "é".encode(), True),
    ],
    ids=["UTF-8", "cp932", "empty", "ASCII", "cut short", "a letter across two blocks"],
)
def test_finds_the_digest_and_whether_it_is_utf8(tmp_path: Path, content: bytes, is_utf8: bool) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    found = scan(path)
    assert found.digest == hashlib.sha256(content).hexdigest()
    assert found.is_utf8 is is_utf8


def test_reads_a_file_once_and_again_when_it_was_written_again(tmp_path: Path, readings: list[Path]) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text("a")
    first = scan(path)
    assert scan(path) is first
    assert readings == [path]
    path.write_text("b")
    os.utime(path, ns=(0, 0))  # whatever the clock of the disk can tell apart
    assert scan(path).digest != first.digest
    assert readings == [path, path]
