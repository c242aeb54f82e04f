"""Calibration measures: how far forecasts lie from what happened, in level, in spread and on average."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.evaluation.calibration.curve import CurveFit, fit_curve, log_odds, why_no_curve
from analysis.evaluation.calibration.frames import MEASURES
from analysis.evaluation.calibration.logit_fit import LogitFit, fit_logit

LEAST_EFFECT = 1e-12


@dataclass(frozen=True, slots=True)
class Measured:
    """A number and its 95% interval; NaN where the rows tell none."""

    estimate: float = float("nan")
    conf_low: float = float("nan")
    conf_high: float = float("nan")

    @property
    def is_known(self) -> bool:
        """Whether there is an interval."""
        return self.conf_low == self.conf_low and self.conf_high == self.conf_high


def observed_over_expected(
    event: NDArray[np.bool_], risk: NDArray[np.float64], cluster: NDArray, level: float = 0.95
) -> Measured:
    """Return how many churned for each that was expected to; 1.25: a quarter more than forecast.

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
    risk : ndarray, shape (n,)
    cluster : ndarray, shape (n,)
        The parent account that errors are shared with.
    level : float

    Returns
    -------
    Measured
        NaN where nothing was expected.

    Notes
    -----
    The exact interval of a Poisson count (Garwood 1936, Biometrika 28, 437) of the effective number of events, as Korn
    and Graubard (1998), Surv. Methodol. 24, 193, have it for shares: events divided by the variance of observed less
    expected, summed within clusters, over that of a count; at least by what independent rows would have. It holds from
    0 events on. That whole quarters are better or worse than others is not in it: see `calibration_over_time`.

    Examples
    --------
    Of a hundred accounts with a risk of 5% each, four left:

    >>> import numpy as np
    >>> found = observed_over_expected(np.arange(100) < 4, np.full(100, 0.05), np.arange(100))
    >>> round(found.estimate, 2), round(found.conf_low, 2), round(found.conf_high, 2)
    (0.8, 0.22, 2.02)
    """
    expected, observed = float(risk.sum()), int(event.sum())
    if expected <= 0:
        return Measured()
    ratio = observed / expected
    effect = max(float((risk * (1 - risk)).sum()) / expected, LEAST_EFFECT)
    if observed:
        code = pd.factorize(cluster)[0]  # by first appearance: other names change no digit
        off = np.bincount(code, event - ratio * risk)
        effect = max(effect, float((off**2).sum()) * len(off) / max(len(off) - 1, 1) / observed)
    count, tail = observed / effect, (1 - level) / 2
    low = stats.chi2.ppf(tail, 2 * count) / 2 if observed else 0.0
    high = stats.chi2.ppf(1 - tail, 2 * count + 2) / 2
    return Measured(ratio, float(low) * effect / expected, float(high) * effect / expected)


@dataclass(frozen=True, slots=True)
class CalibrationLine:
    """What would have to be done to log odds for them to fit.

    Attributes
    ----------
    slope
        To be multiplied by; under 1 forecasts are too extreme, over 1 too flat.
    intercept
        To be added where the slope is left at 1; under 0 forecasts are too high.
    """

    slope: Measured
    intercept: Measured


def calibration_line(event: NDArray[np.bool_], risk: NDArray[np.float64], cluster: NDArray) -> CalibrationLine:
    """Return slope and intercept of logistic recalibration, with intervals that hold for dependent rows.

    Parameters
    ----------
    event, risk, cluster
        As in `observed_over_expected`.

    Returns
    -------
    CalibrationLine
        NaN where events are too few (`analysis.evaluation.calibration.curve.why_no_curve`), or the risk parts those
        who left from the others.

    Notes
    -----
    Cox (1958), Biometrika 45, 562: log odds = a + slope x log odds of the forecast; the intercept is that of a second
    fit, with the log odds of the forecast as offset (Van Calster and others 2016, J. Clin. Epidemiol. 74, 167).
    """
    ones = np.ones((len(event), 1))
    odds = log_odds(risk)
    level = fit_logit(ones, event, cluster, odds) if len(np.unique(cluster[event])) > 1 else None
    spread = None if why_no_curve(event, risk, cluster) else fit_logit(np.c_[ones, odds], event, cluster)
    return CalibrationLine(_estimate(spread, [0.0, 1.0]), _estimate(level, [1.0]))


@dataclass(frozen=True, slots=True)
class Distances:
    """How far the smooth curve of calibration lies from the forecasts, over the rows, as probabilities.

    Attributes
    ----------
    ici, e50, e90
        Mean (integrated calibration index), median and ninth decile.
    by_chance
        What the mean is on average for a calibrated model, of which chance bends the curve, too.
    """

    ici: float = float("nan")
    e50: float = float("nan")
    e90: float = float("nan")
    by_chance: float = float("nan")


def distances(curve: CurveFit | None, risk: NDArray[np.float64]) -> Distances:
    """Return ICI, E50 and E90; NaN where there is no curve.

    Parameters
    ----------
    curve
        As `fit_curve` gives it.
    risk : ndarray, shape (n,)
        The forecasts that it was fitted to.

    Notes
    -----
    Austin and Steyerberg (2019), Stat. Med. 38, 4051, section 2. They are positive by construction. By chance: the mean
    of the absolute value of a normal variable with the curve's own error at each forecast, sqrt(2 / pi) of it.
    """
    if curve is None:
        return Distances()
    away = np.abs(curve.at(risk)[0] - risk)
    error = curve.errors(risk) * risk * (1 - risk)
    return Distances(
        ici=float(away.mean()),
        e50=float(np.quantile(away, 0.5)),
        e90=float(np.quantile(away, 0.9)),
        by_chance=float(error.mean() * np.sqrt(2 / np.pi)),
    )


def curvature_p_value(curve: CurveFit | None) -> float:
    """Return the p value of the curve's being straight in log odds; NaN where it has no knots.

    Robust Wald, F with as many denominator degrees of freedom as the fit has.
    """
    if curve is None or len(curve.knots) < 3:
        return float("nan")
    bent, covariance = curve.fit.coefficients[2:], curve.fit.covariance[2:, 2:]
    statistic = bent @ np.linalg.solve(covariance, bent) / len(bent)
    return float(stats.f.sf(statistic, len(bent), curve.fit.df))


def calibration_measures(predictions: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    """Return all measures of several models, each on the rows that it was fitted for.

    Parameters
    ----------
    predictions : DataFrame
        As `analysis.evaluation.frames.PREDICTIONS`.
    models : sequence of str

    Returns
    -------
    DataFrame
        As `MEASURES`.
    """
    lines = []
    for model in models:
        known = predictions[predictions[model].notna()]
        event, risk = known["event"].to_numpy(bool), known[model].to_numpy(np.float64)
        cluster = known["cluster_id"].to_numpy()
        again, curve = calibration_line(event, risk, cluster), fit_curve(event, risk, cluster)
        far = distances(curve, risk)
        held = {"model": model, "n_rows": len(risk), "n_events": int(event.sum()), "expected": float(risk.sum())}
        with_interval = {
            "observed_over_expected": observed_over_expected(event, risk, cluster),
            "slope": again.slope,
            "intercept": again.intercept,
        }
        lines += [
            {"measure": name, "estimate": one.estimate, "conf_low": one.conf_low, "conf_high": one.conf_high, **held}
            for name, one in with_interval.items()
        ]
        lines.append({"measure": "curvature", "p_value": curvature_p_value(curve), **held})
        lines.append({"measure": "ici", "estimate": far.ici, "by_chance": far.by_chance, **held})
        lines += [{"measure": name, "estimate": getattr(far, name), **held} for name in ("e50", "e90")]
    return MEASURES.checked(pd.DataFrame(lines).reindex(columns=MEASURES.columns))


def _estimate(fit: LogitFit | None, weights: Sequence[float]) -> Measured:
    if fit is None:
        return Measured()
    return Measured(*(float(number) for number in fit.interval(np.array([weights]))[:, 0]))
