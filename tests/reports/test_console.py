"""Consoles of any encoding: what they cannot show is replaced, and no command ends in a traceback for it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from small_source import write_small_source

ROOT = Path(__file__).parents[2]
CONSOLES = {
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "cp932": {"PYTHONIOENCODING": "cp932"},
    "C locale, nothing coerced": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study whose path and title no western console can show."""
    file = write_small_source(tmp_path_factory.mktemp("解約 – 調査"))
    file.write_text('title = "解約の調査 – 1"\n' + file.read_text(encoding="utf-8"), encoding="utf-8")
    return file


def run(console: str, folder: Path, *words: str | bytes) -> subprocess.CompletedProcess[bytes]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
    environment = own | CONSOLES[console] | {"PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    command = [sys.executable, "-m", "reports.cli", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)


@pytest.mark.parametrize(
    "console", [pytest.param(name, marks=() if name == "ascii" else pytest.mark.slow) for name in CONSOLES]
)
class TestConsoles:
    def test_results_in_japanese(self, console: str, study: Path, tmp_path: Path) -> None:
        done = run(console, tmp_path, "check", "--language", "ja", "--study", str(study))
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"C22" in done.stdout

    def test_an_error_that_names_a_japanese_path(self, console: str, study: Path, tmp_path: Path) -> None:
        done = run(console, tmp_path, "check", "--study", str(study.with_name("無い–.toml")))
        assert done.returncode == 1
        assert done.stderr.startswith(b"tenure: No study file at ")
        assert b"Traceback" not in done.stderr

    def test_a_path_of_bytes_that_are_no_letters(self, console: str, study: Path, tmp_path: Path) -> None:
        done = run(console, tmp_path, "check", "--study", os.fsencode(study.parent) + b"/\x83\xff.toml")
        assert done.returncode == 1
        assert b"Traceback" not in done.stderr

    def test_words_that_need_no_study(self, console: str, study: Path, tmp_path: Path) -> None:
        done = run(console, tmp_path, "covariates", "--language", "ja")
        assert done.returncode == 0
        assert b"Traceback" not in done.stderr

    def test_words_that_nobody_knows(self, console: str, study: Path, tmp_path: Path) -> None:
        done = run(console, tmp_path, "調べる")
        assert done.returncode == 2
        assert b"Traceback" not in done.stderr


def test_signs_become_the_nearest_and_letters_a_question_mark(study: Path, tmp_path: Path) -> None:
    done = run("ascii", tmp_path, "check", "--study", str(study.with_name("無い–.toml")))
    assert re.search(rb"/\?\? - \?\?\d+/\?\?-\.toml", done.stderr)
