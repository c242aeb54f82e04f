"""Another DuckDB in the place of Spark: it knows only what it was shown, what stays in it, and what it made."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analysis.cohort.long_log import log_stays
from analysis.engine.places import Files, Named, StayingTable
from analysis.engine.query import Query
from analysis.errors import BuildError

Catalogue = dict[str, list[Path]]


class AnotherDuckDB:
    """See the module.

    Parameters
    ----------
    folder
        For what is made.
    failing
        The query at which it is gone.
    catalogue
        The Parquet files of each version of the tables that it knows by a name; one whose name begins with ``delta``
        keeps its versions, of others only the last is there.
    """

    def __init__(self, folder: Path, failing: str = "", catalogue: Catalogue | None = None) -> None:
        self._folder, self._failing, self._catalogue = folder, failing, catalogue or {}
        self._con = duckdb.connect()
        self.made: list[str] = []
        self.fetched: list[str] = []
        self.shown: list[str] = []

    def show(self, name: str, files: Path) -> None:
        where = f"{files}/*.parquet" if files.is_dir() else files
        self._con.execute(f"create or replace view {name} as from read_parquet('{where}')")
        self.shown.append(name)

    def describe(self, name: str) -> Named:
        if name not in self._catalogue:
            raise BuildError(f"Spark could not read {name}: there is no such table. Nothing was written.")
        versions = self._catalogue[name]
        reads = f"{name} version as of {len(versions) - 1}" if name.startswith("delta") else name
        columns = self._con.execute(f"describe select * from read_parquet('{versions[-1]}')").fetchall()
        state = versions[-1].stat()
        return Named(name, reads, f"{state.st_size} {state.st_mtime_ns}", {own[0]: own[1] for own in columns})

    def _parts(self, place: Files | Named) -> tuple[Path, ...]:
        if isinstance(place, Files):
            return place.parts
        version = int(place.reads.rpartition(" ")[2]) if place.is_versioned else -1
        return (self._catalogue[place.name][version],)

    def take(self, name: str, table: StayingTable) -> None:
        parts = ", ".join(f"'{part}'" for part in self._parts(table.place))
        columns = ", ".join(
            f"cast({own if own else 'null'} as {kind}) as {column}" for column, (kind, own) in table.columns.items()
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

    def make(self, query: Query, parameters: Mapping[str, Any]) -> None:
        if query.name == self._failing:
            raise BuildError("the cluster is gone")
        own = {name: parameters[name] for name in query.parameters}
        self._con.execute(f"create table made_{query.name} as {query.sql}", own)
        self._con.execute(f"create view {query.name} as from made_{query.name}")
        self.made.append(query.name)

    def fetch(self, name: str) -> Path:
        (made := self._folder / name).mkdir()
        self._con.execute(f"copy made_{name} to '{made}/part.parquet' (format parquet)")
        self.fetched.append(name)
        return made


@contextmanager
def in_place_of_spark(patch: pytest.MonkeyPatch, catalogue: Catalogue | None = None) -> Iterator[list[AnotherDuckDB]]:
    """Let the other engine be `AnotherDuckDB`, and list those that were opened."""
    opened: list[AnotherDuckDB] = []

    @contextmanager
    def open_another(master: str, folder: Path, threads: int | None = None) -> Iterator[AnotherDuckDB]:
        opened.append(AnotherDuckDB(folder, master.removeprefix("local[*]"), catalogue))
        yield opened[-1]

    patch.setattr(log_stays, "open_spark", open_another)
    yield opened
