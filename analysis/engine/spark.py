"""Spark: the other engine, for tables that one machine should not hold; all that is known of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.engine.dialects import rendered
from analysis.engine.elsewhere import ROW, Files
from analysis.engine.query import Query
from analysis.errors import BuildError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

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
_SMALL = {
    "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.sql.shuffle.partitions": "8",
}  # fmt: skip
"""Of a Spark that is started here."""


class Spark:
    """A Spark that the same queries are put to as to the engine of the cohort; see `open_spark`.

    Parameters
    ----------
    session
        With names of its own, so that no view of anybody else's is in the way.
    folder
        For what is made, as Parquet; a folder that Spark and this machine both see.
    """

    def __init__(self, session: "SparkSession", folder: Path) -> None:
        self._session = session
        self._folder = folder

    def show(self, name: str, files: Path) -> None:
        """Let queries read Parquet files by a name."""
        with _telling(f"Spark could not read {files}"):
            self._session.read.parquet(_address(files)).createOrReplaceTempView(name)

    def take(self, name: str, files: Files) -> None:
        """Let queries read Parquet files that stay where they are by a name, typed, each row told by its place."""
        from pyspark.sql import functions

        row = functions.concat_ws("#", "_metadata.file_path", "_metadata.row_index").alias(ROW)
        columns = [
            (functions.lit(None) if own is None else functions.col(f"`{own}`"))
            .cast(_TYPES.get(kind, kind))
            .alias(column)
            for column, (kind, own) in files.columns.items()
        ]
        parts = [_address(part) for part in files.parts]
        with _telling(f"Spark could not read {files.root}"):
            read = self._session.read.option("mergeSchema", "true")
            if files.root.is_dir():
                read = read.option("basePath", _address(files.root))
            read.parquet(*parts).select(row, *columns).createOrReplaceTempView(name)

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

    def make(self, query: Query, parameters: Mapping[str, Any]) -> Path:
        """Make the table of a query as Parquet, let queries read it by its name, and return its folder.

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
        made = self._folder / query.name
        with _telling(f"{query.path} failed on Spark"):
            self._session.sql(text).write.mode("overwrite").parquet(_address(made))
        self.show(query.name, made)
        return made


@contextmanager
def open_spark(master: str, folder: Path, threads: int | None = None) -> Iterator[Spark]:
    """Open a Spark: a session that this process has already, or else one that is started, and ends with the process.

    Parameters
    ----------
    master
        Where it runs, in Spark's words (``local[2]``, ``spark://host:7077``), or the address of a Spark Connect server
        (``sc://host:15002``).
    folder
        For what is made; see `Spark`.
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
    yield Spark(own, folder)


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


def _address(path: Path) -> str:
    """Return a path as Spark takes it: nothing in it stands for a letter, as it would in the address of a page."""
    return f"file://{path.resolve()}"


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """Say in our words what failed, with the first line of Spark's."""
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        reason = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise BuildError(f"{what}: {reason.rstrip('.')}. Nothing was written.") from None
