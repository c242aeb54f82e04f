"""Tuning: how strongly a landmark Cox model is penalised, chosen among its own training rows."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.cox.fit import fit_cox
from analysis.cox.partial_likelihood import PartialLikelihood
from analysis.cox.risk_sets import risk_sets
from analysis.design.outcome import Outcome
from analysis.errors import ModelError

N_FOLDS = 5


def likeliest_ridge(values: NDArray[np.float64], outcome: Outcome, ridges: Sequence[float], seed: int = 0) -> float:
    """Return the ridge under which clusters that were left out are likeliest.

    Parameters
    ----------
    values : ndarray, shape (n, p)
        Of a design.
    outcome : Outcome, n rows
        On the landmark clock.
    ridges : sequence of float
        To choose from, rising; a single one is taken as it is.
    seed : int
        Of the folds.

    Returns
    -------
    float
        The search starts in the middle and walks to where the cross-validated likelihood is largest; of equals the
        strongest. With fewer than two clusters with event nothing can be left out, and it is the strongest.

    Raises
    ------
    ModelError
        If there is no ridge to choose from.

    Notes
    -----
    Cross-validated log partial likelihood (Verweij and van Houwelingen 1993, Statistics in Medicine 12, 2305; for ridge
    1994, 13, 2427): the sum over folds of l(b) - l_train(b), b fitted without the fold. All rows of a cluster are in
    one fold, since rows of one account, and accounts of one parent, say the same again.
    """
    if not len(ridges):
        raise ModelError("There must be a ridge to choose from.")
    if len(ridges) == 1:
        return float(ridges[0])
    fold = cluster_folds(outcome, seed)
    if fold.max() == 0:
        return float(max(ridges))
    timed = outcome.on_grid()
    whole = _likelihood(values, timed)
    parts = [(values[fold != k], timed.take(fold != k)) for k in range(fold.max() + 1)]
    parts = [(own, rows) for own, rows in parts if rows.event.any()]
    left_out = [_likelihood(own, rows) for own, rows in parts]
    known: dict[int, float] = {}

    def likelihood_at(place: int) -> float:
        if place not in known:
            known[place] = 0.0
            for (own, rows), train in zip(parts, left_out, strict=True):
                fitted = _coefficients(own, rows, ridges[place])
                known[place] += whole.evaluate(fitted).log_likelihood - train.evaluate(fitted).log_likelihood
        return known[place]

    best = len(ridges) // 2
    while True:
        near = [place for place in (best + 1, best, best - 1) if 0 <= place < len(ridges)]
        better = max(near, key=likelihood_at)
        if better == best:
            return float(ridges[best])
        best = better


def cluster_folds(outcome: Outcome, seed: int, n_folds: int = N_FOLDS) -> NDArray[np.intp]:
    """Number the fold of each row, shape (n,): whole clusters, those with an event dealt out evenly.

    There are no more folds than clusters with an event. The draw depends on the clusters' names and the seed, not on
    the order of the rows.
    """
    names, code = np.unique(outcome.cluster.astype(str), return_inverse=True)
    has_event = np.bincount(code, outcome.event, len(names)) > 0
    order = np.lexsort((np.random.default_rng(seed).random(len(names)), ~has_event))
    fold = np.empty(len(names), dtype=np.intp)
    fold[order] = np.arange(len(names)) % max(1, min(n_folds, int(has_event.sum())))
    return fold[code]


def _coefficients(values: NDArray[np.float64], timed: Outcome, ridge: float) -> NDArray[np.float64]:
    """Fit all columns but those that are constant without the fold: nothing is known of them, and they stay at zero."""
    varies = np.ptp(values, axis=0) > 0
    coefficients = np.zeros(values.shape[1])
    if varies.any():
        coefficients[varies] = fit_cox(values[:, varies], timed.counting_rows(), ridge=ridge).coefficients
    return coefficients


def _likelihood(values: NDArray[np.float64], timed: Outcome) -> PartialLikelihood:
    rows = timed.counting_rows()
    return PartialLikelihood(np.ascontiguousarray(values), rows, risk_sets(rows), "efron")
