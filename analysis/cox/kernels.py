"""Kernels: the passes over all rows that the partial likelihood needs, compiled once and kept between processes.

Each pass is sequential, in the order of the rows, so that sums do not depend on the number of threads; a pass holds
nothing that another thread's pass would wait for, so that fits run side by side. Where an array of unknown length could
be assigned to a slice, a loop does it: numba takes seconds to compile what that may raise.
"""

import numpy as np
from numba import njit

_compiled = njit(cache=True, nogil=True)


@_compiled
def _up_to(event_times, low, high, time):  # pragma: no cover - compiled
    """Return the end of the event times up to and including `time`, which is among low..high."""
    while low < high:
        middle = (low + high) // 2
        if event_times[middle] <= time:
            low = middle + 1
        else:
            high = middle
    return low


@_compiled
def locate(stratum, start, stop, openings, event_times, first, last):  # pragma: no cover - compiled
    """Find the event times of its own stratum within each row's ``(start, stop]``: first, ..., last - 1.

    The search begins where the row before stopped, if that is this row's start, as in a panel in order of time; and
    goes from there in steps that double, since intervals are short.
    """
    for i in range(len(stop)):
        low, high = openings[stratum[i]], openings[stratum[i] + 1]
        if i > 0 and start[i] == stop[i - 1] and stratum[i] == stratum[i - 1]:
            low = last[i - 1]
        else:
            low = _up_to(event_times, low, high, start[i])
        first[i] = low
        step = 1
        while low + step <= high and event_times[low + step - 1] <= stop[i]:
            low += step
            step *= 2
        last[i] = _up_to(event_times, low, min(low + step, high), stop[i])


@_compiled
def risk_set_sums(values, risk, first, last, stratum, openings, sums):  # pragma: no cover - compiled
    """Add up risk, and risk times each column of values, over the rows at risk at each pair.

    A row enters the sums at its last pair and leaves them before its first; cumulated from the last pair of each
    stratum backwards, so that the small risk sets of late times are sums of few terms. Returns the largest factor by
    which a risk total falls short of one after it, since so much larger are the rounding errors that it inherits.
    """
    p = values.shape[1]
    sums[:] = 0.0
    for i in range(values.shape[0]):
        a, b = first[i], last[i]
        if a < b:
            weight = risk[i]
            sums[b - 1, 0] += weight
            for k in range(p):
                sums[b - 1, k + 1] += weight * values[i, k]
            if a > openings[stratum[i]]:
                sums[a - 1, 0] -= weight
                for k in range(p):
                    sums[a - 1, k + 1] -= weight * values[i, k]
    fall = 1.0
    for s in range(len(openings) - 1):
        peak = sums[openings[s + 1] - 1, 0] if openings[s + 1] > openings[s] else 0.0
        for j in range(openings[s + 1] - 2, openings[s] - 1, -1):
            for k in range(p + 1):
                sums[j, k] += sums[j + 1, k]
            peak = max(peak, sums[j, 0])
            if not sums[j, 0] * fall >= peak:
                fall = peak / sums[j, 0] if sums[j, 0] > 0.0 else np.inf
    return fall


