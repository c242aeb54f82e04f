"""Global test: does a block of columns, be it larger than the number of clusters, say anything that a fit lacks?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.cox.fit import CoxFit
from analysis.cox.identifiability import refuse_not_finite
from analysis.cox.leverage import (
    MOST_CLUSTERS,
    Corrected,
    RiskMeans,
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
from analysis.cox.partial_likelihood import Evaluation, PartialLikelihood
from analysis.cox.risk_sets import risk_sets
from analysis.cox.rows import CountingRows
from analysis.cox.sandwich import grouped_score
from analysis.errors import ModelError
from analysis.wording.remarks import remark

FIRM = 0.01
"""Slopes are freed of what the fit's columns explain by their whole information, so that a shrunken coefficient leaves
no trace in them; a ridge is let in up to this share of it, for columns that are nearly collinear."""
LEFT = 1e-8
"""A column of which the others and the risk sets leave a smaller share adds nothing to be tested."""
MOST_OF_ONE = 0.8
"""A column of which one cluster tells more is not tested: no other says whether it would do likewise."""


@dataclass(frozen=True, slots=True)
class GlobalTest:
    """A joint test that a block of coefficients is zero.

    Attributes
    ----------
    statistic : float
        Mean over the columns of the squared standardised score: 1 on average where the block says nothing.
    n_columns : int
        Those that the fit and the risk sets leave something of, and more than one cluster tells of.
    n_clusters : int
    n_signs : int
        Signs of the clusters that were tried: all there are where clusters are few.
    p_value : float
        At least 1 / n_signs.
    """

    statistic: float
    n_columns: int
    n_clusters: int
    n_signs: int
    p_value: float


@one_thread
def global_test(
    null: CoxFit | CountingRows,
    values: ArrayLike,
    *,
    n_signs: int = 2_000,
    seed: int = 0,
    most_clusters: int = MOST_CLUSTERS,
) -> GlobalTest:
    """Test by the slopes of the likelihood whether columns beside those of a fit go with the event.

    The statistic adds up the squared slopes in all columns, each in units of its own spread over the clusters. It needs
    no inverse of their covariance, so there may be more columns than clusters, and it finds best what several
    correlated columns have in common. Its distribution is that under random signs of the clusters' residuals, which
    keeps whatever dependence there is within a cluster, between columns and over time. Residuals have their leverage
    given back, and with each choice of signs are freed again of what the fit explains.

    Parameters
    ----------
    null : CoxFit or CountingRows
        A fit without the block, with a ridge or without; or the rows alone, where nothing is adjusted for.
    values : array-like, shape (n, q)
        The block, for the same rows. Its units do not matter.
    n_signs, seed : int
        All 2^(clusters - 1) signs are tried if they are no more than `n_signs`, else as many at random.
    most_clusters : int
        Clusters that are given back their leverage, those that hold most first.

    Raises
    ------
    ModelError
        If shapes differ, a value is missing or infinite, or no column differs among those at risk together, beyond what
        the fit explains, in more than one cluster.

    Notes
    -----
    Goeman, van de Geer, de Kort and van Houwelingen (2004), Bioinformatics 20, 93, and Goeman et al. (2005), 21, 1950,
    for the statistic; Kline and Santos (2012), J. Econometric Methods 1, 23, and Hemerik, Goeman and Finos (2020), J.
    Royal Statistical Society B 82, 841, for signs of effective scores: scores freed of what the fit explains, so that
    the fit's own error moves them in second order only, a ridge's bias included. For leverage see
    `analysis.cox.leverage`.
    """
    block = np.asarray(values, dtype=np.float64)
    likelihood, at, penalty = _beside(null, block)
    tested = np.arange(len(penalty), likelihood.values.shape[1])
    means = risk_means(likelihood, at)
    information = means.information()
    explained, leverage = _explained(information, penalty)
    targets = (np.eye(len(information)) - explained @ information)[:, tested]
    left = np.einsum("ak,ab,bk->k", targets, information, targets)
    is_left = left > LEFT * np.diag(information)[tested]
    if not is_left.any():
        raise ModelError(remark("cox.nothing_to_test"))
    targets = targets[:, is_left]
    expected = expected_squares(means, targets)
    is_shared = expected.max(axis=0, initial=0.0) < MOST_OF_ONE * expected.sum(axis=0)
    if not is_shared.any():
        raise ModelError(remark("cox.nothing_to_test"))
    targets, expected = targets[:, is_shared], expected[:, is_shared]
    scores = grouped_score(likelihood, at, likelihood.rows.cluster) @ targets
    signs = cluster_signs(len(scores), n_signs, seed)
    statistics = _statistics(
        means, at, scores, targets, root_of(leverage), by_leverage(expected)[:most_clusters], signs
    )
    reached = np.count_nonzero(statistics[1:] >= statistics[0] * (1 - 1e-9))
    return GlobalTest(
        statistic=float(statistics[0]),
        n_columns=targets.shape[1],
        n_clusters=len(scores),
        n_signs=len(signs),
        p_value=(1 + int(reached)) / len(signs),
    )


def cluster_signs(n_clusters: int, n_signs: int, seed: int) -> NDArray[np.float64]:
    """Return signs of clusters, a line a choice, the first all plus: all that differ, or as many at random.

    To turn all signs at once changes no square, so that 2^(clusters - 1) differ.
    """
    if n_clusters <= 1 + np.log2(n_signs):
        numbers = np.arange(2 ** (n_clusters - 1))[:, None]
        return np.hstack([np.ones((len(numbers), 1)), 1.0 - 2 * (numbers >> np.arange(n_clusters - 1) & 1)])
    drawn = np.random.default_rng(seed).choice([-1.0, 1.0], size=(n_signs - 1, n_clusters))
    return np.vstack([np.ones(n_clusters), drawn])


def _beside(
    null: CoxFit | CountingRows, block: NDArray[np.float64]
) -> tuple[PartialLikelihood, Evaluation, NDArray[np.float64]]:
    """Return the likelihood of the fit's columns and the block's, at the fit and zero, and the fit's ridge."""
    rows = null if isinstance(null, CountingRows) else null.rows
    if block.ndim != 2 or len(block) != len(rows) or block.shape[1] == 0:
        raise ModelError(
            f"The block must have one line a row and at least one column: {len(rows):,} rows; "
            f"its shape is {block.shape}."
        )
    refuse_not_finite(block, [f"column {k}" for k in range(block.shape[1])])
    spread = block.std(axis=0)
    own = (block - block.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    if isinstance(null, CountingRows):
        likelihood = PartialLikelihood(np.ascontiguousarray(own), rows, risk_sets(rows), "efron")
        return likelihood, likelihood.evaluate(np.zeros(own.shape[1])), np.zeros(0)
    both = np.ascontiguousarray(np.hstack([null.likelihood.values, own]))
    likelihood = PartialLikelihood(both, rows, null.likelihood.sets, null.likelihood.ties)
    coefficients = np.r_[null.maximum.end.coefficients, np.zeros(own.shape[1])]
    return likelihood, likelihood.evaluate(coefficients), null.ridge / null.scale**2


def _explained(
    information: NDArray[np.float64], penalty: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the inverse information of the fit's own columns, and the leverage that follows from it and the ridge.

    Both of shape (p, p), zero in the block. The residuals of a fit with a ridge have the covariance (I - H)^2.
    """
    size = len(penalty)
    explained, leverage = np.zeros_like(information), np.zeros_like(information)
    own = information[:size, :size]
    inverse = inverse_of(own + np.diag(penalty))
    explained[:size, :size] = inverse_of(own + np.diag(np.minimum(penalty, FIRM * np.diag(own))))
    leverage[:size, :size] = 2 * inverse - inverse @ own @ inverse
    return explained, leverage


def _statistics(
    means: RiskMeans,
    at: Evaluation,
    scores: NDArray[np.float64],
    targets: NDArray[np.float64],
    root: NDArray[np.float64],
    chosen: NDArray[np.intp],
    signs: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the statistic as it is, then under each choice of signs but the first, shape (number of signs,)."""
    n_pairs, q = len(means.total), targets.shape[1]
    contributions, most = scores.copy(), n_crossed(n_pairs, q)
    crossed: list[Corrected] = []
    for cluster, parts in zip(chosen, parts_of_clusters(means, at, chosen), strict=True):
        own = correct(parts, targets, root)
        contributions[cluster] = own.contribution
        if len(crossed) < most:
            crossed.append(own)
    again = chosen[: len(crossed)]
    rest = np.setdiff1d(np.arange(len(scores)), again)
    squares = np.tile((contributions[rest] ** 2).sum(axis=0), (len(signs), 1))
    turned = signs[:, again]
    for refitted in _refitted(crossed, root, n_pairs):
        squares += (turned @ refitted) ** 2
    slopes = signs @ contributions
    slopes[0] = scores.sum(axis=0)
    squares[0] = (contributions**2).sum(axis=0)
    return np.divide(slopes**2, squares, out=np.zeros_like(slopes), where=squares > 0).mean(axis=1)


def _refitted(corrected: Sequence[Corrected], root: NDArray[np.float64], n_pairs: int) -> list[NDArray[np.float64]]:
    """Return, for each cluster, what every cluster's residuals add to its contribution once they are fitted again.

    Each of shape (clusters, q): its own corrected residuals give `Corrected.of_corrected`, and all are freed of their
    part in the risk sets and in the fit's columns.
    """
    if not corrected:
        return []
    forms = np.array([own.residual_form for own in corrected]) @ root
    surpluses = np.zeros((len(corrected), n_pairs))
    for line, own in zip(surpluses, corrected, strict=True):
        line[own.parts.pairs] = own.residual_surplus
    added = []
    for position, own in enumerate(corrected):
        taken = forms @ (root.T @ own.weight) + surpluses[:, own.parts.pairs] @ own.pair_weight
        taken[position] -= own.of_corrected
        added.append(-taken)
    return added
