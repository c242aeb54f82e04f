"""The audits as files and as lines for a terminal."""

import shutil
from pathlib import Path

import pandas as pd

from analysis.audits.results import AuditResults
from reports.csv_text import as_csv
from reports.messages import read_catalogue


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


def say_alarms(alarms: pd.DataFrame) -> str:
    """Return a line for each thing that was looked for: found, not found, or not to be told from these data."""
    text = read_catalogue("en").text
    lines = []
    for row in alarms.itertuples():
        verdict = "cannot tell" if row.is_raised is None else "FOUND" if row.is_raised else "not found"
        subject = f" ({row.subject})" if row.subject else ""
        lines.append(f"{verdict:>11}: {text(f'audits.{row.audit}')}{subject}")
    return "\n".join(lines)
