"""A folder like the checkout: the notebooks and the small company that they ask of, and room for their output."""

import shutil
from pathlib import Path

from analysis.progress import quiet
from analysis.worlds.company.world import make_world

ROOT = Path(__file__).parents[2]
DATA = Path("out", "small_company", "data")


def write_bare_house(folder: Path) -> None:
    """Fill a folder with the notebooks alone."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    (folder / "tests").symlink_to(ROOT / "tests")


def write_house(folder: Path) -> None:
    """Fill a folder; the company is simulated where the checkout does not have it yet, as ``make lab`` leaves it."""
    write_bare_house(folder)
    if (ROOT / DATA).is_dir():
        shutil.copytree(ROOT / DATA, folder / DATA)
    else:
        (folder / DATA).parent.mkdir(parents=True)
        make_world(300, 7, "base", folder / DATA, quiet)
