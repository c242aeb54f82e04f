"""Fit: the Cox model of counting-process rows, maximised, with model-based and cluster-robust covariance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import linalg

from analysis.cox.identifiability import refuse_constant, refuse_endless, refuse_not_finite, support_notes
from analysis.cox.maximise import Maximum, maximise
from analysis.cox.one_thread import one_thread
from analysis.cox.partial_likelihood import PartialLikelihood, Ties
from analysis.cox.risk_sets import risk_sets
from analysis.cox.rows import CountingRows
from analysis.cox.sandwich import cluster_robust_covariance
from analysis.errors import ModelError
from analysis.wording.remarks import Remark, remark


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CoxFit:
    """A fitted Cox model.

    Attributes
    ----------
    names : tuple of str, length p
    coefficients : ndarray, shape (p,)
        Log hazard ratios per unit of each column.
    covariance : ndarray, shape (p, p)
        Inverse of the (penalised) information.
    robust_covariance : ndarray, shape (p, p)
        Grouped sandwich, clustered by ``rows.cluster`` (every row by itself where nobody said).
    log_likelihood, null_log_likelihood : float
        Log partial likelihood at the fit and at coefficients zero, without the ridge penalty.
    ridge : ndarray, shape (p,)
    centre, scale : ndarray, shape (p,)
        What was subtracted from each column and divided by for the fit: its mean and standard deviation.
    likelihood : PartialLikelihood
        Of the standardised columns; `likelihood.rows` are the rows fitted.
    maximum : Maximum
        In standardised units.
    notes : tuple of Remark
        What a reader of the fit must know.
    """

    names: tuple[str, ...]
    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    robust_covariance: NDArray[np.float64]
    log_likelihood: float
    null_log_likelihood: float
    ridge: NDArray[np.float64]
    centre: NDArray[np.float64]
    scale: NDArray[np.float64]
    likelihood: PartialLikelihood
    maximum: Maximum
    notes: tuple[Remark, ...]

    @property
    def rows(self) -> CountingRows:
        """The rows fitted."""
        return self.likelihood.rows

    @property
    def std_errors(self) -> NDArray[np.float64]:
        """Model-based standard errors, shape (p,)."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def robust_std_errors(self) -> NDArray[np.float64]:
        """Robust standard errors, shape (p,)."""
        return np.sqrt(np.diag(self.robust_covariance))

    @property
    def is_penalised(self) -> bool:
        """Whether any column has a ridge."""
        return bool((self.ridge > 0).any())

    def is_robust(self, robust: bool | None) -> bool:
        """Say which errors are meant: those asked for, or by default those that the rows call for.

        Robust ones where rows were said to be clustered (by `cluster` or `subject`) or weights are no whole numbers,
        model-based ones otherwise, as R's ``coxph`` and its ``survfit``.
        """
        return self.rows.calls_for_robust if robust is None else robust

    def covariance_of(self, robust: bool | None = None) -> NDArray[np.float64]:
        """Return the robust or the model-based covariance, by default the one that `is_robust` says, shape (p, p).

        Raises
        ------
        ModelError
            If robust ones are meant, and all rows are of one cluster: its score is that of the whole fit, zero, and so
            would be the errors.
        """
        if not self.is_robust(robust):
            return self.covariance
        if self.rows.cluster.max() == 0:
            raise ModelError(remark("cox.one_cluster", rows=len(self.rows)))
        return self.robust_covariance

    def __repr__(self) -> str:
        """Say what was fitted to what, in one line."""
        rows = self.rows
        subjects = f" in {rows.n_subjects_with_event:,} lifetimes" if rows.has_subjects else ""
        strata = f", {len(rows.strata)} strata" if len(rows.strata) > 1 else ""
        return (
            f"CoxFit({len(self.names)} columns, {self.likelihood.ties} ties; {len(rows):,} rows, "
            f"{rows.n_events:,} events{subjects}{strata}; "
            f"log-likelihood {self.log_likelihood:.6g}, null {self.null_log_likelihood:.6g})"
        )


