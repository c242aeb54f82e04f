"""Cluster errors: standard errors and degrees of freedom of Cox coefficients that hold with few or unequal clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cox.fit import CoxFit
from analysis.cox.leverage import (
    Corrected,
    by_leverage,
    correct,
    expected_squares,
    inverse_of,
    n_crossed,
    parts_of_clusters,
    risk_means,
    root_of,
)
from analysis.cox.one_thread import one_thread
from analysis.cox.sandwich import grouped_score

MOSTLY = 0.5
"""A column of whose information less rests on several clusters has no error: nothing tells how the others vary."""


@dataclass(frozen=True, slots=True, eq=False)
class ClusterErrors:
    """How sure the coefficients of a fit are, given that rows are dependent within clusters.

    Attributes
    ----------
    std_errors : ndarray, shape (p,)
        In the units of the fit's coefficients; NaN where one cluster alone carries a column.
    df : ndarray, shape (p,)
        Degrees of freedom of the t distribution of (estimate - truth) / std_error, one at least.
    influence : ndarray, shape (clusters, p)
        What each cluster adds to the coefficients, its leverage given back: without a ridge the squares sum to the
        variance.
    shrinkage : ndarray, shape (p, p)
        What a ridge adds to that: the variance of the truth around a coefficient that was pulled towards zero.
    """

    std_errors: NDArray[np.float64]
    df: NDArray[np.float64]
    influence: NDArray[np.float64]
    shrinkage: NDArray[np.float64]

    def of_sum(self, weights: NDArray[np.float64]) -> tuple[float, float]:
        """Return error and degrees of freedom of a weighted sum of coefficients; those of its least sure column."""
        variance = float(((self.influence @ weights) ** 2).sum() + weights @ self.shrinkage @ weights)
        return float(np.sqrt(variance)), float(self.df[weights != 0].min())


@one_thread
def cluster_errors(fit: CoxFit) -> ClusterErrors:
    """Return standard errors of the CR2 kind with Satterthwaite's degrees of freedom, column by column.

    The plain sandwich is too small where clusters are few, or few of them hold most of what a column tells, since the
    fit bends to each; and it is then itself uncertain. With many like clusters these errors are the sandwich's. Where
    there is a ridge, coefficients are taken as drawn around zero with its spread: an interval covers the truth as often
    as it says on average over such columns, not for a single large effect.

    Notes
    -----
    Bell and McCaffrey (2002); Pustejovsky and Tipton (2018), equations 6 to 8 and 11, with the risk sets of the Cox
    model as fixed effects and independence as working model. See `analysis.cox.leverage`.
    """
    at, likelihood = fit.maximum.end, fit.likelihood
    means = risk_means(likelihood, at)
    bread = fit.covariance * np.outer(fit.scale, fit.scale)
    information = means.information()
    inner = inverse_of(information + np.diag(fit.ridge / fit.scale**2))
    root = root_of(2 * inner - inner @ information @ inner)
    expected = expected_squares(means, bread)
    due = expected.sum(axis=0)
    influence = grouped_score(likelihood, at, fit.rows.cluster) @ bread
    chosen = by_leverage(expected)
    crossed: list[Corrected] = []
    most = n_crossed(len(means.total), len(bread))
    for cluster, parts in zip(chosen, parts_of_clusters(means, at, chosen), strict=True):
        own = correct(parts, bread, root)
        influence[cluster] = own.contribution
        expected[cluster] *= own.kept
        if len(crossed) < most:
            crossed.append(own)
    found = expected.sum(axis=0)
    squares = (expected**2).sum(axis=0) + _cross_products(crossed, root, len(means.total))
    is_known = found > MOSTLY * due
    widening = np.sqrt(np.divide(due, found, out=np.full_like(due, np.nan), where=is_known))
    influence *= widening / fit.scale
    df = np.divide(found**2, squares, out=np.ones_like(due), where=is_known & (squares > 0))
    shrinkage = fit.covariance @ np.diag(fit.ridge) @ fit.covariance
    own, pulled = (influence**2).sum(axis=0), np.diag(shrinkage)
    share = np.divide(own, own + pulled, out=np.ones_like(own), where=own > 0)
    return ClusterErrors(np.sqrt(own + pulled), np.maximum(df, 1.0) / share**2, influence, shrinkage)


def _cross_products(corrected: list[Corrected], root: NDArray[np.float64], n_pairs: int) -> NDArray[np.float64]:
    """Return, by column, the sum of squared covariances of two different clusters' contributions, shape (p,)."""
    total = np.zeros(len(root))
    weights = [(own.parts.pairs, own.weight, own.pair_weight) for own in corrected]
    rank = root.shape[1]
    for column in range(len(total)):
        lines = np.zeros((len(corrected), rank + n_pairs))
        for line, (pairs, weight, pair_weight) in zip(lines, weights, strict=True):
            line[:rank] = weight[:, column] @ root
            line[rank + pairs] = pair_weight[:, column]
        products = lines @ lines.T
        np.fill_diagonal(products, 0.0)
        total[column] = (products**2).sum()
    return total
