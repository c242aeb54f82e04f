"""Rows of a table: what a source gives for one in the contract, by its own names, and what is said of what it lacks."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from analysis.declared.contract import Table
from analysis.engine.query import Query
from analysis.engine.quoting import quoted
from analysis.errors import EngineError
from analysis.ingest.findings import Finding
from analysis.wording.remarks import remark


@dataclass(frozen=True, slots=True)
class TableRows:
    """Rows in the contract's shape: their columns with their types, and their own names of those of the contract."""

    table: Table
    arrived: dict[str, str]
    own_names: dict[str, str]
    rows: str

    @property
    def missing(self) -> tuple[str, ...]:
        """The required columns that it lacks."""
        return tuple(name for name in self.table.required_columns() if name not in self.own_names)

    def relation(self) -> str:
        """Return SQL that gives it in the contract's names."""
        columns = ", ".join(f"{quoted(own)} as {name}" for name, own in self.own_names.items())
        return f"(select {columns} from {self.rows})"


def query_fails(query: Query, error: EngineError) -> Finding:
    """Return what is said of a query that the engine refuses: the first line of it stands below a line of our own."""
    told = " ".join(part.strip() for part in error.details.split("\n\n")[0].splitlines()).rstrip(" .!")
    line = re.search(r"^LINE (\d+):", error.details, re.MULTILINE)
    if line:
        says = remark("ingest.source_query_fails.says_line", file=query.path, line=str(int(line[1]) - 1), told=told)
    else:
        says = remark("ingest.source_query_fails.says", file=query.path, told=told)
    return Finding("source_query_fails", query.name, "error", says, remark("ingest.source_query_fails.mend"))


def missing_table(table: Table, there: Collection[str]) -> Finding:
    """Return what is said of a required table that is not there."""
    says = remark("ingest.missing_table.says", table=table.name, there=tuple(sorted(there)))
    return Finding("table_is_missing", table.name, "error", says, remark("ingest.missing_table.mend"))


def missing_columns(raw: TableRows, meant: dict[str, str]) -> Finding:
    """Return what is said of required columns that are not there."""
    near = {name: own for own, name in meant.items()}
    columns = tuple(
        remark("ingest.missing_columns.column_near", column=repr(name), near=repr(near[name]))
        if name in near
        else repr(name)
        for name in raw.missing
    )
    says = remark("ingest.missing_columns.says", table=raw.table.name, columns=columns, arrived=tuple(raw.arrived))
    mend = remark("ingest.missing_columns.rename" if set(raw.missing) & set(near) else "ingest.missing_columns.mend")
    return Finding("required_columns_are_missing", raw.table.name, "error", says, mend)


def unread_columns(table: Table, unread: Collection[str], meant: dict[str, str]) -> Finding:
    """Return what is said of columns that nothing reads."""
    columns = tuple(
        remark("ingest.unread_columns.column_near", column=repr(own), near=meant[own]) if own in meant else repr(own)
        for own in unread
    )
    says = remark("ingest.unread_columns.says", columns=columns)
    return Finding("unread_columns", table.name, "notice", says, remark("ingest.unread_columns.mend"))


def no_rows(tables: Collection[Table]) -> list[Finding]:
    """Return what is said of tables without rows: an error of each that is required, one notice of all others."""
    required = [table.name for table in tables if table.required]
    others = [table.name for table in tables if not table.required]
    says, mend = remark("ingest.no_rows_though_required.says"), remark("ingest.no_rows_though_required.mend")
    found = [Finding("table_is_empty", name, "error", says, mend, rows=0) for name in required]
    number = len(others)
    if others:
        says, mend = remark("ingest.no_rows.says", tables=number), remark("ingest.no_rows.mend", tables=number)
        found.append(Finding("table_is_empty", ", ".join(others), "notice", says, mend, rows=0))
    return found
