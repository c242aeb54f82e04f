"""Sources: raw tables become contract tables, mapped by the source's SQL and typed; only types are judged here."""

from collections.abc import Collection
from dataclasses import dataclass, field

from analysis.declared.contract import Column, Table, as_written, nearest_name
from analysis.declared.declaration import CONTRACT_KIND
from analysis.declared.study import Source
from analysis.engine import raw_views
from analysis.engine.engine import Engine
from analysis.engine.query import read_queries
from analysis.engine.quoting import quoted
from analysis.errors import ContractError, EngineError, SourceError
from analysis.ingest.findings import Finding
from analysis.progress import Progress
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


def load_tables(engine: Engine, source: Source, contract: dict[str, Table], progress: Progress) -> Loaded:
    """Make every contract table, typed; a table or column that the source does not give is there but empty.

    Raises
    ------
    SourceError
        If a file turns out to be unreadable further down, or cannot be mapped.
    ContractError
        If a required table or column is missing, two columns share a name, or a value is not of its column's
        type.
    """
    raw = raw_views.names(engine)
    mapped = {query.name: query for query in read_queries(f"1_sources/{source.kind}")}
    loaded = Loaded()
    for table in contract.values():
        if table.name not in (raw if source.kind == CONTRACT_KIND else mapped):
            if table.required:
                raise ContractError(
                    f"Required table '{table.name}' is missing in {source.path}. There: {', '.join(sorted(raw))}."
                )
            create_table(engine, table)
            continue
        try:
            if source.kind == CONTRACT_KIND:
                relation = _in_contract_names(engine, table, loaded.findings)
            else:
                relation = f"(\n{mapped[table.name].sql}\n)"
            types = engine.columns(relation)
            _check_required(table, tuple(types), tuple(types))
            _fill(engine, table, relation, types)
        except EngineError as error:
            if error.is_out_of_memory:
                raise
            unreadable = f"Table '{table.name}' cannot be read from the source: {error.first_line}."
            raise SourceError(raw_views.csv_fault(error.details) or unreadable) from None
        loaded.given[table.name] = tuple(name for name in table.column_names if name in types)
        rows = engine.count(table.name)
        progress(f"  {table.name}: {rows:,} rows")
        if rows == 0:
            loaded.findings.append(_no_rows(table))
    return loaded


def _in_contract_names(engine: Engine, table: Table, findings: list[Finding]) -> str:
    """Return SQL that gives a raw table in the contract's names; what it does not give is added to `findings`."""
    raw = f"raw.{quoted(table.name)}"
    arrived = tuple(engine.columns(raw))
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


def _check_required(table: Table, given: Collection[str], arrived: Collection[str]) -> None:
    for name in table.required_columns():
        if name not in given:
            near = nearest_name(name, arrived)
            hint = f" Rename {near!r}?" if near else ""
            raise ContractError(
                f"Table '{table.name}' lacks its required column '{name}'. It has: {', '.join(arrived)}.{hint}"
            )


def _fill(engine: Engine, table: Table, relation: str, types: dict[str, str]) -> None:
    """Make a contract table from what the source gives, reading that once unless some value is at fault."""
    doubtful = [column for column in table.columns if column.name in types and not _fits(types[column.name], column)]
    try:
        create_table(engine, table, relation, tuple(types), doubtful)
    except EngineError as error:
        if not error.is_out_of_memory:
            _refuse_faults(engine, table, relation, doubtful)
        raise


def _refuse_faults(engine: Engine, table: Table, relation: str, doubtful: Collection[Column]) -> None:
    """Refuse values that are not of their column's type, with the first five of them."""
    for column in doubtful:
        count = engine.value(f"select count(*) filter ({_is_fault(column)}) from {relation}")
        if count:
            values = engine.rows(
                f"select distinct cast({column.name} as varchar) from {relation} "
                f"where {_is_fault(column)} order by 1 limit 5"
            )
            shown = ", ".join(repr(value) for (value,) in values)
            raise ContractError(
                f"Column '{table.name}.{column.name}' must be {column.type}, "
                f"but {count:,} of its values are not: {shown}. "
                "Correct them, or leave them empty."
            )


def _fits(arrived: str, column: Column) -> bool:
    """Say whether every value of a type is one of a column's."""
    required = column.sql_type
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
    engine: Engine,
    table: Table,
    relation: str | None = None,
    given: Collection[str] = (),
    doubtful: Collection[Column] = (),
) -> None:
    """Make a contract table, typed, from a relation that gives some of its columns; the others are empty.

    Raises
    ------
    EngineError
        If the relation cannot be read, or a value of a doubtful column is not of its type.
    """
    columns = ", ".join(
        f"cast({_checked(column, doubtful) if column.name in given else 'null'} as {column.sql_type}) as {column.name}"
        for column in table.columns
    )
    source = relation or "(select 1) where false"
    engine.run(f"create or replace table {table.name} as select {columns} from {source}")


def _checked(column: Column, doubtful: Collection[Column]) -> str:
    if column not in doubtful:
        return column.name
    return f"case when {_is_fault(column)} then error('{column.name} is not {column.type}') else {column.name} end"
