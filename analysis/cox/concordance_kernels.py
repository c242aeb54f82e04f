"""Concordance kernels: sweeps over the event times with trees of weight by risk rank.

Sequential, in a fixed order: the same bits every run.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

_compiled = njit(cache=True, nogil=True)


@_compiled
def put(tree: Floats, rank: int, change: float, keep: bool) -> None:  # pragma: no cover - compiled
    """Change the weight at a rank, to zero unless `keep`; line k of the tree is the sum of lines 2k and 2k + 1."""
    k = len(tree) // 2 + rank
    tree[k] = tree[k] + change if keep else 0.0
    while k > 1:
        k //= 2
        # Sums afresh, not running differences: rows that have left leave no rounding error behind.
        tree[k] = tree[2 * k] + tree[2 * k + 1]


@_compiled
def around(tree: Floats, rank: int) -> tuple[float, float, float]:  # pragma: no cover - compiled
    """Return the weight below a rank, at it, and above it."""
    k = len(tree) // 2 + rank
    lower, equal, higher = 0.0, tree[k], 0.0
    while k > 1:
        if k % 2:
            lower += tree[k - 1]
        else:
            higher += tree[k + 1]
        k //= 2
    return lower, equal, higher


@_compiled
def _highest(rank):  # pragma: no cover - compiled
    """Return the highest rank; numba takes a second to compile what an array's own `max` is."""
    highest = 0
    for one in rank:
        highest = max(highest, one)
    return highest


@_compiled
def by_slot(slot: Integers, n_slots: int) -> tuple[Integers, Integers]:  # pragma: no cover - compiled
    """Sort rows by slot, by counting; returns where each slot opens, shape (n_slots + 1,), and the rows in order."""
    openings = np.zeros(n_slots + 2, np.intp)
    for j in slot:
        openings[j + 2] += 1
    for j in range(2, n_slots + 2):
        openings[j] += openings[j - 1]
    order = np.empty(len(slot), np.intp)
    for i in range(len(slot)):
        # Entry j + 1 moves from where slot j opens to where it ends.
        order[openings[slot[i] + 1]] = i
        openings[slot[i] + 1] += 1
    return openings[:-1], order


