"""A good build, which no bad input may touch."""

import shutil
from pathlib import Path

import pytest
from small_source import write_small_source

from reports.cli.commands import main


@pytest.fixture(scope="session")
def good_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    assert main(["build", "--no-audits", "--study", str(write_small_source(folder)), "--out", str(folder / "out")]) == 0
    return folder


@pytest.fixture
def out(tmp_path: Path, good_build: Path) -> Path:
    """An output folder with a good build in it, made of ``good/study.toml``, which no failure may touch."""
    shutil.copytree(good_build, tmp_path / "good")
    return (tmp_path / "good" / "out").rename(tmp_path / "out")
