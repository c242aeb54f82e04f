"""Partial likelihood of counting-process rows: log-likelihood, score and information at given coefficients."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.cox import kernels
from analysis.cox.risk_sets import STEEP, RiskSets
from analysis.cox.rows import CountingRows

Ties = Literal["efron", "breslow"]


@dataclass(frozen=True, eq=False)
class Steps:
    """Sums over the steps in which the tied deaths of each of the m pairs leave (one step a death).

    A step of weight w has the risk total t, of which the deaths hold the share q that has not left: 1 to 1 / d under
    Efron's rule, 1 under Breslow's. So its mean covariates are (survivors' sums + q x deaths' sums) / t, and their sums
    over the steps need three numbers a pair, not each step's covariates.

    Attributes
    ----------
    hazard, dying : ndarray, shape (m,)
        Sums of w / t and of w q / t: increment of the baseline hazard for a row that survives the pair, and for one
        that dies there.
    squares : ndarray, shape (m, 3)
        Sums of w / t^2, w q / t^2 and w q^2 / t^2.
    sums, death_sums : ndarray, shape (m, p + 1) and (m, p + 2)
        As in `Evaluation`.
    sets : RiskSets
    fall : float
        Of `RiskSets.sums_and_fall`.
    """

    hazard: NDArray[np.float64]
    dying: NDArray[np.float64]
    squares: NDArray[np.float64]
    sums: NDArray[np.float64]
    death_sums: NDArray[np.float64]
    sets: RiskSets
    fall: float

    @property
    def is_steep(self) -> bool:
        """Whether differences of cumulated hazards lose digits."""
        return self.fall > STEEP

    @property
    def mean(self) -> NDArray[np.float64]:
        """`hazard` with each step weighted by the mean covariate of its risk set, shape (m, p)."""
        return self._mix(self.squares[:, 0], self.squares[:, 1])

    @property
    def mean_dying(self) -> NDArray[np.float64]:
        """`dying` with each step weighted by the mean covariate of its risk set, shape (m, p)."""
        return self._mix(self.squares[:, 1], self.squares[:, 2])

    @property
    def death_mean(self) -> NDArray[np.float64]:
        """Mean over the steps of the mean covariate of the risk set, shape (m, p)."""
        weight = self.sets.death_weight
        return self._mix(self.hazard / weight, self.dying / weight)

    @cached_property
    def hazard_to(self) -> NDArray[np.float64]:
        """`hazard` cumulated within each stratum, shape (m + number of strata,), as in `RiskSets.cumulate`."""
        return self.sets.cumulate(self.hazard)

    @cached_property
    def mean_to(self) -> NDArray[np.float64]:
        """`mean` cumulated in the same way, shape (m + number of strata, p)."""
        return self.sets.cumulate(self.mean)

    def arrays(self) -> tuple[NDArray[np.float64], ...]:
        """Return everything in order, as a kernel takes it."""
        return self.sums, self.death_sums, self.hazard, self.dying, self.squares, self.hazard_to, self.mean_to

    def _mix(self, of_survivors: NDArray[np.float64], of_deaths: NDArray[np.float64]) -> NDArray[np.float64]:
        dead = self.death_sums[:, 1:-1]
        mixed = self.sums[:, 1:] - dead
        mixed *= of_survivors[:, None]
        mixed += of_deaths[:, None] * dead
        return mixed


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """The partial likelihood at one value of the coefficients.

    Attributes
    ----------
    coefficients : ndarray, shape (p,)
    log_likelihood : float
        NaN where some risk total underflows: such coefficients are far outside.
    risk : ndarray, shape (n,)
        exp(linear predictor - `shift`), without case weights; at most exp(300), for rows at risk at no event.
    shift : float
    sums, death_sums : ndarray, shape (m, p + 1) and (m, p + 2)
        Weighted totals over each risk set and over its deaths (`RiskSets.sums`, `RiskSets.death_sums`).
    steps : Steps
    score : ndarray, shape (p,)
    """

    coefficients: NDArray[np.float64]
    log_likelihood: float
    risk: NDArray[np.float64]
    shift: float
    sums: NDArray[np.float64]
    death_sums: NDArray[np.float64]
    steps: Steps
    score: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PartialLikelihood:
    """Rows, their risk sets and covariates: all that the likelihood depends on but the coefficients.

    Attributes
    ----------
    values : ndarray of float, shape (n, p), in C order
    rows : CountingRows
    sets : RiskSets
    ties : {'efron', 'breslow'}
    """

    values: NDArray[np.float64]
    rows: CountingRows
    sets: RiskSets
    ties: Ties

    def evaluate(self, coefficients: NDArray[np.float64]) -> Evaluation:
        """Return log-likelihood and score.

        Notes
        -----
        Therneau and Grambsch, *Modeling Survival Data* (2000), 3.1 to 3.3; Efron (1977), J. Am. Stat. Assoc. 72, 557.
        """
        rows, sets = self.rows, self.sets
        predictor = linear_predictor(self.values, coefficients)
        predictor += rows.offset
        shift = float(predictor.max(where=sets.first < sets.last, initial=-np.inf))
        death_predictor = predictor[sets.event_rows]
        predictor -= shift
        np.minimum(predictor, 300.0, out=predictor)  # rows that are at risk at no event may lie anywhere
        risk = np.exp(predictor, out=predictor)
        weighted = risk * rows.weights
        sums, fall = sets.sums_and_fall(self.values, weighted, rows)
        death_sums = sets.death_sums(self.values, weighted)
        steps, score, log_total = self._steps(sums, death_sums, fall)
        return Evaluation(
            coefficients=coefficients,
            log_likelihood=float((rows.weights[sets.event_rows] * (death_predictor - shift)).sum() - log_total),
            risk=risk,
            shift=shift,
            sums=sums,
            death_sums=death_sums,
            steps=steps,
            score=score,
        )

    def information(self, at: Evaluation, pair_weight: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """Return the information, shape (p, p): the covariance of the covariates, summed over the steps.

        The sum of second moments over the pairs is one weighted Gram matrix of the rows.

        Parameters
        ----------
        at : Evaluation
        pair_weight : ndarray, shape (m,), optional
            A weight for what each pair contributes; one by default.
        """
        weight = np.ones(len(self.sets.time)) if pair_weight is None else pair_weight
        row_weight = exposure(self, at.steps, weight)
        row_weight *= at.risk
        row_weight *= self.rows.weights
        total = np.zeros((self.values.shape[1], self.values.shape[1]))
        kernels.gram(self.values, row_weight, total)
        kernels.outer_of_means(at.sums, at.death_sums, at.steps.squares, weight, total)
        return total

    def _steps(
        self, sums: NDArray[np.float64], death_sums: NDArray[np.float64], fall: float
    ) -> tuple[Steps, NDArray[np.float64], float]:
        """Return the steps, the score, and the sum of weighted log risk totals."""
        sets, m = self.sets, len(self.sets.time)
        hazard, dying, squares = np.empty(m), np.empty(m), np.empty((m, 3))
        log_total = kernels.efron_steps(sums, death_sums, sets.deaths, self.ties == "efron", hazard, dying, squares)
        score = np.zeros(self.values.shape[1])
        kernels.score(
            self.values, self.rows.weights, sets.event_rows, sets.last, sums, death_sums, hazard, dying, score
        )
        return Steps(hazard, dying, squares, sums, death_sums, sets, fall), score, log_total


def exposure(likelihood: PartialLikelihood, steps: Steps, pair_weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the baseline hazard that each row passed through at risk, shape (n,), each pair times its weight."""
    sets = likelihood.sets
    increments = steps.hazard * pair_weight
    passed = (
        sets.passed_by_tree(increments) if steps.is_steep else sets.passed(sets.cumulate(increments), likelihood.rows)
    )
    passed[sets.event_rows] -= (pair_weight * (steps.hazard - steps.dying))[sets.death_pairs]
    return passed


def linear_predictor(values: NDArray[np.float64], coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log hazard ratio of each row against covariates zero, shape (n,)."""
    # Not BLAS, whose last digit may depend on the number of threads.
    return np.einsum("ij,j->i", values, coefficients)
