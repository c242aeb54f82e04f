"""Tree kernels: how a survival tree grows on binned columns, compiled once and kept between processes.

In each node and for each column tried, rows are counted by bin, and those that die or leave early by bin and time;
cumulated over the bins, the counts give the log-rank statistic of every threshold, and nothing is sorted. Counts are
whole numbers, exact in any order. The statistic is added up in scikit-survival's order, and columns are drawn in the
order of scikit-learn's trees with their generator, so that a tree is theirs to the last bit.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from analysis.models.tree_arrays import LEAF

_FEWEST_TO_SPLIT = 6
"""Rows that a node must have to be split, however small leaves may be: scikit-survival's default."""

_ROW_BITS = 32
"""Rows and weight of a bin are counted in one number: rows above its 32 lower bits, the weight in them."""

_compiled = njit(cache=True, nogil=True, error_model="numpy")


class _Deaths(NamedTuple):
    """The k times at which rows of a node die; no other adds to the log-rank statistic.

    `up_to` has, for each time of the grid, the number of death times up to it.
    """

    at_risk: NDArray[np.float64]
    died: NDArray[np.float64]
    variance: NDArray[np.float64]
    up_to: NDArray[np.int64]


@_compiled
def grow(rows, seen, nodes, columns, counts, n_tried, min_rows):  # pragma: no cover - compiled
    """Grow a tree into `nodes`; returns how many it has.

    `seen` are the positions of the rows that the tree sees; they are put in the order of its leaves. A node tries
    `n_tried` columns, more if none of them has two bins in it; a leaf holds at least `min_rows` rows.
    """
    n_times = nodes.survival.shape[1]
    spare, leavers = np.empty_like(seen), np.empty_like(seen)
    at_risk, deaths = np.empty(n_times, np.int64), np.empty(n_times, np.int64)
    stack = np.empty((len(nodes.column), 5), np.int64)
    _push(stack, 0, 0, len(seen), LEAF, 0, 0)
    height, node = 1, 0
    while height:
        height -= 1
        start, end, parent, is_left, n_constant = _pop(stack, height)
        inside = seen[start:end]
        _count_by_time(rows, inside, at_risk, deaths)
        _kaplan_meier(at_risk, deaths, nodes.survival[node])
        nodes.n_rows[node], nodes.weight[node] = end - start, at_risk[0]
        nodes.column[node] = nodes.left[node] = nodes.right[node] = LEAF
        nodes.threshold[node] = np.nan
        if parent != LEAF:
            (nodes.left if is_left else nodes.right)[parent] = node
        if end - start >= max(_FEWEST_TO_SPLIT, 2 * min_rows):
            at_deaths = _death_times(at_risk, deaths)
            leaving = leavers[: _list_leavers(rows, inside, at_deaths, leavers)]
            column, low, high, n_constant = _best_split(
                rows, inside, leaving, at_deaths, columns, n_constant, n_tried, min_rows, counts
            )
            if column != LEAF:
                nodes.column[node], nodes.threshold[node] = column, low / 2.0 + high / 2.0
                middle = start + part(inside, spare, rows.bins[column], nodes.threshold[node])
                _push(stack, height, middle, end, node, 0, n_constant)
                _push(stack, height + 1, start, middle, node, 1, n_constant)
                height += 2
        node += 1
    return node


@_compiled
def find_leaves(bins, column, threshold, left, right, leaves):  # pragma: no cover - compiled
    """Part the rows at every node, from the root down, and write down where each row ends."""
    rows, spare = np.empty(len(leaves), np.uint32), np.empty(len(leaves), np.uint32)
    for i in range(len(rows)):
        rows[i] = i
    start, end = np.empty(len(column), np.int64), np.empty(len(column), np.int64)
    start[0], end[0] = 0, len(rows)
    for node in range(len(column)):
        inside = rows[start[node] : end[node]]
        if column[node] == LEAF:
            for i in inside:
                leaves[i] = node
        else:
            n_left = part(inside, spare, bins[column[node]], threshold[node])
            start[left[node]], end[right[node]] = start[node], end[node]
            end[left[node]] = start[right[node]] = start[node] + n_left


