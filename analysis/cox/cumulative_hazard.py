"""Cumulative hazard: what covariate patterns pass through between two times, entry honoured, with standard error."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from analysis.cox.fit import CoxFit
from analysis.cox.one_thread import one_thread
from analysis.cox.partial_likelihood import linear_predictor
from analysis.curves.stretches import stretches
from analysis.errors import ModelError

Interval = Literal["log", "plain"]


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """Hazard passed through by k patterns.

    Attributes
    ----------
    log_hazard : ndarray, shape (k,)
        Of the cumulative hazard; -inf where it is zero. A log, so that no hazard ratio is too large for it.
    relative_error : ndarray, shape (k,)
        Standard error of the cumulative hazard as a share of it, which is that of its log; zero where it is zero.
    """

    log_hazard: NDArray[np.float64]
    relative_error: NDArray[np.float64]

    @property
    def hazard(self) -> NDArray[np.float64]:
        """Cumulative hazard, shape (k,); infinite beyond what a float holds, where the probability of staying is 0."""
        with np.errstate(over="ignore"):
            return np.exp(self.log_hazard)

    @property
    def std_error(self) -> NDArray[np.float64]:
        """Of the cumulative hazard, shape (k,)."""
        return np.multiply(
            self.hazard, self.relative_error, out=np.zeros_like(self.hazard), where=self.relative_error > 0
        )


def baseline_cumulative_hazard(
    fit: CoxFit,
    at: Literal["zero", "means"] | ArrayLike = "zero",
    *,
    level: float = 0.95,
    interval: Interval = "log",
    robust: bool | None = None,
) -> pd.DataFrame:
    """Estimate the cumulative hazard of one covariate pattern at the event times of each stratum.

    A curve is conditional on being at risk when its stratum's first row enters, and on covariates that stay as they
    are: what happened before to those who entered late is unknown. So is what happens where nobody is at risk: after
    such a hole the curve is NaN.

    Parameters
    ----------
    fit : CoxFit
    at : {'zero', 'means'} or array-like, shape (p,)
        The pattern: all columns zero, the mean of every column over the rows fitted, or values of one's own.
    level : float
    interval : {'log', 'plain'}
        Symmetric for the log of the cumulative hazard, or for the cumulative hazard itself (as R's
        ``survfit(conf.type = "log")``) and never below zero.
    robust : bool, optional
        Robust errors of the coefficients or model-based ones; by default those that the rows call for
        (`CoxFit.is_robust`).

    Returns
    -------
    DataFrame
        stratum, time, n_at_risk (rows), n_events, cumulative_hazard, std_error, conf_low, conf_high; the last four
        NaN after a time at which nobody of the stratum was at risk.

    Raises
    ------
    ModelError
        If `at` is none of the above.
    """
    sets = fit.likelihood.sets
    last = np.arange(len(sets.time)) + sets.stratum + 1
    pattern = np.broadcast_to(_pattern(fit, at), (len(last), len(fit.names)))
    opening = (sets.openings[:-1] + np.arange(len(fit.rows.strata)))[sets.stratum]
    passage = passage_between(fit, pattern, opening, last, robust=robust)
    low, high = hazard_interval(passage, level, interval)
    one = np.ones(len(fit.rows))
    at_risk = sets.sums(np.empty((len(one), 0)), one, fit.rows)[:, 0]
    frame = pd.DataFrame(
        {
            "stratum": fit.rows.stratum_labels[sets.stratum],
            "time": sets.time,
            "n_at_risk": np.rint(at_risk).astype(np.int64),
            "n_events": sets.deaths,
            "cumulative_hazard": passage.hazard,
            "std_error": passage.std_error,
            "conf_low": low,
            "conf_high": high,
        }
    )
    frame.loc[~_before_a_hole(fit), ["cumulative_hazard", "std_error", "conf_low", "conf_high"]] = np.nan
    return frame


@one_thread
def passage_between(
    fit: CoxFit,
    patterns: NDArray[np.float64],
    first: NDArray[np.intp],
    last: NDArray[np.intp],
    *,
    robust: bool | None = None,
) -> Passage:
    """Return the hazard that each pattern passes through between two positions.

    Parameters
    ----------
    fit : CoxFit
    patterns : ndarray, shape (k, p)
        Standardised as the rows fitted.
    first, last : ndarray of int, shape (k,)
        Positions in arrays from `RiskSets.cumulate`, both in one stratum.
    robust : bool, optional

    Notes
    -----
    With Efron's ties, Efron's estimator, the one that belongs to the fit. Variance: Tsiatis (1981), Annals of
    Statistics 9, 93; Therneau and Grambsch (2000), 10.2; the covariance of the coefficients is the robust one where
    rows are clustered, as in R's ``survfit(coxph(..., cluster =))``.
    """
    sets, end = fit.likelihood.sets, fit.maximum.end
    covariance = fit.covariance_of(robust) * np.outer(fit.scale, fit.scale)
    between = end.steps.hazard_to[last] - end.steps.hazard_to[first]
    squares_to = sets.cumulate(_squared_increments(fit))
    drift = end.steps.mean_to[last] - end.steps.mean_to[first] - patterns * between[:, None]
    own = squares_to[last] - squares_to[first]
    variance = own + np.einsum("ij,jk,ik->i", drift, covariance, drift)
    passed = between > 0
    log_between = np.log(between, out=np.full(len(between), -np.inf), where=passed)
    error = np.sqrt(np.maximum(variance, 0.0))
    return Passage(
        log_hazard=linear_predictor(patterns, end.coefficients) - end.shift + log_between,
        relative_error=np.divide(error, between, out=np.zeros(len(between)), where=passed),
    )


def hazard_interval(
    passage: Passage, level: float, interval: Interval
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the interval of a cumulative hazard, symmetric for its log or for itself.

    Where it is zero, as no event was seen, its log has none (NaN), and it itself [0, 0]; both as in R.
    """
    z = float(stats.norm.isf((1 - level) / 2))
    if interval == "plain":
        left = 1 - z * passage.relative_error
        low = np.multiply(passage.hazard, left, out=np.zeros_like(left), where=left > 0)
        return low, passage.hazard + z * passage.std_error
    if interval == "log":
        half = z * passage.relative_error
        with np.errstate(over="ignore"):
            low, high = np.exp(passage.log_hazard - half), np.exp(passage.log_hazard + half)
        is_seen = np.isfinite(passage.log_hazard)
        return np.where(is_seen, low, np.nan), np.where(is_seen, high, np.nan)
    raise ModelError(f"interval must be 'log' or 'plain'; {interval!r} arrived.")


