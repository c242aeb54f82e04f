"""What several tests share: the sample study, built once and reported once."""

import gc
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import one_thread  # noqa: F401  before anything imports NumPy
import pytest
from samples import SAMPLE, SampleReport
from shared import once

from analysis.progress import quiet

if TYPE_CHECKING:  # what starts the workers looks at this file, too, and waits for no library
    from analysis.workbench import Workbench

FIRST = "reports/test_audit_command.py"
"""The file whose worker makes the sample's report, while the other one does what needs none and waits for nobody."""
LONGEST = ("worlds", "reports", "cohort", "house", "audits")
"""Rooms of the files that take longest: they begin, so that no worker is left with one of these in the end."""


# What is imported and collected stays: to look for garbage in it, again and again, took a fifth of collecting.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    gc.unfreeze()  # libraries in C tell of what is left of them in the end


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {room: place for place, room in enumerate(LONGEST)}

    def place(item: pytest.Item) -> int:
        path = item.path.relative_to(Path(__file__).parent)
        return -1 if path.as_posix() == FIRST else places.get(path.parts[0], len(places))

    items.sort(key=place)


@pytest.fixture(scope="session")
def built_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of output with the sample's cohort, which nobody writes into."""
    from analysis.workbench import open_study

    return once(tmp_path_factory, "built_sample", lambda out: open_study(SAMPLE, out=out, progress=quiet))


@pytest.fixture
def sample_tenure(built_sample: Path, tmp_path: Path) -> "Workbench":
    """The sample, opened in a folder of the test's own."""
    from analysis.workbench import open_study

    out = tmp_path / "sample_out"
    shutil.copytree(built_sample, out)
    return open_study(SAMPLE, out=out, progress=quiet)


@pytest.fixture(scope="session")
def sample_report(built_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> SampleReport:
    """The sample's report, in a folder of the worker's own."""
    from reports.cli.commands import main

    def report(out: Path) -> None:
        shutil.copytree(built_sample, out, dirs_exist_ok=True)
        assert main(["report", "quarterly", "--study", str(SAMPLE), "--out", str(out)]) == 0

    out = tmp_path_factory.mktemp("sample")
    shutil.copytree(once(tmp_path_factory, "sample", report), out, dirs_exist_ok=True)
    folder = out / "crm5" / "quarterly-2024-01-01.en"
    return SampleReport(
        out / "crm5",
        (folder / "quarterly-2024-01-01.en.html").read_text(encoding="utf-8"),
        (folder / "quarterly-2024-01-01-accounts.csv").read_text(encoding="utf-8-sig"),
    )
