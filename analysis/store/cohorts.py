"""Cohorts: files under hashed names, and the pointer that says which one is current."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from analysis.errors import BuildError
from analysis.progress import Progress
from analysis.store.locks import Held, hold
from analysis.store.sets import write_alone
from analysis.store.working import remove_leftovers, told_in_words, working_folder

POINTER = "current.json"
_COHORT = re.compile(r"cohort-([0-9a-f]{16})\.duckdb")
_KEPT_OF_IT = re.compile(r"(?:answers|audits|summary)-([0-9a-f]{16})-[0-9a-f]{16}")
"""Names that a build gives; whatever is called otherwise is not its to remove."""
KEPT = 3
"""Cohorts that stay when a new one is built: it, and those that were used last; and of one cohort, sets of answers."""


def cohort_path(out: Path, cohort_hash: str) -> Path:
    """Return the place of a cohort."""
    return out / f"cohort-{cohort_hash}.duckdb"


def answers_path(out: Path, cohort_hash: str, key: str) -> Path:
    """Return the place of the answers to what was asked of a cohort, by the hash of what else decides them."""
    return out / f"answers-{cohort_hash}-{key}"


@contextmanager
def new_cohort(final: Path, progress: Progress) -> Iterator[Path | None]:
    """Give a place to build in, and move what was built to `final` at the end; None if another run has just built it.

    If the block fails, what was built is gone. Who builds the same cohort into the same folder waits.

    Raises
    ------
    StoreError
        If the folder cannot be made or written to.
    """
    _refuse_what_is_no_path_to_the_engine(final.parent.resolve())
    with working_folder(final.parent, final.stem, progress) as work, told_in_words(work):
        if final.exists():
            yield None
            return
        part = work / final.name
        yield part
        os.replace(part, final)


def _refuse_what_is_no_path_to_the_engine(folder: Path) -> None:
    odd = "?" if "?" in str(folder) else "\\" if os.sep == "/" and "\\" in str(folder) else None
    if odd:
        raise BuildError(
            f"Nothing can be written to the folder {folder}: DuckDB takes the {odd} in its path for something else. "
            "Choose another with --out."
        )


def point_at(final: Path, hashes: dict[str, str]) -> None:
    """Swap the pointer for one to `final`, unless it is; readers see the old one or the new one, never half of it.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    text = json.dumps({"cohort": final.name, "built_from": hashes}, indent=2) + "\n"
    pointer = final.with_name(POINTER)
    with suppress(OSError):
        os.utime(final)  # by which it is known which cohorts were used last
    with suppress(OSError, UnicodeDecodeError):
        if pointer.read_text(encoding="utf-8") == text:
            remove_leftovers(final.parent)
            return
    write_alone(pointer, text)


def in_use(cohort: Path) -> Held | None:
    """Keep a cohort from being removed by other runs, until it is let go; None where it cannot be held."""
    with suppress(OSError):
        return hold(cohort, is_shared=True)
    return None


def prune(out: Path, kept: int = 1) -> list[Path]:
    """Remove every cohort but the current one and those used last, with all that was kept of them; return what went.

    One that another run has open stays.

    Parameters
    ----------
    out
        The study's output folder.
    kept
        How many cohorts stay, the current one among them.

    Raises
    ------
    BuildError
        If nothing has been built yet.
    """
    try:
        current = json.loads((out / POINTER).read_text(encoding="utf-8"))["cohort"]
    except FileNotFoundError:
        raise BuildError(f"Nothing is built in {out} yet. Run 'tenure build' first.") from None
    cohorts = [path for path in out.iterdir() if _COHORT.fullmatch(path.name) and path.is_file()]
    by_use = sorted(cohorts, key=lambda path: (path.name != current, -_last_used(path), path.name))
    removed = [path for path in by_use[kept:] if _remove_unless_in_use(path)]
    for folder in out.iterdir():
        of = _KEPT_OF_IT.fullmatch(folder.name)
        if of and folder.is_dir() and not cohort_path(out, of[1]).exists():
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder)
    return sorted(removed)


def remove_older_answers(new: Path) -> None:
    """Remove, before another set of answers comes to be, those of its cohort but the ones that last grew.

    Parameters
    ----------
    new
        From `answers_path`.
    """
    of = _KEPT_OF_IT.fullmatch(new.name)
    if of is None or not new.parent.is_dir():
        return
    others = [path for path in new.parent.glob(f"answers-{of[1]}-*") if _KEPT_OF_IT.fullmatch(path.name)]
    for folder in sorted(others, key=lambda path: (-_last_used(path), path.name))[KEPT - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)


def _last_used(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_mtime_ns
    return 0


def _remove_unless_in_use(cohort: Path) -> bool:
    with suppress(OSError):
        held = hold(cohort)
        if held is None:
            return False
        try:
            cohort.unlink()
        finally:
            held.let_go()
        return True
    return False
