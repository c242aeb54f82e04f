"""CSV text: tables as files that a spreadsheet may open without running anything, in any language."""

import io
from collections.abc import Mapping

import pandas as pd

from analysis.wording.csv_cells import write_table


def as_csv(table: pd.DataFrame) -> str:
    """Return a table as CSV, by the rule of `analysis.wording.csv_cells`; numbers have twelve digits."""
    stream = io.StringIO(newline="")
    columns = [table.iloc[:, place] for place in range(table.shape[1])]
    is_number = [pd.api.types.is_numeric_dtype(column) for column in columns]
    write_table(stream, list(map(str, table.columns)), zip(*map(_cells, columns), strict=True), is_number)
    return stream.getvalue()


def csv_texts(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return tables as CSV by the names of their files."""
    return {f"{name}.csv": as_csv(table) for name, table in tables.items()}


def _cells(column: pd.Series) -> list[object]:
    """Return the cells of a column; a moment at midnight is a day where all are."""
    texts = column
    if pd.api.types.is_float_dtype(column):
        texts = column.map("{:.12g}".format, na_action="ignore")
    elif pd.api.types.is_datetime64_any_dtype(column):
        texts = column.astype(str)
    return [None if is_missing else value for value, is_missing in zip(texts, column.isna(), strict=True)]
