"""Designs: the state of a learned design, from which the same numbers are made of the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.design.matrix import Column, Design, DroppedColumn, named_columns
from analysis.design.transforms import Memory
from analysis.models.saved.state import State
from analysis.wording.remarks import remark

_REASONS = ("design.constant", "design.combination", "design.one_level", "design.equal")
_TRANSFORMS = ("identity", "log1p", "log_from_one", "category", "clock")
_LATEST = 100_000
"""No knot lies so many days before a date."""


@dataclass(frozen=True, slots=True)
class SavedCovariate:
    """What a design reads of a declared covariate."""

    name: str
    family: str
    transform: str


def design_state(design: Design) -> State:
    """Return what a learned design consists of."""
    covariates = [
        {"name": c.name, "family": c.family, "transform": c.transform, "learned": _as_facts(memory)}
        for c, memory in zip(design.covariates, design.memories, strict=True)
    ]
    dropped = [
        [column.name, column.covariate, column.family, column.reason.code, dict(column.reason.values)]
        for column in design.dropped
    ]
    return State("design", {"covariates": covariates, "dropped": dropped}, {"kept": design.kept.astype(np.int64)})


def design_of(state: State) -> Design:
    """Return the design that consists of this.

    Raises
    ------
    SavedForecastError
        If it is none.
    """
    state.require(state.kind == "design", "kind", state.kind)
    found = state.fact("covariates", list)
    state.require(found, "covariates", found)
    covariates, known = [], []
    for one in found:
        kinds = [type(one.get(key)) for key in ("name", "family", "learned")] if type(one) is dict else []
        is_covariate = kinds == [str, str, dict]
        state.require(is_covariate and one.get("transform") in _TRANSFORMS, "covariates", one)
        covariates.append(SavedCovariate(one["name"], one["family"], one["transform"]))
        known.append(_memory(state, one["name"], one["transform"], one["learned"]))
    columns = named_columns(covariates, known)
    kept = state.whole_numbers("kept", 0, len(columns) - 1, None)
    state.require(len(kept) and (np.diff(kept) > 0).all(), "kept", kept)
    return Design(
        tuple(covariates),
        tuple(known),
        tuple(columns[k] for k in kept),
        kept.astype(np.intp),
        tuple(_dropped(state, columns)),
    )


def _as_facts(memory: Memory) -> dict[str, Any]:
    """Return what was learned of a covariate as JSON has it."""
    if "knots" in memory:
        return {"knots": {kind: list(days) for kind, days in memory["knots"].items()}}
    return dict(memory)


def _memory(state: State, name: str, transform: str, learned: dict[str, Any]) -> Memory:
    known = State(transform, learned, where=f"{state.where} > {name[:40]}")
    if transform == "category":
        return {"levels": list(known.texts("levels"))}
    if transform == "clock":
        knots = known.fact("knots", dict)
        known.require(all(map(_are_knots, knots.values())), "knots", knots)
        return {"knots": {kind: tuple(days) for kind, days in knots.items()}}
    spread = known.number("spread", np.finfo(np.float64).tiny)
    return {"median": known.number("median"), "mean": known.number("mean"), "spread": spread}


def _are_knots(days: object) -> bool:
    if type(days) is not list or not all(type(day) is int and 0 <= day <= _LATEST for day in days):
        return False
    return not days or (len(days) > 1 and days == sorted(set(days)))


def _dropped(state: State, columns: Sequence[Column]) -> list[DroppedColumn]:
    marks = {column.name for column in columns if column.marks_missing}
    found = []
    for one in state.fact("dropped", list):
        is_column = type(one) is list and [type(part) for part in one] == [str, str, str, str, dict]
        state.require(is_column and one[3] in _REASONS, "dropped", one)
        name, covariate, family, code, values = one
        wanted = {"column"} if code == "design.equal" else set()
        state.require(set(values) == wanted and all(type(value) is str for value in values.values()), "dropped", one)
        found.append(DroppedColumn(name, covariate, family, remark(code, **values), name in marks))
    return found
