"""Sources: raw tables become contract tables, mapped by the source's SQL and typed; only types are judged here."""

from collections.abc import Collection
from dataclasses import dataclass, field

import duckdb

from analysis.declared.contract import Column, Table, as_written, nearest_name
from analysis.declared.declaration import CONTRACT_KIND
from analysis.declared.study import Source
from analysis.engine.warehouse import Progress, count_rows, first_line, quoted, read_queries
from analysis.errors import ContractError, SourceError
from analysis.ingest.csv_files import csv_fault
from analysis.ingest.findings import Finding
from analysis.ingest.raw_files import raw_tables
from analysis.wording.remarks import remark


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a source was found to give.

    Attributes
    ----------
    given
        The tables that it gives, each with the columns that it gives.
    findings
        Columns that nothing reads, and tables without rows: an error if the table is required.
    """

    given: dict[str, tuple[str, ...]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def load_tables(
    con: duckdb.DuckDBPyConnection, source: Source, contract: dict[str, Table], progress: Progress
) -> Loaded:
    """Make every contract table, typed; a table or column that the source does not give is there but empty.

    Raises
    ------
    SourceError
        If a file turns out to be unreadable further down, or cannot be mapped.
    ContractError
        If a required table or column is missing, two columns share a name, or a value is not of its column's
        type.
    """
    raw = raw_tables(con)
    mapped = {query.name: query for query in read_queries(f"1_sources/{source.kind}")}
    loaded = Loaded()
    for table in contract.values():
        if table.name not in (raw if source.kind == CONTRACT_KIND else mapped):
            if table.required:
                raise ContractError(
                    f"Required table '{table.name}' is missing in {source.path}. There: {', '.join(sorted(raw))}."
                )
            create_table(con, table)
            continue
        try:
            if source.kind == CONTRACT_KIND:
                relation = _in_contract_names(con, table, loaded.findings)
            else:
                relation = f"(\n{mapped[table.name].sql}\n)"
            types = _column_types(con, relation)
            _check_required(table, tuple(types), tuple(types))
            _check_types(con, table, relation, types)
            create_table(con, table, relation, tuple(types))
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as error:
            reason = csv_fault(error) or f"Table '{table.name}' cannot be read from the source: {first_line(error)}."
            raise SourceError(reason) from None
        loaded.given[table.name] = tuple(name for name in table.column_names if name in types)
        rows = count_rows(con, table.name)
        progress(f"  {table.name}: {rows:,} rows")
        if rows == 0:
            loaded.findings.append(_no_rows(table))
    con.execute("drop schema raw cascade")
    return loaded


def _in_contract_names(con: duckdb.DuckDBPyConnection, table: Table, findings: list[Finding]) -> str:
    """Return SQL that gives a raw table in the contract's names; what it does not give is added to `findings`."""
    raw = f"raw.{quoted(table.name)}"
    arrived = tuple(_column_types(con, raw))
    own_names = _own_names(table, arrived)
    _check_required(table, tuple(own_names), arrived)
    unread = _unread_columns(table, [own for own in arrived if own not in own_names.values()], own_names)
    findings += [unread] if unread else []
    return f"(select {', '.join(f'{quoted(own)} as {name}' for name, own in own_names.items())} from {raw})"


def _own_names(table: Table, arrived: Collection[str]) -> dict[str, str]:
    """Return the source's own name of each contract column that it gives."""
    own_names: dict[str, str] = {}
    for own in arrived:
        name = as_written(own)
        if name in own_names:
            raise ContractError(
                f"Table '{table.name}' has its column '{name}' twice: {own_names[name]!r} and {own!r}. "
                "Rename one, or leave it out."
            )
        if name in table.column_names:
            own_names[name] = own
    return own_names


def _unread_columns(table: Table, unread: Collection[str], given: Collection[str]) -> Finding | None:
    if not unread:
        return None
    absent = [name for name in table.column_names if name not in given]
    near = {own: nearest_name(own, absent) for own in unread}
    columns = tuple(
        remark("ingest.unread_columns.column_near", column=repr(own), near=near[own]) if near[own] else repr(own)
        for own in unread
    )
    says = remark("ingest.unread_columns.says", columns=columns)
    return Finding("unread_columns", table.name, "notice", says, remark("ingest.unread_columns.mend"))


def _no_rows(table: Table) -> Finding:
    if table.required:
        says, mend = remark("ingest.no_rows_though_required.says"), remark("ingest.no_rows_though_required.mend")
        return Finding("table_is_empty", table.name, "error", says, mend, rows=0)
    says, mend = remark("ingest.no_rows.says"), remark("ingest.no_rows.mend")
    return Finding("table_is_empty", table.name, "notice", says, mend, rows=0)


def _column_types(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    return {row[0]: row[1] for row in con.execute(f"describe select * from {relation}").fetchall()}


def _check_required(table: Table, given: Collection[str], arrived: Collection[str]) -> None:
    for name in table.required_columns():
        if name not in given:
            near = nearest_name(name, arrived)
            hint = f" Rename {near!r}?" if near else ""
            raise ContractError(
                f"Table '{table.name}' lacks its required column '{name}'. It has: {', '.join(arrived)}.{hint}"
            )


def _check_types(con: duckdb.DuckDBPyConnection, table: Table, relation: str, types: dict[str, str]) -> None:
    """Refuse values that are not of their column's type, with the first five of them."""
    doubtful = [c for c in table.columns if c.name in types and not _fits(types[c.name], c.sql_type)]
    if not doubtful:
        return
    counts = ", ".join(f"count(*) filter ({_is_fault(column)})" for column in doubtful)
    row = con.execute(f"select {counts} from {relation}").fetchone() or ()
    for column, count in zip(doubtful, row, strict=True):
        if count:
            values = con.execute(
                f"select distinct cast({column.name} as varchar) from {relation} "
                f"where {_is_fault(column)} order by 1 limit 5"
            ).fetchall()
            shown = ", ".join(repr(value[0]) for value in values)
            raise ContractError(
                f"Column '{table.name}.{column.name}' must be {column.type}, "
                f"but {count:,} of its values are not: {shown}. "
                "Correct them, or leave them empty."
            )


def _fits(arrived: str, required: str) -> bool:
    narrow = {"TINYINT", "SMALLINT", "INTEGER"}
    return (
        arrived.lower() == required
        or (required in {"bigint", "integer"} and arrived in narrow)
        or required == "varchar"
    )


def _is_fault(column: Column) -> str:
    is_fault = f"{column.name} is not null and try_cast({column.name} as {column.sql_type}) is null"
    if column.type in {"integer", "days"}:  # a cast would round silently
        is_fault += f" or try_cast({column.name} as double) <> try_cast({column.name} as bigint)"
    return is_fault


def create_table(
    con: duckdb.DuckDBPyConnection, table: Table, relation: str | None = None, given: Collection[str] = ()
) -> None:
    """Make a contract table, typed, from a relation that gives some of its columns; the others are empty."""
    columns = ", ".join(
        f"cast({column.name if column.name in given else 'null'} as {column.sql_type}) as {column.name}"
        for column in table.columns
    )
    con.execute(f"create or replace table {table.name} as select {columns} from {relation or '(select 1) where false'}")
