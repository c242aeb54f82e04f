"""Risk sets of the counting-process partial likelihood with Efron's ties, on sorted cumulative sums."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.outcome import Outcome


@dataclass(frozen=True, slots=True)
class RiskSets:
    """The m distinct (stratum, event time) pairs, in order, and who is at risk at each.

    Attributes
    ----------
    stratum : ndarray of int, shape (m,)
    time : ndarray of float, shape (m,)
    deaths : ndarray of int, shape (m,)
        Events at that time in that stratum.
    first, last : ndarray of int, shape (n,)
        Row i is at risk at the pairs first[i], ..., last[i] - 1: those with start < time <= stop in
        its own stratum.
    event_rows : ndarray of int
        Rows that end in an event; the pair of such a row is last - 1.
    """

    stratum: NDArray[np.intp]
    time: NDArray[np.float64]
    deaths: NDArray[np.intp]
    first: NDArray[np.intp]
    last: NDArray[np.intp]
    event_rows: NDArray[np.intp]

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum `values`, shape (n, k), over the rows at risk at each pair, shape (m, k)."""
        size = len(self.time) + 1
        entering = [np.bincount(self.first, column, size) - np.bincount(self.last, column, size) for column in values.T]
        return np.cumsum(np.column_stack(entering), axis=0)[:-1]

    def event_sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum `values`, shape (n, k), over the rows with their event at each pair, shape (m, k)."""
        at = self.last[self.event_rows] - 1
        return np.column_stack([np.bincount(at, column, len(self.time)) for column in values[self.event_rows].T])


@dataclass(frozen=True, slots=True)
class EfronSteps:
    """Sums over the d steps in which Efron removes d tied deaths, at each of the m pairs.

    Attributes
    ----------
    hazard : ndarray, shape (m,)
        Increment of the baseline hazard of a row that survives the pair: sum of 1 / S0.
    hazard_of_dying : ndarray, shape (m,)
        The same for a row that dies there, which step by step counts less.
    mean, mean_of_dying : ndarray, shape (m, p)
        The same two with each step weighted by the mean covariate of its risk set.
    death_mean : ndarray, shape (m, p)
        Mean covariate over the steps, subtracted from the covariate of each death.
    """

    hazard: NDArray[np.float64]
    hazard_of_dying: NDArray[np.float64]
    mean: NDArray[np.float64]
    mean_of_dying: NDArray[np.float64]
    death_mean: NDArray[np.float64]


def risk_sets(outcome: Outcome, stratum: NDArray[np.intp]) -> RiskSets:
    """Find the distinct event times of every stratum and the rows at risk at each.

    Parameters
    ----------
    outcome : Outcome, n rows
    stratum : ndarray of int, shape (n,)
        Codes from 0.
    """
    times, rank = np.unique(np.concatenate([outcome.start, outcome.stop]), return_inverse=True)
    n = len(outcome)
    start_key = stratum * len(times) + rank[:n]
    stop_key = stratum * len(times) + rank[n:]
    keys, deaths = np.unique(stop_key[outcome.event], return_counts=True)
    return RiskSets(
        stratum=keys // len(times),
        time=times[keys % len(times)],
        deaths=deaths,
        first=np.searchsorted(keys, start_key, side="right"),
        last=np.searchsorted(keys, stop_key, side="right"),
        event_rows=np.flatnonzero(outcome.event),
    )


def efron_steps(sets: RiskSets, values: NDArray[np.float64], risk: NDArray[np.float64]) -> EfronSteps:
    """Sum Efron's steps at every pair.

    Parameters
    ----------
    sets : RiskSets
    values : ndarray, shape (n, p)
        Covariates.
    risk : ndarray, shape (n,)
        exp(linear predictor).

    Notes
    -----
    With d deaths at a time, step k = 0..d-1 has the risk sum S0 - (k/d) D0, where D0 is the deaths' own
    share (Efron 1977; the notation is that of Therneau and Grambsch, *Modeling Survival Data*, 2000, 3.3).
    """
    weighted = np.column_stack([risk, values * risk[:, None]])
    pair = np.repeat(np.arange(len(sets.time)), sets.deaths)
    opening = np.cumsum(sets.deaths) - sets.deaths
    fraction = (np.arange(len(pair)) - opening[pair]) / sets.deaths[pair]
    at_step = sets.sums(weighted)[pair] - fraction[:, None] * sets.event_sums(weighted)[pair]
    hazard = 1.0 / at_step[:, 0]
    mean = at_step[:, 1:] * hazard[:, None]
    staying = 1.0 - fraction
    return EfronSteps(
        hazard=np.add.reduceat(hazard, opening),
        hazard_of_dying=np.add.reduceat(staying * hazard, opening),
        mean=np.add.reduceat(mean * hazard[:, None], opening),
        mean_of_dying=np.add.reduceat(mean * (staying * hazard)[:, None], opening),
        death_mean=np.add.reduceat(mean, opening) / sets.deaths[:, None],
    )


def score_residuals(
    outcome: Outcome,
    stratum: NDArray[np.intp],
    values: NDArray[np.float64],
    coefficients: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return each row's contribution to the score of the partial likelihood, shape (n, p).

    Their column sums are the score, zero at the (unpenalised) fit. Ties as Efron, as R's
    ``residuals(coxph, type = "score")``.
    """
    sets = risk_sets(outcome, stratum)
    predictor = linear_predictor(values, coefficients)
    risk = np.exp(predictor - predictor.mean())  # residuals are free of the scale of risk; exp() might overflow
    steps = efron_steps(sets, values, risk)
    hazard = np.r_[0.0, np.cumsum(steps.hazard)]
    mean = np.vstack([np.zeros(values.shape[1]), np.cumsum(steps.mean, axis=0)])
    exposure = hazard[sets.last] - hazard[sets.first]
    residuals = -risk[:, None] * (values * exposure[:, None] - (mean[sets.last] - mean[sets.first]))
    rows = sets.event_rows
    at = sets.last[rows] - 1
    spared = (steps.hazard - steps.hazard_of_dying)[at]
    spared_mean = (steps.mean - steps.mean_of_dying)[at]
    residuals[rows] += values[rows] - steps.death_mean[at]
    residuals[rows] += risk[rows, None] * (values[rows] * spared[:, None] - spared_mean)
    return residuals


def baseline_hazard(
    outcome: Outcome,
    stratum: NDArray[np.intp],
    values: NDArray[np.float64],
    coefficients: NDArray[np.float64],
) -> tuple[RiskSets, NDArray[np.float64]]:
    """Return the risk sets and the increment, shape (m,), of the baseline hazard at each, at covariates zero.

    Efron's estimator, the one that belongs to a fit with Efron's ties and the one R's ``survfit`` gives.
    lifelines' time-varying fitter pairs an Efron fit with Breslow's d / S0, lower wherever events tie.
    """
    sets = risk_sets(outcome, stratum)
    return sets, efron_steps(sets, values[:, :0], np.exp(linear_predictor(values, coefficients))).hazard


def linear_predictor(values: NDArray[np.float64], coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log hazard ratio of each row against covariates zero, shape (n,)."""
    # Not BLAS, whose last digit may depend on the number of threads.
    return np.einsum("ij,j->i", values, coefficients)
