"""Maximise: Newton's method with step halving on the (penalised) partial likelihood."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from analysis.cox.identifiability import (
    refuse_no_convergence,
    refuse_out_of_range,
    refuse_separation,
    refuse_uninformative,
)
from analysis.cox.partial_likelihood import Evaluation, PartialLikelihood
from analysis.errors import ModelError
from analysis.wording.remarks import remark

CONVERGED = 1e-20
"""Newton's decrement (score x step, in weights of mean one) at the maximum: the squared distance in standard errors."""

ROUNDING = 1e-10
"""A decrement below this that no longer shrinks is at the limit of rounding."""

SLOW_STEPS = 3
"""Near a maximum Newton's decrement squares; where there is none it falls by a constant factor, about 1/e. After so
many such steps in a row the fit is examined for separation."""

SINGULAR = 1e-13
"""Smallest eigenvalue of the information, columns scaled alike, at which a Newton step can still be solved for."""

LARGEST = 1e140
"""Baseline hazards beyond this, in units of the largest hazard ratio's inverse, are out of range: squares overflow."""


@dataclass(frozen=True, slots=True, eq=False)
class Maximum:
    """Where the search ended.

    Attributes
    ----------
    null_log_likelihood : float
        At coefficients zero.
    end : Evaluation
        At the maximum.
    start_information, information : ndarray, shape (p, p)
        Where the search began and where it ended, without the ridge.
    iterations : int
    """

    null_log_likelihood: float
    end: Evaluation
    start_information: NDArray[np.float64]
    information: NDArray[np.float64]
    iterations: int


def maximise(
    likelihood: PartialLikelihood,
    ridge: NDArray[np.float64],
    names: Sequence[str],
    max_iterations: int = 50,
    start: NDArray[np.float64] | None = None,
) -> Maximum:
    """Find the coefficients at which log-likelihood - sum(ridge x coefficients^2) / 2 is largest.

    Parameters
    ----------
    likelihood : PartialLikelihood
        Of standardised columns.
    ridge : ndarray, shape (p,)
    names : sequence of str
        For messages.
    start : ndarray, shape (p,), optional
        Where to begin, of standardised columns; at zero by default.

    Raises
    ------
    ModelError
        If offsets or columns make hazards differ beyond what numbers hold, a column never differs among those at risk,
        columns are collinear, the likelihood has no maximum (separation), or Newton's method does not converge.
    """
    penalty = np.diag(ridge)
    here = likelihood.evaluate(np.zeros(likelihood.values.shape[1]))
    if not _in_range(here):
        refuse_out_of_range(likelihood.values, likelihood.rows.offset, here.coefficients, names)
    null_log_likelihood = here.log_likelihood
    if start is not None:
        here = likelihood.evaluate(start)
    start_information = information = likelihood.information(here)
    refuse_uninformative(start_information + penalty, names)
    unit = float(likelihood.sets.death_weight.sum() / likelihood.sets.deaths.sum())
    before, slow_steps = np.inf, 0
    step = np.zeros(len(ridge))
    for iteration in range(max_iterations + 1):
        score = here.score - ridge * here.coefficients
        step = _solve(information + penalty, score)
        decrement = float(score @ step) / unit
        slow_steps = slow_steps + 1 if 0.1 * before < decrement < 0.9 * before else 0
        if slow_steps >= SLOW_STEPS:
            refuse_separation(information + penalty, start_information + penalty, here.coefficients, names)
        if decrement < CONVERGED or (decrement < ROUNDING and decrement > 0.01 * before):
            return Maximum(null_log_likelihood, here, start_information, information, iteration)
        before = decrement
        coefficients, objective = here.coefficients, _objective(here, ridge)
        floor = objective - 1e-10 * max(unit, abs(objective))
        del here  # its risk totals, before those of the next point are made
        here, went_too_far = _climb(likelihood, ridge, coefficients, floor, step)
        if went_too_far and slow_steps:
            refuse_out_of_range(likelihood.values, likelihood.rows.offset, here.coefficients, names)
        information = likelihood.information(here)
        if _is_singular(information + penalty):  # the step leapt past the maximum to where the likelihood is flat
            here, information = _half_way_back(likelihood, penalty, coefficients, here.coefficients)
    refuse_no_convergence(step, max_iterations, names)
    raise AssertionError  # pragma: no cover - the line above raises


def _climb(
    likelihood: PartialLikelihood,
    ridge: NDArray[np.float64],
    coefficients: NDArray[np.float64],
    floor: float,
    step: NDArray[np.float64],
) -> tuple[Evaluation, bool]:
    """Take the step, halved until the objective does not fall below the floor; say whether it went out of range."""
    went_too_far = False
    for _ in range(40):
        there = likelihood.evaluate(coefficients + step)
        if not _in_range(there):
            went_too_far = True
        elif _objective(there, ridge) >= floor:
            return there, went_too_far
        step = step / 2
    return likelihood.evaluate(coefficients), went_too_far


def _half_way_back(
    likelihood: PartialLikelihood,
    penalty: NDArray[np.float64],
    back: NDArray[np.float64],
    there: NDArray[np.float64],
) -> tuple[Evaluation, NDArray[np.float64]]:
    """Go back from `there`, half way each time, until a step can be solved for; the objective, concave, stays above."""
    for _ in range(20):
        there = (back + there) / 2
        here = likelihood.evaluate(there)
        information = likelihood.information(here)
        if not _is_singular(information + penalty):
            break
    return here, information


def _is_singular(information: NDArray[np.float64]) -> bool:
    own = np.diag(information)
    if not (own > 0).all():
        return True
    scale = np.sqrt(own)
    return bool(linalg.eigvalsh(information / np.outer(scale, scale), subset_by_index=[0, 0])[0] < SINGULAR)


def _in_range(at: Evaluation) -> bool:
    """Say whether all risk totals are large enough, beside the largest hazard, to be divided by."""
    return bool(np.isfinite(at.log_likelihood) and at.steps.hazard.max() < LARGEST)  # false where not a number


def _objective(at: Evaluation, ridge: NDArray[np.float64]) -> float:
    return at.log_likelihood - 0.5 * float((ridge * at.coefficients**2).sum())


def _solve(information: NDArray[np.float64], score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve for Newton's step, with columns scaled to unit information."""
    own = np.diag(information)
    scale = np.sqrt(np.where(own > 0, own, 1.0))
    try:
        return linalg.solve(information / np.outer(scale, scale), score / scale, assume_a="pos") / scale
    except linalg.LinAlgError as error:
        raise ModelError(remark("cox.nearly_collinear")) from error
