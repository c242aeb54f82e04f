"""Cluster logit: an unshrunk logistic regression within quarters, with errors and tests by clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit, logit

from analysis.contest.quarter_logit import CONVERGED, MOST_HALVES, MOST_LOG_ODDS, MOST_STEPS
from analysis.errors import ModelError
from analysis.wording.remarks import remark

_WHOLE = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class ClusterLogit:
    """A fitted regression, and what its errors are made of.

    Attributes
    ----------
    coefficients : ndarray, shape (p,)
        Log odds per unit of each column.
    columns : ndarray, shape (n, k)
        The p columns, those adjusted for and a mark for each quarter, of the rows that say something: in their quarter
        some left and some stayed.
    residual, weight : ndarray, shape (n,)
        Event less its probability, and the variance of that.
    kept : ndarray of bool
        Marks those rows among the ones given.
    cluster : ndarray of int, shape (n,)
        From 0, without gaps.
    root : ndarray, shape (k, k)
        L of L L' = inverse information, the penalty in it.
    halves : tuple of Half
        By cluster, what corrects its residuals.
    parts : ndarray, shape (c, k)
        By cluster the score in the units of L, each corrected by its half.
    """

    coefficients: NDArray[np.float64]
    columns: NDArray[np.float64]
    residual: NDArray[np.float64]
    weight: NDArray[np.float64]
    kept: NDArray[np.bool_]
    cluster: NDArray[np.intp]
    root: NDArray[np.float64]
    halves: "tuple[Half, ...]"
    parts: NDArray[np.float64]

    @property
    def covariance(self) -> NDArray[np.float64]:
        """Of the coefficients, by clusters, shape (p, p).

        CR2 (Bell and McCaffrey 2002; Pustejovsky and Tipton 2018, J. Bus. Econ. Stat. 36, 672) in the metric of the
        working weights: under the model without dependence it is unbiased up to the linearisation.
        """
        p = len(self.coefficients)
        own = self.root[:p] @ self.parts.T
        return own @ own.T

    def degrees_of_freedom(self, contrast: NDArray[np.float64]) -> float:
        """Return Satterthwaite's degrees of freedom of a sum of coefficients, under the model without dependence."""
        direction = self.root.T @ np.r_[contrast, np.zeros(len(self.root) - len(contrast))]
        own = [half.correct(half.units @ direction) for half in self.halves]
        length = np.array([one @ one for one in own])
        across = np.stack([half.units.T @ one for half, one in zip(self.halves, own, strict=True)])
        trace = length.sum() - (across**2).sum()
        gram = across.T @ across
        squares = (length**2).sum() - 2 * (length * (across**2).sum(axis=1)).sum() + (gram**2).sum()
        return float(max(trace**2 / squares, 1.0)) if squares > 0 else 1.0

    def score_test(self, added: NDArray[np.float64]) -> "ScoreTest":
        """Test columns beyond those fitted, without fitting them.

        Parameters
        ----------
        added : ndarray, shape (n given, m)
            Of all rows that were given to the fit.

        Notes
        -----
        The generalised score test: the added columns' score, freed of what the fitted ones explain, against its spread
        over clusters (Rotnitzky and Jewell 1990, Biometrika 77, 485; Boos 1992, Am. Stat. 46, 327). Freed so, a penalty
        on columns that are adjusted for shifts it to second order only.
        """
        own = added[self.kept] if added.ndim == 2 else added[self.kept][:, None]
        weighted = self.weight[:, None] * self.columns
        inverse = self.root @ self.root.T
        free = own - self.columns @ (inverse @ (weighted.T @ own))
        information = free.T @ (self.weight[:, None] * free)
        before = np.einsum("ij,i,ij->j", own - own.mean(axis=0), self.weight, own - own.mean(axis=0))
        n_clusters = len(self.parts)
        by_cluster = np.column_stack([np.bincount(self.cluster, part * self.residual, n_clusters) for part in free.T])
        is_new = np.diag(information) > _WHOLE * before
        if not is_new.all() or not len(self.residual):
            return ScoreTest(np.nan, np.nan, free.shape[1], np.nan, np.nan)
        total, spread = by_cluster.sum(axis=0), by_cluster.T @ by_cluster
        statistic = float(total @ np.linalg.pinv(spread, hermitian=True) @ total)
        step = np.linalg.solve(information, total)
        error = np.sqrt(np.diag(np.linalg.solve(information, np.linalg.solve(information, spread).T)))
        df = free.shape[1]
        return ScoreTest(statistic, float(stats.chi2.sf(statistic, df)), df, float(step[0]), float(error[0]))


