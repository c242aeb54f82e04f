"""Raw columns: those of a source's own files get the types that are declared, or that all of their values have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.declared.contract import Column
from analysis.declared.date_format import DateFormat, date_format
from analysis.declared.declaration import Declaration
from analysis.engine import raw_views
from analysis.engine.engine import Engine
from analysis.engine.quoting import quoted
from analysis.ingest.files.file_kinds import JSON, TEXT, kind_of
from analysis.ingest.files.files_read import Opened
from analysis.ingest.files.hints import nearest
from analysis.ingest.files.raw_files import RawFiles
from analysis.ingest.findings import Finding
from analysis.ingest.tables.cells import cell, is_given, is_typed, trimmed
from analysis.ingest.tables.copies import read_copies_once
from analysis.ingest.tables.number_forms import KINDS, number_form
from analysis.wording.remarks import Remark, remark

_SHOWN = 5
_TIME = r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)? ?(Z|UTC|GMT|[+-]\d{2}(:?\d{2})?)?"
_EPOCHS = {"epoch_seconds": (0, 9_999_999_999, 1_000_000), "epoch_milliseconds": (10**11, 9_999_999_999_999, 1_000)}
"""First and last whole number that is a day of a business, and how many millionths of a second one of it is."""
_INTEGER, _NUMBER = r"0|-?[1-9]\d{0,17}", r"-?(0|[1-9]\d{0,11})(\.\d{1,6})?"  # no leading zero: that is a code
_TYPES = {
    "text": "ingest.raw_type.text",
    "integer": "ingest.raw_type.integer",
    "number": "ingest.raw_type.number",
    "boolean": "ingest.raw_type.boolean",
    "date": "ingest.raw_type.date",
    "moment": "ingest.raw_type.moment",
    "epoch_seconds": "ingest.raw_type.epoch_seconds",
    "epoch_milliseconds": "ingest.raw_type.epoch_milliseconds",
}


@dataclass(frozen=True, slots=True)
class _Typed:
    """A column of a raw table: its name there, the type in which it arrived, and the one that it is given, if any."""

    own: str
    arrived: str
    type: str | None
    at: str
    """What it goes by in SQL that makes its values."""


def give_types(engine: Engine, declaration: Declaration, located: RawFiles, opened: Opened, dates: str) -> None:
    """Give the columns of a source's own raw tables their types, in place of the text that files hold.

    A declared type must fit every value; a column whose type is not declared gets the narrowest that fits all of them,
    and text where they have leading zeros. A declared column that the file has not is empty, and so is a table whose
    file need not be there and is not. Nothing is given where the files are in the contract's shape.

    Parameters
    ----------
    engine
        A store with the views of schema ``raw``.
    declaration, located
        What the source declares, and its files.
    opened
        Told of what is found, and of absent tables.
    dates
        How the source writes dates as text.
    """
    form = date_format(dates)
    for name, file in declaration.files.items():
        if name in opened.unreadable:
            continue
        declared = declaration.columns.get(name, {})
        if name not in located.tables:
            raw_views.show_nothing(engine, name, {own: _sql_type(kind) for own, kind in declared.items()})
            opened.absent.add(name)
            opened.findings.append(_absent_file(file, located))
            continue
        arrived = engine.columns(f"raw.{quoted(name)}")
        is_text = located.tables[name].is_file() and kind_of(located.tables[name]) in (*TEXT, *JSON)
        columns, absent = _columns(engine, name, arrived, declared, form, is_text=is_text)
        needed = {own.lower() for own in declaration.needed.get(name, ())}
        missing = [own for own in absent if own.lower() in needed]
        if missing:
            opened.unreadable.add(name)
            opened.findings.append(_missing_columns(name, file, missing, arrived))
        elif absent:
            opened.findings.append(_absent_columns(file, absent))
        opened.findings.extend(_wrong_values(engine, name, file, columns, form, opened.first_rows.get(name)))
        found = [column for column in columns if column.type and column.own.lower() not in _lower(declared)]
        opened.findings.extend(_types_found(name, file, found, declaration))
        typed = {column.own: _value(column, form) for column in columns}
        inner = {column.own: column.at for column in columns}
        empty = {own: f"cast(null as {_sql_type(declared[own])})" for own in absent}
        raw_views.give_types(engine, name, inner, typed | empty)
        opened.findings.extend(read_copies_once(engine, name, file, declaration.keys.get(name, ())))


def _lower(names: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): kind for name, kind in names.items()}


def _columns(
    engine: Engine, name: str, arrived: dict[str, str], declared: Mapping[str, str], dates: DateFormat, *, is_text: bool
) -> tuple[list[_Typed], list[str]]:
    """Return the columns of a raw table, and those that are declared but not there."""
    kinds = _lower(declared)
    columns = [
        _Typed(own, kind, kinds.get(own.lower()), f"c{number}")
        for number, (own, kind) in enumerate(arrived.items(), start=1)
    ]
    unknown = [column for column in columns if column.type is None] if is_text else []
    found = dict(zip((column.own for column in unknown), _found(engine, name, unknown, dates), strict=True))
    there = {own.lower() for own in arrived}
    return [_Typed(column.own, column.arrived, found.get(column.own, column.type), column.at) for column in columns], [
        own for own in declared if own.lower() not in there
    ]


def _found(engine: Engine, name: str, columns: Sequence[_Typed], dates: DateFormat) -> list[str]:
    """Return the narrowest type that fits all values of each column, read whole; text where there is no value."""
    if not columns:
        return []
    fits = [
        f"case when not bool_or({column.at} <> '') then 'text' "
        + " ".join(f"when bool_and({column.at} = '' or {test}) then '{kind}'" for kind, test in _tests(column, dates))
        + " else 'text' end"
        for column in columns
    ]
    ((*found,),) = engine.rows(f"select {', '.join(fits)} from {_relation(name, columns)}")
    return [kind or "text" for kind in found]


def _tests(column: _Typed, dates: DateFormat) -> list[tuple[str, str]]:
    """Return SQL of what each type asks of a text, from the narrowest on; no value at all is never at odds."""
    at = column.at
    day = cell(Column(at, "date"), "VARCHAR", dates)
    return [
        ("boolean", f"lower({at}) in ('true', 'false')"),
        ("integer", f"regexp_full_match({at}, '{_INTEGER}')"),
        ("number", f"regexp_full_match({at}, '{_NUMBER}')"),
        ("date", f"(regexp_full_match({at}, '{dates.pattern}') and {day} is not null)"),
        ("moment", f"(regexp_full_match({at}, '{dates.pattern}{_TIME}') and {_moment(at)} is not null)"),
    ]


def _relation(name: str, columns: Sequence[_Typed]) -> str:
    return f"(select {', '.join(f'{quoted(column.own)} as {column.at}' for column in columns)} from raw.{quoted(name)})"


def _sql_type(kind: str) -> str:
    return "timestamptz" if kind == "moment" or kind in _EPOCHS else Column("any", kind).sql_type


def _value(column: _Typed, dates: DateFormat) -> str:
    """Return SQL of a column's values in its type; null where one is not of it."""
    at, kind = column.at, column.type
    if kind is None:
        return at
    if kind == "text":
        text = cell(Column(at, "text"), column.arrived, dates)
        return text if is_typed(column.arrived) else f"nullif({text}, '')"
    if kind == "moment":
        return f"try_cast({at} as timestamptz)" if is_typed(column.arrived) else _moment(at)
    if kind in _EPOCHS:
        first, last, micro = _EPOCHS[kind]
        number = cell(Column(at, "integer"), column.arrived, dates)
        return f"case when {number} between {first} and {last} then make_timestamptz({number} * {micro}) end"
    return cell(Column(at, kind), column.arrived, dates)


