"""What in a query other engines lack, or take otherwise without saying so, by its syntax tree and its bound plan."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from analysis.engine.parsed import tree_of

NOT_PORTABLE = {
    *("unnest", "generate_series", "range", "list", "array_agg", "string_agg", "group_concat", "len", "array_length"),
    *("isodow", "dow", "dayofweek", "weekday", "quantile_cont", "quantile_disc", "median", "mode", "getvariable"),
    *("arg_max", "arg_min", "max_by", "min_by", "first", "last", "any_value", "random", "now", "today", "current_date"),
}
"""Functions that other engines lack, or understand in another way, or whose answer depends on the order of rows."""
FLOATING = ("DOUBLE", "FLOAT")
WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
DIVISIONS, LOGARITHMS, SHIFTS = ("/", "//", "%"), ("ln", "log", "log2", "log10"), ("<<", ">>")
WIDTH = 64
"""Bits of the widest whole number that every engine has: by so many one engine shifts to 0, another not at all."""


def nodes(tree: Any) -> Iterator[dict]:
    """Walk every object of a syntax tree or plan."""
    if isinstance(tree, list):
        for part in tree:
            yield from nodes(part)
    elif isinstance(tree, dict):
        yield tree
        for part in tree.values():
            yield from nodes(part)


def _read(sql: str) -> Any:
    tree = tree_of(sql)
    assert not tree["error"], tree
    return tree


def faults(sql: str) -> set[str]:
    """Name what in a select is not portable, by its words alone."""
    found = set()
    for node in nodes(_read(sql)):
        if node.get("function_name", "") in NOT_PORTABLE:
            found.add(node["function_name"])
        if node.get("function_name") == "date_diff" and '"month"' in json.dumps(node):
            found.add("date_diff in months")
        if node.get("qualify"):
            found.add("qualify")
        if node.get("type") in ("PIVOT", "TABLE_FUNCTION"):
            found.add(node["type"].lower())
        if node.get("ref_type") == "ASOF" or node.get("setop_type", "").endswith("BY_NAME"):
            found.add("asof join or union by name")
        if node.get("type") == "STAR" and node.get("columns"):
            found.add("columns()")
        if node.get("materialized", "").endswith(("ALWAYS", "NEVER")):
            found.add("materialized")
    return found


def unguarded(sql: str) -> set[tuple[str, ...]]:
    """Return the columns of each divisor that may be 0, and of each logarithm of what may be 0, in order.

    One engine raises there, one has infinity, one has nothing. A column is more than 0 where the case, the filter or
    the join that it stands in says so by its name; a parameter is.
    """
    return set(_unguarded(_read(sql), frozenset()))


def _unguarded(node: Any, positive: frozenset[str]) -> Iterator[tuple[str, ...]]:
    if isinstance(node, list):
        for part in node:
            yield from _unguarded(part, positive)
        return
    if not isinstance(node, dict):
        return
    if node.get("type") == "SELECT_NODE":
        joins = [each["condition"] for each in nodes(node["from_table"]) if each.get("condition")]
        positive = frozenset().union(*(_said_positive(each) for each in [node.get("where_clause"), *joins]))
    if node.get("class") == "CASE":
        for check in node["case_checks"]:
            yield from _unguarded(check["when_expr"], positive)
            yield from _unguarded(check["then_expr"], positive | _said_positive(check["when_expr"]))
        yield from _unguarded(node["else_expr"], positive)
        return
    name, arguments = node.get("function_name"), _arguments(node)
    if name in DIVISIONS and not _is_positive(arguments[1], positive):
        yield _columns(arguments[1])
    if name in LOGARITHMS and not _is_positive(arguments[0], positive):
        yield _columns(arguments[0])
    for part in node.values():
        yield from _unguarded(part, positive)


def _said_positive(condition: Any) -> frozenset[str]:
    """Return the columns that a condition, where it holds, says to be more than 0."""
    if not condition:
        return frozenset()
    if condition["type"] == "CONJUNCTION_AND":
        return frozenset().union(*map(_said_positive, condition["children"]))
    least = {"COMPARE_GREATERTHAN": 0, "COMPARE_GREATERTHANOREQUALTO": 1}.get(condition["type"])
    if least is None or condition["left"]["class"] != "COLUMN_REF" or condition["right"]["class"] != "CONSTANT":
        return frozenset()
    is_enough = float(condition["right"]["literal"]["text"]) >= least
    return frozenset({_name(condition["left"])} if is_enough else ())


def _is_positive(node: dict, positive: frozenset[str]) -> bool:
    """Say whether an expression is more than 0, or null, as far as can be seen; what is counted is never negative."""
    kind, name, arguments = node["class"], node.get("function_name"), _arguments(node)
    if kind == "CONSTANT":
        return float(node["literal"]["text"]) > 0
    if kind == "PARAMETER":
        return True
    if kind == "CAST":
        return _is_positive(node["child"], positive)
    if kind == "COLUMN_REF":
        return _name(node) in positive
    if name in ("*", "/"):
        return all(_is_positive(each, positive) for each in arguments)
    if name in ("+", "greatest"):
        return any(_is_positive(each, positive) for each in arguments)
    if name == "nullif":
        return arguments[1].get("literal", {}).get("text") == "0"
    return name == "ceil" and _is_positive(arguments[0], positive)


def _arguments(node: dict) -> list[dict]:
    return [each["expression"] for each in node.get("arguments", [])] if node.get("function_name") else []


def _name(column: dict) -> str:
    return ".".join(column["column_names"])


def _columns(node: Any) -> tuple[str, ...]:
    return tuple(each["column_names"][-1] for each in nodes(node) if each.get("class") == "COLUMN_REF")


def bound(con: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any]) -> Any:
    """Return the plan of a select, in which everything has its type."""
    literal = re.sub(r"\$(\w+)", lambda match: _literal(parameters[match[1]]), sql)
    (text,) = con.execute("select json_serialize_plan(?, optimize := false)", [literal]).fetchone()
    plan = json.loads(text)
    assert not plan["error"], plan
    return plan


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return f"date '{value}'" if isinstance(value, dt.date) else f"'{value}'"


def floating_sums(plan: Any) -> set[str]:
    """Name the aggregates of a plan that add up or average floating-point numbers."""
    return {
        _called(node)
        for node in nodes(plan)
        if _called(node) in ("sum", "avg", "mean") and any(kind["id"] in FLOATING for kind in node.get("arguments", []))
    }


def typed_faults(plan: Any) -> set[str]:
    """Name what in a plan is not portable because of the types that it is done to."""
    found = set()
    for node in nodes(plan):
        kinds = [kind["id"] for kind in node.get("arguments", []) if isinstance(kind, dict) and "id" in kind]
        if _called(node) == "-" and kinds == ["DATE", "DATE"]:
            found.add("date minus date")
        if _called(node) in SHIFTS and not _is_short(node["children"][1]):
            found.add("shift by a number that may be 64 or more")
        if _called(node) == "*" and "HUGEINT" in kinds and not any(map(_is_constant, node["children"])):
            found.add("product of sums, which elsewhere have 64 bits")
        if node.get("type") == "OPERATOR_CAST" and _rounds(node):
            found.add("cast that rounds")
    return found


def _called(node: dict) -> str:
    return node["qname"]["path"][-1] if isinstance(node.get("qname"), dict) else ""


def _is_short(shift: dict) -> bool:
    return _is_constant(shift) and 0 <= _without_casts(shift)["value"]["value"] < WIDTH


def _is_constant(node: dict) -> bool:
    return _without_casts(node)["type"] == "VALUE_CONSTANT"


def _without_casts(node: dict) -> dict:
    return _without_casts(node["children"][0]) if node["type"] == "OPERATOR_CAST" else node


def _rounds(cast: dict) -> bool:
    """Say whether a cast to whole numbers has parts of ones to round: one engine rounds them, another cuts them off."""
    (given,) = cast["arguments"]
    is_whole = given["id"] not in (*FLOATING, "DECIMAL") or (given["type_info"] or {}).get("scale") == 0
    if is_whole or cast["return_type"]["id"] not in WHOLE:
        return False
    return _called(cast["children"][0]) not in ("floor", "ceil")
