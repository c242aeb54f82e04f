"""Transforms that remember: what training rows taught is replayed, unchanged, on every other row.

Each is a formulaic stateful transform: `_state` is empty while learning and filled on replay, so no
number of the rows being scored can reach their own design matrix.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from formulaic.transforms import stateful_transform
from numpy.typing import NDArray

from analysis.design.clock import clock_columns, learn_knots


def _filled(values: Any, _state: dict[str, Any] = {}) -> NDArray[np.float64]:  # noqa: B006 (formulaic's signature)
    """Put the training median where a value is missing (0 where training knew none)."""
    column = np.asarray(values, dtype=np.float64)
    if "median" not in _state:
        known = column[~np.isnan(column)]
        _state["median"] = float(np.median(known)) if len(known) else 0.0
    return np.where(np.isnan(column), _state["median"], column)


def _standardised(values: Any, _state: dict[str, Any] = {}) -> NDArray[np.float64]:  # noqa: B006
    """Subtract the training mean and divide by the training standard deviation."""
    column = np.asarray(values, dtype=np.float64)
    if "mean" not in _state:
        spread = float(np.std(column, ddof=1)) if len(column) > 1 else 0.0
        _state["mean"] = float(np.mean(column))
        _state["spread"] = spread if spread > 0 else 1.0
    return (column - _state["mean"]) / _state["spread"]


def log_from_one(values: Any) -> NDArray[np.float64]:
    """Take the log of a number from one on; none is as one, as another covariate says whether there is any."""
    return np.log(np.maximum(np.asarray(values, dtype=np.float64), 1.0))


def _missing(values: Any) -> NDArray[np.float64]:
    """Mark the rows whose value is missing with 1, all others with 0."""
    return np.isnan(np.asarray(values, dtype=np.float64)).astype(np.float64)


def _levels(values: Any, _state: dict[str, Any] = {}) -> dict[str, NDArray[np.float64]]:  # noqa: B006
    """Make one indicator for every training level but the commonest, which is the reference.

    A level that training never saw has no indicator of its own, so it is read as the reference.
    """
    labels = np.asarray(values, dtype=object)
    if "levels" not in _state:
        found, counts = np.unique(labels.astype(str), return_counts=True)
        order = np.lexsort((found, -counts))
        _state["levels"] = [str(level) for level in found[order]]
    others = sorted(_state["levels"][1:])
    return {level: (labels == level).astype(np.float64) for level in others}


def _clock(days: Any, kind: Any, events: Any, _state: dict[str, Any] = {}) -> dict[str, NDArray[np.float64]]:  # noqa: B006
    """Make a curve of the days to a date for each kind of term; `events` is looked at in training only."""
    column, kinds = np.asarray(days, dtype=np.float64), np.asarray(kind, dtype=object)
    if "knots" not in _state:
        _state["knots"] = learn_knots(column, kinds, np.asarray(events, dtype=np.float64))
    return clock_columns(column, kinds, _state["knots"])


REMEMBERING: dict[str, Callable[..., Any]] = {
    "filled": stateful_transform(_filled),
    "standardised": stateful_transform(_standardised),
    "missing": stateful_transform(_missing),
    "levels": stateful_transform(_levels),
    "clock": stateful_transform(_clock),
    "log1p": np.log1p,
    "log_from_one": log_from_one,
}
"""The names that a design formula may use."""
