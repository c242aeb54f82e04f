"""Files read: every file of a source, how it was read, or why it was not."""

from dataclasses import dataclass, field

from analysis.ingest.findings import Finding
from analysis.wording.remarks import Remark, remark


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file, folder or table of a source.

    Attributes
    ----------
    name
        Of the file in the source's folder; of a table of a database, with its schema.
    table
        The table that it was read as; None: it was not read.
    rows
        How many the table has; None where it was not read, or where several tables are made of it.
    encoding, separator
        Of a text file: what it is written in, and what stands between its values.
    skipped_lines
        How many lines above its header were left out.
    why_not
        Why it was not read, and what to do; None if it was.
    """

    name: str
    table: str | None = None
    rows: int | None = None
    encoding: str | None = None
    separator: str | None = None
    skipped_lines: int = 0
    why_not: Remark | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of opening the files of a source.

    Attributes
    ----------
    files
        All of them, in order of their names.
    findings
        What is said of files and tables that nothing reads, that cannot be read, or that are read in a way of their
        own.
    first_rows
        The number of each table's first row, as its owner counts: the header of a text file is a row.
    unreadable
        Tables that are there but cannot be read, or lack what they must have, each with its finding: nothing is made of
        them.
    absent
        Raw tables whose files need not be there, and are not, each with its finding.
    """

    files: list[FileRead] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    first_rows: dict[str, int] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)


def unreadable(table: str, file: str, reason: Remark) -> Finding:
    """Return what is said of a file that cannot be read."""
    says = remark("ingest.unreadable_file.says", file=file, reason=reason)
    return Finding("unreadable_file", table, "error", says, remark("ingest.unreadable_file.mend"))