def _moment(at: str) -> str:
    """Return SQL for the moment that a text names: in its own zone, or in the session's where it names none."""
    zoned = f"regexp_replace({trimmed(at)}, ' ?(UTC|GMT)$', 'Z')"
    is_written_out = f"regexp_full_match({trimmed(at)}, '\\d{{4}}-\\d{{2}}-\\d{{2}}({_TIME})?')"
    return f"case when {is_written_out} then try_cast({zoned} as timestamptz) end"


def _wrong_values(
    engine: Engine, name: str, file: str, columns: Sequence[_Typed], dates: DateFormat, first_row: int | None
) -> list[Finding]:
    """Return what is found of values that are not of the type that is declared of their column."""
    doubtful = [column for column in columns if column.type not in (None, "text")]
    if not doubtful:
        return []
    faults = {c.own: f"{_value(c, dates)} is null and {is_given(c.at, c.arrived)}" for c in doubtful}
    counted = ", ".join(f"count(*) filter ({fault})" for fault in faults.values())
    counts = engine.rows(f"select {counted} from {_relation(name, doubtful)}")[0]
    findings = []
    for column, count in zip(doubtful, counts, strict=True):
        if not count:
            continue
        rows = f"select {column.at}, row_number() over () as n from {_relation(name, [column])}"
        shown = engine.rows(
            f"select n, cast({column.at} as varchar) from ({rows}) where {faults[column.own]} order by n limit {_SHOWN}"
        )
        first = (first_row or 1) - 1
        examples = tuple(remark("ingest.row", number=str(n + first), text=repr(text)) for n, text in shown)
        kind = Remark(_TYPES[str(column.type)])
        says = remark("ingest.raw_type_does_not_hold.says", column=repr(column.own), type=kind)
        form = (
            number_form(
                engine, _relation(name, [column]), column.at, _sql_type(str(column.type)), own=quoted(column.own),
                given=is_given(column.at, column.arrived), fault=faults[column.own],
            )
            if column.type in KINDS
            else None
        )  # fmt: skip
        mend = remark("ingest.raw_type_does_not_hold.mend", table=name)
        if form is not None:
            told = {"text": repr(form.text), "number": form.number, "sql": form.sql}
            mend = remark("ingest.number_form.declared", column=repr(column.own), table=name, **told)
        findings.append(Finding("raw_type_does_not_hold", file, "error", says, mend, count, examples))
    return findings


