"""Exchange: how rows go to a Spark and come back, in files that it sees, too, or over the connection to it."""

import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class Exchange(Protocol):
    """What takes rows there and back; a table is read by its name."""

    def show(self, name: str, files: Path) -> None:
        """Let queries read Parquet files, of this machine, by a name."""

    def make(self, name: str, frame: "DataFrame") -> None:
        """Work a frame out, once, and let queries read it by a name."""

    def fetch(self, name: str) -> Path:
        """Return the folder, on this machine, of the Parquet files of a table that was made."""

    def end(self) -> None:
        """Let go of what was made."""


class SharedFolder:
    """Files in a folder that Spark and this machine both see.

    Parameters
    ----------
    session
        Of Spark.
    folder
        For what is made.
    """

    def __init__(self, session: "SparkSession", folder: Path) -> None:
        self._session = session
        self._folder = folder

    def show(self, name: str, files: Path) -> None:
        """Let queries read Parquet files by a name."""
        self._session.read.parquet(pattern(files)).createOrReplaceTempView(name)

    def make(self, name: str, frame: "DataFrame") -> None:
        """Write a frame as Parquet, and let queries read it by a name."""
        made = self.fetch(name)
        frame.write.mode("overwrite").parquet(address(made))
        self.show(name, made)

    def fetch(self, name: str) -> Path:
        """Return the folder of the Parquet files of a table that was made."""
        return self._folder / name

    def end(self) -> None:
        """Let go of nothing: the folder is whose it was."""


class Connection:
    """Arrow over the connection: what is made stays in the cluster's memory, or on its disks, until the end.

    Parameters
    ----------
    session
        Of Spark.
    folder
        For what is fetched; Spark need not see it.
    """

    def __init__(self, session: "SparkSession", folder: Path) -> None:
        self._session = session
        self._folder = folder
        self._made: list[DataFrame] = []

    def show(self, name: str, files: Path) -> None:
        """Send Parquet files, and let queries read them by a name."""
        from pyarrow import parquet
        from pyspark.sql.pandas.types import from_arrow_schema

        rows = parquet.read_table(files)
        types = from_arrow_schema(rows.schema)  # Spark finds none out where there is no row
        self._session.createDataFrame(rows, types).createOrReplaceTempView(name)

    def make(self, name: str, frame: "DataFrame") -> None:
        """Work a frame out, once, and let queries read it by a name."""
        self._made.append(frame.persist())
        frame.createOrReplaceTempView(name)
        frame.count()

    def fetch(self, name: str) -> Path:
        """Fetch a table that was made, and return the folder of its Parquet file."""
        from pyarrow import parquet

        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        parquet.write_table(self._session.table(name).toArrow(), folder / "fetched.parquet")
        return folder

    def end(self) -> None:
        """Let the cluster forget what was made."""
        from pyspark.errors import PySparkException

        while self._made:
            with suppress(PySparkException):  # of a cluster that is gone
                self._made.pop().unpersist()


def exchange_with(session: "SparkSession", folder: Path) -> Exchange:
    """Return how rows go to a Spark: in files where it runs in this very process, else over the connection."""
    is_remote = type(session).__module__.startswith("pyspark.sql.connect")
    if is_remote or not str(session.conf.get("spark.master")).startswith("local"):
        return Connection(session, folder)
    return SharedFolder(session, folder)


def address(path: Path) -> str:
    """Return a path as Spark takes it: nothing in it stands for a letter, as it would in the address of a page."""
    return f"file://{path.absolute()}"  # not what a link leads to: it may lie outside of the folder that is read


def pattern(path: Path) -> str:
    """Return the address of one file as Spark takes it where a path is a pattern."""
    return re.sub(r"[\\\[\]{}*?]", r"\\\g<0>", address(path))
