"""Queries: files of SQL, each a select whose result becomes the table named like the file, in the order they need."""

import functools
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import duckdb

from analysis.errors import BuildError, StudyError


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


PARSING = "64MB"
"""Most memory for the parser, which reads no data: less than any limit with which a study can be built."""


@functools.cache
def _parser() -> duckdb.DuckDBPyConnection:
    """Return the one connection that parses: opening another for each query took longer than all of the parsing."""
    return duckdb.connect(config={"threads": 1, "memory_limit": PARSING})


@functools.cache
def tables_read(sql: str) -> frozenset[str]:
    """Return the tables that a select reads, from its syntax tree: not what it names itself, nor words of a comment.

    Raises
    ------
    BuildError
        If the text is no select.
    """
    return frozenset(_tables(_statements(sql), frozenset()))


@functools.cache
def columns_said(sql: str) -> tuple[str, ...]:
    """Return the names of a select's columns, as its text says them: '' for one that has none, or is a star.

    Raises
    ------
    BuildError
        If the text is no single select.
    """
    statements = _statements(sql)
    if len(statements) != 1:
        raise BuildError(f"It must hold one select, but holds {len(statements)}.")
    node = statements[0]["node"]
    while "select_list" not in node:
        node = node["left"]
    return tuple(each.get("alias") or (each.get("column_names") or [""])[-1] for each in node["select_list"])


def words_called(sql: str) -> frozenset[str]:
    """Return what a select calls, and the columns that it names without a table, in lower case."""
    return frozenset(_words(_statements(sql)))


def _statements(sql: str) -> list[Any]:
    ((serialized,),) = _parser().execute("select json_serialize_sql(cast($sql as varchar))", {"sql": sql}).fetchall()
    tree = json.loads(serialized)
    if tree["error"]:
        raise BuildError(f"This is no select that can be read: {tree['error_message']}: {sql[:200]}")
    return tree["statements"]


def _words(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*(_words(entry) for entry in node))
    if not isinstance(node, dict):
        return set()
    names = {node["function_name"]} if node.get("type") == "FUNCTION" else set()
    if node.get("type") == "COLUMN_REF" and len(node["column_names"]) == 1:
        names = {node["column_names"][0]}
    return {name.lower() for name in names}.union(*(_words(value) for value in node.values()))


def _tables(node: Any, own_names: frozenset[str]) -> set[str]:
    """Return the tables below a node of the tree; `own_names` are those of the common table expressions in sight."""
    if isinstance(node, list):
        return set().union(*(_tables(entry, own_names) for entry in node))
    if not isinstance(node, dict):
        return set()
    found = set()
    for entry in (node.get("cte_map") or {}).get("map", []):
        is_recursive = entry["value"]["query_node"]["type"] == "RECURSIVE_CTE_NODE"
        found |= _tables(entry["value"], own_names | ({entry["key"]} if is_recursive else set()))
        own_names |= {entry["key"]}
    if node.get("type") == "BASE_TABLE" and node["table_name"] not in own_names:
        found.add(".".join(filter(None, (node["schema_name"], node["table_name"]))))
    return found.union(*(_tables(value, own_names) for key, value in node.items() if key != "cte_map"))


def columns_read(expression: str) -> tuple[str, ...]:
    """Return the columns that an expression reads, in order, each once.

    Raises
    ------
    StudyError
        If the text is no expression by itself.
    """
    text = f"select ({expression}\n)"
    ((serialized,),) = _parser().execute("select json_serialize_sql(cast($sql as varchar))", {"sql": text}).fetchall()
    tree = json.loads(serialized)
    if tree["error"] or len(tree["statements"]) != 1 or len(tree["statements"][0]["node"]["select_list"]) != 1:
        reason = tree.get("error_message", "it is more than one")
        raise StudyError(f"'{expression}' is no expression in SQL: {reason}.")
    return tuple(dict.fromkeys(_columns(tree["statements"][0]["node"]["select_list"])))


def _columns(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for entry in node for name in _columns(entry)]
    if not isinstance(node, dict):
        return []
    own = [node["column_names"][-1]] if node.get("type") == "COLUMN_REF" else []
    return own + [name for value in node.values() for name in _columns(value)]


@functools.cache
def read_queries(folder: str) -> tuple[Query, ...]:
    """Return the queries of one folder of ``queries/``, each behind those of the folder whose tables it reads.

    Raises
    ------
    BuildError
        If some read each other's tables in a circle.
    """
    found = {
        entry.name.removesuffix(".sql"): Query(
            entry.name.removesuffix(".sql"), folder, entry.read_text(encoding="utf-8")
        )
        for entry in sorted(_folder(folder).iterdir(), key=lambda item: item.name)
        if entry.name.endswith(".sql")
    }
    return _in_order(found)


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
