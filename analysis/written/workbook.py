"""Workbooks: tables as sheets of one Excel file, in which text is text and nothing is computed."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import StoreError

MOST_ROWS, MOST_SIGNS, WIDEST = 1_048_576, 32_767, 60
"""Of a sheet, of a cell, and of a column as it is first shown."""
MADE_ON = datetime(2000, 1, 1)
"""What every workbook says of itself: the same tables make the same bytes."""


def write_workbook(sheets: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write tables as the sheets of an Excel file: a bold head that stays, numbers as numbers, days as days.

    A text that begins like a formula stays a text: each cell says what it is.

    Raises
    ------
    StoreError
        If a table has more rows, or a text more signs, than a sheet can hold; nothing is cut off.
    """
    import xlsxwriter  # who saves none does not wait for it

    for name, table in sheets.items():
        if len(table) >= MOST_ROWS:
            raise StoreError(
                f"A sheet holds {MOST_ROWS - 1:,} rows, but '{name}' has {len(table):,}: save it as .parquet or .csv."
            )
    options = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": MADE_ON})
        head, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for name, table in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for place, column in enumerate(table.columns):
                texts = [str(column)]
                sheet.write_string(0, place, texts[0], head)
                for row, value in enumerate(_values(table.iloc[:, place]), start=1):
                    texts.append(_write(sheet, row, place, value, day, moment))
                sheet.set_column(place, place, min(WIDEST, 2 + max(map(len, texts))))


def _values(column: pd.Series) -> list[Any]:
    """Return the values of a column as Python's, None where missing."""
    return [None if is_missing else value for value, is_missing in zip(column.tolist(), column.isna(), strict=True)]


def _write(sheet: Any, row: int, place: int, value: Any, day: Any, moment: Any) -> str:
    """Write one cell, and return how it looks, roughly."""
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        sheet.write_boolean(row, place, bool(value))
    elif isinstance(value, int | float | np.number) and np.isfinite(value):
        sheet.write_number(row, place, value)
        return f"{value:.6g}"
    elif isinstance(value, date) and value.year >= 1900:
        plain = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        is_day = not isinstance(plain, datetime) or plain == datetime.combine(plain.date(), datetime.min.time())
        sheet.write_datetime(row, place, plain, day if is_day else moment)
        return str(plain)[: 10 if is_day else 19]
    else:
        text = str(value)
        if len(text) > MOST_SIGNS:
            raise StoreError(
                f"A cell holds {MOST_SIGNS:,} signs, but one of row {row} has {len(text):,}: save as .csv."
            )
        sheet.write_string(row, place, text)
    return str(value)
