"""Concordance kernels: one sweep over the event times, from the last to the first, with trees of weight by risk rank.

Sequential, in a fixed order: the same bits every run.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


@njit(cache=True)
def put(tree: Floats, rank: int, change: float, keep: bool) -> None:  # pragma: no cover - compiled
    """Change the weight at a rank, to zero unless `keep`; line k of the tree is the sum of lines 2k and 2k + 1."""
    k = len(tree) // 2 + rank
    tree[k] = tree[k] + change if keep else 0.0
    while k > 1:
        k //= 2
        # Sums afresh, not running differences: rows that have left leave no rounding error behind.
        tree[k] = tree[2 * k] + tree[2 * k + 1]


@njit(cache=True)
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


@njit(cache=True)
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


@njit(cache=True)
def weigh_pairs(
    first: Integers, last: Integers, event: NDArray[np.bool_], rank: Integers, weights: Floats, n_times: int
) -> tuple[Floats, Floats, Floats]:  # pragma: no cover - compiled
    """Weigh the comparable pairs of rows.

    Row i is at risk at the event times first[i], ..., last[i] - 1 (`RiskSets`), at one at least; its own event is at
    the last. Ranks of the risk score begin at zero.

    Returns
    -------
    totals : ndarray, shape (3,)
        Weight products of the pairs of rows that are concordant, tied in risk, and discordant.
    right, comparable : ndarray, shape (n,)
        Weight of the rows with which row i is concordant, plus half of those with which it is tied; and of all with
        which it is comparable.
    """
    size = 1
    while size <= rank.max():
        size *= 2
    at_risk, died, n_at_risk = np.zeros(2 * size), np.zeros(2 * size), np.zeros(size, np.intp)
    totals, right, comparable = np.zeros(3), np.zeros(len(rank)), np.zeros(len(rank))
    # Backwards, rows that are censored before the next event time enter first, and then those with an event.
    entering, entries = by_slot(2 * last - 1 - event, 2 * n_times)
    leaving, exits = by_slot(first, n_times)
    for slot in range(2 * n_times - 1, -1, -1):
        newcomers = entries[entering[slot] : entering[slot + 1]]
        if slot % 2 == 0:
            for i in newcomers:
                lower, equal, higher = around(at_risk, rank[i])
                right[i] += lower + 0.5 * equal
                comparable[i] += lower + equal + higher
                totals[0] += weights[i] * lower
                totals[1] += weights[i] * equal
                totals[2] += weights[i] * higher
            for i in newcomers:
                put(died, rank[i], weights[i], True)
        for i in newcomers:
            put(at_risk, rank[i], weights[i], True)
            n_at_risk[rank[i]] += 1
            _, equal, higher = around(died, rank[i])
            right[i] -= higher + 0.5 * equal
            comparable[i] -= died[1]
        if slot % 2 == 0:
            # The events that were added while a row was at risk are those that it survived.
            for i in exits[leaving[slot // 2] : leaving[slot // 2 + 1]]:
                _, equal, higher = around(died, rank[i])
                right[i] += higher + 0.5 * equal
                comparable[i] += died[1]
                n_at_risk[rank[i]] -= 1
                put(at_risk, rank[i], -weights[i], n_at_risk[rank[i]] > 0)
    return totals, right, comparable