@_compiled
def _push(stack, height, start, end, parent, is_left, n_constant):  # pragma: no cover - compiled
    node = stack[height]
    node[0], node[1], node[2], node[3], node[4] = start, end, parent, is_left, n_constant


@_compiled
def _pop(stack, height):  # pragma: no cover - compiled
    node = stack[height]
    return node[0], node[1], node[2], node[3], node[4]


@_compiled
def part(inside, spare, bins, threshold):  # pragma: no cover - compiled
    """Move the rows whose bin is at most `threshold` to the front, all in the order that they had; returns how many."""
    n_left = 0
    for k in range(len(inside)):
        # Each row is written on both sides and counted on one: a branch would be guessed wrong every other time.
        i = inside[k]
        inside[n_left] = spare[k - n_left] = i
        n_left += bins[i] <= threshold
    # A loop, here and below, where a slice could be assigned: numba takes seconds to compile what that may raise.
    for k in range(n_left, len(inside)):
        inside[k] = spare[k - n_left]
    return n_left


@_compiled
def _count_by_time(rows, inside, at_risk, deaths):  # pragma: no cover - compiled
    """Add up the weight at risk, and that of the deaths, at each time of the grid."""
    at_risk[:] = 0
    deaths[:] = 0
    for i in inside:
        at_risk[rows.time[i]] += rows.weight[i]
        if rows.event[i]:
            deaths[rows.time[i]] += rows.weight[i]
    for t in range(len(at_risk) - 2, -1, -1):
        at_risk[t] += at_risk[t + 1]


@_compiled
def _kaplan_meier(at_risk, deaths, survival):  # pragma: no cover - compiled
    """Multiply up the survival to each time; where nobody is at risk any more, it stays."""
    alive = 1.0
    for t in range(len(at_risk)):
        if at_risk[t] > 0:
            alive *= 1.0 - deaths[t] / at_risk[t]
        survival[t] = alive


@_compiled
def _death_times(at_risk, deaths):  # pragma: no cover - compiled
    """Take from the grid the times with deaths."""
    n_times = len(at_risk)
    total, died, variance = np.empty(n_times), np.empty(n_times), np.zeros(n_times)
    up_to, k = np.empty(n_times, np.int64), 0
    for t in range(n_times):
        if deaths[t] > 0:
            total[k], died[k] = at_risk[t], deaths[t]
            if total[k] > 1.0:
                variance[k] = (total[k] - died[k]) / (total[k] - 1.0) * died[k]
            k += 1
        up_to[t] = k
    return _Deaths(total[:k], died[:k], variance[:k], up_to)


@_compiled
def _list_leavers(rows, inside, deaths, leavers):  # pragma: no cover - compiled
    """List the rows that die, or leave before the last death time; of all others only the weight matters."""
    n = 0
    for i in inside:
        if rows.event[i] or deaths.up_to[rows.time[i]] < len(deaths.died):
            leavers[n] = i
            n += 1
    return n


@_compiled
def _best_split(rows, inside, leavers, deaths, columns, n_known, n_tried, min_rows, counts):  # pragma: no cover
    """Draw columns, and find the split with the largest statistic, the first of equals.

    Returns its column (LEAF if there is none), the bins on either side of its threshold, and the number of columns that
    are known to be constant, `n_known` of them from the nodes above. Meanwhile `columns.order` holds one after another:
    known constants that were drawn, those that were not, constants found here, what was not drawn, what was tried.
    """
    order = columns.order
    untried, n_constant = len(order), n_known
    n_drawn = n_drawn_known = 0
    best, best_column, best_low, best_high = -np.inf, LEAF, LEAF, LEAF
    while untried > n_constant and (n_drawn < n_tried or n_drawn <= n_constant - n_known + n_drawn_known):
        n_drawn += 1
        n_found = n_constant - n_known
        j = n_drawn_known + _random(columns.random) % (untried - n_found - n_drawn_known)
        if j < n_known:
            order[n_drawn_known], order[j] = order[j], order[n_drawn_known]
            n_drawn_known += 1
            continue
        j += n_found
        column = order[j]
        if not _count_by_bin(rows, inside, column, counts):
            order[j], order[n_constant] = order[n_constant], column
            n_constant += 1
            continue
        untried -= 1
        order[untried], order[j] = column, order[untried]
        best, low, high = _best_threshold(rows, leavers, deaths, column, min_rows, best, counts)
        if low != LEAF:
            best_column, best_low, best_high = column, low, high
    # The nodes below draw from the known constants in the order in which they were found.
    for j in range(n_known):
        order[j] = columns.constant[j]
    for j in range(n_known, n_constant):
        columns.constant[j] = order[j]
    return best_column, best_low, best_high, n_constant