@_compiled
def weigh_pairs(first, last, event, rank, weights, event_weights, n_times):  # pragma: no cover - compiled
    """Weigh the comparable pairs of rows.

    Row i is at risk at the event times first[i], ..., last[i] - 1 (`RiskSets`), at one at least; its own event is at
    the last. Ranks of the risk score begin at zero. A pair counts the product of its rows' weights and the event weight
    of the row that has the event.

    Returns
    -------
    totals : ndarray, shape (3,)
        Pairs that are concordant, tied in risk, and discordant.
    right, comparable : ndarray, shape (2, n)
        Pairs in which row i is concordant, plus half of those in which it is tied, without its own weight; and all its
        comparable ones. First those of its own event, then those of the events that it survived.
    """
    size, highest = 1, _highest(rank)
    while size <= highest:
        size *= 2
    at_risk, died, n_at_risk = np.zeros(2 * size), np.zeros(2 * size), np.zeros(size, np.intp)
    totals, right, comparable = np.zeros(3), np.zeros((2, len(rank))), np.zeros((2, len(rank)))
    # Backwards, rows that are censored before the next event time enter first, and then those with an event.
    entering, entries = by_slot(2 * last - 1 - event, 2 * n_times)
    leaving, exits = by_slot(first, n_times)
    for slot in range(2 * n_times - 1, -1, -1):
        newcomers = entries[entering[slot] : entering[slot + 1]]
        if slot % 2 == 0:
            for i in newcomers:
                lower, equal, higher = around(at_risk, rank[i])
                _count(i, lower, equal, higher, weights, event_weights, totals, right, comparable)
            for i in newcomers:
                put(died, rank[i], weights[i] * event_weights[i], True)
        for i in newcomers:
            put(at_risk, rank[i], weights[i], True)
            n_at_risk[rank[i]] += 1
            _, equal, higher = around(died, rank[i])
            right[1, i] -= higher + 0.5 * equal
            comparable[1, i] -= died[1]
        if slot % 2 == 0:
            # The events that were added while a row was at risk are those that it survived.
            for i in exits[leaving[slot // 2] : leaving[slot // 2 + 1]]:
                _, equal, higher = around(died, rank[i])
                right[1, i] += higher + 0.5 * equal
                comparable[1, i] += died[1]
                n_at_risk[rank[i]] -= 1
                put(at_risk, rank[i], -weights[i], n_at_risk[rank[i]] > 0)
    return totals, right, comparable


@_compiled
def weigh_pairs_from_the_start(
    stratum, last, event, rank, weights, event_weights, n_times
):  # pragma: no cover - compiled
    """Weigh the pairs as `weigh_pairs` does, where every row is at risk from the first event time of its stratum.

    Then no row ever leaves a tree: two sweeps that only add, backwards those at risk and forwards those that died, in
    trees that take half the steps. `stratum` is that of each event time. Rows are put in the order of the sweeps first:
    one at a time, they would each be fetched from another place.
    """
    entering, order = by_slot(2 * last - 1 - event, 2 * n_times)
    rank, weights, event_weights = rank[order], weights[order], event_weights[order]
    totals, right, comparable = np.zeros(3), np.zeros((2, len(rank))), np.zeros((2, len(rank)))
    n_ranks = _highest(rank) + 1
    tree, at_rank, total = np.zeros(n_ranks + 1), np.zeros(n_ranks), 0.0
    for slot in range(2 * n_times - 1, -1, -1):
        if slot % 2 and slot // 2 + 1 < n_times and stratum[slot // 2] != stratum[slot // 2 + 1]:
            tree[:], at_rank[:], total = 0.0, 0.0, 0.0
        newcomers = range(entering[slot], entering[slot + 1])
        if slot % 2 == 0:
            for i in newcomers:
                lower, equal = _below(tree, rank[i]), at_rank[rank[i]]
                higher = max(total - lower - equal, 0.0)
                _count(i, lower, equal, higher, weights, event_weights, totals, right, comparable)
        for i in newcomers:
            total += weights[i]
            at_rank[rank[i]] += weights[i]
            _add(tree, rank[i], weights[i])
    tree[:], at_rank[:], total = 0.0, 0.0, 0.0
    for slot in range(2 * n_times):
        if slot % 2 == 0 and slot > 0 and stratum[slot // 2] != stratum[slot // 2 - 1]:
            tree[:], at_rank[:], total = 0.0, 0.0, 0.0
        newcomers = range(entering[slot], entering[slot + 1])
        for i in newcomers:
            right[1, i] = total - _below(tree, rank[i]) - 0.5 * at_rank[rank[i]]
            comparable[1, i] = total
        if slot % 2 == 0:
            for i in newcomers:
                died = weights[i] * event_weights[i]
                total += died
                at_rank[rank[i]] += died
                _add(tree, rank[i], died)
    back = np.empty_like(order)
    for i in range(len(order)):
        back[order[i]] = i
    return totals, right[:, back], comparable[:, back]


@_compiled
def _count(i, lower, equal, higher, weights, event_weights, totals, right, comparable):  # pragma: no cover - compiled
    """Count the pairs of row i's event with rows at risk: these weights have a lower, equal and higher risk."""
    right[0, i] = event_weights[i] * (lower + 0.5 * equal)
    comparable[0, i] = event_weights[i] * (lower + equal + higher)
    totals[0] += weights[i] * event_weights[i] * lower
    totals[1] += weights[i] * event_weights[i] * equal
    totals[2] += weights[i] * event_weights[i] * higher


@_compiled
def _add(tree, rank, weight):  # pragma: no cover - compiled
    """Add weight at a rank; line k of the tree is the sum over as many ranks up to k as its lowest bit says."""
    k = rank + 1
    while k < len(tree):
        tree[k] += weight
        k += k & -k


@_compiled
def _below(tree, rank):  # pragma: no cover - compiled
    """Return the weight at the ranks below one."""
    total, k = 0.0, rank
    while k > 0:
        total += tree[k]
        k &= k - 1
    return total
