"""Queries: files of SQL, each a select whose result becomes the table named like the file, in the order they need."""

import functools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import duckdb

from analysis.engine.parsed import tables_read, tree_of
from analysis.errors import BuildError


@dataclass(frozen=True, slots=True)
class Query:
    """One file of SQL.

    Attributes
    ----------
    name
        Of the file, and of the table that it makes.
    folder
        Of ``queries/``.
    file
        Where it lies, if not below ``queries/``: a study's own.
    """

    name: str
    folder: str
    sql: str
    file: str = ""

    @property
    def parameters(self) -> frozenset[str]:
        """Names of the parameters that the text asks for (``$name``)."""
        return _parameters(self)

    @property
    def reads(self) -> frozenset[str]:
        """Names of the tables that the text selects from."""
        return tables_read(self.sql)

    @property
    def path(self) -> str:
        """Where it lies below ``queries/``, or the file of a study's own."""
        return self.file or f"{self.folder}/{self.name}.sql"


@functools.cache
def _parameters(query: Query) -> frozenset[str]:
    statements = duckdb.extract_statements(query.sql)
    if len(statements) != 1:
        raise BuildError(f"{query.path} must hold one select, but holds {len(statements)}.")
    return frozenset(statements[0].named_parameters)


@functools.cache
def read_queries(folder: str) -> tuple[Query, ...]:
    """Return the queries of one folder of ``queries/``, each behind those of the folder whose tables it reads.

    Raises
    ------
    BuildError
        If some read each other's tables in a circle.
    """
    return _in_order(_queries_in(_folder(folder), folder))


def read_queries_in(folder: Path) -> tuple[Query, ...]:
    """Return the queries of a folder of the user's own, in the same order, as they are now.

    Raises
    ------
    BuildError
        If one is not UTF-8, or no single select, with its line; or if some read each other's tables in a circle.
    """
    try:
        found = _queries_in(folder, folder.name)
    except UnicodeDecodeError:
        raise BuildError(f"A query of {folder} is not UTF-8. Save it as UTF-8 text.") from None
    for query in found.values():
        select_tree(query)
    return _in_order(found)


def select_tree(query: Query) -> Any:
    """Return the syntax tree of a query.

    Raises
    ------
    BuildError
        If it is no single select, with its line.
    """
    tree = tree_of(query.sql)
    if tree["error"]:
        line = line_at(query.sql, int(tree.get("position", 0)))
        what = tree["error_message"].replace(" to json!", "").rstrip(" .!")
        raise BuildError(f"{query.path}, line {line}: this cannot be read as SQL ({what}). It must be one select.")
    if len(tree["statements"]) != 1:
        raise BuildError(f"{query.path} must hold one select, but holds {len(tree['statements'])}.")
    return tree["statements"][0]


def line_at(sql: str, position: int) -> int:
    """Return the line in which a byte of a text stands, by its number."""
    return sql.encode()[:position].count(b"\n") + 1


def own_parameters(query: Query, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that a query asks for, of those on offer.

    Raises
    ------
    BuildError
        If one is not on offer.
    """
    unknown = sorted(query.parameters - set(parameters))
    if unknown:
        raise BuildError(
            f"{query.path} asks for ${unknown[0]}, which the study does not give. "
            f"On offer: {', '.join(sorted(parameters))}."
        )
    return {name: parameters[name] for name in sorted(query.parameters)}


def _queries_in(folder: Traversable, name: str) -> dict[str, Query]:
    return {
        entry.name.removesuffix(".sql"): Query(entry.name.removesuffix(".sql"), name, entry.read_text(encoding="utf-8"))
        for entry in sorted(folder.iterdir(), key=lambda item: item.name)
        if entry.name.endswith(".sql")
    }


@functools.cache
def read_query(path: str) -> Query:
    """Return one query by its path below ``queries/``, as ``7_audit/asked/use_moves``."""
    folder, _, name = path.rpartition("/")
    return Query(name, folder, (_folder(folder) / f"{name}.sql").read_text(encoding="utf-8"))


def _folder(folder: str) -> Traversable:
    path = files("queries")
    for part in folder.split("/"):
        path = path / part
    return path


def _in_order(found: Mapping[str, Query]) -> tuple[Query, ...]:
    """Order queries so that each stands behind those whose tables it reads; alphabetical otherwise."""
    ordered: dict[str, Query] = {}
    while len(ordered) < len(found):
        ready = [
            query
            for name, query in found.items()
            if name not in ordered and (query.reads & found.keys()) - {name} <= ordered.keys()
        ]
        if not ready:
            stuck = ", ".join(sorted(found.keys() - ordered.keys()))
            raise BuildError(f"The queries {stuck} read each other's tables in a circle.")
        ordered[ready[0].name] = ready[0]
    return tuple(ordered.values())


def behind(wanted: Collection[str], queries: Iterable[Query]) -> set[str]:
    """Name, of queries in order, those that make the wanted tables, those whose tables these read, and so on."""
    found = set(wanted)
    ordered = tuple(queries)
    for query in reversed(ordered):
        if query.name in found:
            found |= query.reads
    return found & {query.name for query in ordered}


def downstream(changed: Collection[str], queries: Iterable[Query]) -> set[str]:
    """Name, of queries in order, those that read a changed table, those that read theirs, and so on."""
    found = set(changed)
    for query in queries:
        if query.reads & found:
            found.add(query.name)
    return found - set(changed)
