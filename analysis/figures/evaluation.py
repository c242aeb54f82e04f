"""Evaluation: whether forecasts held, what acting on them is worth, and whether they drift."""

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analysis.figures.effects import color_family_ticks
from analysis.figures.labels import draws, legend
from analysis.figures.style import ACCENT, CYCLE, HIDDEN, INK, MUTED, WARN, percent

DASHED: Any = (0, (4, 3))
SPREAD_HEIGHT = 0.16
"""Of the picture, under the curve: how many accounts were given which risk."""
MOST_LABELS = 8
LEAST_INDEX, MOST_INDEX = 0.004, 2.0
"""Population stability indices that are told apart in a picture; smaller and larger ones lie on its edges."""


@draws
def draw_calibration_curve(
    ax: Axes,
    curves: pd.DataFrame,
    spread: pd.DataFrame,
    x_label: str = "Forecast probability of leaving",
    y_label: str = "Share that left",
    right_label: str = "As forecast",
    spread_label: str = "Accounts with such a forecast (height: square root)",
) -> None:
    """Draw smooth curves of what happened against what was forecast, with bands, and where the forecasts lie.

    Parameters
    ----------
    curves
        model, risk, observed, conf_low, conf_high; each model ordered by risk.
    spread
        model, low, high, n_rows: drawn for the first model of `curves`; missing numbers are hidden.
    """
    models = list(dict.fromkeys(curves["model"]))
    right = float(curves["risk"].max())
    top = max(float(curves["observed"].max()), right) * 1.15
    named: dict[str, Any] = {}
    for color, model in zip(itertools.cycle(CYCLE), models, strict=False):
        own = curves[curves["model"] == model]
        ax.fill_between(own["risk"], own["conf_low"], own["conf_high"], color=color, alpha=0.16, linewidth=0)
        named[model] = ax.plot(own["risk"], own["observed"], color=color, linewidth=1.8)[0]
    named[right_label] = ax.plot([0, right], [0, right], color=MUTED, linewidth=1, linestyle=DASHED)[0]
    below = top * SPREAD_HEIGHT
    bars = spread[(spread["model"] == models[0]) & (spread["low"] < right)]
    heights = np.sqrt(bars["n_rows"].astype(float).fillna(0.0))
    if heights.max() > 0:
        widths = bars["high"].clip(upper=right) - bars["low"]
        scaled = heights / heights.max() * below * 0.92
        named[spread_label] = ax.bar(
            bars["low"], scaled, width=widths * 0.92, bottom=-below, align="edge", color=CYCLE[0], alpha=0.45
        )
        ax.axhline(0, color=MUTED, linewidth=0.8)
        for _, part in bars[bars["n_rows"].isna()].iterrows():
            ax.text((part["low"] + min(part["high"], right)) / 2, -below * 0.9, HIDDEN, ha="center", color=MUTED)
    ax.set_xlim(0, right)
    ax.set_ylim(-below, top)
    ticks = [tick for tick in ax.get_yticks() if 0 <= tick <= top]
    ax.set_yticks(ticks)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(percent)
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)
    _legend_below(ax, named)


@draws
def draw_decision_curve(
    ax: Axes,
    frame: pd.DataFrame,
    x_label: str = "Risk from which an account is looked after",
    y_label: str = "Net benefit per 100 accounts",
    all_label: str = "Everyone",
    none_label: str = "No one",
) -> None:
    """Draw the net benefit of acting on each model over thresholds, with its band, beside everyone and no one.

    Parameters
    ----------
    frame
        model, threshold, net_benefit, conf_low, conf_high, treat_all; the band is drawn for the first model.
    """
    models = list(dict.fromkeys(frame["model"]))
    named: dict[str, Any] = {}
    for place, (color, model) in enumerate(zip(itertools.cycle(CYCLE), models, strict=False)):
        own = frame[frame["model"] == model].sort_values("threshold")
        if place == 0:
            ax.fill_between(
                own["threshold"], 100 * own["conf_low"], 100 * own["conf_high"], color=color, alpha=0.16, linewidth=0
            )
        named[model] = ax.plot(own["threshold"], 100 * own["net_benefit"], color=color, linewidth=1.8)[0]
    first = frame[frame["model"] == models[0]].sort_values("threshold")
    named[all_label] = ax.plot(
        first["threshold"], 100 * first["treat_all"], color=MUTED, linewidth=1.2, linestyle=DASHED
    )[0]
    named[none_label] = ax.axhline(0, color=INK, linewidth=1)
    top = 100 * max(frame["net_benefit"].max(), first["treat_all"].max(), first["conf_high"].max())
    ax.set_ylim(-0.15 * top, 1.05 * top)
    ax.set_xlim(frame["threshold"].min(), frame["threshold"].max())
    ax.xaxis.set_major_formatter(percent)
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)
    _legend_below(ax, named)


