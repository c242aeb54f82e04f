"""Leverage: how much of its residuals the fit takes from each cluster, and what they are with it given back.

A Cox fit is a Poisson regression with a factor for each risk set (Whitehead 1980, Applied Statistics 29, 268): row i
has at pair j the mean mu_ij = risk_i x increment of the baseline hazard, and the residual e_ij = event_ij - mu_ij. In
units of root mu the residuals of cluster g have under independence the covariance I - H_g, with

    H_g = sum over pairs of v_j v_j' / d_j + Z L Z':

v_j the roots of the means of the cluster's rows at the pair, d_j the deaths there, Z root mu times the covariates less
their mean in the risk set, L the inverse information. What is needed of them are sums over the cluster at each pair:
its share of the risk set, and how far its mean covariates lie off (`ClusterParts`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from analysis.cox.partial_likelihood import Evaluation, PartialLikelihood
from analysis.cox.sandwich import grouped_score

LEAST = 1e-3
"""What is left of a direction of which the fit takes more is not blown up further: one cluster alone determines it."""
MOST_CLUSTERS = 2_000
"""Clusters that are given back their leverage; beyond these only those that hold most: the others have next to none."""
MOST_CROSSED = 200
MOST_NUMBERS = 30_000_000
"""Clusters whose covariances with one another are reckoned with, and numbers held for them."""
ROWS = 65_536
"""Rows that are gone through at one time."""


@dataclass(frozen=True, slots=True, eq=False)
class RiskMeans:
    """The means of every risk set, ties as Breslow's, so that each pair's expected deaths are those that came.

    Attributes
    ----------
    total : ndarray, shape (m,)
        Of the risk.
    mean : ndarray, shape (m, p)
        Of the covariates.
    risk : ndarray, shape (n,)
        Weighted hazard ratio of each row, in the unit of `total`.
    """

    likelihood: PartialLikelihood
    total: NDArray[np.float64]
    mean: NDArray[np.float64]
    risk: NDArray[np.float64]

    @property
    def increments(self) -> NDArray[np.float64]:
        """Of the baseline hazard, shape (m,)."""
        return self.likelihood.sets.death_weight / self.total

    def information(self) -> NDArray[np.float64]:
        """Return the information of all clusters together, shape (p, p)."""
        sets, values = self.likelihood.sets, self.likelihood.values
        passed = sets.passed(sets.cumulate(self.increments), self.likelihood.rows) * self.risk
        means = self.mean * np.sqrt(sets.death_weight)[:, None]
        return (values * passed[:, None]).T @ values - means.T @ means


def risk_means(likelihood: PartialLikelihood, at: Evaluation) -> RiskMeans:
    """Return the means of every risk set at some coefficients."""
    total = at.sums[:, 0]
    return RiskMeans(likelihood, total, at.sums[:, 1:] / total[:, None], at.risk * likelihood.rows.weights)


@dataclass(frozen=True, slots=True, eq=False)
class ClusterParts:
    """What one cluster has at each of the pairs at which it is at risk.

    Attributes
    ----------
    pairs : ndarray of int, shape (k,)
    share : ndarray, shape (k,)
        Of the risk set, v_j' v_j / d_j; below one.
    shift : ndarray, shape (k, p)
        Z' v_j / root d_j: how far its covariates lie off the mean of the risk set, times its share.
    surplus : ndarray, shape (k,)
        v_j' e_j / root d_j: its deaths beyond its share.
    score : ndarray, shape (p,)
        Z' e.
    information : ndarray, shape (p, p)
        Z' Z.
    """

    pairs: NDArray[np.intp]
    share: NDArray[np.float64]
    shift: NDArray[np.float64]
    surplus: NDArray[np.float64]
    score: NDArray[np.float64]
    information: NDArray[np.float64]

    def score_power(self, halves: int) -> NDArray[np.float64]:
        """Return Z' B^(-halves / 2) e, where B = I less the part of the risk sets in H."""
        return self.score + self.shift.T @ (self._gain(halves) * self.surplus)

    def information_power(self, halves: int) -> NDArray[np.float64]:
        """Return Z' B^(-halves / 2) Z."""
        return self.information + (self.shift.T * self._gain(halves)) @ self.shift

    def _gain(self, halves: int) -> NDArray[np.float64]:
        """Return ((1 - share)^(-halves / 2) - 1) / share."""
        share = np.maximum(self.share, 1e-12)
        return np.expm1(-halves / 2 * np.log1p(-share)) / share


