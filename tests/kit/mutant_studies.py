"""Mutant studies: one to three declared keys get drawn values, most of the right type, some odd, some absurd."""

import dataclasses
import datetime as dt
import json
import random
import tomllib
import types
import typing
from pathlib import Path
from typing import Any, Literal

from mutant_source import Files
from nasty_strings import NASTY

from analysis.declared.contract import read_contract
from analysis.declared.study import Study

WHOLE = (
    *(0, 1, -1, 2, 3, 4, 5, 7, 12, 13, 28, 60, 91, 99, 100, 101, 182, 365, 366, 434, 435, 3650, 3651),
    *(10**9, 2**31, 2**63 - 1, 2**63, 10**30, -(10**9)),
)
NUMBERS = (
    0.0,
    -0.0,
    1e-300,
    1e-9,
    0.05,
    0.3,
    0.5,
    0.999999,
    1.0,
    1.5,
    30.0,
    1e9,
    1e300,
    -1.0,
    float("nan"),
    float("inf"),
)
DAYS = tuple(
    map(dt.date.fromisoformat, (
        "0001-01-01", "1969-12-31", "1979-12-31", "1980-01-01", "2021-01-01", "2022-06-01", "2022-12-31", "2023-01-01",
        "2023-01-31", "2023-02-28", "2023-06-30", "2023-10-01", "2023-12-30", "2023-12-31", "2024-01-01", "2024-01-02",
        "2024-02-29", "2024-03-31", "2025-06-01", "2078-12-31", "2079-01-01", "9999-12-31",
    ))
)  # fmt: skip
SLOW = {"forest_trees", "resamples", "look_ahead_days", "test_quarters", "lags"}
"""Keys by whose values a report takes its time: of these none is drawn between what is quick and what is absurd."""
QUICK = """
[models]
forest_trees = 5
resamples = 10
test_quarters = 1
forecast_shrinkage = [1.0]
[audits]
look_ahead_days = 1
lags = [30]
[report]
min_cell = 1
curve_from_at_risk = 1
forecast_from_events = 3
family_from_events = 3
contest_from_events = 3
name_accounts = true
"""
"""As little work as a report can do, with every picture that so few accounts allow."""


def study_values(draw: random.Random, files: Files) -> list[str]:
    """Change one to three values of a study, and return the keys."""
    content = tomllib.loads(files["study.toml"].decode("utf-8"))
    done = []
    for _ in range(draw.choice([1, 1, 2, 3])):
        path, hint = draw.choice(KEYS)
        table = content
        for part in path[:-1]:
            table = table.setdefault(part, {})
        table[path[-1]] = _value(draw, path[-1], hint)
        done.append(".".join(path))
    files["study.toml"] = as_toml(content).encode("utf-8", "replace")
    return done


def _keys(cls: type, above: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    found: list[tuple[tuple[str, ...], Any]] = []
    for name, hint in typing.get_type_hints(cls).items():
        path = (*above, name)
        found += _keys(hint, path) if dataclasses.is_dataclass(hint) else [(path, hint)]
    return found


KEYS = _keys(Study)
"""Every key that a study may declare, with its type."""
_COLUMNS = [column.name for column in read_contract()["accounts"].columns]
_TABLES = list(read_contract())


def _value(draw: random.Random, key: str, hint: Any) -> Any:
    if draw.random() < 0.05:
        return draw.choice([0, "x", True, [], {}, 1.5, dt.date(2023, 1, 1)])
    origin = typing.get_origin(hint)
    if origin is Literal:
        return draw.choice([*typing.get_args(hint), "x"])
    if origin is tuple:
        inner = typing.get_args(hint)[0]
        values = [_value(draw, key, inner) for _ in range(draw.choice([0, 1, 1, 2, 3, 5]))]
        return sorted(values) if draw.random() < 0.6 and len({type(value) for value in values}) == 1 else values
    if origin in {dict, types.MappingProxyType}:
        return {draw.choice([*_TABLES, *NASTY]): draw.choice(DAYS) for _ in range(draw.choice([0, 1, 2]))}
    if hint is int:
        return draw.choice([value for value in WHOLE if key not in SLOW or not 5 < value < 10**9])
    if hint is float:
        return draw.choice(NUMBERS)
    if hint is dt.date:
        return draw.choice(DAYS)
    if hint is bool:
        return draw.random() < 0.5
    if key == "segment":
        return draw.choice([*_COLUMNS, *_COLUMNS, draw.choice(NASTY)])
    if hint is Path:
        return draw.choice(["data", "data", "./data", *NASTY])
    return draw.choice(NASTY)


def as_toml(content: dict[str, Any]) -> str:
    """Return nested values as TOML."""
    lines = [f"{_text(key)} = {_said(value)}" for key, value in content.items() if not isinstance(value, dict)]
    for key, value in content.items():
        if isinstance(value, dict):
            lines += _table(value, _text(key))
    return "\n".join(lines) + "\n"


def _table(content: dict[str, Any], path: str) -> list[str]:
    lines = [f"[{path}]"]
    lines += [f"{_text(key)} = {_said(value)}" for key, value in content.items() if not isinstance(value, dict)]
    for key, value in content.items():
        lines += _table(value, f"{path}.{_text(key)}") if isinstance(value, dict) else []
    return lines


def _text(text: str) -> str:
    said = json.dumps(text, ensure_ascii=False)
    return "".join(f"\\u{ord(sign):04X}" if "\x7f" <= sign <= "\x9f" else sign for sign in said)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_said, value))}]"
    return repr(value) if isinstance(value, int | float) else str(value)
