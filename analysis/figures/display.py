"""Display: a result that shows itself in a terminal and a notebook, as numbers first and as a picture of them."""

import html
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.picture import Picture
from analysis.figures.saving import save
from analysis.figures.style import as_svg, look
from analysis.wording.columns import in_columns

MOST_ROWS, FIRST_ROWS, MOST_COLUMNS = 20, 10, 10
MISSING = "–"
_LONG, _PROSE = 40, "text-align: left; min-width: 15em"
"""Letters from which on a text is a sentence, and how a column of such is told, lest numbers beside it squeeze it."""
_CARD = "background: #fff; color: #22303c; border-radius: 4px; max-width: 100%; width: fit-content; padding: 4px"
"""A picture is drawn on white, in a dark notebook as in a light one."""


@dataclass(frozen=True, slots=True)
class Display:
    """A table, and the picture that shows that table and nothing else.

    Attributes
    ----------
    title
        One line that says what the numbers are.
    table
        The numbers.
    draw
        Called as ``draw(ax)``; None where a table says it best.
    size
        Width and height of the picture in inches.
    notes
        What a reader of the numbers must know, a sentence or two each.
    columns
        Of the table, those that a terminal or a notebook shows, in their order, where some tell a reader little; a name
        that the table lacks is passed over. All by default.
    """

    title: str
    table: pd.DataFrame
    draw: Callable[[Axes], Any] | None = None
    size: tuple[float, float] = (7.0, 3.6)
    notes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def frame(self) -> pd.DataFrame:
        """Return the numbers as a new frame."""
        return self.table.copy()

    def plot(self, ax: Axes | None = None) -> Figure:
        """Draw the picture, on a new figure unless an axes is given, and return the figure.

        A new figure shows itself at the end of a notebook's cell, once, and can be saved (``.savefig("x.pdf")``).

        Raises
        ------
        ValueError
            If there is no picture of this result.
        """
        draw = self._drawn()
        with look():
            if ax is None:
                ax = Picture(figsize=self.size, layout="constrained").add_subplot()
            draw(ax)
        return cast(Figure, ax.get_figure(root=True))

    def save(self, path: str | Path) -> Path:
        """Save the picture (``.png``, ``.svg``), the numbers (``.csv``, ``.parquet``, ``.xlsx``) or both (``.html``).

        The end of the file's name says which. The same result makes the same bytes, and an earlier file of the name is
        replaced whole.

        Raises
        ------
        StoreError
            If the name ends otherwise, or the file can't be written.
        ValueError
            If there is no picture of this result.
        """
        return save(self, path)

    def as_svg(self) -> str:
        """Return the picture as SVG, the same bytes for the same numbers.

        Raises
        ------
        ValueError
            If there is no picture of this result.
        """
        return as_svg("display", self._drawn(), size=self.size, alt=self.title)

    def _drawn(self) -> Callable[[Axes], Any]:
        if self.draw is None:
            raise ValueError(
                f"There is no picture of '{self.title}'; see .frame(), or save its numbers as .csv, .parquet or .xlsx."
            )
        return self.draw

    def __repr__(self) -> str:
        """Return title and numbers as text."""
        texts, notes = _excerpt(self.table, self.columns)
        cells = in_columns([str(name) for name in texts.columns], texts.to_numpy().tolist())
        return "\n".join([self.title, cells, *notes, *self.notes])

    def _repr_html_(self) -> str:
        """Return title, picture and numbers as HTML; all text from data is escaped."""
        texts, notes = _excerpt(self.table, self.columns)
        return self._in_html(texts, notes)

    def as_html(self) -> str:
        """Return title, picture and all numbers as HTML."""
        return self._in_html(_all_texts(self.table), [])

    def _in_html(self, texts: pd.DataFrame, notes: Sequence[str]) -> str:
        picture = f'<div style="{_CARD}">{self.as_svg()}</div>' if self.draw else ""
        numeric = [_is_number(self.table[name]) for name in texts.columns]
        lines = "".join(f"<p><small>{html.escape(note)}</small></p>" for note in [*notes, *self.notes])
        return f"<h4>{html.escape(self.title)}</h4>{picture}{_html_table(texts, numeric)}{lines}"


def _excerpt(table: pd.DataFrame, columns: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return what of a table is worth showing, as text, and lines that say what is not shown and where it is.

    A column that holds one value throughout becomes a line; a long table is cut after its first rows, and a wide one
    in the middle, where results have their intermediate columns.
    """
    notes = []
    shown = [name for name in columns if name in table] or list(table.columns)
    left_out = [name for name in table.columns if name not in shown]
    texts = _all_texts(table[shown])
    if len(table) > 1:
        alike = [name for name in texts.columns if (texts[name] == texts[name].iloc[0]).all()]
        if alike and len(alike) < texts.shape[1]:
            empty = [name for name in alike if texts[name].iloc[0] in ("", MISSING)]
            told = [f"{name} {texts[name].iloc[0]}" for name in alike if name not in empty]
            notes += [f"In every row: {', '.join(told)}."] if told else []
            notes += [f"Empty in every row: {', '.join(empty)}."] if empty else []
            texts = texts.drop(columns=alike)
    if len(texts) > MOST_ROWS:
        notes.append(f"The first {FIRST_ROWS} of {len(texts):,} rows; .frame() returns all.")
        texts = texts.head(FIRST_ROWS)
    if texts.shape[1] > MOST_COLUMNS:
        middle = texts.columns[MOST_COLUMNS // 2 : -MOST_COLUMNS // 2]
        left_out = [name for name in table.columns if name in left_out or name in middle]
        texts = texts.drop(columns=middle)
    if left_out:
        notes.append(f"Not shown: {', '.join(left_out)}; .frame() returns all.")
    return texts, notes


def _all_texts(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: _texts(table[name]) for name in table.columns}, dtype=object)


def _texts(column: pd.Series) -> pd.Series:
    """Write a column's values: whole numbers as such, others with three significant digits, dates without a clock."""
    if pd.api.types.is_bool_dtype(column):
        return column.map({True: "yes", False: "no"}).astype(object).where(column.notna(), MISSING)
    if pd.api.types.is_float_dtype(column):
        is_whole = (column.dropna() % 1 == 0).all()
        return column.map(lambda value: _number(value, is_whole)).astype(object)
    told = column.map(lambda value: ", ".join(map(str, value)) if isinstance(value, tuple) else value)
    return told.astype(str).astype(object).where(column.notna(), MISSING)


def _number(value: float, is_whole: bool) -> str:
    if pd.isna(value):
        return MISSING
    return f"{value:.0f}" if is_whole or abs(value) >= 1000 else f"{value:#.3g}".removesuffix(".")


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _html_table(texts: pd.DataFrame, numeric: Sequence[bool]) -> str:
    styles = [
        "text-align: right" if is_number else _PROSE if texts[name].map(len).max() > _LONG else "text-align: left"
        for name, is_number in zip(texts.columns, numeric, strict=True)
    ]

    def row(tag: str, cells: Iterable[str]) -> str:
        pairs = zip(styles, cells, strict=True)
        return (
            "<tr>" + "".join(f'<{tag} style="{style}">{html.escape(cell)}</{tag}>' for style, cell in pairs) + "</tr>"
        )

    body = "".join(row("td", cells) for cells in texts.itertuples(index=False, name=None))
    table = f"<table><thead>{row('th', map(str, texts.columns))}</thead><tbody>{body}</tbody></table>"
    return f'<div style="overflow-x: auto">{table}</div>'
