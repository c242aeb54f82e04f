"""Small worlds that several tests look at, each made once."""

from pathlib import Path

import pytest
from worlds import BUSY, CLOCKED, SHORT, TRAPS, World, shared_world


@pytest.fixture(scope="session")
def short(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A year in which everything matters, states of the world included."""
    return shared_world(tmp_path_factory, "short", SHORT, 150, 3)


@pytest.fixture(scope="session")
def busy(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A year and a half in which all behaviours are exaggerated and nothing has an effect."""
    return shared_world(tmp_path_factory, "busy", BUSY, 250, 5)


@pytest.fixture(scope="session")
def trapped(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A year in which every trap is set at once."""
    return shared_world(tmp_path_factory, "trapped", TRAPS, 260, 2)


@pytest.fixture(scope="session")
def clocked(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A year and a half in which accounts leave by every clock."""
    return shared_world(tmp_path_factory, "clocked", CLOCKED, 250, 4)


@pytest.fixture
def scenario_file(tmp_path: Path) -> Path:
    """The place of a scenario that a test writes itself."""
    return tmp_path / "mine.toml"
