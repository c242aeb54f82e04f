"""Remarks: what a reader must know, as a code with values, so that a page of any language can word it."""

import functools
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from analysis.wording.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to be said.

    Its English stands beside the code that makes it: ``design.constant`` is ``constant`` in
    ``analysis/design/remarks.toml``. Every other language has it in its own catalogue.

    Attributes
    ----------
    code
        The room and the name of its message there.
    values
        What fills the places of the message: text, numbers, days, tuples of these, or remarks.
    """

    code: str
    values: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        """Return it in English, as terminals and notebooks show it."""
        return self.in_words(english())

    def in_words(self, catalogue: Catalogue) -> str:
        """Return it in the words of a catalogue."""
        return catalogue.text(self.code, **dict(self.values))

    def values_as_json(self) -> str:
        """Return the values as JSON; see `stored_remark`."""
        return json.dumps(dict(self.values), default=_as_object, ensure_ascii=False)


def remark(code: str, /, **values: Any) -> Remark:
    """Return a remark from its code and its values by name."""
    return Remark(code, tuple(values.items()))


def stored_remark(code: str, values: str) -> Remark:
    """Return the remark that was stored as its code and its values in JSON."""
    return remark(code, **json.loads(values, object_hook=_from_object))


def _as_object(value: Any) -> Any:
    if isinstance(value, Remark):
        return {"code": value.code, "values": dict(value.values)}
    raise TypeError(f"A remark's values are kept as JSON; {type(value).__name__} is not.")


def _from_object(content: dict[str, Any]) -> Any:
    return remark(content["code"], **content["values"]) if set(content) == {"code", "values"} else content


@functools.cache
def english() -> Catalogue:
    """Return the English of every remark."""
    return Catalogue("en", english_messages())


@functools.cache
def english_messages() -> dict[str, str]:
    """Return the English of every remark by its code: of each room, and of the rules that stand beside their SQL."""
    found = messages_of(files("analysis") / "wording" / "list.toml", "list")
    for room in sorted(files("analysis").iterdir(), key=lambda entry: entry.name):
        if room.is_dir() and (room / "remarks.toml").is_file():
            found |= messages_of(room / "remarks.toml", room.name)
    for key, says in messages_of(files("queries") / "checks" / "rules.toml", "rules").items():
        if key.endswith((".says", ".mend")):
            found[key] = says
    return found


def messages_of(file: Traversable, section: str = "") -> dict[str, str]:
    """Return the messages of a TOML file by their keys: the names of its tables joined by points, after the section."""
    return dict(_flat(tomllib.loads(file.read_text(encoding="utf-8")), section))


def _flat(content: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    for name, entry in content.items():
        key = f"{path}.{name}" if path else name
        if isinstance(entry, Mapping):
            yield from _flat(entry, key)
        else:
            yield key, entry
