"""Settings: a TOML file becomes a frozen dataclass, or an error that names the key and what it must be.

No library does this shorter: msgspec lets unknown keys of dataclasses pass and says neither what arrived nor what may,
cattrs reads 3 as text and true as a number.
"""

import codecs
import dataclasses
import datetime as dt
import math
import tomllib
import types
import typing
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal

from analysis.errors import StudyError
from analysis.wording.nearest import closest

MOST = 2**31 - 1
"""Whole numbers are no larger: the queries count days in no more bits."""
DERIVED = "derived"
"""Marks, in the metadata of a field, what no file says itself."""


def read_toml(path: Path | Traversable) -> dict[str, Any]:
    """Read a TOML file, whatever mark of its encoding and whatever line ends an editor gave it.

    Raises
    ------
    FileNotFoundError
        If there is none.
    StudyError
        If it cannot be read.
    """
    if isinstance(path, Path) and path.is_fifo():
        raise StudyError(f"{path} is a pipe, and no file. Write what it gives into a file first.")
    try:
        return tomllib.loads(_text(path.read_bytes()))
    except FileNotFoundError:
        raise
    except UnicodeDecodeError:
        raise StudyError(f"The file {path} cannot be read as TOML: it is not UTF-8. Save it as UTF-8 text.") from None
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise StudyError(f"The file {path} cannot be read as TOML: {error}") from None


def _text(content: bytes) -> str:
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = content.decode("utf-16" if is_utf16 else "utf-8-sig")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_settings(cls: type, content: dict[str, Any], where: str) -> Any:
    """Build a frozen dataclass from a TOML table.

    Parameters
    ----------
    cls
        The dataclass; its type hints say what each key must be.
    content
        The table.
    where
        What to call it in messages.

    Raises
    ------
    StudyError
        If a key is unknown (the nearest known one is named) or missing, or a value is of the wrong type.
    """
    read = {f.name for f in dataclasses.fields(cls) if f.init and not f.metadata.get(DERIVED)}
    hints = {name: hint for name, hint in typing.get_type_hints(cls).items() if name in read}
    for key in content:
        if key not in hints:
            near = closest(key, hints)[0]
            raise StudyError(
                f"{where}: unknown key '{key}'. The nearest known key is '{near}'. Known: {', '.join(hints)}."
            )
    required = [
        f.name
        for f in dataclasses.fields(cls)
        if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    ]
    missing = [name for name in required if name not in content]
    if missing:
        raise StudyError(f"{where}: required key '{missing[0]}' is missing.")
    return cls(**{key: _value(hints[key], value, f"{where}: {key}") for key, value in content.items()})


def _value(hint: Any, value: Any, where: str) -> Any:
    """Check one value against its type hint and convert it."""
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, dict):
            raise StudyError(f"{where} must be a table ([{where.rsplit(' ', 1)[-1]}]), but is {value!r}.")
        return parse_settings(typing.cast(type, hint), value, where)
    origin = typing.get_origin(hint)
    if origin is Literal:
        if value not in typing.get_args(hint):
            raise StudyError(f"{where} must be one of {', '.join(typing.get_args(hint))}, but is {value!r}.")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise StudyError(f"{where} must be a list, but is {value!r}.")
        return tuple(_value(typing.get_args(hint)[0], item, where) for item in value)
    if origin is dict:
        if not isinstance(value, dict):
            raise StudyError(f"{where} must be a table, but is {value!r}.")
        return {key: _value(typing.get_args(hint)[1], item, f"{where}.{key}") for key, item in value.items()}
    if hint is Path:
        return Path(_value(str, value, where))
    if hint is float and type(value) is int:
        return float(value)
    if hint is float and isinstance(value, float) and not math.isfinite(value):
        raise StudyError(f"{where} must be a number that is neither infinite nor none at all, but is {value!r}.")
    if hint is int and type(value) is int and abs(value) > MOST:
        raise StudyError(f"{where} must be a whole number of at most {MOST:,} either way, but is {value}.")
    if type(value) is not hint:
        raise StudyError(f"{where} must be {_type_name(hint)}, but is {value!r}.")
    return value


def _type_name(hint: Any) -> str:
    names = {int: "a whole number", float: "a number", str: "text", bool: "true or false", dt.date: "a date"}
    return names.get(hint, str(hint) if isinstance(hint, types.GenericAlias) else hint.__name__)
