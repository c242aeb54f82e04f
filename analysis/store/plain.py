"""Plain data: a tree of frozen results as what JSON can hold, and back."""

import dataclasses
import datetime as dt
import enum
import importlib
import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import StoreError
from analysis.store.plain_tables import array_as_plain, array_from_plain, table_as_plain, table_from_plain

IS = "!"
"""The key under which an object says what it is; a tuple is a list, and texts and numbers are themselves."""
_CLASS = re.compile(r"(?P<module>(?:analysis|reports)(?:\.[a-z][a-z0-9_]*)+):(?P<name>[A-Z][A-Za-z0-9]*)")
_ODD_NUMBERS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def as_plain(value: Any) -> Any:
    """Return a value as what JSON can hold.

    Raises
    ------
    StoreError
        If it is, or holds, something that no file of data can be.
    """
    kind = type(value)
    if value is None or kind in (bool, int, str):
        return value
    if kind is float:
        return value if math.isfinite(value) else {IS: "number", "of": str(value)}
    if kind is tuple:
        return [as_plain(part) for part in value]
    if kind in (list, frozenset):
        parts = value if kind is list else sorted(value)
        return {IS: kind.__name__, "of": [as_plain(part) for part in parts]}
    if isinstance(value, enum.Enum):
        return {IS: "enum", "class": _name(kind), "of": value.name}
    if dataclasses.is_dataclass(value):
        fields = {field.name: as_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {IS: "data", "class": _name(kind), "of": fields}
    if isinstance(value, Mapping):
        return {IS: "dict", "of": [[as_plain(key), as_plain(inner)] for key, inner in value.items()]}
    if value is pd.NaT or kind is pd.Timestamp:
        return {IS: "moment", "of": None if value is pd.NaT else value.isoformat(), "unit": getattr(value, "unit", "")}
    if kind is dt.date:
        return {IS: "day", "of": value.isoformat()}
    if isinstance(value, np.generic):
        return {IS: "scalar", "of": array_as_plain(np.array([value]), as_plain)}
    if isinstance(value, np.ndarray):
        return {IS: "array", "shape": list(value.shape), "of": array_as_plain(value.ravel(), as_plain)}
    if isinstance(value, pd.DataFrame | pd.Series):
        return {IS: "table", "is_column": isinstance(value, pd.Series), "of": table_as_plain(value, as_plain)}
    raise StoreError(f"A {kind.__module__}.{kind.__qualname__} cannot be kept as data.")


def from_plain(told: Any) -> Any:
    """Return the value of which `as_plain` made this.

    Raises
    ------
    ValueError
        If it made it of no value.
    """
    if isinstance(told, list):
        return tuple(from_plain(part) for part in told)
    if not isinstance(told, dict):
        return told
    kind: str = told[IS]
    of: Any = told["of"]
    if kind == "data":
        return _data(_class(told["class"]), of)
    if kind == "enum":
        return _class(told["class"])[of]
    if kind == "dict":
        return {from_plain(key): from_plain(inner) for key, inner in of}
    if kind == "list":
        return [from_plain(part) for part in of]
    if kind == "frozenset":
        return frozenset(from_plain(part) for part in of)
    if kind == "number":
        return _ODD_NUMBERS[of]
    if kind == "moment":
        return pd.NaT if of is None else pd.Timestamp(of).as_unit(told["unit"])
    if kind == "day":
        return dt.date.fromisoformat(of)
    if kind == "scalar":
        return array_from_plain(of, from_plain)[0]
    if kind == "array":
        return array_from_plain(of, from_plain).reshape(told["shape"])
    if kind == "table":
        table = table_from_plain(of, from_plain)
        return table.iloc[:, 0] if told["is_column"] else table
    raise ValueError(f"nothing is called {kind!r}")


def _name(kind: type) -> str:
    name = f"{kind.__module__}:{kind.__qualname__}"
    if not _CLASS.fullmatch(name):
        raise StoreError(f"A {name} cannot be kept as data: it is no class of this project's modules.")
    return name


def _class(name: str) -> Any:
    found = _CLASS.fullmatch(name)
    if not found:
        raise ValueError(f"{name!r} is no class of this project")
    try:
        kind = getattr(importlib.import_module(found["module"]), found["name"])
    except (ImportError, AttributeError):
        raise ValueError(f"there is no {name} any more") from None
    if not isinstance(kind, type) or not (dataclasses.is_dataclass(kind) or issubclass(kind, enum.Enum)):
        raise ValueError(f"{name} is no dataclass, and no enumeration")
    return kind


def _data(kind: Any, fields: dict[str, Any]) -> Any:
    """Make an object with the fields told, without whatever its class does to what it is given."""
    names = [field.name for field in dataclasses.fields(kind)]
    if set(names) != set(fields):
        raise ValueError(f"a {kind.__name__} has other fields by now")
    made = object.__new__(kind)
    for name in names:
        object.__setattr__(made, name, from_plain(fields[name]))
    return made
