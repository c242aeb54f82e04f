"""Select scope: what a query of somebody's own may read, so that a file beside a study reads the raw files alone."""

from collections.abc import Collection, Iterator
from typing import Any

from analysis.engine.query import Query, line_at, select_tree
from analysis.errors import SourceError

_MAKERS = {"unnest", "range", "generate_series"}
"""Functions that make rows of values alone."""
_UNPLACED = 1 << 32
"""From here on a place in a text says that there is none."""


def refuse_beyond(query: Query, allowed: Collection[str]) -> None:
    """Refuse a query that reads anything but some tables: another table, a file, a setting of the machine.

    Parameters
    ----------
    query
        The query.
    allowed
        The tables, with their schema.

    Raises
    ------
    SourceError
        With the file, the line, and what may be read.
    BuildError
        If it is no single select.
    """
    known = {name.lower() for name in allowed}
    for what, at in _read(select_tree(query), frozenset()):
        if what.lower() in known:
            continue
        where = f", line {line_at(query.sql, at)}" if at < _UNPLACED else ""
        raise SourceError(
            f"{query.path}{where}: it reads {what}, but may read only what source.toml names under [files]: "
            f"{', '.join(allowed)}."
        )


def _read(node: Any, own_names: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Yield what is read below a node of a tree, and where in the text; what the query itself names is left out."""
    if isinstance(node, list):
        for entry in node:
            yield from _read(entry, own_names)
    elif isinstance(node, dict):
        for entry in (node.get("cte_map") or {}).get("map", []):
            own_names |= {entry["key"].lower()}
            yield from _read(entry["value"], own_names)
        path = (node.get("qualified_name") or {}).get("path", [])
        match node.get("type"):
            case "BASE_TABLE" if len(path) > 1 or path[0].lower() not in own_names:
                yield ".".join(path), node["query_location"]
            case "TABLE_FUNCTION" if (name := node["function"]["function_name"]) not in _MAKERS:
                yield f"{name}()", node["query_location"]
            case "SHOW_REF":
                yield "what the engine says of a table", node["query_location"]
        for key, value in node.items():
            if key != "cte_map":
                yield from _read(value, own_names)
