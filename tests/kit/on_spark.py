"""The queries on a local Spark, each reading what Spark made before it, and cell by cell beside what DuckDB makes.

Only the tables of the source come from DuckDB, as Parquet.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from math import inf
from pathlib import Path
from typing import Any

import duckdb
from drawn import Book

from analysis.cohort.build import FOLDERS
from analysis.cohort.grain import grain_of
from analysis.cohort.queries import MONEY, queries_of
from analysis.declared.contract import read_contract
from analysis.engine.dialects import rendered
from analysis.engine.query import Query

SETTINGS = {
    "spark.driver.memory": "2g",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "4",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.ansi.enabled": "true",
}
RELATIVE, ABSOLUTE = 1e-12, 1e-14
"""By how much doubles may differ: their logarithms are of different libraries."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One table of both engines.

    Attributes
    ----------
    largest
        Of the differences between doubles.
    faults
        What differs, in words; the first five.
    """

    query: str
    rows: int
    cells: int
    largest: float
    faults: tuple[str, ...]


@contextmanager
def local_spark(scratch: Path) -> Iterator[Any]:
    """Start a session of two threads, and stop it."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").appName("agreement")
    for name, value in (SETTINGS | {"spark.sql.warehouse.dir": str(scratch), "spark.local.dir": str(scratch)}).items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield session
    finally:
        session.stop()


def agreements(session: Any, book: Book, scratch: Path) -> list[Agreement]:
    """Run every query from lifetimes to money on both engines, and compare each table that they make."""
    folders = (*FOLDERS, MONEY)
    book.run_folders(folders)
    for table in read_contract():
        file = scratch / f"{table}.parquet"
        book.con.execute(f"copy (select * from {table}) to '{file}' (format parquet)")
        session.read.parquet(str(file)).createOrReplaceTempView(table)
    return [_compared(book.con, query, _made(session, query, book, scratch)) for query in queries_of(folders)]


def _made(session: Any, query: Query, book: Book, scratch: Path) -> str:
    """Make the table of a query on Spark, and let further ones read it; return its files."""
    folder = scratch / query.name
    session.sql(rendered(query, "spark", book.parameters)).write.parquet(str(folder))
    session.read.parquet(str(folder)).createOrReplaceTempView(query.name)
    return f"read_parquet('{folder}/*.parquet')"


def _compared(con: duckdb.DuckDBPyConnection, query: Query, files: str) -> Agreement:
    names = [row[0] for row in con.execute(f"describe {query.name}").fetchall()]
    others = [row[0] for row in con.execute(f"describe select * from {files}").fetchall()]
    if set(names) != set(others):
        return Agreement(query.path, 0, 0, 0.0, (f"columns {sorted(set(names) ^ set(others))} are of one engine only",))
    key = grain_of(query).key.partition(" (")[0].partition("; ")[0]
    in_order = "all" if not key else ", ".join(key.split(", "))
    columns = ", ".join(f'"{name}"' for name in names)
    ours, theirs = (
        con.execute(f"select {columns} from {table} order by {in_order}").fetchall() for table in (query.name, files)
    )
    if len(ours) != len(theirs):
        return Agreement(query.path, len(ours), 0, 0.0, (f"{len(ours)} rows in DuckDB, {len(theirs)} in Spark",))
    return _cells(query, names, ours, theirs)


def _cells(query: Query, names: list[str], ours: Sequence[tuple], theirs: Sequence[tuple]) -> Agreement:
    largest, faults = 0.0, []
    for own, other in zip(ours, theirs, strict=True):
        for name, one, two in zip(names, own, other, strict=True):
            difference = _difference(one, two)
            largest = max(largest, difference)
            if difference == inf or (difference and difference > max(ABSOLUTE, RELATIVE * abs(one))):
                faults.append(f"{name} is {one!r} in DuckDB, {two!r} in Spark, in the row {own[:3]}")
    return Agreement(query.path, len(ours), len(ours) * len(names), largest, tuple(faults[:5]))


def _difference(one: Any, two: Any) -> float:
    """Return the difference of two cells: infinite unless both are equal, or doubles."""
    if isinstance(one, float) and isinstance(two, float):
        return abs(one - two)
    return 0.0 if one == two and _kind(one) is _kind(two) else inf


def _kind(value: Any) -> type:
    """Return the kind of a cell: whole numbers and decimals are apart, a day is no moment."""
    kinds = (bool, int, Decimal, float, dt.datetime, dt.date, str, type(None))
    return next(kind for kind in kinds if isinstance(value, kind))
