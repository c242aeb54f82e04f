"""Parametric survival: curves of how long lifetimes last, compared by AIC; they go on beyond the last day observed."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from lifelines import (
    ExponentialFitter,
    LogLogisticFitter,
    LogNormalFitter,
    PiecewiseExponentialFitter,
    WeibullFitter,
)
from lifelines.exceptions import ApproximationWarning, ConvergenceError, StatisticalWarning
from lifelines.fitters import ParametricUnivariateFitter
from lifelines.utils import restricted_mean_survival_time
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import gamma

from analysis.curves.nonparametric import kaplan_meier
from analysis.curves.rates import DAYS_A_YEAR
from analysis.curves.stretches import Stretch, stretch_to_show
from analysis.declared.study import Study
from analysis.design.outcome import Outcome
from analysis.errors import ModelError

LEAST_TIMES = 3
"""Of events: one more than the smooth curves have parameters, below which one of them could meet every event."""

_SECOND = 1 / 86_400
_N_POINTS = 200


@dataclass(frozen=True, slots=True, eq=False)
class ParametricSurvival:
    """Distributions fitted to the length of lifetimes, and what each says.

    Attributes
    ----------
    table : DataFrame
        A line for each distribution, the lowest AIC first: distribution, n_parameters, log_likelihood (time in days),
        aic, aic_above (the lowest), median (days by which half have left; NaN beyond the horizon), mean (days spent as
        a customer within the horizon), mean_without_limit (days; NaN where it is infinite). All but the name are NaN
        where the fit found no maximum.
    curves : DataFrame
        distribution (in the same order), time (days since the origin, to the horizon), estimate (share still
        customers).
    observed : DataFrame
        Kaplan-Meier of the same rows, as `kaplan_meier` gives it, over the ages at which enough are at risk: what the
        curves smooth. One that begins late begins at the share that the first curve has then; none: empty.
    horizon : float
        Days.
    n_events : int
        Lifetimes with event.
    """

    table: pd.DataFrame
    curves: pd.DataFrame
    observed: pd.DataFrame
    horizon: float
    n_events: int


def fit_parametric_survival(
    outcome: Outcome,
    horizon: float = 5 * DAYS_A_YEAR,
    breaks: Sequence[float] = (),
    *,
    enough: int = 1,
    least: int = 1,
) -> ParametricSurvival:
    """Fit distributions to the length of lifetimes by maximum likelihood, late entries and pauses taken in.

    Each interval ``(start, stop]`` counts with the hazard of its own days, so that a lifetime that was first seen on
    day 400 says nothing of the days before. As in `kaplan_meier`, other ends than churn censor.

    Parameters
    ----------
    outcome : Outcome, n rows
        By the lifetime's clock.
    horizon : float
        Days up to which curves are drawn and the mean is taken.
    breaks : sequence of float
        Days after which the piecewise exponential may have another rate; those without events on both sides are left
        out, and without any it is not fitted.
    enough, least : int
        At risk where the observed curve begins, and throughout it (`stretch_to_show`); the fits take all rows.

    Raises
    ------
    ModelError
        If events happen at fewer than `LEAST_TIMES` different ages, or the horizon is not positive.

    Notes
    -----
    lifelines' univariate fitters with ``entry=``. Its generalised gamma is left out: with few events it clips its own
    formula, and reports the likelihood of a curve that begins far below 1. AIC compares the curves with each other, not
    with the data: ends of terms make steps that none of them has, and beyond the last day observed each is a guess.

    Examples
    --------
    Four of five lifetimes leave, the third was first seen on its day 200; the exponential's rate is 4 events in 2,100
    days at risk, its mean within 1,000 days 525 (1 - exp(-1000 / 525)).

    >>> frame = pd.DataFrame(
    ...     {
    ...         "lifetime_id": [1, 2, 3, 4, 5],
    ...         "account_id": list("abcde"),
    ...         "start": [0, 0, 200, 0, 0],
    ...         "stop": [300, 400, 600, 500, 500],
    ...         "event": [1, 1, 1, 1, 0],
    ...     }
    ... )
    >>> found = fit_parametric_survival(Outcome.from_counting_process(frame), horizon=1000)
    >>> found.table.set_index("distribution").loc["exponential", ["median", "mean"]].round(1).tolist()
    [363.9, 446.8]
    """
    start, stop, event = _unbroken(outcome)
    n_times = len(np.unique(stop[event]))
    if n_times < LEAST_TIMES:
        raise ModelError(
            f"Curves of lifetime length need events at {LEAST_TIMES} or more different ages; there are {n_times}. "
            "See the Kaplan-Meier curve instead."
        )
    if not horizon > 0:
        raise ModelError(f"The horizon must be a positive number of days, but is {horizon}.")
    times = np.linspace(0, horizon, _N_POINTS)[1:]
    lines, curves = [], {}
    for name, model in _distributions(stop[event], breaks).items():
        line: dict[str, Any] = {"distribution": name}
        if _is_fitted(model, start, stop, event):
            line |= _what_it_says(model, int(event.sum()), horizon)
            estimate = np.r_[1.0, model.survival_function_at_times(times / DAYS_A_YEAR)]
            curves[name] = pd.DataFrame({"distribution": name, "time": np.r_[0.0, times], "estimate": estimate})
        lines.append(line)
    table = pd.DataFrame(lines).sort_values("aic", ignore_index=True)
    table.insert(4, "aic_above", table["aic"] - table["aic"].min())
    fitted = [curves[name] for name in table["distribution"] if name in curves]
    return ParametricSurvival(
        table=table,
        curves=pd.concat(fitted, ignore_index=True),
        observed=_observed(start, stop, event, fitted[0], stretch_to_show(start, stop, enough, least)),
        horizon=float(horizon),
        n_events=outcome.n_lifetimes_with_event,
    )


def parametric_survival_of(study: Study, outcome: Outcome, horizon: float) -> ParametricSurvival:
    """Fit distributions to the lifetimes of a study, whose phases may have rates of their own.

    Parameters
    ----------
    study
        Its phases, and from how many at risk on curves are drawn.
    outcome, horizon
        As of `fit_parametric_survival`.

    Raises
    ------
    ModelError
        As `fit_parametric_survival`.
    """
    breaks, report = (study.time.adoption_from_day, study.time.mature_from_day), study.report
    return fit_parametric_survival(outcome, horizon, breaks, enough=report.curve_from_at_risk, least=report.min_cell)


def _observed(
    start: NDArray[np.float64],
    stop: NDArray[np.float64],
    event: NDArray[np.bool_],
    first: pd.DataFrame,
    stretch: Stretch | None,
) -> pd.DataFrame:
    """Estimate Kaplan-Meier over a stretch; from a late beginning on it can only be set beside a curve that has one."""
    if stretch is None:
        return kaplan_meier(start, stop, event).iloc[:0]
    reaches, begins, ends = stretch.clipped(start, stop)
    curve = kaplan_meier(begins, ends, event[reaches] & stretch.holds(stop[reaches]))
    shares = ["estimate", "std_error", "conf_low", "conf_high"]
    curve[shares] *= np.interp(stretch.begin, first["time"], first["estimate"])
    return curve


def _unbroken(outcome: Outcome) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Join the intervals of a lifetime that follow each other without a pause: the same likelihood from fewer rows."""
    order = np.lexsort((outcome.start, pd.factorize(outcome.lifetime)[0]))
    lifetime, start, stop = outcome.lifetime[order], outcome.start[order], outcome.stop[order]
    begins = np.r_[True, (lifetime[1:] != lifetime[:-1]) | (start[1:] != stop[:-1])]
    ends = np.r_[begins[1:], True]
    return start[begins], stop[ends], outcome.event[order][ends]


