"""Working folders: each run's own, gone at its end; what killed runs left behind goes with the next one.

A folder is locked for as long as its run lives. One that nobody holds is a leftover.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from analysis.errors import StoreError
from analysis.progress import Progress, quiet
from analysis.store.locks import Held, alone_in, hold

PREFIX = ".tenure-work-"
_OWN = re.compile(re.escape(PREFIX) + r"(cohort-[0-9a-f]{16}|[a-z0-9_]{8})")
"""Names that runs give to their folders; whatever is called otherwise is not theirs to remove."""
ASIDE = "aside"
"""In a working folder: what was moved away to make place for what is new; a kill in between brings it back."""


@contextmanager
def working_folder(out: Path, name: str = "", progress: Progress = quiet) -> Iterator[Path]:
    """Give an empty folder in another, of this run alone.

    Parameters
    ----------
    out
        The other folder; made if needed.
    name
        Who asks for the same name waits until the other run is done with it; without one nobody waits.
    progress
        Told if there is somebody to wait for.

    Raises
    ------
    StoreError
        If the folder cannot be made or written to.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        folder, held = _claim(out, name, progress)
    except OSError as error:
        raise StoreError(why_not_written(out, error)) from None
    try:
        yield folder
    finally:
        _bring_back(folder)
        shutil.rmtree(folder, ignore_errors=True)
        if held is not None:
            held.let_go()


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give an empty folder of this run alone among the system's temporary files.

    Raises
    ------
    StoreError
        If nothing can be written there.
    """
    user = os.getuid() if hasattr(os, "getuid") else 0  # Windows has a folder of temporary files for each user
    home = Path(tempfile.gettempdir()) / f"tenure-{user}"
    try:
        home.mkdir(mode=0o700, exist_ok=True)
        is_ours = home.lstat().st_uid == user
    except OSError as error:
        raise StoreError(why_not_written(home.parent, error, "Choose another with the variable TMPDIR.")) from None
    if home.is_symlink() or not is_ours:
        raise StoreError(f"The folder {home} belongs to somebody else. Choose another place with the variable TMPDIR.")
    with working_folder(home) as folder:
        yield folder


def remove_leftovers(out: Path) -> None:
    """Remove what killed runs left behind in a folder, as far as this user may."""
    with suppress(OSError), alone_in(out):
        _remove_leftovers(out)


def _claim(out: Path, name: str, progress: Progress) -> tuple[Path, Held | None]:
    has_told = False
    while True:
        with alone_in(out):
            _remove_leftovers(out)
            folder = out / f"{PREFIX}{name}" if name else Path(tempfile.mkdtemp(prefix=PREFIX, dir=out))
            if not name or not folder.exists():
                folder.mkdir(exist_ok=not name)
                return folder, hold(folder, waits=True)  # for whoever waited for an earlier one of its name
        if not has_told:
            progress(f"another run is at work on the same in {out}: waiting for it")
            has_told = True
        _wait_for(folder)


def _wait_for(folder: Path) -> None:
    try:
        held = hold(folder, waits=True)
    except FileNotFoundError:
        return
    if held is None:
        raise StoreError(
            f"Another run is at work on the same in {folder.parent}. Run this again when it is done; if there is none, "
            f"remove {folder} first."
        )
    held.let_go()


def _remove_leftovers(out: Path) -> None:
    """Remove the folders of runs that were killed: those that can be locked. The lock of `out` is held."""
    for folder in out.glob(f"{PREFIX}*"):
        if not _OWN.fullmatch(folder.name) or folder.is_symlink() or not folder.is_dir():  # somebody else's
            continue
        try:
            held = hold(folder)
        except OSError:  # it has just gone, or belongs to another user
            continue
        if held is not None:
            _bring_back(folder)
            shutil.rmtree(folder, ignore_errors=True)
            held.let_go()


def _bring_back(folder: Path) -> None:
    for entry in (folder / ASIDE).glob("*"):
        place = folder.parent / entry.name
        if not place.exists():
            entry.rename(place)


@contextmanager
def told_in_words(work: Path) -> Iterator[None]:
    """Say in words that nothing can be written to a working folder; what else goes wrong in the block stays as it is.

    Raises
    ------
    StoreError
        In place of an error of the system.
    """
    try:
        yield
    except OSError as error:
        place = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else Path()
        if is_full(str(error)) or work in (place, *place.parents):
            raise StoreError(why_not_written(work.parent, error)) from None
        raise


def why_not_written(place: Path, error: OSError, mend: str = "Choose another with --out.") -> str:
    """Say why nothing can be written to a folder, and what to do."""
    if is_full(str(error)):
        return (
            f"The disk of {place} is full, or its quota used up. Make room, then run this again; nothing was changed."
        )
    return f"Nothing can be written to the folder {place}: {error.strerror or error}. {mend}"


def is_full(told: str) -> bool:
    """Say whether what a system, or the engine, told is that a disk is full."""
    return any(text in told for text in ("No space left on device", "Disk quota exceeded", "Errno 28]", "Errno 122]"))
