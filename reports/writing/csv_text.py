"""CSV text: tables as files that a spreadsheet may open without running anything."""

import pandas as pd

_FORMULA_OPENERS = ("=", "+", "-", "@", "\t", "\r")


def as_csv(table: pd.DataFrame) -> str:
    """Return a table as CSV; no text in it is read as a formula by a spreadsheet."""
    plain = table.copy()
    for name in plain.select_dtypes(object).columns:
        plain[name] = plain[name].map(_plain)
    return plain.to_csv(index=False, lineterminator="\n", float_format="%.12g")


def _plain(value: object) -> object:
    """Put a quote before text that a spreadsheet would run."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_OPENERS) else value
