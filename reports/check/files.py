"""The check of a source as files: a folder with the page and all rows of what was found, of one run."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analysis.cohort.source_check import SourceCheck
from analysis.declared.study import Study
from analysis.store.sets import new_set
from analysis.wording.catalogue import Catalogue
from reports.check.content import check_content
from reports.check.page import ROWS, render_check
from reports.writing.files import write_texts


@dataclass(frozen=True, slots=True)
class WrittenCheck:
    """A finished page, the lists beside it, and the check that they show."""

    checked: SourceCheck
    page: Path
    lists: tuple[Path, ...]


def write_check(study: Study, out: Path, catalogue: Catalogue, check: Callable[[Path], SourceCheck]) -> WrittenCheck:
    """Check a source, and write the page and the lists in place of those of an earlier run.

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
    StoreError
        If a file cannot be written; those of the earlier run are then as they were.
    TenureError
        If nothing of the source can be read; likewise.
    """
    name = f"check.{catalogue.language}"
    folder = out / name
    with new_set(folder) as part:
        rows = part / ROWS
        rows.mkdir()
        checked = check(rows)
        write_texts({f"{name}.html": render_check(study, check_content(study, checked), catalogue)}, part)
        if not any(rows.iterdir()):
            rows.rmdir()
    lists = tuple(folder / ROWS / file for file in checked.row_files if file)
    return WrittenCheck(checked, folder / f"{name}.html", lists)