def _distributions(events: NDArray[np.float64], breaks: Sequence[float]) -> dict[str, ParametricUnivariateFitter]:
    models = {
        "exponential": ExponentialFitter(),
        "weibull": WeibullFitter(),
        "log-normal": LogNormalFitter(),
        "log-logistic": LogLogisticFitter(),
    }
    kept: list[float] = []
    for after in sorted(breaks):
        if ((events > (kept[-1] if kept else 0)) & (events <= after)).any() and (events > after).any():
            kept.append(after)
    if kept:
        # An event at the very time of a break would get the mean of both rates; it belongs to the piece that ends.
        models["piecewise exponential"] = PiecewiseExponentialFitter((np.array(kept) + _SECOND) / DAYS_A_YEAR)
    return models


def _is_fitted(
    model: ParametricUnivariateFitter, start: NDArray[np.float64], stop: NDArray[np.float64], event: NDArray[np.bool_]
) -> bool:
    """Fit a distribution in years, the scale on which lifelines begins to look; False if it found no maximum."""
    with warnings.catch_warnings():
        for doubt in (ApproximationWarning, StatisticalWarning):  # the likelihood does not bend down where it stopped
            warnings.simplefilter("error", doubt)
        try:
            model.fit(stop / DAYS_A_YEAR, event, entry=start / DAYS_A_YEAR, fit_options={"ftol": 1e-12})
        except (ConvergenceError, ApproximationWarning, StatisticalWarning):
            return False
    return True


def _what_it_says(model: ParametricUnivariateFitter, n_events: int, horizon: float) -> dict[str, float]:
    """Return likelihood, AIC, median and mean of a fit in years, in days."""

    def above_half(time: float) -> float:
        return float(model.survival_function_at_times(time / DAYS_A_YEAR).iloc[0]) - 0.5

    log_likelihood = model.log_likelihood_ - n_events * np.log(DAYS_A_YEAR)
    n_parameters = len(model.variance_matrix_)
    return {
        "n_parameters": n_parameters,
        "log_likelihood": log_likelihood,
        "aic": 2 * n_parameters - 2 * log_likelihood,
        "median": brentq(above_half, _SECOND, horizon) if above_half(horizon) < 0 else np.nan,
        "mean": restricted_mean_survival_time(model, horizon / DAYS_A_YEAR) * DAYS_A_YEAR,
        "mean_without_limit": _mean_without_limit(model) * DAYS_A_YEAR,
    }


def _mean_without_limit(model: ParametricUnivariateFitter) -> float:
    """Return the mean of a fit in years, in years, by its closed form; NaN where it is infinite."""
    match model:
        case ExponentialFitter():
            return float(model.lambda_)
        case WeibullFitter():
            return float(model.lambda_ * gamma(1 + 1 / model.rho_))
        case LogNormalFitter():
            return float(np.exp(model.mu_ + model.sigma_**2 / 2))
        case LogLogisticFitter():
            angle = np.pi / model.beta_
            return float(model.alpha_ * angle / np.sin(angle)) if model.beta_ > 1 else np.nan
    begins = np.r_[0.0, model.breakpoints]
    means = np.array([getattr(model, f"lambda_{piece}_") for piece in range(len(begins))])
    there = np.r_[1.0, np.exp(-np.cumsum(np.diff(begins) / means[:-1]))]
    return float(means @ (there - np.r_[there[1:], 0.0]))
