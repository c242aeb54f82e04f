"""Survival tree: log-rank splits on binned columns, and the Kaplan-Meier survival of each node.

It is scikit-survival's ``SurvivalTree``, whose criterion begins anew at every threshold, grown by counting in bins: the
same splits and the same survival, to the last bit, in a tenth of the time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from analysis.models.tree_arrays import Columns, Counts, Nodes, Rows
from analysis.models.tree_kernels import find_leaves, grow

_SEEDS = 2**31 - 1


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalTree:
    """A grown tree of m nodes: node 0 is the root, and every other comes after the one above it.

    Attributes
    ----------
    column : ndarray of int, shape (m,)
        The column by which a node is split; -1 in a leaf, as in `left` and `right`.
    threshold : ndarray of float, shape (m,)
        Rows whose bin is at most this go left: the middle between two bins that hold rows. NaN in a leaf.
    left, right : ndarray of int, shape (m,)
        The nodes below.
    survival : ndarray of float, shape (m, n_times)
        Kaplan-Meier survival of the rows in a node to each time of the grid.
    n_rows, weight : ndarray of int, shape (m,)
        Training rows in a node, and how many they are with their copies.
    """

    column: NDArray[np.int64]
    threshold: NDArray[np.float64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    survival: NDArray[np.float64]
    n_rows: NDArray[np.int64]
    weight: NDArray[np.int64]

    def apply(self, bins: NDArray[np.uint16]) -> NDArray[np.intp]:
        """Return the leaf of each row, shape (n,)."""
        leaves = np.empty(len(bins), dtype=np.intp)
        find_leaves(bins.T, self.column, self.threshold, self.left, self.right, leaves)
        return leaves


def grow_tree(
    bins: NDArray[np.uint16],
    time: NDArray[np.uint8],
    event: NDArray[np.bool_],
    weight: NDArray[np.int64],
    *,
    n_times: int,
    n_tried: int,
    min_rows_per_leaf: int,
    seed: int,
) -> SurvivalTree:
    """Grow a tree until no split separates deaths and leaves enough rows on either side.

    Python's lock is released, so that threads can grow a tree each.

    Parameters
    ----------
    bins : ndarray of int, shape (n, p)
        Column by column in memory.
    time : ndarray of int, shape (n,)
        Position of a row's exit among the `n_times` times of the grid, from 0.
    event : ndarray of bool, shape (n,)
    weight : ndarray of int, shape (n,)
        Copies of each row; the tree doesn't see rows without any.
    n_times : int
    n_tried : int
        Columns that a node draws.
    min_rows_per_leaf : int
        Rows, not copies.
    seed : int
        What scikit-survival calls `random_state`.
    """
    seen = np.flatnonzero(weight).astype(np.uint32)
    rows = Rows(bins.T, bins.max(axis=0).astype(np.int64) + 1, time, event, weight)
    nodes = Nodes.for_tree(max(1, 2 * (len(seen) // min_rows_per_leaf) - 1), n_times)
    columns = Columns.for_tree(bins.shape[1], int(check_random_state(seed).randint(0, _SEEDS)))
    counts = Counts.for_tree(int(rows.n_bins.max()), n_times)
    n_nodes = grow(rows, seen, nodes, columns, counts, n_tried, min_rows_per_leaf)
    return SurvivalTree(**{name: line[:n_nodes].copy() for name, line in nodes._asdict().items()})
