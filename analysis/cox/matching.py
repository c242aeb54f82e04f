"""Matching: what is given apart belongs to the same rows: by its labels where it has some, or else by position."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.errors import ModelError

_SHOWN = 5


def matched(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was given with all that has an index of pandas in the order of the first that has one.

    Parameters
    ----------
    given : mapping of str to table, column or array-like
        By the name that a user knows it by. What has no index (arrays, polars, Arrow) is left as it is.

    Raises
    ------
    ModelError
        If two indexes hold other labels, or the same in another order with repeats, so that nobody knows which rows
        belong together; the message names labels.

    Examples
    --------
    >>> X, y = pd.Series([1, 2], index=["a", "b"]), pd.Series([20, 10], index=["b", "a"])
    >>> matched({"X": X, "y": y})["y"].tolist()
    [10, 20]
    """
    labelled = {name: own for name, own in given.items() if isinstance(own, pd.DataFrame | pd.Series)}
    if not labelled:
        return dict(given)
    first, index = next((name, own.index) for name, own in labelled.items())
    return {
        name: _in_order(own, name, index, first) if name in labelled and not own.index.equals(index) else own
        for name, own in given.items()
    }


def index_of(table: Any, n: int) -> pd.Index:
    """Return the labels of a table's n rows: its own if it is of pandas, positions otherwise."""
    return table.index if isinstance(table, pd.DataFrame) else pd.RangeIndex(n)


def _in_order(own: Any, name: str, index: pd.Index, first: str) -> Any:
    lacking, foreign = index.difference(own.index, sort=False), own.index.difference(index, sort=False)
    if len(lacking) or len(foreign):
        parts = [f"it lacks {_named(lacking)} of {first}"] if len(lacking) else []
        parts += [f"it has {_named(foreign)}, which {first} has not"] if len(foreign) else []
        raise ModelError(
            f"The rows of {name} cannot be matched with those of {first} by their index: {' and '.join(parts)}. Give "
            "both the index of their rows, or give arrays (.to_numpy()), which are matched by position."
        )
    if not (index.is_unique and own.index.is_unique):
        raise ModelError(
            f"The rows of {name} cannot be matched with those of {first} by their index: it repeats "
            f"{_named(own.index[own.index.duplicated()].unique())} in another order. Give both an index without "
            "repeats, or give arrays (.to_numpy()), which are matched by position."
        )
    return own.loc[index]


def _named(labels: pd.Index) -> str:
    shown = ", ".join(map(repr, labels[:_SHOWN].tolist()))
    return f"{len(labels):,} label{'s' if len(labels) > 1 else ''} ({shown}{', ...' if len(labels) > _SHOWN else ''})"
