"""Findings: what a source was found to hold, or to hold wrongly, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from analysis.engine.engine import Engine
from analysis.errors import ContractError
from analysis.wording.remarks import Remark, remark

Severity = Literal["error", "quarantine", "notice"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found in a source.

    Attributes
    ----------
    name
        The rule's name.
    table
        The contract's table, or several, parted by commas; a file, or a table of a database, that nothing reads has its
        own name here.
    says, mend
        What was found, and what to do.
    rows
        How many rows are concerned; None where it is a whole file or column.
    examples
        The first five of the rows, by key.
    of
        How many rows the table has; None where that says nothing.
    rows_sql
        Select of all of the rows, as they were, for as long as the store is open that was told to keep them; or empty.
    """

    name: str
    table: str
    severity: Severity
    says: Remark
    mend: Remark
    rows: int | None = None
    examples: tuple[str | Remark, ...] = ()
    of: int | None = None
    rows_sql: str = ""

    def message(self) -> str:
        """Return what was found, and what to do, for the user."""
        return str(self.as_remark())

    def as_remark(self) -> Remark:
        """Return what was found, where, and what to do, to be worded in any language."""
        if not self.examples:
            return remark("ingest.finding", table=self.table, says=self.says, mend=self.mend, rule=self.name)
        told = {"table": self.table, "says": self.says, "rows": self.rows, "examples": self.examples}
        if self.of and self.rows:
            share = self.rows / self.of
            return remark("ingest.finding_in_part", **told, share=share, mend=self.mend, rule=self.name)
        return remark("ingest.finding_in_rows", **told, mend=self.mend, rule=self.name)


def refuse_errors(findings: Iterable[Finding]) -> None:
    """Refuse a source in which errors were found.

    Raises
    ------
    ContractError
        With all of them, each with its rows.
    """
    errors = [finding.message() for finding in findings if finding.severity == "error"]
    if errors:
        raise ContractError("The source breaks the contract:\n- " + "\n- ".join(errors))


def write_findings(engine: Engine, findings: Iterable[Finding]) -> None:
    """Write findings into table ``rule_findings``: rule, table_name, severity, rows, says; says_code, says_values.

    The last two are what was found as a code and its values in JSON, for pages in other languages than English.
    """
    engine.run(
        "create table rule_findings (rule varchar, table_name varchar, severity varchar, rows bigint, says varchar, "
        "says_code varchar, says_values varchar)"
    )
    for found in findings:
        engine.run(
            "insert into rule_findings values ($rule, $table_name, $severity, $rows, $says, $says_code, $says_values)",
            {
                "rule": found.name,
                "table_name": found.table,
                "severity": found.severity,
                "rows": found.rows,
                "says": str(found.says),
                "says_code": found.says.code,
                "says_values": found.says.values_as_json(),
            },
        )
