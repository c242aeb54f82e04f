"""Number forms: numbers with signs between thousands, or with a decimal comma, and the SQL that reads them."""

from dataclasses import dataclass

from analysis.engine.engine import Engine
from analysis.engine.quoting import literal
from analysis.ingest.tables.cells import trimmed

KINDS = ("number", "integer", "days")
"""Types of columns that hold numbers."""
_FORMS = {
    r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?": "replace({}, ',', '')",
    r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?": "replace(replace({}, '.', ''), ',', '.')",
    r"[+-]?(?:\d{1,3}(?:[\s\x{A0}\x{202F}'\x{2019}]\d{3})+|\d+)(?:[.,]\d+)?": (
        "replace(regexp_replace({}, '[^0-9,.+-]', '', 'g'), ',', '.')"
    ),
}
"""How all values of a column may be written, the likeliest first, and SQL that makes plain numbers of them."""


@dataclass(frozen=True, slots=True)
class NumberForm:
    """How numbers are written that are not plain.

    Attributes
    ----------
    text, number
        The first of them that is not plain, and what it is if so read.
    sql
        A line of SQL that reads the column.
    """

    text: str
    number: str
    sql: str


def number_form(
    engine: Engine, relation: str, column: str, sql_type: str, *, given: str, fault: str, own: str
) -> NumberForm | None:
    """Return the form in which all values of a column are numbers; None where there is none.

    Parameters
    ----------
    relation, column
        SQL that gives the rows, and the column's name in it.
    sql_type
        What its values are to be.
    given, fault
        SQL that is true where the column holds something, and where that is no plain number.
    own
        What the column is called where the line of SQL is to stand.

    Examples
    --------
    >>> from analysis.engine.opening import open_engine
    >>> with open_engine(":memory:") as engine:
    ...     rows = "(values ('12'), ('1,234.50')) as amounts (amount)"
    ...     found = number_form(
    ...         engine, rows, "amount", "decimal(18, 2)", given="true", fault="amount <> '12'", own="amount"
    ...     )
    >>> found.sql, found.number
    ("cast(replace(amount, ',', '') as decimal(18, 2))", '1234.5')
    """
    text = trimmed(column)
    fits = ", ".join(f"bool_and(regexp_full_match({text}, {literal(pattern)}))" for pattern in _FORMS)
    held = engine.rows(f"select {fits} from {relation} where {given}")[0]
    plain = next((sql for sql, holds in zip(_FORMS.values(), held, strict=True) if holds), None)
    if plain is None:
        return None
    read = plain.format("text")
    ((written, number, value),) = engine.rows(
        f"select text, try_cast({read} as decimal(38, 6)), try_cast({read} as {sql_type}) "
        f"from (select min({text}) as text from {relation} where {fault})"
    )
    if number is None or number != value:  # 4.5 is no whole number, however it is written
        return None
    return NumberForm(written, f"{number.normalize():f}", f"cast({plain.format(own)} as {sql_type})")
