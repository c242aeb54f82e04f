"""Boosting kernels: small trees that follow the gradient of the log likelihood, grown by counting in bins.

Gradients are whole multiples of 2**-32. Their sums are exact in any order, so that a tree depends neither on the order
of the rows nor on whether a node was counted itself or is the rest of its parent.
"""

from typing import NamedTuple, Self

import numpy as np
from numba import njit
from numpy.typing import NDArray

from analysis.models.tree_arrays import LEAF
from analysis.models.tree_kernels import part

_UNIT = 2.0**32

_compiled = njit(cache=True, nogil=True, error_model="numpy")


class BoostRows(NamedTuple):
    """The n rows and p columns that trees are grown on, and scored on.

    Attributes
    ----------
    bins : ndarray of int, shape (p, n)
        Column by column.
    n_bins : ndarray of int, shape (p,)
    sign : ndarray of int, shape (p,)
        1 where log odds may not fall as the column rises, -1 where they may not rise, else 0.
    event : ndarray of bool, shape (n,)
    seen : ndarray of int
        Positions of the rows to learn from, rising.
    unseen : ndarray of int
        Positions of the rows to score on.
    """

    bins: NDArray[np.uint16]
    n_bins: NDArray[np.int64]
    sign: NDArray[np.int64]
    event: NDArray[np.bool_]
    seen: NDArray[np.intp]
    unseen: NDArray[np.intp]


class BoostedTrees(NamedTuple):
    """Trees one after another, each of at most m nodes; node 0 is the root.

    Attributes
    ----------
    column : ndarray of int, shape (n_trees, m)
        The column by which a node is split, or `LEAF`.
    threshold : ndarray of int, shape (n_trees, m)
        Rows whose bin is at most this go left.
    left : ndarray of int, shape (n_trees, m)
        The node on the left; the one on the right comes next.
    value : ndarray of float, shape (n_trees, m)
        What a leaf adds to the log odds.
    """

    column: NDArray[np.int64]
    threshold: NDArray[np.int64]
    left: NDArray[np.int64]
    value: NDArray[np.float64]

    @classmethod
    def room_for(cls, n_trees: int, n_leaves: int) -> Self:
        """Make room for so many trees."""
        shape = n_trees, 2 * n_leaves - 1
        column, threshold, left = (np.full(shape, LEAF, dtype=np.int64) for _ in range(3))
        return cls(column, threshold, left, np.zeros(shape))

    def first(self, n_trees: int) -> Self:
        """Return the first trees alone."""
        column, threshold, left, value = self
        return type(self)(
            column[:n_trees].copy(), threshold[:n_trees].copy(), left[:n_trees].copy(), value[:n_trees].copy()
        )


class Settings(NamedTuple):
    """How trees are grown: as in `Boosting`."""

    learning_rate: float
    min_information: float
    ridge: float


class _Split(NamedTuple):
    """The leaves by their places: the best split of each, with a gain of 0 where there is none, and its own range.

    `low` and `high` bound a leaf's value, `middle` what its best split would put between both sides.
    """

    gain: NDArray[np.float64]
    column: NDArray[np.int64]
    threshold: NDArray[np.int64]
    middle: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@_compiled
