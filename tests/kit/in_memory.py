"""Warehouses in memory: to start DuckDB takes longer than most that a small one is asked; one more in it does not."""

import functools
import itertools
import weakref

import duckdb

from analysis.engine.opening import CLOSED

_NUMBERS = itertools.count(1)


@functools.cache
def _started(*, closed: bool) -> duckdb.DuckDBPyConnection:
    """Return the one DuckDB of this process that warehouses are in, whose only use is to put them there."""
    return duckdb.connect(config={"threads": 1, **(CLOSED if closed else {})})


def warehouse(*, closed: bool = False) -> duckdb.DuckDBPyConnection:
    """Return a connection to an empty warehouse that nobody else sees, gone with the connection.

    Parameters
    ----------
    closed
        Whether it has the product's own settings.
    """
    started, name = _started(closed=closed), f"warehouse_{next(_NUMBERS)}"
    con = started.cursor()
    con.execute(f"attach ':memory:' as {name}")
    con.execute(f"use {name}")
    weakref.finalize(con, _put_away, started, name).atexit = False
    return con


def _put_away(started: duckdb.DuckDBPyConnection, name: str) -> None:
    started.execute(f"detach {name}")
