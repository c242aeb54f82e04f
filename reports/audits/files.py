"""The audits as files: a CSV for each table, and what they were made of."""

import json
from pathlib import Path

from analysis.audits.results import AuditResults
from analysis.store.sets import new_set
from analysis.written.csv_text import csv_texts
from reports.writing.files import write_texts

MADE_OF = "made_of.json"
"""Beside the tables: the hashes of the cohort that they are of."""


def write_audits(audits: AuditResults, folder: Path) -> list[Path]:
    """Write the tables of the audits in place of those of an earlier run, as one set; return their files.

    Raises
    ------
    StoreError
        If they cannot be written; those of the earlier run are then as they were.
    """
    tables = csv_texts(audits.frames())
    with new_set(folder) as part:
        write_texts(tables | {MADE_OF: json.dumps(audits.hashes, indent=2) + "\n"}, part)
    return [folder / name for name in tables]
