"""Spark: the other engine, for tables that one machine should not hold; all that is known of it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.engine.dialects import rendered
from analysis.engine.elsewhere import ROW
from analysis.engine.exchange import Exchange, address, exchange_with, pattern
from analysis.engine.places import Named, Place, StayingTable
from analysis.engine.query import Query
from analysis.errors import BuildError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

CONNECT = "sc://"
"""How the address of a Spark Connect server begins."""
_ALIKE = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
}
"""What decides results: days are days, what does not fit is an error, and what the name of a folder says is text."""
_TYPES = {"varchar": "string"}
"""Of those of the contract, the ones that Spark calls otherwise."""
_READ_AS = {"VARCHAR": "string", "UTINYINT": "smallint", "USMALLINT": "int", "UINTEGER": "bigint"}
"""Of the types that columns of files arrive in, in the words of DuckDB, the ones that Spark reads as another."""
_ARRIVED = {"string": "VARCHAR", "int": "INTEGER"}
"""Of the types that columns arrive in, the ones that DuckDB calls otherwise."""
_SMALL = {
    "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.sql.shuffle.partitions": "8",
}  # fmt: skip
"""Of a Spark that is started here."""


_NO_SUCH_QUESTION = ("TABLE_OR_VIEW_NOT_FOUND", "PARSE_SYNTAX_ERROR")
"""What a Spark without Delta says of what only Delta answers."""


class Spark:
    """A Spark that the same queries are put to as to the engine of the cohort; see `open_spark`.

    Parameters
    ----------
    session
        With names of its own, so that no view of anybody else's is in the way.
    exchange
        How rows go there and come back.
    """

    def __init__(self, session: "SparkSession", exchange: Exchange) -> None:
        self._session = session
        self._exchange = exchange

    def describe(self, name: str) -> Named:
        """Return what Spark knows by a name: a table of Parquet or Delta, whose rows it tells apart by their files.

        Raises
        ------
        BuildError
            If there is none, or it is a view, or a table of another format.
        """
        with _telling(f"Spark could not read {name}"):
            types = dict(self._session.table(name).dtypes)
        with _telling(
            f"Spark does not tell the rows of {name} by their files, as it does of tables of Parquet or Delta, and of "
            "no view. Name the table beneath it, or make one of its rows (create table ... using parquet as select ...)"
        ):
            self._session.table(name).select("_metadata.file_path", "_metadata.row_index").schema  # noqa: B018 - asks
        version = self._version(name)
        return Named(
            name,
            name if version is None else f"{name} version as of {version[1]}",
            _digest([f"{version[0]} {version[1]}"] if version else self._files(name)),
            {column: _ARRIVED.get(kind, kind.upper()) for column, kind in types.items()},
        )

    def _version(self, name: str) -> tuple[str, int] | None:
        """Return the id of a Delta table, and its latest version; None where there is none.

        Only a Spark that does not know the question has no Delta: it looks for a table that is called detail. Whoever
        may not ask is told so, for a table's files alone do not tell which of its rows still count.
        """
        from pyspark.errors import PySparkException

        with _telling(f"Spark could not tell the version of {name}"):
            try:
                detail = self._session.sql(f"describe detail {name}").collect()[0]
            except PySparkException as error:
                if error.getCondition() in _NO_SUCH_QUESTION and "detail" in str(error):
                    return None
                raise
            if detail["format"] != "delta":
                return None
            return detail["id"], self._session.sql(f"describe history {name} limit 1").collect()[0]["version"]

    def _files(self, name: str) -> list[str]:
        """Return each file of a table with its size, and when it was written, in order."""
        told = "_metadata.file_path", "_metadata.file_size", "unix_micros(_metadata.file_modification_time)"
        with _telling(f"Spark could not tell the files of {name}"):
            found = self._session.table(name).selectExpr(*told).distinct().collect()
        return sorted("\0".join(map(str, row)) for row in found)

    def show(self, name: str, files: Path) -> None:
        """Let queries read Parquet files by a name."""
        with _telling(f"Spark could not read {files}"):
            self._exchange.show(name, files)

    def take(self, name: str, table: StayingTable) -> None:
        """Let queries read rows that stay where they are by a name, typed, each told by its place."""
        from pyspark.sql import functions

        row = functions.concat_ws("#", "_metadata.file_path", "_metadata.row_index").alias(ROW)
        columns = [
            (functions.lit(None) if own is None else functions.col(f"`{own}`"))
            .cast(_TYPES.get(kind, kind))
            .alias(column)
            for column, (kind, own) in table.columns.items()
        ]
        place = table.place
        with _telling(f"Spark could not read {place.name if isinstance(place, Named) else place.root}"):
            self._read(place).select(row, *columns).createOrReplaceTempView(name)

    def _read(self, place: Place) -> "DataFrame":
        if isinstance(place, Named):
            return self._session.sql(f"select *, _metadata from {place.reads}")
        schema = ", ".join(f"`{own}` {_READ_AS.get(kind, kind)}" for own, kind in place.arrived.items())
        read = self._session.read.schema(schema)
        if place.root.is_dir():
            read = read.option("basePath", address(place.root))
        return read.parquet(*(pattern(part) for part in place.parts))

    def define(self, name: str, sql: str, parameters: Mapping[str, Any]) -> None:
        """Let queries read a select by a name."""
        with _telling(f"Spark could not take {name}"):
            self._session.sql(rendered(Query(name, "", sql), "spark", parameters)).createOrReplaceTempView(name)

    def forget(self, name: str) -> None:
        """Let nothing go by a name any more."""
        self._session.catalog.dropTempView(name)

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[tuple]:
        """Return the rows of a select."""
        with _telling("A question to the log failed on Spark"):
            found = self._session.sql(rendered(Query("asked", "", sql), "spark", parameters))
            return [tuple(row) for row in found.collect()]

    def make(self, query: Query, parameters: Mapping[str, Any]) -> None:
        """Make the table of a query, and let queries read it by its name.

        Parameters
        ----------
        query
            The query.
        parameters
            All parameters on offer.

        Raises
        ------
        BuildError
            If it asks for a parameter that is not on offer, or fails.
        """
        text = rendered(query, "spark", parameters)
        with _telling(f"{query.path} failed on Spark"):
            self._exchange.make(query.name, self._session.sql(text))

    def fetch(self, name: str) -> Path:
        """Fetch a table that was made, and return the folder of its Parquet files."""
        with _telling(f"The table {name} could not be fetched from Spark"):
            return self._exchange.fetch(name)


@contextmanager
def open_spark(master: str, folder: Path, threads: int | None = None) -> Iterator[Spark]:
    """Open a Spark: a session that this process has already, or else one that is started, and ends with the process.

    Parameters
    ----------
    master
        Where it runs, in Spark's words (``local[2]``, ``spark://host:7077``), or the address of a Spark Connect server
        (``sc://host:15002``).
    folder
        For what comes back, as Parquet.
    threads
        Of a local one that is started, in place of what `master` says.

    Raises
    ------
    BuildError
        If Spark is not installed, or cannot be reached or started.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise BuildError(
            'The study asks for Spark ([engine] kind = "spark"), which is not installed. Install it: '
            "pip install 'tenure-workbench[spark]'; it needs Java 17 or later."
        ) from None
    with _telling(f"No Spark could be had from '{master}' (it needs Java 17 or later)"):
        session = SparkSession.getActiveSession() or _started(master, threads)
        own = session.newSession() if hasattr(session, "newSession") else session
        for key, value in _ALIKE.items():
            own.conf.set(key, value)
    exchange = exchange_with(own, folder)
    try:
        yield Spark(own, exchange)
    finally:
        exchange.end()


def _started(master: str, threads: int | None) -> "SparkSession":
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("tenure")
    if master.startswith(CONNECT):
        return builder.remote(master).getOrCreate()
    where = f"local[{threads}]" if threads and master.startswith("local") else master
    for key, value in _SMALL.items():
        builder = builder.config(key, value)
    session = builder.master(where).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _digest(told: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """Say in our words what failed, with the first line of Spark's."""
    from py4j.protocol import Py4JError, Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError, ConnectionError) as error:
        # a file that cannot be read, or a Spark that has died, is told by the bridge to Java and not by PySpark
        told = error.java_exception.toString() if isinstance(error, Py4JJavaError) else str(error)
        reason = next((line.strip() for line in told.splitlines() if line.strip()), type(error).__name__)
        raise BuildError(f"{what}: {reason.rstrip('.')}. Nothing was written.") from None
