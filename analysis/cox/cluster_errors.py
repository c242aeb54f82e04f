"""Cluster errors: standard errors and degrees of freedom of Cox coefficients that hold with few or unequal clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cox.fit import CoxFit
from analysis.cox.leverage import (
    MOST_CLUSTERS,
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
    """What the coefficients of a fit are, each let be by the ridge, and how sure, rows being dependent within clusters.

    Attributes
    ----------
    estimates : ndarray, shape (p,)
        In the units of the fit's coefficients, and these where there is no ridge.
    std_errors : ndarray, shape (p,)
        Of the estimates; NaN where one cluster alone carries a column.
    df : ndarray, shape (p,)
        Degrees of freedom of the t distribution of (estimate - truth) / std_error, one at least.
    influence : ndarray, shape (clusters, p)
        What each cluster adds to the estimates, its leverage given back: without a ridge the squares sum to the
        variance.
    kept : ndarray, shape (p,)
        The part of each estimate that is in the fit's own coefficient; 1 without a ridge.
    fit : CoxFit
    """

    estimates: NDArray[np.float64]
    std_errors: NDArray[np.float64]
    df: NDArray[np.float64]
    influence: NDArray[np.float64]
    kept: NDArray[np.float64]
    fit: CoxFit

    def of_sum(self, weights: NDArray[np.float64]) -> tuple[float, float, float]:
        """Return a weighted sum of coefficients, let be, its error, and the least degrees of freedom of those in it."""
        sampled = ((self.influence * self.kept @ weights) ** 2).sum()
        found = _let_be(self.fit, weights[:, None], np.array([sampled]))
        return float(found.estimates[0]), float(found.std_errors[0]), float(self.df[weights != 0].min())


@one_thread
def cluster_errors(fit: CoxFit) -> ClusterErrors:
    """Return coefficients with CR2 standard errors and Satterthwaite's degrees of freedom, column by column.

    The plain sandwich is too small where clusters are few, or few of them hold most of what a column tells, since the
    fit bends to each; and it is then itself uncertain. With many like clusters these errors are the sandwich's. Where
    there is a ridge each coefficient is told as if it alone were let be: the ridge pulls a single effect to zero by a
    part that no interval of the pulled one would show, and does its work by holding the other columns.

    Notes
    -----
    Bell and McCaffrey (2002); Pustejovsky and Tipton (2018), equations 6 to 8 and 11, with the risk sets of the Cox
    model as fixed effects and independence as working model. See `analysis.cox.leverage`. As for sums of coefficients,
    `contrast_errors`.
    """
    each = np.eye(len(fit.names))
    influence, df = corrected_forms(fit, each)
    influence /= fit.scale
    found = _let_be(fit, each, (influence**2).sum(axis=0))
    df /= found.share**2
    return ClusterErrors(found.estimates, found.std_errors, df, influence / found.kept, found.kept, fit)


@dataclass(frozen=True, slots=True, eq=False)
class ContrastErrors:
    """How sure weighted sums of coefficients are, given that rows are dependent within clusters.

    Attributes
    ----------
    estimates : ndarray, shape (q,)
        The sums c'b, each let be by the ridge.
    std_errors, df : ndarray, shape (q,)
        As those of `ClusterErrors`, of each sum by itself; NaN where one cluster alone carries a column of it.
    """

    estimates: NDArray[np.float64]
    std_errors: NDArray[np.float64]
    df: NDArray[np.float64]


@one_thread
def contrast_errors(fit: CoxFit, contrasts: NDArray[np.float64], most_clusters: int = MOST_CLUSTERS) -> ContrastErrors:
    """Return linear contrasts of a fit with CR2 errors and Satterthwaite's degrees of freedom, contrast by contrast.

    Parameters
    ----------
    fit : CoxFit
    contrasts : ndarray, shape (p, q)
        The weight of each coefficient, per unit of its column.
    most_clusters : int
        Clusters that are given back their leverage, those that hold most first.

    Notes
    -----
    As `cluster_errors`, with Pustejovsky and Tipton's contrast c in place of one coefficient.

    A ridge is a normal distribution of the coefficients before the data, with variance D, a diagonal; after them it is
    V. Let be, c'b is flat before the data, and everything beside it as it was: the inverse of D loses c c' / c'Dc. One
    step of Newton's from the fit then leads to c'b / k with k = 1 - c'Vc / c'Dc, whose variance is that of c'b in other
    samples and c'VD'Vc - (c'Vc)^2 / c'Dc for what else is pulled (D' the inverse of D), both over k^2. So the columns
    of interest have no penalty, and those that are held beside them have theirs. Without a ridge k is 1.

    Examples
    --------
    Two coefficients, and their difference:

    >>> from analysis.cox.fit import fit_cox
    >>> from analysis.cox.rows import counting_rows
    >>> rng = np.random.default_rng(1)
    >>> columns = rng.normal(size=(60, 2))
    >>> fit = fit_cox(columns, counting_rows(None, rng.exponential(1 / np.exp(columns[:, 0])), np.ones(60)))
    >>> found = contrast_errors(fit, np.array([[1.0, 0.0, 1.0], [0.0, 1.0, -1.0]]))
    >>> bool(np.isclose(found.estimates[2], found.estimates[0] - found.estimates[1]))
    True
    """
    influence, df = corrected_forms(fit, contrasts / fit.scale[:, None], most_clusters)
    found = _let_be(fit, contrasts, (influence**2).sum(axis=0))
    return ContrastErrors(found.estimates, found.std_errors, df / found.share**2)


@dataclass(frozen=True, slots=True, eq=False)
class _LetBe:
    """Sums of coefficients, each let be, what part the ridge kept, and what share of the variance samples tell."""

    estimates: NDArray[np.float64]
    std_errors: NDArray[np.float64]
    kept: NDArray[np.float64]
    share: NDArray[np.float64]


def _let_be(fit: CoxFit, contrasts: NDArray[np.float64], own: NDArray[np.float64]) -> _LetBe:
    """Let each contrast be, whose variance in other samples is `own` as it is in the fit; see `contrast_errors`."""
    ridge = fit.ridge[:, None]
    before = np.divide(contrasts**2, ridge, out=np.where(contrasts == 0, 0.0, np.inf), where=ridge > 0).sum(axis=0)
    drawn = fit.covariance @ contrasts
    after = (contrasts * drawn).sum(axis=0)
    kept = 1 - after / before
    sampled = own / kept**2
    pulled = np.maximum((drawn**2 * ridge).sum(axis=0) - after**2 / before, 0.0) / kept**2
    return _LetBe(fit.coefficients @ contrasts / kept, np.sqrt(sampled + pulled), kept, _share(sampled, pulled))


def corrected_forms(
    fit: CoxFit, forms: NDArray[np.float64], most_clusters: int = MOST_CLUSTERS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what each cluster adds to linear forms of the standardised coefficients, and their degrees of freedom.

    Parameters
    ----------
    forms : ndarray, shape (p, q)

    Returns
    -------
    influence : ndarray, shape (clusters, q)
    df : ndarray, shape (q,)
        One at least.
    """
    at, likelihood = fit.maximum.end, fit.likelihood
    means = risk_means(likelihood, at)
    bread = fit.covariance * np.outer(fit.scale, fit.scale)
    information = means.information()
    inner = inverse_of(information + np.diag(fit.ridge / fit.scale**2))
    root = root_of(2 * inner - inner @ information @ inner)
    targets, is_involved = bread @ forms, forms != 0
    expected = expected_squares(means, targets)
    due = expected.sum(axis=0)
    influence = grouped_score(likelihood, at, fit.rows.cluster) @ targets
    chosen = by_leverage(expected)[:most_clusters]
    crossed: list[Corrected] = []
    most = n_crossed(len(means.total), forms.shape[1])
    for cluster, parts in zip(chosen, parts_of_clusters(means, at, chosen), strict=True):
        own = correct(parts, targets, root)
        influence[cluster] = own.contribution
        expected[cluster] *= np.where(is_involved, own.kept[:, None], 1.0).min(axis=0)
        if len(crossed) < most:
            crossed.append(own)
    found = expected.sum(axis=0)
    squares = (expected**2).sum(axis=0) + _cross_products(crossed, root, len(means.total))
    is_known = found > MOSTLY * due
    influence *= np.sqrt(np.divide(due, found, out=np.full_like(due, np.nan), where=is_known))
    df = np.divide(found**2, squares, out=np.ones_like(due), where=is_known & (squares > 0))
    return influence, np.maximum(df, 1.0)


def _share(own: NDArray[np.float64], pulled: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return which share of a variance the clusters tell, the rest following from the ridge alone."""
    return np.divide(own, own + pulled, out=np.ones_like(own), where=own > 0)


def _cross_products(corrected: list[Corrected], root: NDArray[np.float64], n_pairs: int) -> NDArray[np.float64]:
    """Return, by column, the sum of squared covariances of two different clusters' contributions, shape (p,)."""
    total = np.zeros(corrected[0].weight.shape[1] if corrected else 1)
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