@dataclass(frozen=True, slots=True, eq=False)
class Half:
    """The inverse square root of I - H of a cluster, H its block of the hat matrix, as I + U diag(f) U'.

    Attributes
    ----------
    units : ndarray, shape (n, k)
        The cluster's columns in the units of L, each row times the root of its weight: H is their Gram matrix.
    vectors, factors : ndarray, shape (n, m) and (m,)
        U and f.
    """

    units: NDArray[np.float64]
    vectors: NDArray[np.float64]
    factors: NDArray[np.float64]

    def correct(self, residual: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (I - H)^(-1/2) times residuals, shape (n,)."""
        return residual + self.vectors @ (self.factors * (self.vectors.T @ residual))


@dataclass(frozen=True, slots=True)
class ScoreTest:
    """A test of columns beyond a fit.

    Attributes
    ----------
    statistic, p_value, df
        Against chi-square; NaN where the columns say nothing new.
    step, std_error
        By how much the first column's coefficient would rise from zero in one step, and the robust error of that.
    """

    statistic: float
    p_value: float
    df: int
    step: float
    std_error: float


def fit_cluster_logit(
    values: NDArray[np.float64],
    event: NDArray[np.bool_],
    quarter: NDArray[np.intp],
    cluster: NDArray[np.intp],
    beside: NDArray[np.float64] | None = None,
    ridge: float = 0.0,
) -> ClusterLogit:
    """Maximise the likelihood, with a free intercept for each quarter.

    Parameters
    ----------
    values : ndarray, shape (n, p)
    event : ndarray of bool, shape (n,)
    quarter : ndarray of int, shape (n,)
        From 0.
    cluster : ndarray of int, shape (n,)
    beside : ndarray, shape (n, r), optional
        Columns that are adjusted for.
    ridge : float
        Penalty on these alone, ridge / 2 x sum of squared coefficients: a column in which nobody left stays finite.

    Raises
    ------
    ModelError
        If the likelihood has no maximum, or a column is a sum of others and of marks of quarters.
    """
    size = np.bincount(quarter)
    rate = np.bincount(quarter, event) / np.maximum(size, 1)
    kept = ((rate > 0) & (rate < 1))[quarter]
    if not kept.any():
        raise ModelError(remark("health_score.no_maximum", rows=len(event), events=int(event.sum())))
    own, y, place = values[kept], event[kept], np.unique(quarter[kept], return_inverse=True)[1]
    _refuse_sums(own, place)
    other = np.empty((len(own), 0)) if beside is None else beside[kept]
    columns = np.column_stack([own, other, place[:, None] == np.arange(place.max() + 1)]).astype(np.float64)
    penalty = np.zeros(columns.shape[1])
    penalty[own.shape[1] : own.shape[1] + other.shape[1]] = ridge
    found = likeliest(columns, y, penalty, logit(rate[np.unique(quarter[kept])]))
    scale = own.std(axis=0)
    if found is None or np.abs(found[: own.shape[1]] * scale).max() > MOST_LOG_ODDS:
        raise ModelError(remark("health_score.no_maximum", rows=len(event), events=int(event.sum())))
    risk = expit(columns @ found)
    residual, weight = y - risk, risk * (1 - risk)
    code = np.unique(cluster[kept], return_inverse=True)[1]
    root = _root(columns.T @ (weight[:, None] * columns) + np.diag(penalty))
    root_weight = np.sqrt(weight)
    order = np.argsort(code, kind="stable")
    starts = np.flatnonzero(np.diff(code[order], prepend=-1))[1:]
    halves = tuple(_half(units) for units in np.split((root_weight[:, None] * (columns @ root))[order], starts))
    scaled = np.split((residual / root_weight)[order], starts)
    parts = np.stack([half.units.T @ half.correct(one) for half, one in zip(halves, scaled, strict=True)])
    # One step takes from the coefficients what the penalty on other columns did to them, to first order.
    unpulled = found + root @ (root.T @ (penalty * found))
    return ClusterLogit(unpulled[: own.shape[1]], columns, residual, weight, kept, code, root, halves, parts)


def likeliest(
    columns: NDArray[np.float64], event: NDArray[np.bool_], penalty: NDArray[np.float64], levels: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Return the coefficients by Newton's method, a step halved that lowers the likelihood; None without a maximum.

    Parameters
    ----------
    columns : ndarray, shape (n, k)
    event : ndarray of bool, shape (n,)
    penalty : ndarray, shape (k,)
        On half the square of each coefficient.
    levels : ndarray, shape (q,)
        Of the last columns, to begin at.
    """
    found, spread = np.r_[np.zeros(columns.shape[1] - len(levels)), levels], columns.std(axis=0)

    def likelihood(at: NDArray[np.float64]) -> float:
        log_odds = columns @ at
        return float(log_odds[event].sum() - np.logaddexp(0.0, log_odds).sum() - penalty @ at**2 / 2)

    reached = likelihood(found)
    for _ in range(MOST_STEPS):
        risk = expit(columns @ found)
        information = columns.T @ ((risk * (1 - risk))[:, None] * columns) + np.diag(penalty)
        try:
            step = np.linalg.solve(information, columns.T @ (event - risk) - penalty * found)
        except np.linalg.LinAlgError:
            return None
        for _ in range(MOST_HALVES):
            now = likelihood(found + step)
            if now >= reached - 1e-9 * abs(reached):
                break
            step = step / 2
        found, reached = found + step, now
        if np.abs(spread * step).max() < CONVERGED:
            return found
    return None


def _refuse_sums(values: NDArray[np.float64], quarter: NDArray[np.intp]) -> None:
    size = np.bincount(quarter)
    free = values - np.column_stack([np.bincount(quarter, one) / np.maximum(size, 1) for one in values.T])[quarter]
    spread = np.sqrt((free**2).sum(axis=0))
    is_level = spread <= _WHOLE * np.sqrt((values**2).sum(axis=0))
    if is_level.any() or np.linalg.eigvalsh((free / spread).T @ (free / spread)).min() < _WHOLE:
        raise ModelError(remark("health_score.same_columns"))


def _root(information: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return L of L L' = inverse information."""
    scale = np.sqrt(np.diag(information))
    return np.linalg.inv(np.linalg.cholesky(information / np.outer(scale, scale))).T / scale[:, None]


def _half(units: NDArray[np.float64]) -> Half:
    vectors, singular, _ = np.linalg.svd(units, full_matrices=False)
    left = 1.0 - singular**2
    # A direction that the cluster alone tells has no residual: it is left out.
    factors = np.where(left > _WHOLE, 1.0 / np.sqrt(np.maximum(left, _WHOLE)), 0.0) - 1.0
    return Half(units, vectors, factors)
