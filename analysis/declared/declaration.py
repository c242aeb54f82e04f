"""Declarations: what a folder of ``queries/1_sources``, or one beside a study, says of its source."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal

from analysis.declared.contract import read_contract
from analysis.declared.settings import parse_settings, read_toml
from analysis.engine.parsed import columns_named
from analysis.engine.query import Query, read_queries, read_queries_in
from analysis.engine.select_scope import refuse_beyond
from analysis.errors import BuildError, SourceError, StudyError

CONTRACT_KIND = "contract"
DECLARED_IN = "source.toml"
"""The file of a source's folder that says what its files hold."""
RawType = Literal["text", "integer", "number", "boolean", "date", "moment", "epoch_seconds", "epoch_milliseconds"]
"""What a column of a raw file may be declared to hold: a moment names its zone, or counts since 1970 in UTC."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What ``source.toml`` says.

    Attributes
    ----------
    files
        Raw tables and the files that hold them; empty for a source already in the contract's shape.
    optional
        Those raw tables whose files need not be there: they are empty then.
    columns
        Types of columns of raw tables; one that is not named is of the type that all of its values have. A raw table
        whose columns are declared has them, be they in its file or not, unless they are among `needed`.
    needed
        Columns that the file of a raw table must have if it is there, by raw table.
    keys
        Columns that tell the rows of a raw table apart, by raw table: of rows that are copies one is read, and others
        may not share a key.
    stable_users
        Whether a user id is one person over time.
    observed_from
        First day that a table covers, where its log begins later than the contracts.
    """

    description: str
    files: dict[str, str] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    columns: dict[str, dict[str, RawType]] = field(default_factory=dict)
    needed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stable_users: bool = True
    observed_from: dict[str, dt.date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration(Declared):
    """What a folder says of its source, and the queries that make contract tables of it.

    Attributes
    ----------
    kind
        The folder's name.
    queries
        One for each table of the contract that it gives; none for a source already in the contract's shape.
    texts
        Of a source of the study's own, every file behind its name: what is hashed is what is run.
    """

    kind: str
    queries: tuple[Query, ...] = ()
    texts: tuple[str, ...] = ()

    def names(self, column: str) -> bool:
        """Say whether a query has the name of a column in its text."""
        sql = "\n".join(query.sql.lower() for query in self.queries)
        return re.search(rf"(?<!\w){re.escape(column.lower())}(?!\w)", sql) is not None

    def reads(self, column: str, table: str) -> bool:
        """Say whether a query reads a column of a raw table: of one that takes all of them, whether any names it."""
        found = frozenset[str]().union(*(columns_named(query.sql, "raw", table) for query in self.queries))
        return column.lower() in found or ("*" in found and self.names(column))


def source_kinds() -> tuple[str, ...]:
    """Return the kinds of source that everybody has."""
    folders = (files("queries") / "1_sources").iterdir()
    return tuple(sorted(entry.name for entry in folders if (entry / DECLARED_IN).is_file()))


def read_declaration(kind: str, own: Sequence[Path] = ()) -> Declaration:
    """Read the declaration of a source.

    Parameters
    ----------
    kind
        Its name.
    own
        Folders of the study's own sources (``sources`` of a study), each a kind by its name.

    Raises
    ------
    SourceError
        If there is no such kind of source, or its folder is not as it must be: with the file and the line.
    """
    names = [folder.name for folder in own]
    if kind in names:
        return _read_own(own[names.index(kind)])
    if kind not in source_kinds():
        near = f' To read a folder beside the study, write sources = ["./{kind.removeprefix("./")}"] in it.'
        raise SourceError(f"Unknown source kind '{kind}'. Known: {', '.join([*source_kinds(), *names])}.{near}")
    folder = files("queries") / "1_sources" / kind
    return Declaration(kind=kind, queries=read_queries(f"1_sources/{kind}"), **_declared(folder, kind))


def _declared(folder: Traversable, name: str) -> dict[str, Any]:
    try:
        declared = parse_settings(Declared, read_toml(folder / DECLARED_IN), f"{name}/{DECLARED_IN}")
    except StudyError as error:
        raise SourceError(str(error)) from None
    return asdict(declared)


def _read_own(folder: Path) -> Declaration:
    """Read a source of the study's own: it is held to what a source of the package is held to by tests."""
    kind = folder.name
    if kind in source_kinds():
        raise SourceError(f"The folder {folder} has the name of a source that everybody has. Rename it.")
    if not (folder / DECLARED_IN).is_file():
        raise SourceError(f"{folder} is no source: it has no source.toml. 'tenure init' writes one to begin with.")
    try:
        queries = read_queries_in(folder)
    except BuildError as error:
        raise SourceError(str(error)) from None
    text = (folder / DECLARED_IN).read_bytes().decode("utf-8", "replace")
    texts = (DECLARED_IN, text, *(part for query in queries for part in (query.path, query.sql)))
    declaration = Declaration(kind=kind, queries=queries, texts=texts, **_declared(folder, kind))
    _check_names(declaration)
    contract = read_contract()
    for query in queries:
        if query.name not in contract:
            raise SourceError(
                f"{query.path} makes no table of the contract. Name it for the one that it makes: "
                f"{', '.join(contract)}."
            )
        refuse_beyond(query, [f"raw.{name}" for name in declaration.files])
    return declaration


def _check_names(declaration: Declaration) -> None:
    """Refuse what is said of a raw table that no file holds."""
    where = f"{declaration.kind}/source.toml"
    if not declaration.files:
        raise SourceError(f'{where}: [files] names no file. Name each raw table\'s: account = "Account.csv".')
    for key in ("optional", "columns", "needed", "keys"):
        unknown = [name for name in getattr(declaration, key) if name not in declaration.files]
        if unknown:
            raise SourceError(
                f"{where}: {key} names '{unknown[0]}', but [files] has no such table. "
                f"It has: {', '.join(declaration.files)}."
            )
