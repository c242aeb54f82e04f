"""Rows: what a select finds in a cohort, fetched in whatever form is asked for, when it is asked for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from analysis.engine.engine import Engine
from analysis.engine.parsed import statement_of, tables_read
from analysis.errors import BuildError, EngineError
from analysis.figures.display import FIRST_ROWS, MOST_ROWS, Display

_WHERE_IT_STANDS = "\n\nLINE "
"""What the engine repeats of a text in which it found a fault is not the text that was asked for, but one around it."""


class Rows:
    """The rows of a select, fetched anew by each method; nothing is fetched before.

    Parameters
    ----------
    cohort
        Opens the cohort for reading.
    sql
        One select.
    title
        What the rows are, in one line.

    Raises
    ------
    BuildError
        If the text is no select (nothing can be written here), or the engine refuses it.
    """

    def __init__(self, cohort: Callable[[], Engine], sql: str, title: str = "Rows") -> None:
        tables_read(sql)
        if not isinstance(statement_of(sql), duckdb.Statement):
            raise BuildError("One select is asked for at a time, and this is none or several.")
        self._opened, self.sql, self.title = cohort, sql.strip().rstrip("; \n"), title
        try:
            with cohort() as engine:
                self.columns = engine.columns(f"({self.sql})")
                """Names and types of the columns, in order."""
        except EngineError as error:
            raise BuildError(error.advice.split(_WHERE_IT_STANDS)[0]) from None

    def __len__(self) -> int:
        """Count the rows."""
        with self._opened() as engine:
            return engine.count(f"({self.sql})")

    def frame(self) -> pd.DataFrame:
        """Return the rows as a pandas frame; add ``order by`` to the select where their order matters."""
        with self._opened() as engine:
            return engine.frame(self.sql)

    def arrow(self) -> Any:
        """Return the rows as an Arrow table, where pyarrow is installed."""
        with self._opened() as engine:
            return engine.relation(self.sql).to_arrow_table()

    def polars(self) -> Any:
        """Return the rows as a polars frame, where polars and pyarrow are installed."""
        with self._opened() as engine:
            return engine.relation(self.sql).pl()

    def relation(self) -> duckdb.DuckDBPyRelation:
        """Return the rows as a relation of DuckDB, to go on with in its own words; the cohort stays open beside it."""
        return self._opened().relation(self.sql)

    def save(self, path: str | Path) -> Path:
        """Save the rows as ``.csv``, ``.parquet``, ``.xlsx`` or ``.html``; see `Display.save`."""
        return self._display(self.frame()).save(path)

    def _display(self, table: pd.DataFrame, *notes: str) -> Display:
        return Display(self.title, table, notes=notes)

    def _shown(self) -> Display:
        with self._opened() as engine:
            found = engine.frame(f"select * from ({self.sql}) limit {MOST_ROWS + 1}")
            number = engine.count(f"({self.sql})") if len(found) > MOST_ROWS else len(found)
        if number == len(found):
            return self._display(found)
        return self._display(
            found.head(FIRST_ROWS), f"The first {FIRST_ROWS} of {number:,} rows; .frame() returns all."
        )

    def __repr__(self) -> str:
        """Return the first rows as text."""
        return repr(self._shown())

    def _repr_html_(self) -> str:
        """Return the first rows as HTML."""
        return self._shown()._repr_html_()
