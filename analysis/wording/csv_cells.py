r"""Cells of CSV files: one rule of what a spreadsheet may be given, for whatever writes one.

The rule. A text cell, and the name of a column, gets an apostrophe before it where a spreadsheet could take it for a
formula: where the first sign that is neither white nor invisible is one of ``= + - @`` or of their full-width and
small forms, or where it begins with a tab, a line break or another control. A plain number such as ``-12.5`` is none.
Controls but tabs and line breaks are written out (``\x00``), for a file may be sent to a terminal, and not every reader
of CSV takes NUL. A cell with a separator, a quotation mark or a line break of any kind stands in quotation marks.
Numbers and days are never touched.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from typing import TextIO

BYTE_ORDER_MARK = "\ufeff"
"""Before a header: by it a spreadsheet sees that a file is UTF-8; without it Excel takes Japanese for cp932."""
_WHITE = r"\s\x00-\x20\x7f-\xa0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
_OPENERS = r"=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212"
_RUNS = re.compile(rf"[\x00-\x1f\x7f-\x9f]|[{_WHITE}]*[{_OPENERS}]")
_NUMBER = re.compile(r"-\d+(\.\d+)?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def cell(text: str) -> str:
    r"""Return a text as a cell that runs nothing and holds no control but tabs and line breaks.

    Examples
    --------
    >>> cell("  =1+1"), cell("-5"), cell("a\x00b")
    ("'  =1+1", '-5', 'a\\x00b')
    """
    runs = _RUNS.match(text) and not _NUMBER.fullmatch(text)
    plain = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}" if found[0] < "\u0100" else "\ufffd", text)
    return f"'{plain}" if runs else plain


class _Lines:
    r"""Where `csv.writer` writes rows that end in ``\r\n``: handed on with ``\n`` at their end.

    Of the signs of line breaks csv quotes those that end its own rows; so these hold both.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write one row."""
        return self._stream.write(text.removesuffix("\r\n") + "\n")


def write_table(
    stream: TextIO, head: Sequence[str], rows: Iterable[Sequence[object]], is_number: Sequence[bool] = ()
) -> None:
    """Write a table as CSV.

    Parameters
    ----------
    stream
        Open for text, with line ends as they are given (``newline=""``).
    head
        Names of the columns.
    rows
        Text, which is put to the rule; all else is written as Python says it, nothing for None.
    is_number
        Of each column: whether its texts are numbers, which are written as they stand.
    """
    lines = csv.writer(_Lines(stream), lineterminator="\r\n")
    stream.write(BYTE_ORDER_MARK)
    lines.writerow([cell(name) for name in head])
    texts = [place for place in range(len(head)) if not (is_number and is_number[place])]
    for row in map(list, rows):
        for place in texts:
            value = row[place]
            if isinstance(value, str):
                row[place] = cell(value)
        lines.writerow(row)