@_compiled
def _random(state):  # pragma: no cover - compiled
    """Draw a number below 2**31 from a 32-bit xorshift generator."""
    x = state[0]
    x ^= (x << 13) & 0xFFFFFFFF
    x ^= x >> 17
    x ^= (x << 5) & 0xFFFFFFFF
    state[0] = x
    return x & 0x7FFFFFFF


@_compiled
def _count_by_bin(rows, inside, column, counts):  # pragma: no cover - compiled
    """Count rows and weight in each bin; returns whether more than one bin holds rows."""
    bins, n_bins, n_held = rows.bins[column], rows.n_bins[column], 0
    counts.in_bin[:, :n_bins] = 0
    for k in range(len(inside)):
        i = inside[k]
        # In four places by turns: a sum can't be added to again before it is written.
        counts.in_bin[k & 3, bins[i]] += rows.weight[i] + (1 << _ROW_BITS)
    for b in range(n_bins):
        counts.in_bin[0, b] += counts.in_bin[1, b] + counts.in_bin[2, b] + counts.in_bin[3, b]
        n_held += counts.in_bin[0, b] > 0
    return n_held > 1


@_compiled
def _best_threshold(rows, leavers, deaths, column, min_rows, best, counts):  # pragma: no cover - compiled
    """Find the lowest threshold with the largest statistic above `best`, in a column counted by bin.

    Returns the statistic and the bins on either side of the threshold that hold rows; or `best` and LEAF.
    """
    n_rows, at_risk, excess, variance = counts.n_rows, counts.at_risk, counts.excess, counts.variance
    last, up_to_bin = rows.n_bins[column] - 1, 0
    for b in range(last + 1):
        up_to_bin += counts.in_bin[0, b]
        n_rows[b] = up_to_bin >> _ROW_BITS
        at_risk[b] = up_to_bin & ((1 << _ROW_BITS) - 1)
    first, stop = 0, last
    while n_rows[first] < min_rows:
        first += 1
    while stop > first and n_rows[last] - n_rows[stop - 1] < min_rows:
        stop -= 1
    if first >= stop:
        return best, LEAF, LEAF
    _count_leavers(rows, leavers, deaths, column, stop, counts)
    excess[first:stop] = 0.0
    variance[first:stop] = 0.0
    for k in range(len(deaths.died)):
        for b in range(first, stop):
            at_risk[b] -= counts.left[k, b]
            share = at_risk[b] / deaths.at_risk[k]
            excess[b] += counts.died[k, b] - deaths.died[k] * share
            variance[b] += share * (1.0 - share) * deaths.variance[k]
    low = high = LEAF
    for b in range(first, stop):
        # A bin without rows repeats the statistic of the one before it, and is not above that.
        if variance[b] != 0.0:
            statistic = abs(excess[b] / np.sqrt(variance[b]))
            if statistic > best:
                best, low = statistic, b
    if low != LEAF:
        high = low + 1
        while n_rows[high] == n_rows[low]:
            high += 1
    return best, low, high


@_compiled
def _count_leavers(rows, leavers, deaths, column, stop, counts):  # pragma: no cover - compiled
    """Add up who left and who died, over the bins up to each below `stop`."""
    n_times = len(deaths.died)
    counts.left[:n_times, :stop] = 0.0
    counts.died[:n_times, :stop] = 0.0
    for i in leavers:
        b = rows.bins[column, i]
        if b < stop:
            k = deaths.up_to[rows.time[i]]
            if rows.event[i]:
                counts.died[k - 1, b] += rows.weight[i]
            if k < n_times:
                counts.left[k, b] += rows.weight[i]
    for k in range(n_times):
        for b in range(1, stop):
            counts.left[k, b] += counts.left[k, b - 1]
            counts.died[k, b] += counts.died[k, b - 1]
