"""Hidden quarters: the book without the numbers of groups that are too small to be shown."""

import numpy as np
import pandas as pd

from analysis.declared.suppression import hidden_cells
from analysis.lifetimes.frames import BOOK

OF_START = ("at_start", "churned_of_start", "rate")
OF_ENTERED = ("entered", "churned_of_entered", "ended_otherwise")


def hide_small_quarters(book: pd.DataFrame, min_cell: int) -> pd.DataFrame:
    """Return the book, as `BOOK`, with what is told of too few lifetimes missing, and marked.

    What a quarter began with is what the one before it left: a quarter that began with too few hides all its numbers,
    and who entered in the one before. Those that entered add up to a total: where one quarter's are hidden, another's
    are, too (`hidden_cells`), with the other ends, by which the next start would tell them.

    Parameters
    ----------
    book
        As `BOOK`.
    min_cell
        The study's ``report.min_cell``.
    """
    began = book["at_start"].to_numpy(np.int64)
    of_start = (began > 0) & (began < min_cell)
    given_away = of_start | np.r_[of_start[1:], False] if len(book) else of_start
    of_entered = hidden_cells(book["entered"].to_numpy(np.int64), min_cell, also=given_away)
    shown = book.assign(hides_start=of_start, hides_entered=of_entered)
    for columns, hidden in ((OF_START, of_start), (OF_ENTERED, of_entered)):
        for column in columns:
            shown[column] = shown[column].mask(hidden)
    return BOOK.checked(shown)
