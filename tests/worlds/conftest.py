"""Small worlds that several tests look at, each made once."""

from pathlib import Path

import pytest
from worlds import BUSY, CLOCKED, SHORT, TRAPS, World, made


@pytest.fixture(scope="session")
def short(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A year in which everything matters, states of the world included."""
    return made(SHORT, 150, 3, tmp_path_factory.mktemp("short"))


@pytest.fixture(scope="session")
def busy(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A year and a half in which all behaviours are exaggerated and nothing has an effect."""
    return made(BUSY, 250, 5, tmp_path_factory.mktemp("busy"))


@pytest.fixture(scope="session")
def trapped(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A year in which every trap is set at once."""
    return made(TRAPS, 260, 2, tmp_path_factory.mktemp("traps"))


@pytest.fixture(scope="session")
def clocked(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A year and a half in which accounts leave by every clock."""
    return made(CLOCKED, 250, 4, tmp_path_factory.mktemp("clocked"))


@pytest.fixture
def scenario_file(tmp_path: Path) -> Path:
    """The place of a scenario that a test writes itself."""
    return tmp_path / "mine.toml"
