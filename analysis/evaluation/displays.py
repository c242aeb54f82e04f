"""Displays of the evaluation: calibration, decision, capacity, profit, groups and drift, with their pictures."""

from collections.abc import Mapping

import pandas as pd

from analysis.evaluation.over_time.covariates import MOVED, SOMEWHAT
from analysis.figures.display import Display
from analysis.figures.evaluation import (
    covariate_drift_height,
    draw_calibration_curve,
    draw_covariate_drift,
    draw_decision_curve,
    draw_gain,
    draw_observed_over_time,
)

MOST_COVARIATES = 12
"""That a picture of drift shows: the farthest of the last quarter."""


def show_calibration(curves: pd.DataFrame, spread: pd.DataFrame) -> Display:
    """Return smooth curves of calibration, with bands, and where the forecasts of the first model lie.

    Parameters
    ----------
    curves, spread
        As `analysis.evaluation.calibration.frames.CURVE` and `SPREAD`.
    """
    draw = (lambda ax: draw_calibration_curve(ax, _in_words(curves), _in_words(spread))) if len(curves) else None
    return Display("Share that left against the probability forecast", curves, draw, size=(7.0, 4.2))


def show_decision(curves: pd.DataFrame) -> Display:
    """Return decision curves beside looking after everyone and no one.

    Parameters
    ----------
    curves
        As `analysis.evaluation.use.frames.DECISION`.
    """
    draw = (lambda ax: draw_decision_curve(ax, _in_words(curves))) if len(curves) else None
    note = "Net benefit: right flags less wrong ones, counted at the odds of the threshold."
    return Display("Net benefit of acting on the forecast", curves, draw, size=(7.0, 3.8), notes=(note,))


def show_gain(gain: pd.DataFrame, capacity_share: float) -> Display:
    """Return which share of those that left is found among which share of the accounts.

    Parameters
    ----------
    gain
        As `analysis.evaluation.use.frames.GAIN`.
    capacity_share
        The team's capacity, as a share of the accounts of a quarter.
    """
    draw = (lambda ax: draw_gain(ax, _in_words(gain), capacity_share)) if len(gain) else None
    return Display("Those that left, found among the accounts of highest risk", gain, draw, size=(7.0, 3.8))


def show_over_time(calibration: pd.DataFrame, model: str) -> Display:
    """Return how many left in each quarter beside how many a model forecast.

    Parameters
    ----------
    calibration
        As `analysis.evaluation.over_time.frames.CALIBRATION_OVER_TIME`.
    """
    table = calibration[calibration["model"] == model].reset_index(drop=True)
    drawn = table.assign(label=[f"{day:%Y-%m-%d}" for day in table["landmark"]])
    draw = (lambda ax: draw_observed_over_time(ax, drawn)) if len(table) else None
    return Display(f"Left and forecast to leave, by quarter: {model}", table, draw, size=(7.0, 3.2))


def show_covariate_drift(drift: pd.DataFrame, colors: Mapping[str, str]) -> Display:
    """Return how far covariates lie from what was learned from; drawn are those farthest in the last quarter.

    Parameters
    ----------
    drift
        As `analysis.evaluation.over_time.frames.COVARIATE_DRIFT`.
    colors
        Colour of each family.
    """
    drawn = farthest(drift).assign(label=lambda frame: frame["covariate"])
    draw = (lambda ax: draw_covariate_drift(ax, drawn, colors, (SOMEWHAT, MOVED))) if len(drawn) else None
    table = drift.sort_values(["landmark", "stability_index"], ascending=False, kind="stable", ignore_index=True)
    size = (7.0, covariate_drift_height(drawn))
    return Display("How far covariates lie from what was learned from", table, draw, size=size)


def farthest(drift: pd.DataFrame, most: int = MOST_COVARIATES) -> pd.DataFrame:
    """Return all quarters of the covariates that lie farthest in the last one, the farthest first.

    Parameters
    ----------
    drift
        As `analysis.evaluation.over_time.frames.COVARIATE_DRIFT`.
    most
        Covariates.
    """
    if drift.empty:
        return drift
    last = drift[drift["landmark"] == drift["landmark"].max()]
    by_distance = last.sort_values(["stability_index", "covariate"], ascending=[False, True])
    place = {name: number for number, name in enumerate(by_distance["covariate"].head(most))}
    kept = drift[drift["covariate"].isin(list(place))]
    ordered = kept.assign(place=kept["covariate"].map(place)).sort_values(["place", "landmark"])
    return ordered.drop(columns="place").reset_index(drop=True)


def _in_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose models go by their names in plain letters, as a legend has them."""
    return frame.assign(model=frame["model"].str.replace("_", " "))
