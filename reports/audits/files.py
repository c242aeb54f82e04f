"""The audits as files: a CSV for each table, in place of those of an earlier run."""

import shutil
from pathlib import Path

from analysis.audits.results import AuditResults
from reports.writing.csv_text import as_csv


def write_audits(audits: AuditResults, folder: Path) -> list[Path]:
    """Write every table of the audits as CSV, in place of those of an earlier run, and return the files."""
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    names = []
    for name, table in audits.frames().items():
        (part / f"{name}.csv").write_text(as_csv(table), encoding="utf-8")
        names.append(f"{name}.csv")
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)
    return [folder / name for name in names]