def _types_found(name: str, file: str, found: Sequence[_Typed], declaration: Declaration) -> list[Finding]:
    """Return what is said of types that nobody declared; of columns that no query reads there is nothing to say."""
    columns = tuple(
        remark("ingest.raw_types_found.column", column=repr(column.own), type=Remark(_TYPES[str(column.type)]))
        for column in found
        if declaration.reads(column.own, name)
    )
    says, mend = (
        remark("ingest.raw_types_found.says", columns=columns),
        remark("ingest.raw_types_found.mend", table=name),
    )
    return [Finding("raw_types_found", file, "notice", says, mend)] if columns else []


def _missing_columns(name: str, file: str, missing: Sequence[str], arrived: Mapping[str, str]) -> Finding:
    near = {own: nearest(own, arrived) for own in missing}
    columns = tuple(
        remark("ingest.missing_columns.column_near", column=repr(own), near=repr(near[own])) if near[own] else repr(own)
        for own in missing
    )
    says = remark("ingest.raw_columns_are_missing.says", columns=columns, arrived=tuple(arrived))
    return Finding(
        "raw_columns_are_missing", file, "error", says, remark("ingest.raw_columns_are_missing.mend", table=name)
    )


def _absent_columns(file: str, absent: Sequence[str]) -> Finding:
    says = remark("ingest.raw_columns_are_absent.says", columns=tuple(map(repr, absent)))
    return Finding("raw_columns_are_absent", file, "notice", says, remark("ingest.raw_columns_are_absent.mend"))


def _absent_file(file: str, located: RawFiles) -> Finding:
    others = tuple(path.name for path in located.others if not path.name.startswith((".", "~")))
    says = remark("ingest.raw_file_is_absent.says")
    mend = remark("ingest.raw_file_is_absent.mend")
    if others:
        mend = remark("ingest.raw_file_is_absent.mend_beside", unread=others)
    return Finding("raw_file_is_absent", file, "notice", says, mend)
