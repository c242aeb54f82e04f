"""Sandwich: covariance of Cox coefficients that holds when rows are dependent within clusters."""

import numpy as np
from numpy.typing import NDArray

from analysis.cox import kernels
from analysis.cox.partial_likelihood import Evaluation, PartialLikelihood, exposure

BLOCK = 8_192
"""Clusters whose contributions to the score are held at one time."""


def grouped_score(
    likelihood: PartialLikelihood,
    at: Evaluation,
    group: NDArray[np.intp],
    weights: NDArray[np.float64] | None = None,
    chosen: NDArray[np.intp] | None = None,
) -> NDArray[np.float64]:
    """Sum each row's contribution to the score within groups coded from 0, shape (number of groups, p).

    Parameters
    ----------
    likelihood : PartialLikelihood
    at : Evaluation
    group : ndarray of int, shape (k,)
    weights : ndarray, shape (n,), optional
        What each contribution counts; the case weights by default.
    chosen : ndarray of int, shape (k,), optional
        The rows that `group` is of; by default all n.
    """
    rows, sets = likelihood.rows, likelihood.sets
    which = np.arange(len(rows)) if chosen is None else chosen
    total = np.zeros((int(group.max()) + 1, likelihood.values.shape[1]))
    if at.steps.is_steep:
        return _grouped_score_by_tree(likelihood, at, which, group, rows.weights if weights is None else weights, total)
    kernels.add_score_residuals(
        likelihood.values, at.risk, sets.first, sets.last, rows.stratum, rows.event,
        rows.weights if weights is None else weights, at.steps.arrays(), which, group, total,
    )  # fmt: skip
    return total


def _grouped_score_by_tree(
    likelihood: PartialLikelihood,
    at: Evaluation,
    chosen: NDArray[np.intp],
    group: NDArray[np.intp],
    weights: NDArray[np.float64],
    total: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Do the same where differences of cumulated hazards would lose digits."""
    sets, steps = likelihood.sets, at.steps
    passed = exposure(likelihood, steps, np.ones(len(sets.time)))
    seen = sets.passed_by_tree(steps.mean)
    seen[sets.event_rows] -= (steps.mean - steps.mean_dying)[sets.death_pairs]
    own = -at.risk[:, None] * (likelihood.values * passed[:, None] - seen)
    own[sets.event_rows] += likelihood.values[sets.event_rows] - steps.death_mean[sets.death_pairs]
    np.add.at(total, group, (weights[:, None] * own)[chosen])
    return total


def cluster_robust_covariance(
    likelihood: PartialLikelihood, at: Evaluation, bread: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the grouped sandwich covariance, shape (p, p), clustered by ``likelihood.rows.cluster``.

    Meat: score residuals summed within each cluster. No small-sample factor, as R's ``coxph(..., cluster =)``: with
    few clusters (under about 50), or a few that hold most, it is too small: see `analysis.cox.cluster_errors`.

    Parameters
    ----------
    likelihood : PartialLikelihood
    at : Evaluation
        At the fit.
    bread : ndarray, shape (p, p)
        Inverse of the (penalised) information.

    Notes
    -----
    Lin and Wei (1989), J. Am. Stat. Assoc. 84, 1074; with Efron's ties as Therneau and Grambsch (2000), 7.2.
    """
    cluster = likelihood.rows.cluster
    by_cluster, openings = np.argsort(cluster, kind="stable"), np.r_[0, np.cumsum(np.bincount(cluster))]
    meat = np.zeros_like(bread)
    block = len(cluster) if at.steps.is_steep else BLOCK  # a tree goes through all rows at once
    for start in range(0, len(openings) - 1, block):
        stop = min(start + block, len(openings) - 1)
        chosen = by_cluster[openings[start] : openings[stop]]
        score = grouped_score(likelihood, at, cluster[chosen] - start, chosen=chosen)
        meat += score.T @ score
    return bread @ meat @ bread
