"""Tables and arrays as plain data: every column with its type, so that it comes back as it was, to the bit."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

Convert = Callable[[Any], Any]
_OBJECTS = "object"


def array_as_plain(values: Any, as_plain: Convert) -> dict[str, Any]:
    """Return values of one type, in a row, as data.

    Parameters
    ----------
    values
        An array of NumPy or pandas.
    as_plain
        What makes data of a single object.
    """
    kind = values.dtype
    if isinstance(kind, pd.CategoricalDtype):
        categories = array_as_plain(kind.categories.array, as_plain)
        return {"type": "category", "of": values.codes.tolist(), "names": categories, "is_ordered": kind.ordered}
    if isinstance(kind, np.dtype) and kind.kind == "f":
        return {"type": str(kind), "of": [value.hex() if value == value else None for value in values.tolist()]}
    if isinstance(kind, np.dtype) and kind.kind in "mM":
        return {"type": str(kind), "of": values.view(np.int64).tolist()}
    if isinstance(kind, np.dtype) and kind.kind in "biu":
        return {"type": str(kind), "of": values.tolist()}
    if str(kind) == _OBJECTS:
        return {"type": _OBJECTS, "of": [as_plain(value) for value in values]}
    return {"type": str(kind), "of": [None if pd.isna(value) else as_plain(value) for value in values]}


def array_from_plain(told: dict[str, Any], from_plain: Convert) -> Any:
    """Return the values of which `array_as_plain` made this."""
    kind, of = told["type"], told["of"]
    if kind == "category":
        names = pd.Index(array_from_plain(told["names"], from_plain))
        return pd.Categorical.from_codes(of, categories=names, ordered=told["is_ordered"])
    if kind == _OBJECTS:
        made = np.empty(len(of), dtype=object)
        made[:] = [from_plain(value) for value in of]
        return made
    if kind.startswith(("datetime64", "timedelta64")) and "," not in kind:
        return np.array(of, dtype=np.int64).view(kind)
    if kind.startswith("float"):
        return np.array([np.nan if value is None else float.fromhex(value) for value in of], dtype=kind)
    if kind[0].islower() and kind not in ("string", "boolean"):
        return np.array(of, dtype=kind)
    return pd.array([pd.NA if value is None else from_plain(value) for value in of], dtype=kind)


def table_as_plain(table: pd.DataFrame | pd.Series, as_plain: Convert) -> dict[str, Any]:
    """Return a table, or one column with its index, as data."""
    frame = table.to_frame() if isinstance(table, pd.Series) else table
    return {
        "index": _index_as_plain(frame.index, as_plain),
        "names": _index_as_plain(frame.columns, as_plain),
        "columns": [array_as_plain(_values(frame.iloc[:, place]), as_plain) for place in range(frame.shape[1])],
    }


def table_from_plain(told: dict[str, Any], from_plain: Convert) -> pd.DataFrame:
    """Return the table of which `table_as_plain` made this."""
    index = _index_from_plain(told["index"], from_plain)
    columns = [pd.Series(array_from_plain(column, from_plain), index=index) for column in told["columns"]]
    frame = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=index)
    frame.columns = _index_from_plain(told["names"], from_plain)
    return frame


def _values(column: pd.Series) -> Any:
    return column.to_numpy() if isinstance(column.dtype, np.dtype) else column.array


def _index_as_plain(index: pd.Index, as_plain: Convert) -> dict[str, Any]:
    if isinstance(index, pd.MultiIndex):
        levels = [_index_as_plain(index.get_level_values(place), as_plain) for place in range(index.nlevels)]
        return {"levels": levels}
    if isinstance(index, pd.RangeIndex):
        return {"range": [index.start, index.stop, index.step], "name": as_plain(index.name)}
    values = index.to_numpy() if isinstance(index.dtype, np.dtype) else index.array
    return {"of": array_as_plain(values, as_plain), "name": as_plain(index.name)}


def _index_from_plain(told: dict[str, Any], from_plain: Convert) -> pd.Index:
    if "levels" in told:
        return pd.MultiIndex.from_arrays([_index_from_plain(level, from_plain) for level in told["levels"]])
    name = from_plain(told["name"])
    if "range" in told:
        return pd.RangeIndex(*told["range"], name=name)
    return pd.Index(array_from_plain(told["of"], from_plain), name=name)
