"""Wrong values: cells that are not of their column's type, with their rows, and what the source may have meant."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from analysis.declared.contract import Column, Table
from analysis.declared.date_format import USUAL, DateFormat, date_format
from analysis.engine.engine import Engine
from analysis.engine.quoting import literal
from analysis.ingest.findings import Finding
from analysis.ingest.tables.cells import FIRST_YEAR, cell, is_given
from analysis.ingest.tables.number_forms import KINDS, number_form
from analysis.wording.remarks import Remark, remark

_SHOWN = 5
_TYPES = {
    "text": "ingest.type.text",
    "number": "ingest.type.number",
    "integer": "ingest.type.integer",
    "days": "ingest.type.days",
    "boolean": "ingest.type.boolean",
}
_NO_DATES = {
    "ingest.wrong_date.two_digit_year": r"\d{1,2}([-/. ])\d{1,2}[-/. ]\d{2}(\D.*)?",
    "ingest.wrong_date.serial": r"[1-9]\d{4}(\.\d+)?",
    "ingest.wrong_date.seconds": r"[1-9]\d{8,9}(\.\d+)?|[1-9]\d{11,12}|[1-9]\d{14,15}",
    "ingest.wrong_date.week": r"\d{4}-?W\d{1,2}(-?\d)?",
    "ingest.wrong_date.month": r"\d{4}[-/.]\d{1,2}",
    "ingest.wrong_date.far": r"-?inf(inity)?",
}

LAST_READ = 2199
"""Year up to which a text is taken for a date in some format."""


@dataclass(frozen=True, slots=True)
class Written:
    """Where a table was written, and how.

    Attributes
    ----------
    relation
        SQL that gives its rows by the contract's names.
    types
        Of the columns of that, by name.
    dates
        How dates are written as text.
    first_row
        The number of its first row as its owner counts; None where its rows have no order.
    """

    relation: str
    types: Mapping[str, str]
    dates: DateFormat
    first_row: int | None = None


def wrong_values(engine: Engine, table: Table, columns: Collection[Column], written: Written) -> list[Finding]:
    """Return what is found of values that are not of their column's type, by column."""
    faults = ", ".join(f"count(*) filter ({_is_fault(column, written)})" for column in columns)
    counts = engine.rows(f"select {faults} from {written.relation}")[0] if columns else ()
    return [
        Finding(
            f"{table.name}.{column.name}_is_of_its_type",
            table.name,
            "error",
            _says(table, column, written),
            _mend(engine, table, column, written),
            rows,
            _examples(engine, column, written),
        )
        for column, rows in zip(columns, counts, strict=True)
        if rows
    ]


def _is_fault(column: Column, written: Written) -> str:
    arrived = written.types[column.name]
    return f"({cell(column, arrived, written.dates)}) is null and {is_given(column.name, arrived)}"


def _says(table: Table, column: Column, written: Written) -> Remark:
    if column.type == "date":
        return remark("ingest.wrong_date.says", table=table.name, column=column.name, format=written.dates.text)
    return remark("ingest.wrong_value.says", table=table.name, column=column.name, type=Remark(_TYPES[column.type]))


def _mend(engine: Engine, table: Table, column: Column, written: Written) -> Remark:
    if column.type in KINDS:
        return _mend_of_numbers(engine, table, column, written)
    if column.type != "date":
        return remark("ingest.wrong_value.mend")
    fitting = _formats_that_fit(engine, column, written)
    if len(fitting) > 1:
        return remark("ingest.wrong_date.several_fit", formats=tuple(repr(fit) for fit in fitting))
    if fitting:
        return remark("ingest.wrong_date.one_fits", format=fitting[0])
    kinds = ", ".join(f"bool_and(regexp_full_match(text, {literal(pattern)}))" for pattern in _NO_DATES.values())
    text = f"select cast({column.name} as varchar) as text from {written.relation} where {_is_fault(column, written)}"
    found = engine.rows(f"select {kinds} from ({text})")[0]
    return Remark(
        next((code for code, holds in zip(_NO_DATES, found, strict=True) if holds), "ingest.wrong_date.correct")
    )


def _mend_of_numbers(engine: Engine, table: Table, column: Column, written: Written) -> Remark:
    form = number_form(
        engine, written.relation, column.name, column.sql_type, own=column.name,
        given=is_given(column.name, written.types[column.name]), fault=_is_fault(column, written),
    )  # fmt: skip
    if form is None:
        return remark("ingest.wrong_value.mend")
    told = {"text": repr(form.text), "number": form.number, "sql": f"{form.sql} as {column.name}"}
    is_made_by_sql = written.first_row is None
    code = "ingest.number_form.in_sql" if is_made_by_sql else "ingest.number_form.in_a_file"
    return remark(code, table=table.name, **told)


def _formats_that_fit(engine: Engine, column: Column, written: Written) -> list[str]:
    """Return the usual formats in which every value of a column is a date; none if the source's is one of them."""
    formats = [written.dates, *(date_format(text) for text in USUAL if text != written.dates.text)]
    days = (
        f"select distinct regexp_replace(trim(cast({column.name} as varchar)), '[T ]\\d{{1,2}}:.*$', '') as day "
        f"from {written.relation} where {is_given(column.name, written.types[column.name])}"
    )
    fits = ", ".join(
        f"bool_and(regexp_full_match(day, {literal(other.pattern)}) and "
        f"coalesce(year(try_strptime(day, {literal(other.strptime)})) between {FIRST_YEAR} and {LAST_READ}, false))"
        for other in formats
    )
    own_fits, *others_fit = engine.rows(f"select {fits} from ({days})")[0]
    found: dict[str, str] = {}
    for other, holds in zip(formats[1:], others_fit, strict=True):
        if holds and not own_fits:
            found.setdefault(other.order, other.text)  # the first of an order asks for two digits
    return list(found.values())


def _examples(engine: Engine, column: Column, written: Written) -> tuple[str | Remark, ...]:
    rows = f"select {column.name}, row_number() over () as n from {written.relation}"
    found = engine.rows(
        f"select min(n), cast({column.name} as varchar) as text from ({rows}) where {_is_fault(column, written)} "
        f"group by text order by {'min(n)' if written.first_row is not None else 'text'} limit {_SHOWN}"
    )
    if written.first_row is None:
        return tuple(repr(text) for _, text in found)
    first = written.first_row - 1  # a row's number is no quantity: it has no thousands
    return tuple(remark("ingest.row", number=str(n + first), text=repr(text)) for n, text in found)
