"""Display: a result that shows itself in a terminal and a notebook, as numbers first and as a picture of them."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.figures.style import as_svg, look, new_axes


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
    """

    title: str
    table: pd.DataFrame
    draw: Callable[[Axes], Any] | None = None
    size: tuple[float, float] = (7.0, 3.6)

    def frame(self) -> pd.DataFrame:
        """Return the numbers as a new frame."""
        return self.table.copy()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the picture, on a new figure unless an axes is given, and return the axes.

        Raises
        ------
        ValueError
            If there is no picture of this result.
        """
        if self.draw is None:
            raise ValueError(f"There is no picture of '{self.title}'; see .frame().")
        with look():
            ax = ax or new_axes(self.size)
            self.draw(ax)
        return ax

    def __repr__(self) -> str:
        """Return title and numbers as text."""
        return f"{self.title}\n{self.table.to_string(index=False, float_format=_number)}"

    def _repr_html_(self) -> str:
        """Return title, picture and numbers as HTML; all text from data is escaped."""
        picture = as_svg("display", self.draw, size=self.size, alt=self.title) if self.draw else ""
        table = self.table.to_html(index=False, float_format=_number, escape=True, border=0)
        return f"<h4>{html.escape(self.title)}</h4>{picture}{table}"


def _number(value: float) -> str:
    return f"{value:.4g}"