def add_trees(rows, trees, tried, settings, log_odds, loss, start, stop):  # pragma: no cover - compiled
    """Grow the trees from `start` up to `stop`, and add to the log odds of all rows seen and unseen.

    `tried` has the columns of each tree; `loss` at k becomes the log loss of the unseen rows, in whole units of 2**-32,
    after k trees.
    """
    n_leaves = (trees.column.shape[1] + 1) // 2
    gradient = np.zeros((len(log_odds), 2), np.int64)
    inside, spare = np.empty(len(rows.seen), np.uint32), np.empty(len(rows.seen), np.uint32)
    in_line = np.empty((len(rows.seen), 2), np.int64)
    n_bins = 0
    for k in range(len(rows.n_bins)):
        n_bins = max(n_bins, rows.n_bins[k])
    sums = np.zeros((n_leaves, tried.shape[1], n_bins, 2), np.int64)
    split = _Split(
        np.zeros(n_leaves),
        np.zeros(n_leaves, np.int64),
        np.zeros(n_leaves, np.int64),
        np.zeros(n_leaves),
        np.zeros(n_leaves),
        np.zeros(n_leaves),
    )
    bounds = np.empty((n_leaves, 2), np.int64)
    node = np.empty(n_leaves, np.int64)
    loss[start] = _loss(rows, log_odds)
    for tree in range(start, stop):
        for k in range(len(inside)):
            i = inside[k] = rows.seen[k]
            risk = 1.0 / (1.0 + np.exp(-log_odds[i]))
            gradient[i, 0] = np.int64(np.rint((risk - rows.event[i]) * _UNIT))
            gradient[i, 1] = np.int64(np.rint(risk * (1.0 - risk) * _UNIT))
        n = _grow(rows, trees, tree, tried[tree], settings, inside, spare, gradient, in_line, sums, split, bounds, node)
        for leaf in range(n):
            slope, information = _totals(sums[leaf, 0])
            value = settings.learning_rate * _value(
                slope, information, settings.ridge, split.low[leaf], split.high[leaf]
            )
            trees.value[tree, node[leaf]] = value
            for k in range(bounds[leaf, 0], bounds[leaf, 1]):
                log_odds[inside[k]] += value
        for i in rows.unseen:
            log_odds[i] += trees.value[tree, _leaf_of(rows.bins, i, trees, tree)]
        loss[tree + 1] = _loss(rows, log_odds)


@_compiled
def sum_of_trees(bins, trees, log_odds):  # pragma: no cover - compiled
    """Add the leaves of all trees to the log odds of each row."""
    for i in range(len(log_odds)):
        for tree in range(len(trees.column)):
            log_odds[i] += trees.value[tree, _leaf_of(bins, i, trees, tree)]


@_compiled
def _leaf_of(bins, i, trees, tree):  # pragma: no cover - compiled
    node = 0
    while trees.column[tree, node] != LEAF:
        goes_right = bins[trees.column[tree, node], i] > trees.threshold[tree, node]
        node = trees.left[tree, node] + goes_right
    return node


@_compiled
def _loss(rows, log_odds):  # pragma: no cover - compiled
    total = 0
    for i in rows.unseen:
        against = -log_odds[i] if rows.event[i] else log_odds[i]
        # log(1 + exp(x)) without overflow
        total += np.int64(np.rint((max(against, 0.0) + np.log1p(np.exp(-abs(against)))) * _UNIT))
    return total


@_compiled
def _grow(
    rows, trees, tree, tried, settings, seen, spare, gradient, in_line, sums, split, bounds, node
):  # pragma: no cover
    """Split the leaf with the largest gain, the first of equals, until there are enough; returns how many there are."""
    node[0], bounds[0, 0], bounds[0, 1] = 0, 0, len(seen)
    n_leaves = n_nodes = 1
    trees.column[tree, 0] = LEAF
    split.low[0], split.high[0] = -np.inf, np.inf
    _add_up(rows, seen, tried, gradient, in_line, sums[0])
    _find_split(rows, tried, settings, sums[0], split, node[0])  # a plain 0 would be compiled for itself
    while n_leaves < len(node):
        at, new = np.argmax(split.gain[:n_leaves]), n_leaves
        if split.gain[at] <= 0.0:
            break
        start, end = bounds[at]
        column = tried[split.column[at]]
        middle = start + part(seen[start:end], spare, rows.bins[column], split.threshold[at])
        trees.column[tree, node[at]], trees.threshold[tree, node[at]] = column, split.threshold[at]
        trees.left[tree, node[at]] = n_nodes
        trees.column[tree, n_nodes] = trees.column[tree, n_nodes + 1] = LEAF
        node[at], node[new] = n_nodes, n_nodes + 1
        bounds[at, 1], bounds[new, 0], bounds[new, 1] = middle, middle, end
        split.low[new], split.high[new] = split.low[at], split.high[at]
        if rows.sign[column] > 0:
            split.high[at] = split.low[new] = split.middle[at]
        elif rows.sign[column] < 0:
            split.low[at] = split.high[new] = split.middle[at]
        counted, rest = (at, new) if middle - start <= end - middle else (new, at)
        _copy(sums[at], sums[new])
        _add_up(rows, seen[bounds[counted, 0] : bounds[counted, 1]], tried, gradient, in_line, sums[counted])
        _subtract(sums[counted], sums[rest])
        n_nodes += 2
        n_leaves += 1
        if n_leaves < len(node):
            _find_split(rows, tried, settings, sums[at], split, at)
            _find_split(rows, tried, settings, sums[new], split, new)
    return n_leaves


