"""Kept answers: results of a study that are plain data, under the hash of all that decides them.

What takes minutes is worked out once; whoever opens the study again, in whatever process, reads it.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, fields
from functools import cache, cached_property, wraps
from pathlib import Path
from platform import python_version
from typing import Any, Generic, TypeVar, cast

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.fingerprint import digest, package_texts
from analysis.cohort.package_versions import package_versions
from analysis.errors import DesignError, ModelError, StoreError
from analysis.store.cohorts import answers_path, remove_older_answers
from analysis.store.values import read_value, write_value
from analysis.wording.remarks import Remark

PACKAGES = ("analysis", "queries")
"""Whatever stands in the modules, declarations and queries of these decides every answer."""

Value = TypeVar("Value")


_REFUSALS = {error.__name__: error for error in (DesignError, ModelError)}


@dataclass(frozen=True, slots=True)
class Refusal:
    """That data do not support an answer, kept in its place.

    Attributes
    ----------
    error
        Name of the error that says so.
    said
        What it says.
    """

    error: str
    said: Remark | str


def kept(tenure: CohortTables, name: str, make: Callable[[], Value], beside: Collection[str] = ()) -> Value:
    """Return an answer as it is kept beside its cohort; where it is not, it is made, kept, and read again.

    So the first who ask see what all others see. An answer that is broken, or of other data, settings, code or
    versions, is made again; one that cannot be kept is told all the same. Of a cohort in which somebody has put
    something else in place of its tables (`CohortTables.is_as_built`) nothing is kept.

    Parameters
    ----------
    tenure
        The cohort.
    name
        Of the answer, among those of one cohort.
    make
        Works it out, to a value as `analysis.store.values` can keep.
    beside
        Other packages than `PACKAGES` whose code decides it.

    Raises
    ------
    DesignError, ModelError
        As `make`; that the data do not support an answer is kept, too.
    """
    if not tenure.is_as_built:
        return make()
    folder = answers_folder(tenure)
    place = folder / (f"{name}-{decided_by(tuple(beside))[:16]}" if beside else name)
    try:
        found = read_value(place, object)
    except StoreError:
        found = _made(make)
        try:
            if not folder.exists():
                remove_older_answers(folder)
            write_value(place, found)
            found = read_value(place, object)
        except StoreError as error:
            tenure.tell_once(f"answers are not kept: {error}")
    if isinstance(found, Refusal):
        raise _REFUSALS.get(found.error, ModelError)(found.said)
    return cast(Value, found)


def _made(make: Callable[[], object]) -> object:
    try:
        return make()
    except (DesignError, ModelError) as error:
        if type(error) not in _REFUSALS.values() or len(error.args) != 1:
            raise  # one that says more than a refusal holds
        return Refusal(type(error).__name__, error.args[0])


def kept_property(make: Callable[[Any], Value]) -> "cached_property[Value]":
    """Let a property be worked out once for all who open the study, and read once in each process.

    It is one of a cohort, or of a room that has its cohort as ``_tenure``. Rooms of one class whose answers differ on
    one cohort tell so by an attribute ``kept_apart``.

    Parameters
    ----------
    make
        The method that works it out, as for `kept`.
    """

    @wraps(make)
    def answer(room: Any) -> Value:
        apart = getattr(room, "kept_apart", "")
        name = f"{make.__qualname__}.{apart}" if apart else make.__qualname__
        return kept(getattr(room, "_tenure", room), name, lambda: make(room))

    return cached_property(answer)


class Later(Generic[Value]):
    """What no file can hold, such as fitted models: made when it is first asked for, and then at hand.

    Parameters
    ----------
    make
        Makes it.
    """

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make = make
        self._made: list[Value] = []

    @property
    def is_made(self) -> bool:
        """Whether it is at hand."""
        return bool(self._made)

    def get(self) -> Value:
        """Return it."""
        if not self._made:
            self._made.append(self._make())
        return self._made[0]


def made(value: Value) -> Later[Value]:
    """Return what is at hand already."""
    later = Later(lambda: value)
    later.get()
    return later


def fields_of(value: Any, kind: Any) -> dict[str, Any]:
    """Return of a value the fields that a dataclass has which it is, or is more than."""
    return {field.name: getattr(value, field.name) for field in fields(kind)}


def answers_folder(tenure: CohortTables) -> Path:
    """Return where the answers of a study are kept: a name that all that decides them is part of."""
    study = tenure.study
    files = {"claims": study.claims, "health_score": study.health_score, "actions": study.actions}
    settings = {
        "study": study.as_dict(),
        "own": [asdict(one) for one in study.own.covariates],
        "files": {name: [path.name, path.read_bytes().hex() if path.is_file() else ""] for name, path in files.items()},
        "hashes": tenure.hashes,
    }
    key = digest(json.dumps(settings, default=str, sort_keys=True), decided_by(PACKAGES))[:16]
    return answers_path(tenure.cohort_file.parent, tenure.hashes["cohort"], key)


@cache
def decided_by(packages: tuple[str, ...]) -> str:
    """Return the hash of code and versions, as they were when a process first asked: it runs no other code."""
    versions = package_versions() | {"python": python_version()}
    return digest(json.dumps(versions, sort_keys=True), *package_texts(packages))
