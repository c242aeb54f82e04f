"""A store: where tables are asked, be it the engine here or another in which they stay."""

from collections.abc import Mapping
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

    def named(self, **selects: str) -> AbstractContextManager[None]:
        """Let SQL read selects by the names given, for as long as the block lasts."""
