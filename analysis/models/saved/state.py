"""State: what something fitted consists of, as text, numbers and arrays; whatever is taken from it is looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.design.matrix import Column
from analysis.errors import SavedForecastError
from analysis.wording.remarks import remark

_LARGEST = 2**53
"""No whole number is larger: beyond it JSON has none that every reader reads alike."""


_DEEPEST = 8
"""How deep parts lie in each other, at most."""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What something fitted consists of.

    Attributes
    ----------
    kind
        What it is: by it the reader knows what to make of the rest.
    facts
        Texts, numbers, and lists of them, as JSON has them.
    arrays
        Of float64 or int64.
    parts
        What it is made of.
    where
        Where it was read, for whoever must be told that it is wrong.

    Every method that takes something from it raises `SavedForecastError` if it is not there, or not such a thing.
    """

    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    parts: Mapping[str, "State"] = field(default_factory=dict)
    where: str = ""

    def refusal(self, name: str, found: object) -> SavedForecastError:
        """Return the error that says what was found where something else must be."""
        told = repr(found) if not isinstance(found, str) else found
        return SavedForecastError(
            remark("models.saved_impossible", where=self.where or self.kind, name=name, found=told[:80])
        )

    def require(self, condition: object, name: str, found: object) -> None:
        """Raise unless the condition holds."""
        if not condition:
            raise self.refusal(name, found)

    def fact(self, name: str, *kinds: type) -> Any:
        """Return a fact of one of these kinds; a truth value is no number."""
        found = self.facts.get(name)
        self.require(name in self.facts and type(found) in kinds, name, found)
        return found

    def text(self, name: str) -> str:
        """Return a text."""
        return str(self.fact(name, str))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        found = self.fact(name, list)
        self.require(all(type(one) is str for one in found), name, found)
        return tuple(found)

    def number(self, name: str, low: float = -np.inf, high: float = np.inf) -> float:
        """Return a finite number between two bounds, which may be reached."""
        found = self.fact(name, int, float)
        self.require(np.isfinite(found) and low <= found <= high, name, found)
        return float(found)

    def whole(self, name: str, low: int = 0, high: int = _LARGEST) -> int:
        """Return a whole number between two bounds, which may be reached."""
        found = self.fact(name, int)
        self.require(low <= found <= high, name, found)
        return int(found)

    def numbers(self, name: str, *shape: int | None) -> NDArray[np.float64]:
        """Return an array of finite numbers of a shape; None stands for any length."""
        found = self._array(name, np.float64, shape)
        self.require(np.isfinite(found).all(), name, "nan, inf")
        return found

    def shares(self, name: str, *shape: int | None) -> NDArray[np.float64]:
        """Return an array of numbers from 0 to 1."""
        found = self.numbers(name, *shape)
        self.require(((found >= 0.0) & (found <= 1.0)).all(), name, _range(found))
        return found

    def whole_numbers(self, name: str, low: int, high: int, *shape: int | None) -> NDArray[np.int64]:
        """Return an array of whole numbers between two bounds, which may be reached."""
        found = self._array(name, np.int64, shape)
        self.require(((found >= low) & (found <= high)).all(), name, _range(found))
        return found

    def _array(self, name: str, dtype: type, shape: Sequence[int | None]) -> NDArray[Any]:
        found = self.arrays.get(name)
        if found is None or found.dtype != dtype:
            raise self.refusal(name, None if found is None else found.dtype.str)
        fits = found.ndim == len(shape) and all(
            wanted in (None, given) for wanted, given in zip(shape, found.shape, strict=True)
        )
        self.require(fits, name, found.shape)
        return found

    def part(self, name: str) -> "State":
        """Return one of its parts."""
        if name not in self.parts:
            raise self.refusal(name, None)
        return self.parts[name]


def columns_as_facts(columns: Sequence[Column]) -> list[list[Any]]:
    """Return the columns that a model was fitted to as JSON has them."""
    return [[column.name, column.covariate, column.family, bool(column.marks_missing)] for column in columns]


def columns_of(state: State) -> tuple[Column, ...]:
    """Return the columns that a model was fitted to."""
    found = state.fact("columns", list)
    state.require(found, "columns", found)
    for one in found:
        is_column = type(one) is list and [type(part) for part in one] == [str, str, str, bool]
        state.require(is_column, "columns", one)
    return tuple(Column(*one) for one in found)


def flattened(state: State, arrays: list[NDArray[Any]]) -> dict[str, Any]:
    """Return a state as JSON has it; its arrays join the list, and their places there stand for them."""
    places = {}
    for name, array in state.arrays.items():
        places[name] = len(arrays)
        arrays.append(array)
    parts = {name: flattened(part, arrays) for name, part in state.parts.items()}
    return {"kind": state.kind, "facts": dict(state.facts), "arrays": places, "parts": parts}


def unflattened(content: Any, arrays: Sequence[NDArray[Any]], where: str) -> State:
    """Return the state that was flattened.

    Raises
    ------
    SavedForecastError
        If it is none, or lies deeper in others than any does.
    """
    found = State("", where=where)
    found.require(type(content) is dict and where.count(" > ") <= _DEEPEST, "parts", where)
    kinds = {name: type(held) for name, held in content.items()}
    found.require(kinds == {"kind": str, "facts": dict, "arrays": dict, "parts": dict}, "kind", sorted(kinds))
    for name, place in content["arrays"].items():
        found.require(type(place) is int and 0 <= place < len(arrays), name, place)
    return State(
        content["kind"],
        content["facts"],
        {name: arrays[place] for name, place in content["arrays"].items()},
        {name: unflattened(part, arrays, f"{where} > {name[:40]}") for name, part in content["parts"].items()},
        where,
    )


def _range(found: NDArray[Any]) -> str:
    return f"{found.min(initial=0)}..{found.max(initial=0)}"
