"""The store: cohort files under hashed names, and the pointer that says which one is current."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.errors import BuildError

POINTER = "current.json"
_PART = re.compile(r"cohort-[0-9a-f]+\.part-(\d+)")


def cohort_path(out: Path, cohort_hash: str) -> Path:
    """Return the place of a cohort."""
    return out / f"cohort-{cohort_hash}.duckdb"


@contextmanager
def new_cohort(final: Path) -> Iterator[Path]:
    """Give a place to build in; move what was built to `final` at the end, or remove it if the build failed.

    What earlier builds left behind because they were killed is removed first.

    Raises
    ------
    BuildError
        If the folder cannot be made or written to.
    """
    _refuse_what_is_no_path_to_the_engine(final.parent.resolve())
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        _remove_stale(final.parent)
        with tempfile.TemporaryFile(dir=final.parent):
            pass
    except OSError as error:
        raise BuildError(
            f"Nothing can be written to the folder {final.parent}: {error.strerror}. Choose another with --out."
        ) from None
    part = final.with_name(f"{final.stem}.part-{os.getpid()}")
    try:
        yield part
        os.replace(part, final)
    finally:
        _remove(part)


def _refuse_what_is_no_path_to_the_engine(folder: Path) -> None:
    odd = "?" if "?" in str(folder) else "\\" if os.sep == "/" and "\\" in str(folder) else None
    if odd:
        raise BuildError(
            f"Nothing can be written to the folder {folder}: DuckDB takes the {odd} in its path for something else. "
            "Choose another with --out."
        )


def point_at(final: Path, hashes: dict[str, str]) -> None:
    """Swap the pointer for one to `final`; readers see the old one or the new one, never half of it."""
    text = json.dumps({"cohort": final.name, "built_from": hashes}, indent=2) + "\n"
    part = final.with_name(f"{POINTER}.part-{os.getpid()}")
    part.write_text(text, encoding="utf-8")
    os.replace(part, final.with_name(POINTER))


def prune(out: Path) -> list[Path]:
    """Remove every cohort but the current one, with all that was kept of it; return what was removed.

    Raises
    ------
    BuildError
        If nothing has been built yet.
    """
    try:
        current = json.loads((out / POINTER).read_text(encoding="utf-8"))["cohort"]
    except FileNotFoundError:
        raise BuildError(f"Nothing is built in {out} yet. Run 'tenure build' first.") from None
    old = [path for path in sorted(out.glob("cohort-*.duckdb")) if path.name != current]
    kept = f"audits-{Path(current).stem.removeprefix('cohort-')}-"
    old += [path for path in sorted(out.glob("audits-*-*")) if not path.name.startswith(kept)]
    for path in old:
        _remove(path)
    return old


def _remove_stale(out: Path) -> None:
    for entry in out.iterdir():
        found = _PART.fullmatch(entry.name)
        if found and not _is_running(int(found[1])):
            _remove(entry)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _remove(part: Path) -> None:
    for path in (part, part.with_name(f"{part.name}.wal"), part.with_name(f"{part.name}.tmp")):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
