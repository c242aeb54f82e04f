"""Files: a folder of JSON and plain arrays, each of which is read only if it is, byte for byte, what was written.

Nothing in them is run or unpickled. No name that they hold is used as a path: what a folder must hold follows from how
many arrays its manifest lists.
"""

import hashlib
import json
import math
import os
import re
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from analysis.errors import SavedForecastError
from analysis.store.sets import new_set
from analysis.wording.remarks import remark

FORMAT = 1
"""Of what is written; a reader knows all formats up to its own."""
MANIFEST, CONTENT = "manifest.json", "content.json"
_OURS = re.compile(r"manifest\.json|content\.json|array-\d{3,}\.npy")
_WHAT = "a forecast saved by Tenure"
_MOST_BYTES = 2**30
"""Of all files together; the largest forests have a hundredth of it."""
_MOST_TEXT = 2**25
_MOST_ARRAYS = 1000
_MOST_DIGITS = 17
"""Of a whole number: with more a float does not hold it."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What lies in a folder.

    Attributes
    ----------
    about
        What is said of the whole, as JSON has it.
    content
        The JSON that the arrays belong to.
    arrays
        The bytes of each, in order.
    digest
        SHA-256 of all of it.
    """

    about: dict[str, Any]
    content: dict[str, Any]
    arrays: tuple[bytes, ...]
    digest: str


def write_bundle(folder: Path, about: Mapping[str, Any], content: Mapping[str, Any], arrays: Sequence[bytes]) -> str:
    """Write a folder, whole, in place of an earlier one of its kind; return the digest of all of it.

    Parameters
    ----------
    folder
        Made if needed.
    about, content
        As in `Bundle`; numbers are finite.
    arrays
        The bytes of each file.

    Raises
    ------
    SavedForecastError
        If there is something else in the folder.
    StoreError
        If it cannot be written.
    """
    _refuse_what_is_in_the_way(folder)
    files = {CONTENT: _as_json(content)} | dict(zip(array_names(len(arrays)), arrays, strict=True))
    listed = {name: {"bytes": len(held), "sha256": hashlib.sha256(held).hexdigest()} for name, held in files.items()}
    body = {"what": _WHAT, "format": FORMAT, "about": dict(about), "files": listed}
    digest = _digest(body)
    with new_set(folder) as new:
        (new / MANIFEST).write_bytes((json.dumps({"sha256": digest} | body, indent=1, allow_nan=False) + "\n").encode())
        for name, held in files.items():
            (new / name).write_bytes(held)
    return digest


def read_bundle(folder: Path) -> Bundle:
    """Read a folder that `write_bundle` wrote; before anything is made of a file all of them are compared.

    Raises
    ------
    SavedForecastError
        If there is none, or it is of a later format; if a file is missing, too many, changed, cut short, or no file.
    """
    there = _listing(folder)
    if MANIFEST not in there:
        raise SavedForecastError(remark("models.saved_missing", folder=str(folder)))
    manifest = _json(folder / MANIFEST, _bytes(folder / MANIFEST, _MOST_TEXT))
    body = {name: held for name, held in manifest.items() if name != "sha256"}
    found = body.get("format")
    if body.get("what") != _WHAT or type(found) is not int or found < 1:
        raise SavedForecastError(remark("models.saved_missing", folder=str(folder)))
    if found > FORMAT:
        raise SavedForecastError(remark("models.saved_newer", folder=str(folder), found=found, known=FORMAT))
    if manifest.get("sha256") != _digest(body) or set(body) != {"what", "format", "about", "files"}:
        _refuse_changed(folder / MANIFEST)
    about, listed = body["about"], _listed(folder, body["files"])
    if odd := sorted(there ^ {MANIFEST, *listed}):
        code = "models.saved_stranger" if odd[0] in there else "models.saved_lost"
        raise SavedForecastError(remark(code, folder=str(folder), file=odd[0]))
    held = {name: _bytes(folder / name, size) for name, (size, _) in listed.items()}
    for name, (size, digest) in listed.items():
        if len(held[name]) != size or hashlib.sha256(held[name]).hexdigest() != digest:
            _refuse_changed(folder / name)
    content = _json(folder / CONTENT, held[CONTENT])
    return Bundle(about, content, tuple(held[name] for name in array_names(len(listed) - 1)), manifest["sha256"])


def array_names(number: int) -> list[str]:
    """Return the names of the files of so many arrays."""
    return [f"array-{k:03d}.npy" for k in range(number)]


def _listing(folder: Path) -> set[str]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name for _, entry in zip(range(2 * _MOST_ARRAYS), entries, strict=False)}
    except (FileNotFoundError, NotADirectoryError):
        return set()
    except OSError as error:
        _refuse_unreadable(folder, error)


def _refuse_what_is_in_the_way(folder: Path) -> None:
    """Refuse to put a forecast in place of a file, or of a folder that holds anything that is none."""
    if not os.path.lexists(folder):
        return
    there = _listing(folder)
    if folder.is_dir() and not there:
        return
    try:
        manifest = _json(folder / MANIFEST, _bytes(folder / MANIFEST, _MOST_TEXT))
        is_ours = all(map(_OURS.fullmatch, there)) and manifest.get("what") == _WHAT
    except SavedForecastError:
        is_ours = False
    if not is_ours:
        raise SavedForecastError(remark("models.saved_in_the_way", folder=str(folder)))


def _listed(folder: Path, files: Any) -> dict[str, tuple[int, str]]:
    """Return the size and the digest of every file that a manifest lists."""
    listed: dict[str, tuple[int, str]] = {}
    if type(files) is dict:
        for name in (CONTENT, *array_names(min(len(files), _MOST_ARRAYS) - 1)):
            match files.get(name):
                case {"bytes": int(size), "sha256": str(digest)} if size >= 0:
                    listed[name] = size, digest
    total = sum(size for size, _ in listed.values())
    if not listed or set(listed) != set(files) or total > _MOST_BYTES or listed[CONTENT][0] > _MOST_TEXT:
        _refuse_changed(folder / MANIFEST)
    return listed


def _bytes(path: Path, most: int) -> bytes:
    """Return what a file holds, and one byte more than it may if it holds more."""
    try:
        # A link could lead anywhere, and a pipe would never end.
        if not stat.S_ISREG(path.lstat().st_mode):
            _refuse_changed(path)
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        _refuse_unreadable(path, error)


def _json(path: Path, held: bytes) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError
        return dict(pairs)

    def refused(_: str) -> NoReturn:
        raise ValueError

    def whole(digits: str) -> int:
        return int(digits) if len(digits) <= _MOST_DIGITS else refused(digits)

    def finite(digits: str) -> float:
        return float(digits) if math.isfinite(float(digits)) else refused(digits)

    if len(held) <= _MOST_TEXT:
        # Bytes that are no text raise a ValueError, like text that is no JSON; lists in lists without end the other.
        with suppress(ValueError, RecursionError):
            found = json.loads(
                held.decode("ascii"),
                object_pairs_hook=once,
                parse_constant=refused,
                parse_int=whole,
                parse_float=finite,
            )
            if type(found) is dict:
                return found
    _refuse_changed(path)


def _refuse_unreadable(path: Path, error: OSError) -> NoReturn:
    raise SavedForecastError(remark("models.saved_unreadable", file=str(path), reason=error.strerror or "")) from None


def _as_json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, allow_nan=False).encode("ascii")


def _digest(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()).hexdigest()


def _refuse_changed(path: Path) -> NoReturn:
    raise SavedForecastError(remark("models.saved_changed", file=str(path)))
