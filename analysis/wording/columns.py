"""Columns of letters: tables as text for terminals, on which wide letters (Japanese) take two columns."""

from collections.abc import Sequence

from wcwidth import width

from analysis.wording.controls import shown


def in_columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as text, each column as wide as its widest cell and ranged right.

    Parameters
    ----------
    head : sequence of str, shape (n_columns,)
    rows : sequence of sequence of str, shape (n_rows, n_columns)

    Examples
    --------
    >>> print(in_columns(["名", "n"], [["東京", "10"], ["Oslo", "9"]]))
      名  n
    東京 10
    Oslo  9
    """
    cells = [list(map(shown, row)) for row in (head, *rows)]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        " ".join(" " * (wide - width(cell)) + cell for cell, wide in zip(row, widths, strict=True)) for row in cells
    )
