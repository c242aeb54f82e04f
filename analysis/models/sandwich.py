"""Sandwich: covariance of Cox coefficients that holds when an account's rows are not independent."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.errors import ModelError
from analysis.models.partial_likelihood import score_residuals
from analysis.outcome import Outcome


@dataclass(frozen=True, slots=True)
class WaldTest:
    """A joint test that a block of coefficients is zero: chi-square statistic, its degrees of freedom, p."""

    statistic: float
    df: int
    p_value: float


def cluster_robust_covariance(
    outcome: Outcome,
    stratum: NDArray[np.intp],
    values: NDArray[np.float64],
    coefficients: NDArray[np.float64],
    model_covariance: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the grouped sandwich covariance, shape (p, p), clustered by ``outcome.cluster``.

    Bread: the model-based covariance. Meat: score residuals summed within each cluster. No small-sample
    factor, as R's ``coxph(..., cluster =)``: with few clusters (under about 50) it is too small.

    Parameters
    ----------
    outcome : Outcome, n rows
    stratum : ndarray of int, shape (n,)
    values : ndarray, shape (n, p)
    coefficients : ndarray, shape (p,)
    model_covariance : ndarray, shape (p, p)
        Inverse of the (penalised) information.

    Notes
    -----
    Lin and Wei (1989), J. Am. Stat. Assoc. 84, 1074; with Efron's ties as Therneau and Grambsch (2000), 7.2.
    """
    score = score_residuals(outcome, stratum, values, coefficients)
    _, code = np.unique(outcome.cluster.astype(str), return_inverse=True)
    grouped = np.column_stack([np.bincount(code, column) for column in score.T])
    influence = grouped @ model_covariance
    return influence.T @ influence


def wald_test(coefficients: NDArray[np.float64], covariance: NDArray[np.float64], block: NDArray[np.intp]) -> WaldTest:
    """Test that the coefficients at the positions `block` are all zero.

    Raises
    ------
    ModelError
        If the block is empty or its covariance is singular (fewer clusters with information than columns).
    """
    if len(block) == 0:
        raise ModelError("A Wald test needs at least one column; the block is empty.")
    part = coefficients[block]
    spread = np.sqrt(np.diag(covariance)[block])
    correlation = covariance[np.ix_(block, block)] / np.outer(spread, spread)
    if np.linalg.matrix_rank(correlation, hermitian=True) < len(block):
        raise ModelError(
            f"The covariance of these {len(block)} coefficients is singular: there are too few clusters with "
            "events. Test fewer columns at a time."
        )
    scaled = part / spread
    statistic = float(scaled @ np.linalg.solve(correlation, scaled))
    return WaldTest(statistic, len(block), float(stats.chi2.sf(statistic, len(block))))
