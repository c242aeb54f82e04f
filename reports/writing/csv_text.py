"""CSV text: tables as files that a spreadsheet may open without running anything, in any language."""

from collections.abc import Mapping

import pandas as pd

from analysis.engine.engine import BYTE_ORDER_MARK

_FORMULA_OPENERS = ("=", "+", "-", "@", "\t", "\r")


def as_csv(table: pd.DataFrame) -> str:
    """Return a table as CSV, a byte order mark before it; no text in it is read as a formula by a spreadsheet."""
    plain = table.copy()
    for name in plain.select_dtypes(object).columns:
        plain[name] = plain[name].map(_plain)
    return BYTE_ORDER_MARK + plain.to_csv(index=False, lineterminator="\n", float_format="%.12g")


def csv_texts(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return tables as CSV by the names of their files."""
    return {f"{name}.csv": as_csv(table) for name, table in tables.items()}


def _plain(value: object) -> object:
    """Put a quote before text that a spreadsheet would run."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_OPENERS) else value
