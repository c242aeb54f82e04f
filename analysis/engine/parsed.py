"""Parsed: what a text of SQL reads, says and calls, from its syntax tree."""

import functools
import json
from typing import Any

import duckdb

from analysis.errors import BuildError, StudyError

_TEXTS = 1024
"""Of so many texts it is kept how they are parsed: those of a build twice over, and what is asked of its results."""
PARSING = "64MB"
"""Most memory for the parser, which reads no data: less than any limit with which a study can be built."""


@functools.cache
def _parser() -> duckdb.DuckDBPyConnection:
    """Return the one connection that parses: opening another for each query took longer than all of the parsing."""
    return duckdb.connect(config={"threads": 1, "memory_limit": PARSING})


@functools.lru_cache(maxsize=_TEXTS)
def statement_of(sql: str) -> duckdb.Statement | str:
    """Return a text as the one statement that it is, parsed; itself, if it is several.

    Of a build from small tables parsing took a fifth of the time, and audits build from the same texts again.

    Raises
    ------
    duckdb.Error
        If it is no SQL.
    """
    statements = _parser().extract_statements(sql)
    return statements[0] if len(statements) == 1 else sql


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
        node = node["children"][0]
    return tuple(each.get("alias") or (each.get("column_names") or [""])[-1] for each in node["select_list"])


@functools.cache
def columns_named(sql: str, schema: str, table: str) -> frozenset[str]:
    """Return the columns by which a text reads one table, in lower case, and ``*`` for all of them.

    A name without its table is taken for that table's wherever the same select reads it.
    """
    return frozenset(_named(_statements(sql), (schema, table), frozenset(), is_read=False))


def _named(node: Any, table: tuple[str, str], names: frozenset[str], *, is_read: bool) -> set[str]:
    """Return such columns below a node; `names` are those of the table in sight, read by this select if `is_read`."""
    if isinstance(node, list):
        return set().union(*(_named(entry, table, names, is_read=is_read) for entry in node))
    if not isinstance(node, dict):
        return set()
    if node.get("type") == "SELECT_NODE":
        here = _names_of(node["from_table"], table)
        names, is_read = names | here, bool(here)
    if node.get("type") == "COLUMN_REF":
        *of, column = (name.lower() for name in node["column_names"])
        return {column} if (of[-1] in names if of else is_read) else set()
    own = {"*"} if node.get("class") == "STAR" and is_read else set()
    return own.union(*(_named(value, table, names, is_read=is_read) for value in node.values()))


def _names_of(node: Any, table: tuple[str, str]) -> frozenset[str]:
    """Return what a table is called in a ``from``."""
    if node.get("type") == "JOIN":
        return _names_of(node["left"], table) | _names_of(node["right"], table)
    is_it = node.get("type") == "BASE_TABLE" and (node["schema_name"], node["table_name"]) == table
    return frozenset({(node["alias"] or node["table_name"]).lower()}) if is_it else frozenset()


def words_called(sql: str) -> frozenset[str]:
    """Return what a select calls, and the columns that it names without a table, in lower case."""
    return frozenset(_words(_statements(sql)))


def _statements(sql: str) -> list[Any]:
    tree = tree_of(sql)
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


def tree_of(sql: str) -> Any:
    """Return the syntax tree of a text, or in its place what is wrong with it (``error``)."""
    ((serialized,),) = _parser().execute("select json_serialize_sql(cast($sql as varchar))", {"sql": sql}).fetchall()
    return json.loads(serialized)


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


def reads_other_rows(expression: str) -> bool:
    """Say whether an expression looks at other rows than its own: by a window over them, or a select of its own."""
    return bool(_classes(_statements(f"select ({expression}\n)")) & {"WINDOW", "SUBQUERY"})


def _classes(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*(_classes(entry) for entry in node))
    if not isinstance(node, dict):
        return set()
    own = {node["class"]} if isinstance(node.get("class"), str) else set()
    return own.union(*(_classes(value) for value in node.values()))


def _columns(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for entry in node for name in _columns(entry)]
    if not isinstance(node, dict):
        return []
    own = [node["column_names"][-1]] if node.get("type") == "COLUMN_REF" else []
    return own + [name for value in node.values() for name in _columns(value)]