@_compiled
def risk_set_sums_by_tree(values, risk, first, last, tree, sums):  # pragma: no cover - compiled
    """Add up the same without subtracting anything: slower, and right where few rows outweigh all others.

    The m pairs are the leaves m, ..., 2 m - 1 of a binary tree, in which node k is above 2 k and 2 k + 1. Each row is
    added to the few nodes that make up its pairs; a pair has what its own leaf and the nodes above it have.
    """
    m, p = len(sums), values.shape[1]
    tree[:] = 0.0
    for i in range(values.shape[0]):
        a, b = first[i] + m, last[i] + m
        while a < b:
            if a % 2 == 1:
                tree[a, 0] += risk[i]
                for k in range(p):
                    tree[a, k + 1] += risk[i] * values[i, k]
                a += 1
            if b % 2 == 1:
                b -= 1
                tree[b, 0] += risk[i]
                for k in range(p):
                    tree[b, k + 1] += risk[i] * values[i, k]
            a, b = a // 2, b // 2
    for node in range(2, 2 * m):
        for k in range(p + 1):
            tree[node, k] += tree[node // 2, k]
    for j in range(m):
        for k in range(p + 1):
            sums[j, k] = tree[m + j, k]


@_compiled
def death_sums(values, risk, event_rows, last, sums):  # pragma: no cover - compiled
    """Add up risk, and risk times each column of values, over the deaths at each pair."""
    p = values.shape[1]
    for i in event_rows:
        own = sums[last[i] - 1]
        own[0] += risk[i]
        for k in range(p):
            own[k + 1] += risk[i] * values[i, k]


@_compiled
def cumulate(increments, openings, total):  # pragma: no cover - compiled
    """Cumulate increments, shape (m, p), within each stratum, with a line of zeros before its first."""
    for s in range(len(openings) - 1):
        total[openings[s] + s] = 0.0
        for j in range(openings[s], openings[s + 1]):
            for k in range(increments.shape[1]):
                total[j + s + 1, k] = total[j + s, k] + increments[j, k]


@_compiled
def passed(total, first, last, stratum, between):  # pragma: no cover - compiled
    """Subtract, for each row, what was cumulated before its first pair from what was by its last."""
    for i in range(len(first)):
        for k in range(total.shape[1]):
            between[i, k] = total[last[i] + stratum[i], k] - total[first[i] + stratum[i], k]


@_compiled
def passed_by_tree(increments, first, last, tree, between):  # pragma: no cover - compiled
    """Add up, for each row, the increments at its pairs without subtracting anything, as `risk_set_sums_by_tree`."""
    m, p = increments.shape
    for j in range(m):
        for k in range(p):
            tree[m + j, k] = increments[j, k]
    for node in range(m - 1, 0, -1):
        for k in range(p):
            tree[node, k] = tree[2 * node, k] + tree[2 * node + 1, k]
    between[:] = 0.0
    for i in range(len(first)):
        a, b = first[i] + m, last[i] + m
        while a < b:
            if a % 2 == 1:
                for k in range(p):
                    between[i, k] += tree[a, k]
                a += 1
            if b % 2 == 1:
                b -= 1
                for k in range(p):
                    between[i, k] += tree[b, k]
            a, b = a // 2, b // 2


@_compiled
def gram(values, weight, total):  # pragma: no cover - compiled
    """Add up ``weight[i] * outer(values[i], values[i])``, four rows at a time."""
    n, p = values.shape
    for i in range(0, n - n % 4, 4):
        w0, w1, w2, w3 = weight[i], weight[i + 1], weight[i + 2], weight[i + 3]
        if w0 == 0.0 and w1 == 0.0 and w2 == 0.0 and w3 == 0.0:
            continue
        for j in range(p):
            a0, a1 = w0 * values[i, j], w1 * values[i + 1, j]
            a2, a3 = w2 * values[i + 2, j], w3 * values[i + 3, j]
            for k in range(j + 1):
                total[j, k] += (a0 * values[i, k] + a1 * values[i + 1, k]) + (
                    a2 * values[i + 2, k] + a3 * values[i + 3, k]
                )
    for i in range(n - n % 4, n):
        for j in range(p):
            for k in range(j + 1):
                total[j, k] += weight[i] * values[i, j] * values[i, k]
    for j in range(p):
        for k in range(j):
            total[k, j] = total[j, k]


@_compiled
def efron_steps(sums, death_sums, deaths, efron, hazard, dying, squares):  # pragma: no cover - compiled
    """Sum over the steps in which tied deaths leave; returns the sum of weighted log risk totals.

    At a time with d deaths of total weight W, step k = 0..d-1 has the risk total S0 - (k/d) D0 under Efron's rule, S0
    under Breslow's, and carries the weight W / d.
    """
    log_total = 0.0
    for j in range(len(deaths)):
        d = deaths[j]
        step_weight = death_sums[j, -1] / d
        hazard[j] = dying[j] = 0.0
        squares[j] = 0.0
        for k in range(d):
            gone = k / d if efron else 0.0
            at_risk = sums[j, 0] - gone * death_sums[j, 0]
            if not at_risk > 0.0:
                return np.nan
            log_total += step_weight * np.log(at_risk)
            increment, left = step_weight / at_risk, 1.0 - gone
            hazard[j] += increment
            dying[j] += left * increment
            squares[j, 0] += increment / at_risk
            squares[j, 1] += left * increment / at_risk
            squares[j, 2] += left * left * increment / at_risk
    return log_total


@_compiled
def score(values, weights, event_rows, last, sums, death_sums, hazard, dying, total):  # pragma: no cover - compiled
    """Add up what each death has beyond the mean covariates of the steps at its time."""
    p = values.shape[1]
    for i in event_rows:
        j = last[i] - 1
        of_alive, of_dead = hazard[j] / death_sums[j, p + 1], dying[j] / death_sums[j, p + 1]
        for c in range(p):
            dead = death_sums[j, c + 1]
            alive = sums[j, c + 1] - dead
            total[c] += weights[i] * (values[i, c] - (of_alive * alive + of_dead * dead))


@_compiled
def outer_of_means(sums, death_sums, squares, pair_weight, total):  # pragma: no cover - compiled
    """Subtract the weighted outer products of the mean covariates at every step."""
    p = total.shape[0]
    for j in range(len(sums)):
        w = pair_weight[j]
        both, mixed, own = w * squares[j, 0], w * squares[j, 1], w * squares[j, 2]
        for a in range(p):
            dead_a = death_sums[j, a + 1]
            alive_a = sums[j, a + 1] - dead_a
            for b in range(p):
                dead_b = death_sums[j, b + 1]
                alive_b = sums[j, b + 1] - dead_b
                total[a, b] -= (both * alive_a + mixed * dead_a) * alive_b + (mixed * alive_a + own * dead_a) * dead_b


@_compiled
def add_score_residuals(
    values, risk, first, last, stratum, event, weights, steps, chosen, into, total
):  # pragma: no cover - compiled
    """Add the contribution to the score of each row ``chosen[k]``, times its weight, to line ``into[k]`` of `total`."""
    sums, death_sums, hazard, dying, squares, hazard_to, mean_to = steps
    p = values.shape[1]
    for k in range(len(chosen)):
        i = chosen[k]
        if first[i] == last[i]:
            continue
        g, w, r, j = into[k], weights[i], weights[i] * risk[i], last[i] - 1
        start, stop = first[i] + stratum[i], last[i] + stratum[i]
        if event[i]:
            exposure = hazard_to[stop - 1] - hazard_to[start] + dying[j]
            for c in range(p):
                dead = death_sums[j, c + 1]
                alive = sums[j, c + 1] - dead
                death_mean = (hazard[j] * alive + dying[j] * dead) / death_sums[j, p + 1]
                seen = mean_to[stop - 1, c] - mean_to[start, c] + squares[j, 1] * alive + squares[j, 2] * dead
                total[g, c] += w * (values[i, c] - death_mean) - r * (values[i, c] * exposure - seen)
        else:
            exposure = hazard_to[stop] - hazard_to[start]
            for c in range(p):
                total[g, c] -= r * (values[i, c] * exposure - (mean_to[stop, c] - mean_to[start, c]))
