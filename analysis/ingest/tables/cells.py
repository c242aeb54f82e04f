"""Cells: the SQL that makes a typed value of what a source wrote, and says where that cannot be done."""

from collections.abc import Callable

from analysis.declared.contract import Column
from analysis.declared.date_format import ISO, DateFormat

FIRST_YEAR, LAST_YEAR = 1900, 9999
"""No date of a business lies before or after."""

_ZONE = r"(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)"
_SECONDS = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?"
_HALVES = r"(?:0?[1-9]|1[0-2]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)? ?[AaPp]\.?[Mm]\.?"
_TIME = rf"(?:[T ](?:{_SECONDS}(?: ?{_ZONE})?|{_HALVES}|\d:[0-5]\d(?::[0-5]\d)?))?"
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?"
_WHOLE_NUMBERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
_TEXTS = {"VARCHAR", "BLOB"}
_FLOATS = ("FLOAT", "DOUBLE", "DECIMAL")
_TRUE, _FALSE = ("true", "t", "yes", "y", "1", "1.0"), ("false", "f", "no", "n", "0", "0.0")
SPACE = r"[\s\p{Z}\x{200B}\x{FEFF}]"


def cell(column: Column, arrived: str, dates: DateFormat) -> str:
    """Return SQL for the typed value of a column; null where there is none, or what is there is not of its type.

    Parameters
    ----------
    column
        The contract's column; the SQL reads it by its name.
    arrived
        The type that the source gives it.
    dates
        How dates are written as text.
    """
    return f"cast({_MAKERS[column.type](column.name, arrived, dates)} as {column.sql_type})"


def is_given(name: str, arrived: str) -> str:
    """Return SQL that is true where a column holds anything at all: an empty text is nothing."""
    return f"{name} is not null" + ("" if is_typed(arrived) else f" and {trimmed(name)} <> ''")


def is_fault(column: Column, arrived: str, dates: DateFormat) -> str:
    """Return SQL that is true where something is given that is not of the column's type."""
    return f"({cell(column, arrived, dates)} is null and {is_given(column.name, arrived)})"


def may_be_at_fault(column: Column, arrived: str) -> bool:
    """Say whether a value of a type can be anything else than one of a column's."""
    if column.type == "text":
        return arrived in _TEXTS
    return not (
        (column.type == "integer" and arrived in _WHOLE_NUMBERS - {"HUGEINT", "UBIGINT"})
        or (column.type == "days" and arrived in {"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT"})
        or (column.type == "boolean" and arrived == "BOOLEAN")
    )


def is_typed(arrived: str) -> bool:
    """Say whether a type is one whose values need not be read from text."""
    return is_number(arrived) or arrived in {"DATE", "BOOLEAN"} or arrived.startswith("TIMESTAMP")


def is_number(arrived: str) -> bool:
    """Say whether a type is one of numbers."""
    return arrived in _WHOLE_NUMBERS or is_float(arrived)


def is_float(arrived: str) -> bool:
    """Say whether a type is one of numbers with decimals."""
    return arrived.startswith(_FLOATS)


def trimmed(name: str) -> str:
    """Return SQL for a column as text, without any space about it."""
    return f"regexp_replace(cast({name} as varchar), '^{SPACE}+|{SPACE}+$', '', 'g')"


def date_read(name: str, dates: DateFormat) -> str:
    """Return SQL for the day that a text names; null if it is not written so.

    A time of day may follow the date. With an offset it is a moment, which falls on the day that it is in the zone of
    the session; without one it stands as it is.
    """
    text = trimmed(name)
    written = f"regexp_extract({text}, '^{dates.pattern}')"
    time = f"replace(regexp_extract({text}, '{_SECONDS}'), ',', '.')"
    zone = f"regexp_replace(regexp_extract({text}, '{_ZONE}$'), 'UTC|GMT', 'Z')"
    day = _day(written, dates)
    moment = f"cast(try_cast(cast({day} as varchar) || ' ' || {time} || {zone} as timestamptz) as date)"
    return (
        f"case when {name} is null then null "
        f"when regexp_full_match({name}, '{dates.pattern}') then {_day(name, dates)} "  # most are plain, and read fast
        f"when not regexp_full_match({text}, '{dates.pattern}{_TIME}') then null "
        f"when regexp_matches({text}, ':[0-9.,]+ ?{_ZONE}$') then {moment} else {day} end"
    )