def parts_of_clusters(means: RiskMeans, at: Evaluation, clusters: NDArray[np.intp]) -> Iterator[ClusterParts]:
    """Yield the parts of some clusters, one after the other."""
    likelihood = means.likelihood
    rows, sets, values = likelihood.rows, likelihood.sets, likelihood.values
    deaths, roots = sets.death_weight, np.sqrt(sets.death_weight)
    passed = sets.passed(sets.cumulate(means.increments), rows) * means.risk
    by_cluster, openings = np.argsort(rows.cluster, kind="stable"), np.r_[0, np.cumsum(np.bincount(rows.cluster))]
    pair_of_row = sets.last - 1
    for cluster in clusters:
        own = by_cluster[openings[cluster] : openings[cluster + 1]]
        sums = sets.sums_of(own, values, means.risk, rows)
        pairs = np.flatnonzero(sums[:, 0] > 1e-12 * means.total)
        total, mean = means.total[pairs], means.mean[pairs]
        share = np.minimum(sums[pairs, 0] / total, 1.0)
        off = sums[pairs, 1:] / total[:, None]
        crossed = (off * deaths[pairs, None]).T @ mean
        dying = own[rows.event[own]]
        died = np.bincount(pair_of_row[dying], rows.weights[dying], len(deaths))[pairs]
        yield ClusterParts(
            pairs=pairs,
            share=np.minimum(share, 1 - LEAST),
            shift=roots[pairs, None] * (off - share[:, None] * mean),
            surplus=(died - deaths[pairs] * share) / roots[pairs],
            score=grouped_score(likelihood, at, np.zeros(len(own), dtype=np.intp), chosen=own)[0],
            information=(values[own] * passed[own, None]).T @ values[own]
            - crossed - crossed.T + (mean * (deaths[pairs] * share)[:, None]).T @ mean,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Corrected:
    """A cluster's contributions to q linear forms of the residuals, its leverage given back.

    The form of column k is the sum over clusters of X_k' e, with X = Z targets. With A = (I - Z~ L Z~')^(-1/2) B^(-1/2)
    and Z~ = B^(-1/2) Z the residuals A e have under independence the covariance that they would have without a fit:
    A (I - H_g) A' = I. A contribution is X' A e = Q' e.

    Attributes
    ----------
    parts : ClusterParts
    targets : ndarray, shape (p, q)
    spread : ndarray, shape (p, p)
        R f(R' Z~' Z~ R) R', where L = R R' and f(t) = ((1 - t)^(-1/2) - 1) / t.
    drawn : ndarray, shape (p,)
        spread Z~' B^(-1/2) e.
    residual_form : ndarray, shape (p,)
        Z' A e.
    weight : ndarray, shape (p, q)
        Z' Q.
    kept : ndarray, shape (p,)
        Of each column of the fit, the share of the cluster's information that does not rest on it alone.
    """

    parts: ClusterParts
    targets: NDArray[np.float64]
    spread: NDArray[np.float64]
    drawn: NDArray[np.float64]
    residual_form: NDArray[np.float64]
    weight: NDArray[np.float64]
    kept: NDArray[np.float64]

    @property
    def contribution(self) -> NDArray[np.float64]:
        """X' A e, shape (q,)."""
        return self.targets.T @ self.residual_form

    @property
    def of_corrected(self) -> NDArray[np.float64]:
        """X' A A e, what the corrected residuals contribute once they are corrected in turn, shape (q,)."""
        parts, drawn = self.parts, self.drawn
        again = self.spread @ (parts.score_power(3) + parts.information_power(3) @ drawn)
        form = parts.score_power(2) + parts.information_power(2) @ drawn + parts.information_power(1) @ again
        return self.targets.T @ form

    @property
    def residual_surplus(self) -> NDArray[np.float64]:
        """v_j' A e / root d_j at each of its pairs."""
        return (self.parts.surplus + self.parts.shift @ self.drawn) / np.sqrt(1 - self.parts.share)

    @property
    def pair_weight(self) -> NDArray[np.float64]:
        """v_j' Q / root d_j at each of its pairs, shape (k, q)."""
        parts, half = self.parts, 1 / np.sqrt(1 - self.parts.share[:, None])
        reached = self.spread @ (parts.information_power(1) @ self.targets)
        return half * (parts.shift @ self.targets + half * (parts.shift @ reached))


def correct(parts: ClusterParts, targets: NDArray[np.float64], root: NDArray[np.float64]) -> Corrected:
    """Give a cluster back what the fit has taken from its residuals.

    Parameters
    ----------
    parts : ClusterParts
    targets : ndarray, shape (p, q)
    root : ndarray, shape (p, r)
        L = root root'.

    Notes
    -----
    Bell and McCaffrey (2002), Survey Methodology 28, 169; Pustejovsky and Tipton (2018), J. Business and Economic
    Statistics 36, 672, section 2. All is done in p dimensions by (I - Y Y')^(-1/2) = I + Y f(Y' Y) Y'. Any root will
    do; that of R's clubSandwich is symmetric in other units, and standard errors differ by about 1% where clusters are
    few.
    """
    single, double = parts.information_power(1), parts.information_power(2)
    taken, axes = linalg.eigh(root.T @ double @ root)
    left = 1 - taken
    blown_up = np.maximum(left, LEAST) ** -0.5
    directions = root @ axes
    spread = (directions * (blown_up**2 / (1 + blown_up))) @ directions.T
    drawn = spread @ parts.score_power(2)
    reached = single @ targets
    held = directions**2 * np.maximum(taken, 0.0)
    whole, apart = held.sum(axis=1), held @ np.clip(left / LEAST, 0.0, 1.0)
    return Corrected(
        parts=parts,
        targets=targets,
        spread=spread,
        drawn=drawn,
        residual_form=parts.score_power(1) + single @ drawn,
        weight=reached + double @ (spread @ reached),
        kept=np.divide(apart, whole, out=np.ones_like(whole), where=whole > 0),
    )


def expected_squares(means: RiskMeans, targets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each cluster's expected square of its part of every form under independence, shape (clusters, q).

    The diagonal of targets' Z' Z targets: what a corrected contribution squared is on average.
    """
    likelihood = means.likelihood
    rows, sets = likelihood.rows, likelihood.sets
    middle, increments = means.mean @ targets, means.increments
    cumulated = sets.cumulate(np.column_stack([increments, increments[:, None] * middle]))
    squared = sets.cumulate(increments[:, None] * middle**2)
    total = np.zeros((int(rows.cluster.max()) + 1, targets.shape[1]))
    for start in range(0, len(rows), ROWS):
        some = slice(start, start + ROWS)
        ends = sets.last[some] + rows.stratum[some], sets.first[some] + rows.stratum[some]
        own = likelihood.values[some] @ targets
        passed, beyond = cumulated[ends[0]] - cumulated[ends[1]], squared[ends[0]] - squared[ends[1]]
        square = own**2 * passed[:, :1] - 2 * own * passed[:, 1:] + beyond
        np.add.at(total, rows.cluster[some], means.risk[some, None] * square)
    return np.maximum(total, 0.0)


def by_leverage(expected: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the clusters whose leverage counts, those that hold most of all forms together first.

    Parameters
    ----------
    expected : ndarray, shape (clusters, q)
        From `expected_squares`.
    """
    whole = expected.sum(axis=0)
    part = np.divide(expected, whole, out=np.zeros_like(expected), where=whole > 0).sum(axis=1)
    return np.argsort(-part, kind="stable")[:MOST_CLUSTERS]


def n_crossed(n_pairs: int, q: int) -> int:
    """Count the clusters, those that hold most, whose covariances are reckoned with."""
    return min(MOST_CROSSED, MOST_NUMBERS // max(1, n_pairs * q))


def root_of(leverage: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return R with R R' = leverage, shape (p, rank)."""
    size, axes = np.linalg.eigh(leverage)
    is_held = size > 1e-12 * max(float(size[-1]), 1e-300)
    return (axes[:, is_held] * np.sqrt(size[is_held])).astype(np.float64)


def inverse_of(information: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the inverse of an information matrix, shape (p, p)."""
    return np.linalg.inv(information).astype(np.float64)
