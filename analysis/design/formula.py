"""Formula: what a design asks of formulaic, and what its transforms remember, by covariate."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from formulaic import Formula, ModelSpec
from numpy.typing import NDArray

from analysis.design.raw_covariates import Covariate
from analysis.design.transforms import REMEMBERING
from analysis.errors import DesignError

_HOW: dict[str, Any] = {"na_action": "ignore", "output": "numpy"}

_PARSING = threading.Lock()
"""Formulas are parsed by one thread at a time: Python 3.11's parser counts how deep it is for all threads together, and
fails where two that parse at once come back in another order (CPython issue 106905)."""

Memory = Mapping[str, Any]
"""What was learned of one covariate: ``median``, ``mean`` and ``spread``, or ``levels``, or ``knots``."""


def formula_of(covariates: Sequence[Covariate]) -> str:
    """Return the formula of a design, in which the k-th covariate is called ``x_k``.

    Raises
    ------
    DesignError
        If a covariate asks for a transform that there is not.
    """
    return " + ".join(["0", *(_terms(covariate, f"x_{k}") for k, covariate in enumerate(covariates))])


def numbered(readable: pd.DataFrame) -> pd.DataFrame:
    """Number the columns: formulaic mangles a covariate whose name is part of a transform's name ('a', 'is')."""
    return readable.set_axis([f"x_{k}" for k in range(readable.shape[1])], axis=1)


def learned(formula: str, readable: pd.DataFrame) -> tuple[NDArray[np.float64], ModelSpec]:
    """Return the matrix of training rows, and what makes the same of others."""
    with _PARSING:
        matrix = Formula(formula).get_model_matrix(readable, context=REMEMBERING, **_HOW)
    return np.asarray(matrix, dtype=np.float64), matrix.model_spec


def replayed(spec: ModelSpec, covariates: Sequence[Covariate], readable: pd.DataFrame) -> NDArray[np.float64]:
    """Return the matrix of any rows, with what training taught.

    It is that of ``spec.get_model_matrix`` to the bit; but formulaic parses every term anew, which takes much longer
    than its numbers.
    """
    known = enumerate(zip(covariates, memories(spec, covariates), strict=True))
    columns = [one for k, (covariate, memory) in known for one in _replay(covariate, memory, f"x_{k}", readable)]
    return np.column_stack(columns) if columns else np.empty((len(readable), 0))


def memories(spec: ModelSpec, covariates: Sequence[Covariate]) -> list[Memory]:
    """Return what was learned of each covariate."""
    state = spec.transform_state
    places = [_places(covariate, f"x_{k}") for k, covariate in enumerate(covariates)]
    return [{name: state[place][name] for name, place in of_one.items()} for of_one in places]


def recalled(covariates: Sequence[Covariate], known: Sequence[Memory]) -> ModelSpec:
    """Return what makes a matrix of any rows, from what was learned of each covariate; the inverse of `memories`.

    Raises
    ------
    DesignError
        As `formula_of`.
    """
    state: dict[str, dict[str, Any]] = {}
    for k, (covariate, memory) in enumerate(zip(covariates, known, strict=True)):
        for name, place in _places(covariate, f"x_{k}").items():
            state.setdefault(place, {})[name] = memory[name]
    # One row, whatever it holds, shows formulaic which columns there are; nothing is learned of it.
    one = {f"x_{k}": [""] if c.transform == "category" else [0.0] for k, c in enumerate(covariates)}
    row = pd.DataFrame({**one, "kind": [""], "events": [np.nan]})
    with _PARSING:
        spec = ModelSpec(Formula(formula_of(covariates)), transform_state=state, **_HOW)
        return spec.get_model_matrix(row, context=REMEMBERING).model_spec


def _replay(covariate: Covariate, memory: Memory, x: str, readable: pd.DataFrame) -> list[NDArray[np.float64]]:
    """Return the columns of one covariate, as its `_terms` are."""
    values, transform = readable[x], REMEMBERING
    if covariate.transform == "category":
        return list(transform["levels"](values, _state=dict(memory)).values())
    if covariate.transform == "clock":
        return list(transform["clock"](values, readable["kind"], readable["events"], _state=dict(memory)).values())
    number = values if covariate.transform == "identity" else transform[covariate.transform](values)
    filled = transform["filled"](number, _state={"median": memory["median"]})
    spread = {name: memory[name] for name in ("mean", "spread")}
    return [transform["standardised"](filled, _state=spread), transform["missing"](values)]


def _number(covariate: Covariate, x: str) -> str:
    return x if covariate.transform == "identity" else f"{covariate.transform}({x})"


def _terms(covariate: Covariate, x: str) -> str:
    match covariate.transform:
        case "identity" | "log1p" | "log_from_one":
            return f"standardised(filled({_number(covariate, x)})) + missing({x})"
        case "category":
            return f"levels({x})"
        case "clock":
            return f"clock({x}, kind, events)"
    raise DesignError(
        f"Covariate {covariate.name!r} asks for the transform {covariate.transform!r}; "
        "known are 'identity', 'log1p', 'log_from_one', 'category' and 'clock'."
    )


def _places(covariate: Covariate, x: str) -> dict[str, str]:
    """Return where formulaic keeps what a covariate's transforms remember, by name."""
    match covariate.transform:
        case "category":
            return {"levels": _terms(covariate, x)}
        case "clock":
            return {"knots": _terms(covariate, x)}
    filled = f"filled({_number(covariate, x)})"
    return {"median": filled, "mean": f"standardised({filled})", "spread": f"standardised({filled})"}
