"""Calibration curve: the share that left as a smooth function of the risk that was forecast."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from analysis.declared.suppression import hidden_cells
from analysis.evaluation.calibration.frames import CURVE, SPREAD
from analysis.evaluation.calibration.logit_fit import LogitFit, fit_logit
from analysis.wording.remarks import Remark, remark

NEAREST = 1e-6
"""A risk nearer to 0 or 1 is taken as this: of a certain forecast no odds are known."""
FEWEST_EVENTS = 10
EVENTS_FOR_KNOTS = ((100, 5), (60, 4), (30, 3))
"""From so many events so many knots; with fewer the curve is straight in log odds."""
KNOTS_AT = {
    3: (0.10, 0.50, 0.90),
    4: (0.05, 0.35, 0.65, 0.95),
    5: (0.05, 0.275, 0.50, 0.725, 0.95),
}
"""Harrell's places of knots (2015, Regression Modeling Strategies, table 2.3)."""
POINTS = 101
BINS = 20


@dataclass(frozen=True, slots=True, eq=False)
class CurveFit:
    """A smooth curve of calibration.

    Attributes
    ----------
    knots : ndarray, shape (k,)
        In log odds of the forecast; none where the curve is straight.
    fit : LogitFit
        Of constant, log odds, and k - 2 bent columns.
    """

    knots: NDArray[np.float64]
    fit: LogitFit

    def at(self, risk: NDArray[np.float64], level: float = 0.95) -> NDArray[np.float64]:
        """Return the share that leaves at some risks, with the ends of its pointwise band, shape (3, k)."""
        return expit(self.fit.interval(spline_columns(log_odds(risk), self.knots), level))

    def errors(self, risk: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the standard error of its log odds at some risks, shape (k,)."""
        return self.fit.errors(spline_columns(log_odds(risk), self.knots))


def log_odds(risk: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log odds of risks, shape (n,); see `NEAREST`."""
    return logit(np.clip(risk, NEAREST, 1 - NEAREST))


def why_no_curve(event: NDArray[np.bool_], risk: NDArray[np.float64], cluster: NDArray) -> Remark | None:
    """Say why events and risks tell nothing of calibration but the level; None where they do."""
    rarer = min(len(np.unique(cluster[event])), len(np.unique(cluster[~event])))
    if rarer < FEWEST_EVENTS:
        return remark("evaluation.too_few_for_curve", needed=FEWEST_EVENTS, found=rarer)
    if np.ptp(log_odds(risk)) == 0:
        return remark("evaluation.one_risk_for_all")
    return None


def fit_curve(event: NDArray[np.bool_], risk: NDArray[np.float64], cluster: NDArray) -> CurveFit | None:
    """Fit the probability of churn to a restricted cubic spline of the forecast's log odds.

    Parameters
    ----------
    event : ndarray of bool, shape (n,)
        Churned within the horizon; every row followed to it.
    risk : ndarray, shape (n,)
        Forecast.
    cluster : ndarray, shape (n,)
        The parent account that errors are shared with.

    Returns
    -------
    CurveFit or None
        None where the rows tell nothing: see `why_no_curve`; or the risk parts those who left from the others.

    Notes
    -----
    As Austin and Steyerberg (2019), Stat. Med. 38, 4051, who take a loess or such a spline; loess has no errors that
    hold for clusters. The knots stand at quantiles of the forecasts weighted by risk x (1 - risk), the share of what is
    known that each row brings: nearly all rows of a quiet quarter have next to no risk, and knots among them would
    leave the curve straight where accounts leave. They do not depend on outcomes other than by their number.
    """
    if why_no_curve(event, risk, cluster):
        return None
    odds = log_odds(risk)
    events = min(len(np.unique(cluster[event])), len(np.unique(cluster[~event])))
    for number in [*(knots for needed, knots in EVENTS_FOR_KNOTS if events >= needed), 0]:
        knots = _knots(odds, number)
        if number and len(np.unique(knots)) < number:
            continue
        fit = fit_logit(spline_columns(odds, knots), event, cluster)
        if fit is not None:
            return CurveFit(knots, fit)
    return None


def calibration_curves(predictions: pd.DataFrame, models: Sequence[str], min_cell: int = 1) -> pd.DataFrame:
    """Return the curve of each model that has one, at 101 risks.

    They reach from the highest of the `min_cell` lowest risks to the lowest of the `min_cell` highest, so that no end
    is one account's.

    Parameters
    ----------
    predictions : DataFrame
        As `analysis.evaluation.frames.PREDICTIONS`.
    models : sequence of str
    min_cell : int
        The study's ``report.min_cell``.

    Returns
    -------
    DataFrame
        As `CURVE`.
    """
    frames = []
    for model in models:
        known = predictions[predictions[model].notna()]
        risk = known[model].to_numpy(np.float64)
        curve = fit_curve(known["event"].to_numpy(bool), risk, known["cluster_id"].to_numpy())
        if curve is None or len(risk) < 2 * min_cell:
            continue
        ranked = np.sort(risk)
        points = np.linspace(ranked[max(min_cell, 1) - 1], ranked[-max(min_cell, 1)], POINTS)
        observed, low, high = curve.at(points)
        found = {"model": model, "risk": points, "observed": observed, "conf_low": low, "conf_high": high}
        frames.append(pd.DataFrame(found))
    return CURVE.checked(pd.concat(frames, ignore_index=True) if frames else CURVE.empty())


def risk_spread(predictions: pd.DataFrame, models: Sequence[str], min_cell: int = 1) -> pd.DataFrame:
    """Count the rows of each model in 20 equal parts of the range of its risks.

    Parameters
    ----------
    predictions, models, min_cell
        As in `calibration_curves`; a part with fewer accounts is hidden, as `hidden_cells` says.

    Returns
    -------
    DataFrame
        As `SPREAD`.
    """
    frames = []
    for model in models:
        known = predictions[predictions[model].notna()]
        risk = known[model].to_numpy(np.float64)
        if not len(risk):
            continue
        edges = np.linspace(0, max(float(np.sort(risk)[-min(min_cell, len(risk)) or -1]), NEAREST), BINS + 1)
        place = np.clip(np.searchsorted(edges, risk, side="right") - 1, 0, BINS - 1)
        accounts = pd.Series(known["account_id"].to_numpy()).groupby(place).nunique().reindex(range(BINS), fill_value=0)
        hidden = hidden_cells(accounts.to_numpy(), min_cell)
        rows = np.bincount(place, minlength=BINS).astype(np.float64)
        frames.append(
            pd.DataFrame(
                {"model": model, "low": edges[:-1], "high": edges[1:], "n_rows": np.where(hidden, np.nan, rows)}
            )
        )
    return SPREAD.checked(pd.concat(frames, ignore_index=True) if frames else SPREAD.empty())


def _knots(odds: NDArray[np.float64], number: int) -> NDArray[np.float64]:
    """Return the places of knots among the log odds of forecasts, shape (number,)."""
    if not number:
        return np.empty(0)
    order = np.argsort(odds, kind="stable")
    weight = expit(odds[order]) * expit(-odds[order])
    reached = (np.cumsum(weight) - weight / 2) / weight.sum()
    return np.interp(KNOTS_AT[number], reached, odds[order])


def spline_columns(odds: NDArray[np.float64], knots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return constant, log odds and the bent columns of a restricted cubic spline, shape (n, 2 or len(knots)).

    Straight beyond the first and the last knot: Harrell (2015), equation 2.25.
    """
    straight = [np.ones(len(odds)), odds]
    if not len(knots):
        return np.column_stack(straight)
    first, before_last, last = knots[0], knots[-2], knots[-1]

    def beyond(knot: float) -> NDArray[np.float64]:
        return np.maximum(odds - knot, 0.0) ** 3

    bent = [
        (
            beyond(knot)
            - beyond(before_last) * (last - knot) / (last - before_last)
            + beyond(last) * (before_last - knot) / (last - before_last)
        )
        / (last - first) ** 2
        for knot in knots[:-2]
    ]
    return np.column_stack([*straight, *bent])
