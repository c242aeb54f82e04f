"""Sources: raw tables become contract tables, mapped by the source's SQL and typed; only types are judged here."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from analysis.declared.contract import Column, Table, as_written
from analysis.declared.date_format import date_format
from analysis.declared.declaration import CONTRACT_KIND
from analysis.declared.source import Source
from analysis.engine import raw_views
from analysis.engine.engine import Engine
from analysis.engine.query import read_queries
from analysis.engine.quoting import quoted
from analysis.errors import EngineError
from analysis.ingest.files.files_read import FileRead, Opened, unreadable
from analysis.ingest.files.opening import why_unreadable
from analysis.ingest.findings import Finding
from analysis.ingest.tables.cells import cell, is_given, may_be_at_fault
from analysis.ingest.tables.fits import Fits
from analysis.ingest.tables.key_forms import unify_keys
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


@dataclass(frozen=True, slots=True)
class _Raw:
    """A raw table in the contract's shape: its columns with their types, and its own names of those of the contract."""

    table: Table
    arrived: dict[str, str]
    own_names: dict[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """The required columns that it lacks."""
        return tuple(name for name in self.table.required_columns() if name not in self.own_names)

    def relation(self) -> str:
        """Return SQL that gives it in the contract's names."""
        columns = ", ".join(f"{quoted(own)} as {name}" for name, own in self.own_names.items())
        return f"(select {columns} from raw.{quoted(self.table.name)})"


def load_tables(
    engine: Engine, source: Source, contract: dict[str, Table], progress: Progress, opened: Opened | None = None
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
    """
    opened = opened or Opened()
    loading = _Loading(engine, source, contract, opened)
    for table in contract.values():
        create_table(engine, table)
        loading.load(table)
        if table.name in loading.given:
            progress(f"  {table.name}: {engine.count(table.name):,} rows")
    loading.tell_of_columns()
    loading.findings += unify_keys(engine, contract, loading.given)
    rows = engine.counts(loading.given)
    read = tuple(replace(file, rows=rows.get(file.table or "")) for file in opened.files)
    return Loaded(loading.given, loading.findings, read)


class _Loading:
    """The tables of a source, made one after the other; what is found on the way is kept."""

    def __init__(self, engine: Engine, source: Source, contract: dict[str, Table], opened: Opened) -> None:
        self._engine = engine
        self._contract = contract
        self._opened = opened
        self._dates = date_format(source.date_format)
        self._is_mapped = source.kind != CONTRACT_KIND
        self._queries = {query.name: query for query in read_queries(f"1_sources/{source.kind}")}
        self._there = raw_views.names(engine)
        self._raw: list[_Raw] = []
        self.given: dict[str, tuple[str, ...]] = {}
        self.findings: list[Finding] = []

    def load(self, table: Table) -> None:
        """Make a table of the contract, if the source gives it."""
        if table.name in self._opened.unreadable:
            return
        if table.name not in (self._queries if self._is_mapped else self._there):
            self.findings += [_missing_table(table, self._there | self._opened.unreadable)] if table.required else []
            return
        try:
            self._load_mapped(table) if self._is_mapped else self._load_as_it_is(table)
        except EngineError as error:
            if error.is_out_of_memory:
                raise
            create_table(self._engine, table)
            self.given.pop(table.name, None)
            self._raw = [raw for raw in self._raw if raw.table is not table]
            self._not_read(table, error)

    def _not_read(self, table: Table, error: EngineError) -> None:
        reason = why_unreadable(error)
        places = [n for n, file in enumerate(self._opened.files) if file.table == table.name]
        for n in places:
            self._opened.files[n] = replace(self._opened.files[n], table=None, why_not=reason)
        name = self._opened.files[places[0]].name if places else table.name
        self.findings.append(unreadable(table.name, name, reason))

    def _load_mapped(self, table: Table) -> None:
        relation = f"(\n{self._queries[table.name].sql}\n)"
        self._fill(table, Written(relation, self._engine.columns(relation), self._dates))

    def _load_as_it_is(self, table: Table) -> None:
        arrived = self._engine.columns(f"raw.{quoted(table.name)}")
        twice, own_names = _own_names(table, arrived)
        if twice:
            self.findings.append(twice)
            return
        raw = _Raw(table, arrived, own_names)
        self._raw.append(raw)
        if not raw.missing:
            types = {name: arrived[own] for name, own in own_names.items()}
            first_row = self._opened.first_rows.get(table.name, 1)
            self._fill(table, Written(raw.relation(), types, self._dates, first_row))

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
        self.given[table.name] = tuple(name for name in table.column_names if name in written.types)
        self.findings += wrong
        if not wrong and self._engine.count(table.name) == 0:
            self.findings.append(_no_rows(table))

    def tell_of_columns(self) -> None:
        """Say which columns are missing and which are not read, and which of these may be which of those."""
        fits = Fits(self._engine, self._contract, self._dates)
        for raw in self._raw:
            free = [own for own in raw.arrived if own not in raw.own_names.values()]
            absent = [name for name in raw.table.column_names if name not in raw.own_names]
            meant = fits.meant(raw.table, raw.arrived, free, absent)
            if raw.missing:
                self.findings.append(_missing_columns(raw, meant))
            unread = [own for own in free if meant.get(own) not in raw.missing]
            if unread:
                self.findings.append(_unread_columns(raw.table, unread, meant))


def _missing_table(table: Table, there: Collection[str]) -> Finding:
    says = remark("ingest.missing_table.says", table=table.name, there=tuple(sorted(there)))
    return Finding("table_is_missing", table.name, "error", says, remark("ingest.missing_table.mend"))


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


def _missing_columns(raw: _Raw, meant: dict[str, str]) -> Finding:
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


def _unread_columns(table: Table, unread: Collection[str], meant: dict[str, str]) -> Finding:
    columns = tuple(
        remark("ingest.unread_columns.column_near", column=repr(own), near=meant[own]) if own in meant else repr(own)
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


def create_table(engine: Engine, table: Table) -> None:
    """Make a contract table, typed and empty."""
    columns = ", ".join(f"cast(null as {column.sql_type}) as {column.name}" for column in table.columns)
    engine.run(f"create or replace table {table.name} as select {columns} from (select 1) where false")


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
