"""Warehouses in memory: to start DuckDB takes longer than most that a small one is asked; one more in it does not."""

import functools
import itertools
import weakref

import duckdb

from analysis.engine.opening import CLOSED

_NUMBERS = itertools.count(1)
_IN_ONE = 12
"""Warehouses in one DuckDB: the names of a warehouse's tables are looked for in all that are beside it."""


@functools.lru_cache(maxsize=2)
def _started(number: int, *, closed: bool) -> duckdb.DuckDBPyConnection:
    """Return one of the DuckDBs of this process that warehouses are in, whose only use is to put them there."""
    return duckdb.connect(config={"threads": 1, **(CLOSED if closed else {})})


def warehouse(*, closed: bool = False) -> duckdb.DuckDBPyConnection:
    """Return a connection to an empty warehouse that nobody else sees, gone with the connection.

    Parameters
    ----------
    closed
        Whether it has the product's own settings.
    """
    number = next(_NUMBERS)
    started, name = _started(number // _IN_ONE, closed=closed), f"warehouse_{number}"
    con = started.cursor()
    con.execute(f"attach ':memory:' as {name}")
    con.execute(f"use {name}")
    weakref.finalize(con, _put_away, started, name).atexit = False
    return con


def _put_away(started: duckdb.DuckDBPyConnection, name: str) -> None:
    started.execute(f"detach {name}")
