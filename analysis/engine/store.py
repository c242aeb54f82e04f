"""A store: where tables are asked, be it the engine here or another in which they stay."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pandas as pd

Parameters = Mapping[str, Any]


class Store(Protocol):
    """Tables that SQL is put to."""

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[tuple]:
        """Return the rows of a query."""

    def value(self, sql: str, parameters: Parameters | None = None) -> Any:
        """Return the single value of a query."""

    def frame(self, sql: str, parameters: Parameters | None = None) -> "pd.DataFrame":
        """Return the rows of a query as a frame."""

    def tables(self, schema: str) -> list[str]:
        """Return the names of the tables of a schema, in order."""

    def replace(self, table: str, select: Callable[[str], str], parameters: Parameters | None = None) -> None:
        """Let a table be a select of what it was, whose name is handed to `select`."""

    def bring(self, table: str, sql: str, parameters: Parameters | None = None) -> None:
        """Add the rows of a query to a table of the store here, column by name."""

    def set_apart(self, table: str, aside: str, rule: str, row_ids: str, where: str, parameters: Parameters) -> None:
        """Take rows out of a table, and add them to another under the name of a rule.

        Parameters
        ----------
        row_ids
            A select of their ``row_id``.
        where
            SQL that is true of them, if each tells it by itself; else empty.
        """

    def empty(self, table: str, column: str, where: str, parameters: Parameters) -> None:
        """Empty the cells of a column in the rows of which SQL is true."""

    def named(self, **selects: str) -> AbstractContextManager[None]:
        """Let SQL read selects by the names given, for as long as the block lasts."""
