"""Numbers with signs between thousands: the message says how SQL reads them, and that SQL does."""

from decimal import Decimal

import pytest
from in_memory import warehouse

from analysis.engine.engine import Engine
from analysis.ingest.tables.number_forms import number_form


def form(texts: list[str], sql_type: str = "decimal(18, 6)"):
    engine = Engine(warehouse())
    engine.run("create table told (amount varchar)")
    for text in texts:
        engine.run("insert into told values ($text)", {"text": text})
    found = number_form(
        engine, "told", "amount", sql_type, own="amount", given="amount is not null",
        fault=f"try_cast(amount as {sql_type}) is null or contains(amount, '.')",
    )  # fmt: skip
    return found, engine


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1,234.50", "12", "-1,234,567"], ["1234.5", "12", "-1234567"]),
        (["1.234,50", "12,5", "1.234.567"], ["1234.5", "12.5", "1234567"]),
        (["1 234,50", "12"], ["1234.5", "12"]),
        (["1\N{NO-BREAK SPACE}234.50", "7"], ["1234.5", "7"]),
        (["1'234.50"], ["1234.5"]),
        (["1\N{RIGHT SINGLE QUOTATION MARK}234"], ["1234"]),
    ],
)
def test_the_sql_that_is_told_reads_every_value(texts, numbers):
    found, engine = form(texts)
    assert found is not None
    read = [value for (value,) in engine.rows(f"select {found.sql} from told order by rowid")]
    assert read == [Decimal(number) for number in numbers]
    assert found.number == dict(zip(texts, numbers, strict=True))[found.text]


@pytest.mark.parametrize(
    ("texts", "sql_type"),
    [
        (["12,34,567"], "decimal(18, 6)"),
        (["1,234.50", "about 7"], "decimal(18, 6)"),
        (["1,234.50", "1.234,50"], "decimal(18, 6)"),
        (["4.5"], "bigint"),
        (["999,999,999,999,999"], "decimal(18, 6)"),
    ],
)
def test_nothing_is_told_where_no_form_fits_all(texts, sql_type):
    assert form(texts, sql_type)[0] is None
