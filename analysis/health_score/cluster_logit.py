"""Cluster logit: an unshrunk logistic regression within quarters, with errors and tests by clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit

from analysis.contest.quarter_logit import fit_quarter_logit
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
    columns : ndarray, shape (n, p + q)
        The columns and a mark for each quarter, of the rows that say something: in their quarter some left and some
        stayed.
    residual, weight : ndarray, shape (n,)
        Event less its probability, and the variance of that.
    kept : ndarray of bool
        Marks those rows among the ones given.
    cluster : ndarray of int, shape (n,)
        From 0, without gaps.
    root : ndarray, shape (p + q, p + q)
        L of L L' = inverse information.
    halves : ndarray, shape (c, p + q, p + q)
        By cluster (I - G)^(-1/2), where G is the cluster's part of the information in the units of L.
    parts : ndarray, shape (c, p + q)
        By cluster the score in the units of L, each corrected by its half.
    """

    coefficients: NDArray[np.float64]
    columns: NDArray[np.float64]
    residual: NDArray[np.float64]
    weight: NDArray[np.float64]
    kept: NDArray[np.bool_]
    cluster: NDArray[np.intp]
    root: NDArray[np.float64]
    halves: NDArray[np.float64]
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
        own = self.halves @ direction
        information = np.eye(len(self.root)) - np.linalg.pinv(self.halves @ self.halves, hermitian=True)
        across = np.einsum("cij,cjk,k->ci", self.halves, information, direction)
        length = np.einsum("ci,cij,cj->c", own, information, own)
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
        over clusters (Rotnitzky and Jewell 1990, Biometrika 77, 485; Boos 1992, Am. Stat. 46, 327).
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
    values: NDArray[np.float64], event: NDArray[np.bool_], quarter: NDArray[np.intp], cluster: NDArray[np.intp]
) -> ClusterLogit:
    """Maximise the likelihood, with a free intercept for each quarter.

    Parameters
    ----------
    values : ndarray, shape (n, p)
    event : ndarray of bool, shape (n,)
    quarter : ndarray of int, shape (n,)
        From 0.
    cluster : ndarray of int, shape (n,)

    Raises
    ------
    ModelError
        If the likelihood has no maximum, or a column is a sum of others and of marks of quarters.
    """
    _refuse_sums(values, quarter)
    found = fit_quarter_logit(values, event, quarter)
    if not found.is_found:
        raise ModelError(remark("health_score.no_maximum", rows=len(event), events=int(event.sum())))
    kept = np.isfinite(found.intercepts)[quarter]
    own, place = values[kept], np.unique(quarter[kept], return_inverse=True)[1]
    columns = np.column_stack([own, place[:, None] == np.arange(place.max() + 1)]).astype(np.float64)
    risk = expit(found.intercepts[quarter[kept]] + own @ found.coefficients)
    residual, weight = event[kept] - risk, risk * (1 - risk)
    code = np.unique(cluster[kept], return_inverse=True)[1]
    root = _root(columns.T @ (weight[:, None] * columns))
    halves, parts = _corrected(columns @ root, residual, weight, code)
    return ClusterLogit(found.coefficients, columns, residual, weight, kept, code, root, halves, parts)


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


def _corrected(
    units: NDArray[np.float64], residual: NDArray[np.float64], weight: NDArray[np.float64], code: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return by cluster (I - G)^(-1/2), and the score corrected by it."""
    order = np.argsort(code, kind="stable")
    starts = np.flatnonzero(np.diff(code[order], prepend=-1))
    scaled = (np.sqrt(weight)[:, None] * units)[order]
    gram = np.stack([one.T @ one for one in np.split(scaled, starts[1:])])
    score = np.add.reduceat((residual[:, None] * units)[order], starts, axis=0)
    own, vectors = np.linalg.eigh(gram)
    left = 1.0 - own
    factor = np.where(left > _WHOLE, 1.0 / np.sqrt(np.maximum(left, _WHOLE)), 0.0)
    halves = np.einsum("cij,cj,ckj->cik", vectors, factor, vectors)
    return halves, np.einsum("cij,cj->ci", halves, score)
