"""Tree arrays: what the kernels of a survival tree read, and the room in which they count."""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

LEAF = -1
"""Stands for the column and the children of a node that is not split."""


class Rows(NamedTuple):
    """The n rows and p columns that a tree is grown on.

    Attributes
    ----------
    bins : ndarray of int, shape (p, n)
        Column by column.
    n_bins : ndarray of int, shape (p,)
    time : ndarray of int, shape (n,)
        Position of a row's exit in the grid of times.
    event : ndarray of bool, shape (n,)
    weight : ndarray of int, shape (n,)
    """

    bins: NDArray[np.uint16]
    n_bins: NDArray[np.int64]
    time: NDArray[np.uint8]
    event: NDArray[np.bool_]
    weight: NDArray[np.int64]


class Nodes(NamedTuple):
    """The nodes of a tree, in the order in which they are made: a node, all on its left, all on its right."""

    column: NDArray[np.int64]
    threshold: NDArray[np.float64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    survival: NDArray[np.float64]
    n_rows: NDArray[np.int64]
    weight: NDArray[np.int64]

    @classmethod
    def for_tree(cls, most: int, n_times: int) -> Self:
        """Make room for at most so many nodes."""
        column, left, right, n_rows, weight = (np.empty(most, dtype=np.int64) for _ in range(5))
        return cls(column, np.empty(most), left, right, np.empty((most, n_times)), n_rows, weight)


class Columns(NamedTuple):
    """The order in which columns are drawn; each node goes on with what the one before it left.

    Attributes
    ----------
    order : ndarray of int, shape (p,)
    constant : ndarray of int, shape (p,)
        The columns that have one bin only, in the order in which the nodes above found them.
    random : ndarray of int, shape (1,)
        The state of the generator, above 0.
    """

    order: NDArray[np.int64]
    constant: NDArray[np.int64]
    random: NDArray[np.int64]

    @classmethod
    def for_tree(cls, n_columns: int, state: int) -> Self:
        """Begin with the columns as they stand."""
        return cls(np.arange(n_columns), np.empty(n_columns, dtype=np.int64), np.array([max(state, 1)]))


class Counts(NamedTuple):
    """What is counted of a column in a node.

    Attributes
    ----------
    in_bin : ndarray of int, shape (4, bins)
        Rows and weight of each bin, in one number: a quarter of the rows in each line, then all in the first.
    n_rows, at_risk, excess, variance : ndarray, shape (bins,)
        Of all bins up to each: rows; weight at risk; deaths beyond those expected, and their variance.
    left, died : ndarray of float, shape (n_times, bins)
        Weight that left between a death time and the one before it, and that died at it.
    """

    in_bin: NDArray[np.int64]
    n_rows: NDArray[np.int64]
    at_risk: NDArray[np.float64]
    excess: NDArray[np.float64]
    variance: NDArray[np.float64]
    left: NDArray[np.float64]
    died: NDArray[np.float64]

    @classmethod
    def for_tree(cls, most_bins: int, n_times: int) -> Self:
        """Make room for the column with the most bins."""
        in_bin, n_rows = (np.empty(shape, dtype=np.int64) for shape in ((4, most_bins), most_bins))
        at_risk, excess, variance = (np.empty(most_bins) for _ in range(3))
        left, died = (np.empty((n_times, most_bins)) for _ in range(2))
        return cls(in_bin, n_rows, at_risk, excess, variance, left, died)
