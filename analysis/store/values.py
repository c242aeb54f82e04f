"""Values: frozen results kept as data, and read back equal; never as code that a reader would run.

A value is a tree of frozen dataclasses, enumerations, tuples, dictionaries, days, numbers, texts and tables. It is one
file of JSON behind a line with its hash. Of what a file names only dataclasses and enumerations of this project are
made, and only with the fields that these have.
"""

import hashlib
import json
from pathlib import Path
from typing import TypeVar

from analysis.errors import StoreError
from analysis.store.plain import as_plain, from_plain
from analysis.store.sets import new_set

VALUE = "value.json"
FORMAT = 1

Value = TypeVar("Value")


def write_value(folder: Path, value: object) -> None:
    """Keep a value in a folder of its own, in place of an earlier one; the same bytes for the same value.

    Raises
    ------
    StoreError
        If it holds something that cannot be kept, or cannot be written; what was there is as it was.
    """
    text = json.dumps(as_plain(value), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    head = json.dumps({"format": FORMAT, "sha256": _hash(text)})
    with new_set(folder) as part:
        (part / VALUE).write_text(f"{head}\n{text}\n", encoding="ascii", newline="")


def read_value(folder: Path, kind: type[Value]) -> Value:
    """Return the value that is kept in a folder.

    Parameters
    ----------
    folder
        As it was given to `write_value`.
    kind
        Of what class it must be.

    Raises
    ------
    StoreError
        If there is none, it is broken or of another class, or a class that it holds has other fields by now.
    """
    path = folder / VALUE
    try:
        head, _, text = path.read_text(encoding="ascii").partition("\n")
        told = json.loads(head)
        if not isinstance(told, dict) or told.get("format") != FORMAT or told.get("sha256") != _hash(text.rstrip("\n")):
            raise ValueError("its first line is not that of what follows")
        value = from_plain(json.loads(text))
    except OSError as error:
        raise StoreError(f"There is no value in {folder} ({error.strerror}).") from None
    except (ValueError, TypeError, KeyError, LookupError, AttributeError, RecursionError) as error:
        raise StoreError(f"The value in {path} cannot be read: {error}. Remove the folder; it is made again.") from None
    if not isinstance(value, kind):
        raise StoreError(f"The value in {path} is a {type(value).__name__}, not a {kind.__name__}.")
    return value


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("ascii")).hexdigest()
