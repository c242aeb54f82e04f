"""Findings: what a source was found to hold, or to hold wrongly, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from analysis.engine.engine import Engine

Severity = Literal["error", "quarantine", "notice"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found in a source.

    Attributes
    ----------
    name
        The rule's name.
    table
        The contract's table; a file, or a table of a database, that nothing reads has its own name here.
    rows
        How many rows are concerned; None where it is a whole file or column.
    examples
        The first five of the rows, by key.
    """

    name: str
    table: str
    severity: Severity
    says: str
    mend: str
    rows: int | None = None
    examples: str = ""

    def message(self) -> str:
        """Return what was found, and what to do, for the user."""
        rows = f": {self.rows:,} rows, among them {self.examples}" if self.examples else ""
        return f"{self.table}: {self.says}{rows}. {self.mend} (rule {self.name})"


def write_findings(engine: Engine, findings: Iterable[Finding]) -> None:
    """Write findings into table ``rule_findings``: rule, table_name, severity, rows, says."""
    engine.run(
        "create table rule_findings (rule varchar, table_name varchar, severity varchar, rows bigint, says varchar)"
    )
    for found in findings:
        engine.run(
            "insert into rule_findings values ($rule, $table_name, $severity, $rows, $says)",
            {
                "rule": found.name,
                "table_name": found.table,
                "severity": found.severity,
                "rows": found.rows,
                "says": found.says,
            },
        )