def _day(text: str, dates: DateFormat) -> str:
    if dates.text == ISO:
        return f"try_cast({text} as date)"
    return f"cast(try_strptime({text}, '{dates.strptime}') as date)"


def _text(name: str, arrived: str, dates: DateFormat) -> str:
    if arrived == "BLOB":
        text = f"try(decode({name}))"
        return f"case when not contains({text}, chr(0)) then {text} end"
    if arrived == "VARCHAR":  # no reader of C takes more than what stands before a NUL: ids that differ would be one
        return f"case when not contains({name}, chr(0)) then {name} end"
    if arrived in {"FLOAT", "DOUBLE"}:
        whole = f"isfinite({name}) and {name} = trunc({name}) and abs({name}) < 1e15"
        return (
            f"case when isnan({name}) then null when {whole} then cast(cast({name} as bigint) as varchar) "
            f"else cast({name} as varchar) end"
        )
    if arrived.startswith("DECIMAL"):
        return (
            f"case when {name} = trunc({name}) then cast(cast({name} as hugeint) as varchar) "
            f"else cast({name} as varchar) end"
        )
    return name


def _date(name: str, arrived: str, dates: DateFormat) -> str:
    is_day = arrived == "DATE" or arrived.startswith("TIMESTAMP")
    day = f"cast({name} as date)" if is_day else date_read(f"cast({name} as varchar)", dates)
    given = f"isfinite({name}) and " if is_day else ""
    return f"case when {given}year({day}) between {FIRST_YEAR} and {LAST_YEAR} then {day} end"


def _number(name: str, arrived: str, dates: DateFormat) -> str:
    if is_number(arrived):
        return f"try_cast({name} as decimal(18, 6))"
    if is_typed(arrived):  # a moment or a truth is no number
        return "null"
    return _if_a_number(name, "try_cast({} as decimal(18, 6))")


def _integer(name: str, arrived: str, dates: DateFormat, sql_type: str = "bigint") -> str:
    if arrived in _WHOLE_NUMBERS:
        return f"try_cast({name} as {sql_type})"
    if is_typed(arrived) and not is_float(arrived):
        return "null"
    exact = "try_cast({0} as decimal(38, 6))"
    whole = f"case when {exact} = trunc({exact}) then try_cast({exact} as {sql_type}) end"
    if is_float(arrived):
        return whole.format(name)
    plain = f"regexp_full_match({name}, '[0-9]{{1,9}}')"  # most are, and read fast
    return f"case when {plain} then try_cast({name} as {sql_type}) else {_if_a_number(name, whole)} end"


def _if_a_number(name: str, read: str) -> str:
    """Return SQL that reads a text, spaces about it or not, if it is written as a number is."""
    return (
        f"case when {name} is null then null when regexp_full_match({name}, '{_NUMBER}') then {read.format(name)} "
        f"when regexp_full_match({trimmed(name)}, '{_NUMBER}') then {read.format(trimmed(name))} end"
    )


def _days(name: str, arrived: str, dates: DateFormat) -> str:
    return _integer(name, arrived, dates, "integer")


def _boolean(name: str, arrived: str, dates: DateFormat) -> str:
    if arrived == "BOOLEAN":
        return name
    if is_number(arrived):
        return f"case when {name} = 1 then true when {name} = 0 then false end"
    text = f"lower({trimmed(name)})"
    return f"case when {text} in {_TRUE} then true when {text} in {_FALSE} then false end"


_MAKERS: dict[str, Callable[[str, str, DateFormat], str]] = {
    "text": _text,
    "date": _date,
    "integer": _integer,
    "days": _days,
    "number": _number,
    "boolean": _boolean,
}
