"""What is slow to make and looked at by many tests: made once in a run, however many workers ask for it."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.store.locks import alone_in


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder of the run that some function has filled, by whichever worker came first.

    Nobody writes into it: who wants to, takes a copy.
    """
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared" / name
    folder.mkdir(parents=True, exist_ok=True)
    made_once(folder / "made", make)
    return folder / "made"


def made_once(folder: Path, make: Callable[[Path], object]) -> None:
    """Let a function fill a folder that is not there yet, while others who want it wait."""
    with alone_in(folder.parent):
        if not folder.exists():
            part = folder.with_name("part")
            shutil.rmtree(part, ignore_errors=True)  # of a worker that failed
            part.mkdir()
            make(part)
            part.rename(folder)
