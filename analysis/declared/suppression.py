"""Suppression: which cells are hidden, so that no group under the smallest cell can be seen or worked out."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def hidden_cells(
    counts: Sequence[int] | NDArray, min_cell: int, also: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """Say which cells of one total are hidden, shape (n,).

    Those with fewer than `min_cell`, empty ones apart: that nobody is there says nothing of anybody. And because the
    total less the others would give it away, the next smallest ones, too, until at least two are hidden that together
    have `min_cell` or more.

    Parameters
    ----------
    counts : sequence of int, shape (n,)
        How many accounts or lifetimes each cell is about: those at risk, not those of them who left.
    min_cell : int
        The study's ``report.min_cell``.
    also : ndarray of bool, shape (n,), optional
        Cells that are hidden for another reason.

    Notes
    -----
    Primary and complementary suppression: Hundepool and others (2012), Statistical Disclosure Control, chapter 4. It
    holds within one table of one total; a table cut in another way may tell what the first one hides.

    Examples
    --------
    The cell of 3 is hidden; 50 less 27 and 20 would tell it, so that the cell of 20 is hidden, too.

    >>> hidden_cells([27, 3, 20, 0], min_cell=5).tolist()
    [False, True, True, False]
    """
    number = np.asarray(counts)
    hidden = (number > 0) & (number < min_cell)
    if also is not None:
        hidden |= also
    if not hidden.any():
        return hidden
    shown = [int(cell) for cell in np.argsort(number, kind="stable") if number[cell] > 0 and not hidden[cell]]
    while shown and (np.count_nonzero(hidden) < 2 or number[hidden].sum() < min_cell):
        hidden[shown.pop(0)] = True
    return hidden
