"""Sources: raw tables become contract tables, mapped by the source's SQL and typed; only types are judged here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from analysis.declared.contract import Column, Table, as_written
from analysis.declared.date_format import date_format
from analysis.declared.declaration import CONTRACT_KIND
from analysis.declared.source import Source
from analysis.engine import raw_views
from analysis.engine.engine import Engine
from analysis.engine.query import Query
from analysis.engine.quoting import quoted
from analysis.errors import EngineError
from analysis.ingest.files.files_read import FileRead, Opened, unreadable
from analysis.ingest.files.opening import why_unreadable
from analysis.ingest.findings import Finding
from analysis.ingest.tables.cells import cell, is_given, may_be_at_fault
from analysis.ingest.tables.fits import Fits
from analysis.ingest.tables.key_forms import unify_keys
from analysis.ingest.tables.staying import Staying, take
from analysis.ingest.tables.table_rows import (
    TableRows,
    missing_columns,
    missing_table,
    no_rows,
    query_fails,
    unread_columns,
)
from analysis.ingest.tables.wrong_values import Written, wrong_values
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
        Tables and columns that are missing or not read, and values that are not of their type. A table that lacks a
        required column, or cannot be read, counts as not given; a row without a value of its type in a required column
        is left out, and in another column the cell is empty.
    read
        Every file of the source.
    """

    given: dict[str, tuple[str, ...]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    read: tuple[FileRead, ...] = ()


def load_tables(
    engine: Engine,
    source: Source,
    contract: dict[str, Table],
    progress: Progress,
    opened: Opened | None = None,
    queries: Sequence[Query] = (),
    staying: Staying | None = None,
) -> Loaded:
    """Make every contract table, typed; a table or column that the source does not give is there but empty.

    Parameters
    ----------
    engine
        A store with the views of schema ``raw``.
    source
        How the source is to be read.
    contract
        The contract.
    progress
        Told of every table.
    opened
        What came of opening the files.
    queries
        What makes contract tables of raw ones; none where the files are in the contract's shape.
    staying
        Logs that stay where they are: of these only the columns are looked at here.
    """
    opened = opened or Opened()
    loading = _Loading(engine, source, contract, opened, queries, staying)
    for table in contract.values():
        create_table(engine, table)
        loading.load(table)
        if table.name in loading.given:
            progress(f"  {table.name}: {engine.count(table.name):,} rows")
    loading.tell_of_empty_tables()
    loading.tell_of_columns()
    loading.findings += unify_keys(engine, contract, loading.given_here())
    rows = engine.counts(loading.given)
    read = tuple(replace(file, rows=rows.get(file.table or "")) for file in opened.files)
    return Loaded(loading.given, loading.findings, read)


class _Loading:
    """The tables of a source, made one after the other; what is found on the way is kept."""

    def __init__(
        self, engine: Engine, source: Source, contract: dict[str, Table], opened: Opened, queries: Sequence[Query],
        staying: Staying | None,
    ) -> None:  # fmt: skip
        self._engine = engine
        self._contract = contract
        self._opened = opened
        self._dates = date_format(source.date_format)
        self._is_mapped = source.kind != CONTRACT_KIND
        self._absent = {f"raw.{name}" for name in opened.absent}
        self._queries = {query.name: query for query in queries if not query.reads or query.reads - self._absent}
        self._there = raw_views.names(engine)
        self._raw: list[TableRows] = []
        self._empty: list[Table] = []
        self._staying = staying
        self._stay = staying.logs if staying is not None else {}
        self.given: dict[str, tuple[str, ...]] = {}
        self.findings: list[Finding] = []

    def given_here(self) -> dict[str, tuple[str, ...]]:
        """Return the tables that are given, but for those that stay elsewhere: their keys are as they are written."""
        return {name: columns for name, columns in self.given.items() if name not in self._stay}

    def load(self, table: Table) -> None:
        """Make a table of the contract, if the source gives it."""
        if self._is_unreadable(table.name):
            return
        if table.name not in (self._queries if self._is_mapped else self._there):
            self.findings += [missing_table(table, self._there | self._opened.unreadable)] if table.required else []
            return
        try:
            is_mapped = self._is_mapped
            rows = f"(\n{self._queries[table.name].sql}\n)" if is_mapped else f"raw.{quoted(table.name)}"
            self._load_rows(table, rows)
        except EngineError as error:
            if error.is_out_of_memory:
                raise
            create_table(self._engine, table)
            self.given.pop(table.name, None)
            self._raw = [raw for raw in self._raw if raw.table is not table]
            if self._is_mapped:
                self.findings.append(query_fails(self._queries[table.name], error))
            else:
                self._not_read(table, error)

    def _is_unreadable(self, table: str) -> bool:
        """Say whether it is known already why a table, or a raw one that it is made of, cannot be read."""
        made_of = self._queries[table].reads if table in self._queries else {table}
        return not self._opened.unreadable.isdisjoint(name.removeprefix("raw.") for name in made_of)

    def _not_read(self, table: Table, error: EngineError) -> None:
        reason = why_unreadable(error)
        places = [n for n, file in enumerate(self._opened.files) if file.table == table.name]
        for n in places:
            self._opened.files[n] = replace(self._opened.files[n], table=None, why_not=reason)
        name = self._opened.files[places[0]].name if places else table.name
        self.findings.append(unreadable(table.name, name, reason))

    def _load_rows(self, table: Table, rows: str) -> None:
        arrived = self._engine.columns(rows)
        twice, own_names = _own_names(table, arrived)
        if twice:
            self.findings.append(twice)
            return
        raw = TableRows(table, arrived, own_names, rows)
        self._raw.append(raw)
        if raw.missing:
            return
        if self._staying is not None and table.name in self._stay:
            in_the_way = take(self._engine, self._staying, raw)
            self.findings += [in_the_way] if in_the_way else []
            if not in_the_way:
                self._note_given(table, own_names, is_told_why=False)
        else:
            types = {name: arrived[own] for name, own in own_names.items()}
            first_row = None if self._is_mapped else self._opened.first_rows.get(table.name, 1)
            self._fill(table, Written(raw.relation(), types, self._dates, first_row))

    def _note_given(self, table: Table, columns: Collection[str], *, is_told_why: bool) -> None:
        """Note what a table gives and, unless it is told why, that it has no row; for want of a file it gives none."""
        lacks_file = self._is_mapped and bool(self._queries[table.name].reads & self._absent)
        if lacks_file and not is_told_why and self._engine.count(table.name) == 0:
            return
        self.given[table.name] = tuple(name for name in table.column_names if name in columns)
        if not is_told_why and self._engine.count(table.name) == 0:
            self._empty.append(table)

    def _fill(self, table: Table, written: Written) -> None:
        """Fill a table with what the source gives, reading that once unless some value is at fault."""
        doubtful = [
            column
            for column in table.columns
            if column.name in written.types and may_be_at_fault(column, written.types[column.name])
        ]
        wrong = []
        try:
            _fill_table(self._engine, table, written, doubtful, refuse=True)
        except EngineError as error:
            if error.is_out_of_memory:
                raise
            wrong = wrong_values(self._engine, table, doubtful, written)
            _fill_table(self._engine, table, written, doubtful, refuse=False)
        self.findings += wrong
        self._note_given(table, written.types, is_told_why=bool(wrong))

    def tell_of_empty_tables(self) -> None:
        """Say which tables are given without a row."""
        self.findings += no_rows(self._empty)

    def tell_of_columns(self) -> None:
        """Say which columns are missing and which are not read, and which of these may be which of those."""
        fits = Fits(self._engine, self._contract, self._dates)
        for raw in self._raw:
            free = [own for own in raw.arrived if own not in raw.own_names.values()]
            absent = [name for name in raw.table.column_names if name not in raw.own_names]
            is_unlike = self._is_mapped or raw.table.name in self._stay
            meant = {} if is_unlike else fits.meant(raw.table, raw.arrived, free, absent)
            if raw.missing:
                self.findings.append(missing_columns(raw, meant))
            unread = [own for own in free if meant.get(own) not in raw.missing]
            if unread:
                self.findings.append(unread_columns(raw.table, unread, meant))


def _own_names(table: Table, arrived: Collection[str]) -> tuple[Finding | None, dict[str, str]]:
    """Return the source's own name of each contract column that it gives; a finding if it gives one twice."""
    own_names: dict[str, str] = {}
    for own in arrived:
        name = as_written(own)
        if name not in table.column_names:
            continue
        if name in own_names:
            says = remark("ingest.column_twice.says", column=name, first=repr(own_names[name]), second=repr(own))
            mend = remark("ingest.column_twice.mend")
            return Finding("column_is_given_twice", table.name, "error", says, mend), {}
        own_names[name] = own
    return None, own_names


def create_table(engine: Engine, table: Table) -> None:
    """Make a contract table, typed and empty."""
    columns = ", ".join(f"{column.name} {column.sql_type}" for column in table.columns)
    engine.run(f"create or replace table {table.name} ({columns})")


def _fill_table(engine: Engine, table: Table, written: Written, doubtful: Collection[Column], *, refuse: bool) -> None:
    """Make a contract table from what the source gives; columns that it does not give are empty.

    Where a value is not of its type the engine refuses if it is to; else the cell is empty, and the row is left out if
    it may not be.

    Raises
    ------
    EngineError
        If the relation cannot be read, or a value is refused.
    """
    types = written.types
    cells = [
        f"{cell(column, types[column.name], written.dates)} as {column.name}"
        if column.name in types
        else f"cast(null as {column.sql_type}) as {column.name}"
        for column in table.columns
    ]
    given = [f"{column.name} as given_{column.name}" for column in doubtful]
    is_fault = {
        column.name: f"{column.name} is null and {is_given(f'given_{column.name}', types[column.name])}"
        for column in doubtful
    }
    columns = [
        f"case when {is_fault[name]} then error('{name} is at fault') else {name} end as {name}"
        if refuse and name in is_fault
        else name
        for name in table.column_names
    ]
    left_out = [f"({is_fault[column.name]})" for column in doubtful if column.required and not refuse]
    engine.run(
        f"create or replace table {table.name} as select {', '.join(columns)} "
        f"from (select {', '.join([*cells, *given])} from {written.relation}) as cells "
        f"where not ({' or '.join(left_out) or 'false'})"
    )
