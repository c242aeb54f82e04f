"""Comparable: accounts of the same quarter, phase and term, among whom a family's columns may be shuffled."""

import numpy as np
from numpy.typing import NDArray

from analysis.design.matrix import DesignMatrix

_WITHIN = ("risk_date", "phase", "term_months")


def comparable_groups(design: DesignMatrix) -> NDArray[np.intp]:
    """Number the groups of rows that share landmark, phase and contract term, shape (n,)."""
    keys = [column for column in _WITHIN if column in design.rows]
    return design.rows.groupby(keys, sort=True, dropna=False).ngroup().to_numpy(np.intp)


def shuffle_within(group: NDArray[np.intp], content: NDArray[np.uint64], rng: np.random.Generator) -> NDArray[np.intp]:
    """Return positions, shape (n,), such that row i takes the values of a random row of its own group.

    Parameters
    ----------
    group : ndarray of int, shape (n,)
    content : ndarray of uint64, shape (n,)
        As `Outcome.content`: rows are drawn in its order, so that neither ids nor the order of rows make another draw.
    rng : Generator
    """
    drawn_for = np.empty(len(group))
    drawn_for[np.argsort(content, kind="stable")] = rng.random(len(group))
    original = np.lexsort((content, group))
    drawn = np.lexsort((drawn_for, group))
    taken = np.empty(len(group), dtype=np.intp)
    taken[original] = drawn
    return taken
