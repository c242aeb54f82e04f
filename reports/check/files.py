"""The check of a source as files: a page, and beside it all rows of what was found; all of them, or none changed."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analysis.cohort.source_check import SourceCheck
from analysis.declared.study import Study
from analysis.errors import ReportError
from analysis.wording.catalogue import Catalogue
from reports.check.content import check_content
from reports.check.page import FOLDER, render_check


@dataclass(frozen=True, slots=True)
class WrittenCheck:
    """A finished page, the lists beside it, and the check that they show."""

    checked: SourceCheck
    page: Path
    lists: tuple[Path, ...]


def write_check(study: Study, out: Path, catalogue: Catalogue, check: Callable[[Path], SourceCheck]) -> WrittenCheck:
    """Check a source, write the page and the lists, and remove the lists of an earlier run.

    Parameters
    ----------
    study
        The study.
    out
        Its output folder.
    catalogue
        The language.
    check
        Checks the source, and writes the rows of its findings into the folder that it is given.

    Raises
    ------
    ReportError
        If a file cannot be written; none is then changed.
    TenureError
        If nothing of the source can be read; likewise.
    """
    page, folder = out / f"check.{catalogue.language}.html", out / FOLDER
    parts = {path: path.with_name(f"{path.name}.part-{os.getpid()}") for path in (folder, page)}
    old = folder.with_name(f"{FOLDER}.old-{os.getpid()}")
    try:
        parts[folder].mkdir(parents=True)
        checked = check(parts[folder])
        text = render_check(study, check_content(study, checked), catalogue)
        parts[page].write_text(text, encoding="utf-8", errors="replace")
        if folder.exists():
            folder.replace(old)
        parts[folder].replace(folder)
        parts[page].replace(page)
    except OSError as error:
        raise ReportError(f"The check cannot be written: {error}. Choose another folder with --out.") from None
    finally:
        if old.exists() and not folder.exists():
            old.replace(folder)
        shutil.rmtree(old, ignore_errors=True)
        shutil.rmtree(parts[folder], ignore_errors=True)
        parts[page].unlink(missing_ok=True)
    return WrittenCheck(checked, page, tuple(folder / name for name in checked.row_files if name))
