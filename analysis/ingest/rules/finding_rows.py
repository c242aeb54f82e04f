"""Rows of findings: all of them as CSV, whatever their number, for those who mend the source."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from analysis.engine.engine import Engine
from analysis.ingest.findings import Finding


def write_rows(engine: Engine, findings: Iterable[Finding], folder: Path) -> tuple[str, ...]:
    """Write the rows of each finding that keeps them, and return its file's name; empty where there is none.

    Parameters
    ----------
    engine
        Where the rows are kept.
    findings
        See `Finding.rows_sql`.
    folder
        For the files; it is there.
    """
    names: list[str] = []
    taken: Counter[str] = Counter()
    for finding in findings:
        name = f"{_file_name(finding, taken)}.csv" if finding.rows_sql else ""
        if name:
            engine.write_csv(finding.rows_sql, folder / name)
        names.append(name)
    return tuple(names)


def _file_name(finding: Finding, taken: Counter[str]) -> str:
    """Return the rule's name, its table's before it, as one that every file system takes, and once only."""
    stands = finding.name.startswith(finding.table)
    name = re.sub(r"[^\w.-]", "_", finding.name if stands else f"{finding.table}.{finding.name}")
    taken[name.casefold()] += 1
    number = taken[name.casefold()]
    return name if number == 1 else f"{name}-{number}"