@draws
def draw_observed_over_time(
    ax: Axes,
    frame: pd.DataFrame,
    y_label: str = "Accounts",
    observed_label: str = "Left (with 95% interval)",
    expected_label: str = "Forecast to leave",
) -> None:
    """Draw how many left in each quarter, with an interval, beside how many were forecast to.

    Parameters
    ----------
    frame
        label, n_events, expected, conf_low, conf_high (of observed over expected); one row a quarter of one model.
    """
    places = np.arange(len(frame))
    events, expected = frame["n_events"].to_numpy(float), frame["expected"].to_numpy(float)
    low, high = (frame[name].to_numpy(float) * expected for name in ("conf_low", "conf_high"))
    forecast = ax.hlines(expected, places - 0.36, places + 0.36, color=ACCENT, linewidth=2.4)
    left = ax.errorbar(
        places, events, yerr=[events - low, high - events], fmt="o", color=WARN, elinewidth=1.3, markersize=5
    )
    every = max(1, -(-len(frame) // MOST_LABELS))
    labelled = slice((len(frame) - 1) % every, None, every)
    ax.set_xticks(places[labelled], frame["label"][labelled])
    ax.set_xlim(-0.6, len(frame) - 0.4)
    ax.set_ylim(bottom=0)
    ax.grid(axis="x", visible=False)
    ax.set_ylabel(y_label)
    _legend_below(ax, {observed_label: left, expected_label: forecast})


@draws
def draw_gain(
    ax: Axes,
    frame: pd.DataFrame,
    capacity_share: float,
    x_label: str = "Share of the accounts looked after, highest risk first",
    y_label: str = "Share of those that left among them",
    chance_label: str = "By chance",
    capacity_label: str = "The team's capacity",
) -> None:
    """Draw which share of the churners each model finds among which share of the accounts.

    Parameters
    ----------
    frame
        model, contacted, caught.
    capacity_share
        The team's capacity, as a share of the accounts of a quarter.
    """
    named: dict[str, Any] = {}
    for color, (model, own) in zip(itertools.cycle(CYCLE), frame.groupby("model", sort=False), strict=False):
        named[str(model)] = ax.plot(own["contacted"], own["caught"], color=color, linewidth=1.8)[0]
    named[chance_label] = ax.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=DASHED)[0]
    named[capacity_label] = ax.axvline(capacity_share, color=INK, linewidth=1, linestyle=(0, (1, 1.5)))
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1.02)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(percent)
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)
    _legend_below(ax, named)


def covariate_drift_height(frame: pd.DataFrame) -> float:
    """Return the height in inches that `draw_covariate_drift` needs for a frame."""
    return 1.2 + 0.26 * frame["covariate"].nunique()


@draws
def draw_covariate_drift(
    ax: Axes,
    frame: pd.DataFrame,
    colors: Mapping[str, str],
    limits: tuple[float, float],
    x_label: str = "Population stability index (0.1: somewhat, 0.25: moved)",
    first_label: str = "First quarter",
    last_label: str = "Last quarter",
) -> None:
    """Draw how far each covariate lay from what was learned from, in every quarter, the paler the longer ago.

    Parameters
    ----------
    frame
        covariate, label, family, landmark, stability_index; covariates in the order of display.
    colors
        Colour of each family.
    limits
        From which a covariate is said to have moved somewhat, and to have moved.
    """
    quarters = sorted(frame["landmark"].unique())
    alphas = dict(zip(quarters, np.linspace(0.2, 1.0, len(quarters)), strict=True) if len(quarters) > 1 else {})
    names = list(dict.fromkeys(frame["covariate"]))
    labels, families = (frame.drop_duplicates("covariate")[column].tolist() for column in ("label", "family"))
    for row, name in enumerate(names):
        own = frame[frame["covariate"] == name].sort_values("landmark")
        index = own["stability_index"].clip(LEAST_INDEX, MOST_INDEX)
        ax.plot([index.min(), index.max()], [-row, -row], color=colors[families[row]], linewidth=0.8, alpha=0.4)
        for place, landmark in zip(index, own["landmark"], strict=True):
            ax.plot(place, -row, "o", color=colors[families[row]], alpha=alphas.get(landmark, 1.0), markersize=5)
    for limit in limits:
        ax.axvline(limit, color=WARN, linewidth=0.9, linestyle=DASHED)
    ax.set_xscale("log")
    ax.set_xlim(LEAST_INDEX * 0.85, MOST_INDEX * 1.2)
    shown = (0.01, 0.03, *limits, 1.0)
    ax.set_xticks(shown, [f"{tick:g}" for tick in shown])
    ax.minorticks_off()
    ax.set_yticks([-row for row in range(len(names))], labels)
    color_family_ticks(ax, [None] * len(names))
    ax.set_ylim(-len(names) + 0.3, 0.7)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(x_label)
    ends = {first_label: 0.2, last_label: 1.0} if len(quarters) > 1 else {last_label: 1.0}
    _legend_below(ax, {name: ax.add_line(_dot(alpha)) for name, alpha in ends.items()})


def _dot(alpha: float) -> Line2D:
    return Line2D([], [], color=INK, marker="o", linestyle="", markersize=5, alpha=alpha)


def _legend_below(ax: Axes, named: dict[str, Any]) -> None:
    legend(ax, named, loc="upper left", bbox_to_anchor=(0.0, -0.16), ncols=4, fontsize=8)
