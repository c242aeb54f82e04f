"""Sets: a folder of files that belong together takes the place of an earlier one at once, whole."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from analysis.store.working import ASIDE, told_in_words, working_folder

_EXCHANGE, _HERE = 2, -100


@contextmanager
def new_set(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write into; at the end of the block it takes the place of `folder`, whole.

    Where the system can exchange two names in one step (Linux, macOS, on disks of their own), whoever looks sees the
    earlier set or the new one. Elsewhere there is none for a moment, and a run killed in it leaves the earlier one to
    be brought back by the next. What the earlier set had and the new one has not is gone. If the block fails, nothing
    is changed.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    folder = folder.absolute()
    with working_folder(folder.parent) as work:
        new = work / folder.name
        with told_in_words(work):
            new.mkdir()
            yield new
            _swap(new, folder, work)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give a name to write one file to that belongs to no set; at the end it is in place of an earlier one.

    Raises
    ------
    StoreError
        If it cannot be written; the earlier one is as it was.
    """
    with working_folder(path.parent) as work:
        new = work / path.name
        with told_in_words(work):
            yield new
            os.replace(new, path)


def write_alone(path: Path, text: str) -> None:
    """Write a text as `new_file` has it; what no encoding can hold is replaced."""
    with new_file(path) as new:
        new.write_text(text, encoding="utf-8", errors="replace")


def _swap(new: Path, folder: Path, work: Path) -> None:
    while True:
        if not os.path.lexists(folder):
            with suppress(FileExistsError):
                _put(new, folder)
                return
        elif _exchanged(new, folder):
            return
        else:
            (work / ASIDE).mkdir(exist_ok=True)
            with suppress(FileNotFoundError):
                os.rename(folder, work / ASIDE / folder.name)
                os.rename(new, folder)
                return


def _put(new: Path, folder: Path) -> None:
    try:
        os.rename(new, folder)
    except OSError:
        if not folder.exists():
            raise
        raise FileExistsError from None  # another run was quicker


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step; False where the system or its disk cannot."""
    if os.name != "posix":
        return False
    system = ctypes.CDLL(None)
    names = os.fsencode(one), os.fsencode(other)
    sys.audit("tenure.exchange", *names)
    if hasattr(system, "renameat2"):
        return system.renameat2(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0
    if hasattr(system, "renamex_np"):
        return system.renamex_np(*names, _EXCHANGE) == 0
    return False