@_compiled
def _add_up(rows, inside, tried, gradient, in_line, sums):  # pragma: no cover - compiled
    """Add up gradient and information by bin of each tried column."""
    sums[:] = 0
    for k in range(len(inside)):
        in_line[k, 0], in_line[k, 1] = gradient[inside[k], 0], gradient[inside[k], 1]
    for k in range(len(tried)):
        bins, of_column = rows.bins[tried[k]], sums[k]
        for j in range(len(inside)):
            b = bins[inside[j]]
            of_column[b, 0] += in_line[j, 0]
            of_column[b, 1] += in_line[j, 1]


# Loops, where slices could be assigned: numba takes seconds to compile what that may raise.
@_compiled
def _copy(sums, into):  # pragma: no cover - compiled
    for k in range(sums.shape[0]):
        for b in range(sums.shape[1]):
            into[k, b, 0], into[k, b, 1] = sums[k, b, 0], sums[k, b, 1]


@_compiled
def _subtract(sums, from_):  # pragma: no cover - compiled
    for k in range(sums.shape[0]):
        for b in range(sums.shape[1]):
            from_[k, b, 0] -= sums[k, b, 0]
            from_[k, b, 1] -= sums[k, b, 1]


@_compiled
def _totals(of_column):  # pragma: no cover - compiled
    slope = information = 0
    for b in range(len(of_column)):
        slope += of_column[b, 0]
        information += of_column[b, 1]
    return slope / _UNIT, information / _UNIT


@_compiled
def _value(slope, information, ridge, low, high):  # pragma: no cover - compiled
    return min(max(-slope / (information + ridge), low), high)


@_compiled
def _find_split(rows, tried, settings, sums, split, leaf):  # pragma: no cover - compiled
    """Find the split of a leaf under which the quadratic expansion of the log likelihood gains most."""
    slope, information = _totals(sums[0])
    ridge, least = settings.ridge, settings.min_information
    low, high = split.low[leaf], split.high[leaf]
    alone = slope * _value(slope, information, ridge, low, high)
    split.gain[leaf] = 0.0
    for k in range(len(tried)):
        sign = rows.sign[tried[k]]
        left_slope = left_information = 0
        for b in range(rows.n_bins[tried[k]] - 1):
            left_slope += sums[k, b, 0]
            left_information += sums[k, b, 1]
            of_left, of_right = left_information / _UNIT, information - left_information / _UNIT
            if of_right < least:
                break
            if of_left >= least:
                up, rest = left_slope / _UNIT, slope - left_slope / _UNIT
                left, right = _value(up, of_left, ridge, low, high), _value(rest, of_right, ridge, low, high)
                gain = alone - up * left - rest * right
                if gain > split.gain[leaf] and (right - left) * sign >= 0.0:
                    split.gain[leaf], split.column[leaf], split.threshold[leaf] = gain, k, b
                    split.middle[leaf] = left / 2.0 + right / 2.0