def _before_a_hole(fit: CoxFit) -> NDArray[np.bool_]:
    """Say which event times lie in the first unbroken time at risk of their stratum, shape (m,)."""
    sets, rows = fit.likelihood.sets, fit.rows
    order = np.argsort(rows.stratum, kind="stable")
    parts = np.split(order, np.searchsorted(rows.stratum[order], np.arange(1, len(rows.strata))))
    first_ends = np.array([stretches(rows.start[part], rows.stop[part])[0, 1] for part in parts])
    return sets.time <= first_ends[sets.stratum]


def _squared_increments(fit: CoxFit) -> NDArray[np.float64]:
    """Return the variance of the baseline hazard's increment at each pair, coefficients known, shape (m,)."""
    likelihood, end = fit.likelihood, fit.maximum.end
    deaths = likelihood.sets.deaths
    pair = np.repeat(np.arange(len(deaths)), deaths)
    opening = np.cumsum(deaths) - deaths
    gone = (np.arange(len(pair)) - opening[pair]) / deaths[pair] if likelihood.ties == "efron" else np.zeros(len(pair))
    at_risk = end.sums[pair, 0] - gone * end.death_sums[pair, 0]
    step_weight = (likelihood.sets.death_weight / deaths)[pair]
    return np.bincount(pair, step_weight / at_risk**2, len(deaths)).astype(np.float64)


def _pattern(fit: CoxFit, at: Literal["zero", "means"] | ArrayLike) -> NDArray[np.float64]:
    if isinstance(at, str):
        if at not in ("zero", "means"):
            raise ModelError(f"at must be 'zero', 'means' or {len(fit.names)} values; {at!r} arrived.")
        return -fit.centre / fit.scale if at == "zero" else np.zeros(len(fit.names))
    values = np.asarray(at, dtype=np.float64)
    if values.shape != (len(fit.names),) or not np.isfinite(values).all():
        raise ModelError(f"at must be 'zero', 'means' or {len(fit.names)} finite values; {at!r} arrived.")
    return (values - fit.centre) / fit.scale