@one_thread
def fit_cox(
    values: ArrayLike,
    rows: CountingRows,
    *,
    names: Sequence[str] | None = None,
    ties: Ties = "efron",
    ridge: float | ArrayLike = 0.0,
    max_iterations: int = 50,
) -> CoxFit:
    """Maximise the partial likelihood of counting-process rows.

    Parameters
    ----------
    values : array-like, shape (n, p)
        Covariates; row i belongs to row i of `rows`.
    rows : CountingRows
        From `counting_rows`.
    names : sequence of str, optional
        Of the columns; x0, x1, ... by default.
    ties : {'efron', 'breslow'}
    ridge : float or array-like, shape (p,)
        Penalty ridge / 2 x coefficient squared of each column (R's ``ridge(theta=, scale = FALSE)``). Zero for
        inference: robust errors and tests of a penalised fit are not those of an estimate without bias.
    max_iterations : int

    Raises
    ------
    ModelError
        If shapes differ; a column has missing or infinite values, is constant, never differs among those at
        risk, copies others, or separates those with the event; or Newton's method does not converge.

    Examples
    --------
    Six subjects of Therneau and Grambsch (2000), appendix E.1, with tied events; their Efron estimate is 1.676857.

    >>> from analysis.cox.rows import counting_rows
    >>> rows = counting_rows(None, stop=[1, 1, 6, 6, 8, 9], event=[1, 0, 1, 1, 0, 1])
    >>> fit = fit_cox([[1], [1], [1], [0], [0], [0]], rows, names=["treated"])
    >>> fit.coefficients.round(6).tolist()
    [1.676857]
    >>> fit
    CoxFit(1 columns, efron ties; 6 rows, 4 events; log-likelihood -3.35897, null -4.27667)
    """
    columns = _numbers(values)
    if columns.ndim != 2 or len(columns) != len(rows) or columns.shape[1] == 0:
        raise ModelError(
            f"Covariates must have one line a row and at least one column: {len(rows):,} rows; "
            f"their shape is {columns.shape}."
        )
    labels = tuple(names) if names is not None else tuple(f"x{k}" for k in range(columns.shape[1]))
    if len(labels) != columns.shape[1] or len(set(labels)) < len(labels):
        raise ModelError(
            f"names must be one for each of the {columns.shape[1]} columns, all different; {names!r} arrived."
        )
    penalty = _ridge(ridge, labels)
    if ties not in ("efron", "breslow"):
        raise ModelError(f"ties must be 'efron' or 'breslow'; {ties!r} arrived.")
    standardised, centre, scale = _standardised(columns, labels)
    likelihood = PartialLikelihood(standardised, rows, risk_sets(rows), ties)
    maximum = maximise(likelihood, penalty / scale**2, labels, max_iterations)
    bread = _inverse(maximum.information + np.diag(penalty / scale**2))
    robust = cluster_robust_covariance(likelihood, maximum.end, bread)
    return CoxFit(
        names=labels,
        coefficients=maximum.end.coefficients / scale,
        covariance=bread / np.outer(scale, scale),
        robust_covariance=robust / np.outer(scale, scale),
        log_likelihood=maximum.end.log_likelihood,
        null_log_likelihood=maximum.null_log_likelihood,
        ridge=penalty,
        centre=centre,
        scale=scale,
        likelihood=likelihood,
        maximum=maximum,
        notes=support_notes(standardised, rows, labels),
    )


def _numbers(values: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(values)
    try:
        if np.iscomplexobj(array):
            raise TypeError
        return array.astype(np.float64, copy=False)
    except (TypeError, ValueError) as error:
        raise ModelError(
            f"Covariates must be numbers; an array of {array.dtype} arrived. "
            "Turn categories into indicator columns first."
        ) from error


def _standardised(
    columns: NDArray[np.float64], names: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return columns less their mean in units of their standard deviation, in C order, with both."""
    refuse_not_finite(columns, names)
    centre = columns.mean(axis=0)
    standardised = np.subtract(columns, centre, order="C")
    scale = np.sqrt(np.einsum("ij,ij->j", standardised, standardised) / len(columns))
    refuse_endless(scale, names)
    refuse_constant(np.where(scale > 1e-12 * np.abs(centre), scale, 0.0), names)
    standardised /= scale
    return standardised, centre, scale


def _ridge(ridge: float | ArrayLike, names: Sequence[str]) -> NDArray[np.float64]:
    given = np.asarray(ridge, dtype=np.float64)
    if (
        given.ndim > 1
        or (given.ndim == 1 and len(given) != len(names))
        or not ((given >= 0) & np.isfinite(given)).all()
    ):
        raise ModelError(
            f"ridge must be a number of at least zero, or one for each of the {len(names)} columns; {ridge!r} arrived."
        )
    return np.broadcast_to(given, len(names)).astype(np.float64)


def _inverse(information: NDArray[np.float64]) -> NDArray[np.float64]:
    scale = np.sqrt(np.diag(information))
    scaled = linalg.inv(information / np.outer(scale, scale)) / np.outer(scale, scale)
    return (scaled + scaled.T) / 2
