"""Places: where the rows of a table lie that stays elsewhere, in files or under a name that the other engine knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Files:
    """Parquet files that stay where they are.

    Attributes
    ----------
    root
        The folder, whose inner folders may say the values of columns, or the one file.
    parts
        The files.
    arrived
        Of each column that is read the type in which it arrives, in the words of DuckDB: the widest, where the files
        differ in it.
    """

    root: Path
    parts: tuple[Path, ...]
    arrived: Mapping[str, str] = field(default_factory=dict)

    @property
    def partitions(self) -> frozenset[str]:
        """The columns whose values the names of inner folders say (``day=2023-01-31``)."""
        return frozenset(name for name, _ in self._told())

    def told(self, column: str) -> frozenset[str]:
        """Return what the names of inner folders say of a column, as they are written there."""
        return frozenset(value for name, value in self._told() if name == column)

    def _told(self) -> set[tuple[str, str]]:
        inner = {part.relative_to(self.root).parent for part in self.parts if part != self.root}
        named = (folder.partition("=") for folders in inner for folder in folders.parts)
        return {(name, value) for name, sign, value in named if sign}


@dataclass(frozen=True, slots=True)
class Named:
    """A table that the other engine knows, as it was when it was asked about.

    Attributes
    ----------
    name
        By which it was asked for (``main.product.usage_daily``, or ``parquet.`s3a://lake/usage_daily```).
    reads
        What SQL there reads: the name, and its version where the engine keeps versions: later rows are not read.
    digest
        SHA-256 of what tells this state from any other: the version, or each file with its size and time.
    arrived
        Of each of its columns the type, in the words of DuckDB.
    """

    name: str
    reads: str
    digest: str
    arrived: Mapping[str, str]

    @property
    def is_versioned(self) -> bool:
        """Whether it is read as it was, whatever has been written to it since."""
        return self.reads != self.name


Place = Files | Named


@dataclass(frozen=True, slots=True)
class StayingTable:
    """A table that stays elsewhere.

    Attributes
    ----------
    place
        Where its rows lie.
    columns
        Of each of its columns the type, in the words of DuckDB, and what it goes by where the rows lie; None where
        these lack it.
    """

    place: Place
    columns: Mapping[str, tuple[str, str | None]]
