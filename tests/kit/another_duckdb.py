"""Another DuckDB in the place of Spark: it knows only what it was shown, what stays in it, and what it made."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analysis.cohort.long_log import log_stays
from analysis.engine.elsewhere import Files
from analysis.engine.query import Query
from analysis.errors import BuildError


class AnotherDuckDB:
    """See the module.

    Parameters
    ----------
    folder
        For what is made.
    failing
        The query at which it is gone.
    """

    def __init__(self, folder: Path, failing: str = "") -> None:
        self._folder, self._failing = folder, failing
        self._con = duckdb.connect()
        self.made: list[str] = []
        self.shown: list[str] = []

    def show(self, name: str, files: Path) -> None:
        where = f"{files}/*.parquet" if files.is_dir() else files
        self._con.execute(f"create or replace view {name} as from read_parquet('{where}')")
        self.shown.append(name)

    def take(self, name: str, files: Files) -> None:
        parts = ", ".join(f"'{part}'" for part in files.parts)
        columns = ", ".join(
            f"cast({own if own else 'null'} as {kind}) as {column}" for column, (kind, own) in files.columns.items()
        )
        self._con.execute(
            f"create view {name} as select filename || '#' || file_row_number as rowid, {columns} "
            f"from read_parquet([{parts}], filename = true, file_row_number = true, hive_types_autocast = false)"
        )

    def define(self, name: str, sql: str, parameters: Mapping[str, Any]) -> None:
        text = re.sub(r"\$(\w+)", lambda match: f"date '{parameters[match[1]]}'", sql)
        self._con.execute(f"create or replace view {name} as {text}")

    def forget(self, name: str) -> None:
        self._con.execute(f"drop view {name}")

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[tuple]:
        own = {name: parameters[name] for name in Query("", "", sql).parameters}
        return self._con.execute(sql, own or None).fetchall()

    def make(self, query: Query, parameters: Mapping[str, Any]) -> Path:
        if query.name == self._failing:
            raise BuildError("the cluster is gone")
        made = self._folder / query.name
        made.mkdir()
        own = {name: parameters[name] for name in query.parameters}
        self._con.execute(f"create table made_{query.name} as {query.sql}", own)
        self._con.execute(f"copy made_{query.name} to '{made}/part.parquet' (format parquet)")
        self._con.execute(f"create view {query.name} as from made_{query.name}")
        self.made.append(query.name)
        return made


@contextmanager
def in_place_of_spark(patch: pytest.MonkeyPatch) -> Iterator[list[AnotherDuckDB]]:
    """Let the other engine be `AnotherDuckDB`, and list those that were opened."""
    opened: list[AnotherDuckDB] = []

    @contextmanager
    def open_another(master: str, folder: Path, threads: int | None = None) -> Iterator[AnotherDuckDB]:
        opened.append(AnotherDuckDB(folder, master.removeprefix("local[*]")))
        yield opened[-1]

    patch.setattr(log_stays, "open_spark", open_another)
    yield opened
