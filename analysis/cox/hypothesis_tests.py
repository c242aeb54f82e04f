"""Tests: is a block of coefficients zero? Wald, score and likelihood-ratio, robust where dependence asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.one_thread import one_thread
from analysis.cox.sandwich import grouped_score
from analysis.errors import ModelError
from analysis.wording.remarks import remark

TestKind = Literal["wald", "score", "likelihood_ratio"]


@dataclass(frozen=True, slots=True)
class ChiSquareTest:
    """A joint test that a block of coefficients is zero.

    Attributes
    ----------
    kind : str
        'Wald', 'robust Wald', 'score', 'robust score' or 'likelihood ratio'.
    statistic : float
        Chi-square.
    df : int
    p_value : float
    """

    kind: str
    statistic: float
    df: int
    p_value: float


@one_thread
def wald_test(fit: CoxFit, columns: Sequence[str] | None = None, *, robust: bool | None = None) -> ChiSquareTest:
    """Test that the coefficients of `columns` (all by default) are zero, by their distance in standard errors.

    Parameters
    ----------
    robust : bool, optional
        With the robust covariance or the model-based one; by default the one that the rows call for
        (`CoxFit.is_robust`).

    Raises
    ------
    ModelError
        If a column is unknown, the block is empty, or its covariance is singular (too few clusters with information).
    """
    block = positions(fit, columns)
    covariance = fit.covariance_of(robust)
    statistic = _quadratic_form(fit.coefficients[block], covariance[np.ix_(block, block)])
    return _chi_square("robust Wald" if fit.is_robust(robust) else "Wald", statistic, len(block))


@one_thread
def score_test(fit: CoxFit, columns: Sequence[str] | None = None, *, robust: bool | None = None) -> ChiSquareTest:
    """Test that the coefficients of `columns` (all by default) are zero, by the slope of the likelihood there.

    The other coefficients are those of a fit without the block.

    Parameters
    ----------
    robust : bool, optional
        With the spread of the clusters' own slopes, or the model's information; by default as the rows call for
        (`CoxFit.is_robust`).

    Raises
    ------
    ModelError
        As `wald_test`; if the fit is penalised; if the fit without the block fails.

    Notes
    -----
    With all columns the logrank test and its generalisations; robust: Lin and Wei (1989), J. Am. Stat. Assoc. 84, 1074,
    the clusters' slopes being freed of what the other columns explain.
    """
    _refuse_penalised(fit, "score")
    block = positions(fit, columns)
    at = fit.likelihood.evaluate(_restricted(fit, block))
    information = fit.likelihood.information(at)
    rest = np.setdiff1d(np.arange(len(fit.names)), block)
    nuisance = _projection(information, block, rest)
    score = at.score[block] - nuisance @ at.score[rest]
    if fit.is_robust(robust):
        slopes = grouped_score(fit.likelihood, at, fit.rows.cluster)
        own = slopes[:, block] - slopes[:, rest] @ nuisance.T
        return _chi_square("robust score", _quadratic_form(score, own.T @ own), len(block))
    own_information = information[np.ix_(block, block)] - nuisance @ information[np.ix_(rest, block)]
    return _chi_square("score", _quadratic_form(score, own_information), len(block))


def likelihood_ratio_test(fit: CoxFit, columns: Sequence[str] | None = None) -> ChiSquareTest:
    """Test that the coefficients of `columns` (all by default) are zero, by what the log-likelihood loses without them.

    Assumes independent rows given the past: with dependent lifetimes use the robust tests.

    Raises
    ------
    ModelError
        As `score_test`.
    """
    _refuse_penalised(fit, "likelihood-ratio")
    block = positions(fit, columns)
    without = fit.likelihood.evaluate(_restricted(fit, block)).log_likelihood
    return _chi_square("likelihood ratio", 2 * (fit.log_likelihood - without), len(block))


def block_test(
    fit: CoxFit, kind: TestKind, columns: Sequence[str] | None = None, *, robust: bool | None = None
) -> ChiSquareTest:
    """Test that the coefficients of `columns` (all by default) are zero, by one of the three tests.

    Parameters
    ----------
    kind : {'wald', 'score', 'likelihood_ratio'}
    robust : bool, optional
        As `wald_test`; a likelihood-ratio test is never robust.

    Raises
    ------
    ModelError
        As the tests; if there is no such kind, or a robust likelihood-ratio test is asked for.
    """
    match kind:
        case "wald":
            return wald_test(fit, columns, robust=robust)
        case "score":
            return score_test(fit, columns, robust=robust)
        case "likelihood_ratio":
            if robust:
                raise ModelError("There is no robust likelihood-ratio test. Use kind='wald' or kind='score'.")
            return likelihood_ratio_test(fit, columns)
    raise ModelError(f"The kind of a test must be 'wald', 'score' or 'likelihood_ratio'; {kind!r} arrived.")


def positions(fit: CoxFit, columns: Sequence[str] | None) -> NDArray[np.intp]:
    """Return the positions of columns by name (all by default).

    Raises
    ------
    ModelError
        If the block is empty or a name is unknown.
    """
    if columns is None:
        return np.arange(len(fit.names))
    wanted = [columns] if isinstance(columns, str) else list(columns)
    if not wanted:
        raise ModelError("A test needs at least one column; the block is empty.")
    unknown = [name for name in wanted if name not in fit.names]
    if unknown:
        raise ModelError(f"No such column: {', '.join(map(repr, unknown))}. The fit has {', '.join(fit.names)}.")
    return np.array([fit.names.index(name) for name in wanted], dtype=np.intp)


def _restricted(fit: CoxFit, block: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the standardised coefficients of a fit without the block, with zeros in its place."""
    coefficients = np.zeros(len(fit.names))
    rest = np.setdiff1d(np.arange(len(fit.names)), block)
    if len(rest):
        names = [fit.names[k] for k in rest]
        smaller = fit_cox(fit.likelihood.values[:, rest], fit.rows, names=names, ties=fit.likelihood.ties)
        coefficients[rest] = smaller.coefficients
    return coefficients


def _projection(
    information: NDArray[np.float64], block: NDArray[np.intp], rest: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return what of the block's slope follows from the other columns, shape (block, rest)."""
    return np.linalg.solve(information[np.ix_(rest, rest)], information[np.ix_(rest, block)]).T.astype(np.float64)


def _quadratic_form(values: NDArray[np.float64], covariance: NDArray[np.float64]) -> float:
    """Return values' (covariance)^-1 values, refusing a covariance that is singular up to scale."""
    spread = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(spread, spread) if (spread > 0).all() else np.zeros_like(covariance)
    if np.linalg.matrix_rank(correlation, hermitian=True) < len(values):
        raise ModelError(remark("cox.singular", coefficients=len(values)))
    scaled = values / spread
    return float(scaled @ np.linalg.solve(correlation, scaled))


def _chi_square(kind: str, statistic: float, df: int) -> ChiSquareTest:
    return ChiSquareTest(kind, statistic, df, float(stats.chi2.sf(statistic, df)))


def _refuse_penalised(fit: CoxFit, test: str) -> None:
    if fit.is_penalised:
        raise ModelError(f"A {test} test needs a fit without ridge; its distribution is not chi-square otherwise.")
