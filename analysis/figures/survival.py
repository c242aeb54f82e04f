"""Survival curves, with numbers at risk or beside distributions; curves of competing ends and mean numbers; rates."""

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analysis.figures.age_axis import DAYS_A_YEAR, tell_age
from analysis.figures.labels import draws, legend, name_curves
from analysis.figures.style import ACCENT, CYCLE, HIDDEN, INK, MUTED, percent

_DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (5, 2, 1.5, 2)))


@draws
def draw_survival(
    ax: Axes,
    curves: pd.DataFrame,
    at_risk: pd.DataFrame,
    x_label: str = "Days since the lifetime began",
    y_label: str = "Share still customers",
    at_risk_label: str = "At risk",
    years_label: str = "Years since the lifetime began",
) -> None:
    """Draw step curves with their bands, and a table of numbers at risk under the axis.

    Where the numbers at risk are told year by year, so is the axis.

    Parameters
    ----------
    curves
        group, time, estimate, conf_low, conf_high; ordered by time within group.
    at_risk
        group, time, at_risk: the numbers to print, every group among them; missing ones are hidden.
    """
    groups = list(dict.fromkeys(at_risk["group"]))
    drawn = set(curves["group"])
    named = {
        str(group): _step_with_band(ax, curves[curves["group"] == group], color)
        for color, group in zip(itertools.cycle(CYCLE), groups, strict=False)
        if group in drawn
    }
    ax.set_ylim(0, 1.02)
    ax.set_xlim(left=0)
    times = sorted(set(at_risk["time"]))
    is_yearly = len(times) > 1 and all(time % DAYS_A_YEAR == 0 for time in times)
    ax.set_xticks(times, [f"{time // DAYS_A_YEAR:g}" for time in times] if is_yearly else None)
    ax.yaxis.set_major_formatter(percent)
    ax.set_ylabel(y_label)
    ax.set_xlabel(years_label if is_yearly else x_label)
    if named:
        legend(ax, named, loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.1, ncols=min(4, len(named)))
    _number_rows(ax, at_risk, groups, at_risk_label)


@draws
def draw_distributions(
    ax: Axes,
    curves: pd.DataFrame,
    observed: pd.DataFrame,
    x_label: str = "Days since the lifetime began",
    y_label: str = "Share still customers",
    years_label: str = "Years since the lifetime began",
) -> None:
    """Draw fitted curves beside what was observed, dashed beyond the last day that was.

    Parameters
    ----------
    curves
        distribution, time, estimate; the best first, ordered by time within each.
    observed
        group, time, estimate, conf_low, conf_high, as `kaplan_meier` gives one group.
    """
    named = {}
    if not observed.empty:
        named["observed (Kaplan-Meier)"] = _step_with_band(ax, observed, INK)
    last = 0.0 if observed.empty else observed["time"].max()
    for color, (name, curve) in zip(CYCLE, curves.groupby("distribution", sort=False), strict=False):
        for part, dashes in ((curve["time"] <= last, "-"), (curve["time"] >= last, _DASHES[1])):
            (line,) = ax.plot(curve["time"][part], curve["estimate"][part], color=color, linestyle=dashes)
            named.setdefault(str(name), line)
    ax.set_ylim(0, 1.02)
    ax.set_xlim(left=0)
    tell_age(ax, max(last, curves["time"].max()), x_label, years_label)
    ax.yaxis.set_major_formatter(percent)
    ax.set_ylabel(y_label)
    legend(ax, named, loc="upper right")


@draws
def draw_incidence(
    ax: Axes,
    frame: pd.DataFrame,
    colors: Mapping[str, str],
    labels: Mapping[str, str] | None = None,
    x_label: str = "Days since the lifetime began",
    y_label: str = "Share that has left",
    years_label: str = "Years since the lifetime began",
) -> None:
    """Draw the cumulative incidence of each cause with its band, groups told apart by their dashes.

    Parameters
    ----------
    frame
        group, cause, time, estimate, conf_low, conf_high; ordered by time within group and cause.
    colors
        Colour of each cause.
    labels
        What the legend calls each cause; by default its name.
    """
    groups, named = list(dict.fromkeys(frame["group"])), {}
    for (cause, group), curve in frame.groupby(["cause", "group"], sort=False):
        name = (labels or {}).get(cause, str(cause))
        label = name if len(groups) == 1 else f"{name}, {group}"
        named[label] = _step_with_band(ax, curve, colors[cause], _DASHES[groups.index(group) % len(_DASHES)])
    _from_the_origin(ax, frame, x_label, years_label, y_label)
    if len(groups) == 1:
        name_curves(ax, named, loc="upper left")
    else:  # what tells groups apart is their dashes, which no name shows
        legend(ax, named, loc="upper left")
    ax.yaxis.set_major_formatter(percent)


@draws
def draw_mean_number(
    ax: Axes,
    frame: pd.DataFrame,
    x_label: str = "Days since the lifetime began",
    y_label: str = "Events per lifetime so far",
    years_label: str = "Years since the lifetime began",
) -> None:
    """Draw the mean number of recurrent events, or a cumulative hazard, with its band; a colour for each group.

    Parameters
    ----------
    frame
        group, time, estimate, conf_low, conf_high; ordered by time within group.
    """
    curves = frame.groupby("group", sort=False)
    named = {
        str(group): _step_with_band(ax, curve, color)
        for color, (group, curve) in zip(itertools.cycle(CYCLE), curves, strict=False)
    }
    _from_the_origin(ax, frame, x_label, years_label, y_label)
    if len(named) > 1:
        name_curves(ax, named, loc="upper left")


@draws
def draw_rates(
    ax: Axes,
    frame: pd.DataFrame,
    labels: Mapping[str, str] | None = None,
    color: str = ACCENT,
    x_label: str = "Events per year at risk (95% interval)",
    events_label: str = "Events",
) -> None:
    """Draw the rate of each group as a point with its interval, the number of events beside it.

    An interval that would squeeze all others (few days at risk) ends in an arrow at the edge.

    Parameters
    ----------
    frame
        group, events, rate, conf_low, conf_high; in order of display; missing numbers are hidden.
    labels
        What stands beside each row; by default the group's name.
    """
    known = frame.dropna(subset="rate")
    highest = known["rate"].max() if len(known) else 1.0
    edge = 1.04 * min(known["conf_high"].max() if len(known) else 1.0, 4 * highest if highest > 0 else np.inf)
    rows = range(len(frame), 0, -1)
    for row, (_, entry) in zip(rows, frame.iterrows(), strict=True):
        if pd.isna(entry["rate"]):
            _beside(ax, row, HIDDEN)
            continue
        ax.plot([entry["conf_low"], min(entry["conf_high"], edge)], [row, row], color=color, linewidth=2)
        ax.plot(entry["rate"], row, "o", color=color, markersize=5, clip_on=False)
        if entry["conf_high"] > edge:
            ax.plot(edge, row, ">", color=color, markersize=6, clip_on=False)
        _beside(ax, row, f"{int(entry['events']):,}")
    _beside(ax, len(frame) + 0.75, events_label)
    ax.set_yticks(list(rows), [(labels or {}).get(group, str(group)) for group in frame["group"]])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(0.4, len(frame) + 0.6)
    ax.set_xlim(0, edge)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(x_label)


@draws
def draw_before_renewal(
    ax: Axes,
    frame: pd.DataFrame,
    x_label: str = "Days before the end of the term",
    y_label: str = "Churns per year at risk",
    at_risk_label: str = "At risk",
    events_label: str = "Events",
) -> None:
    """Draw the rate in each band of days as a level with its interval, time running to the right, numbers beneath.

    A band without a far end is drawn half as wide again as the one before it; an interval that would squeeze all others
    ends in an arrow at the edge. Hidden bands stay empty.

    Parameters
    ----------
    frame
        days_from, days_to, lifetimes, events, rate, conf_low, conf_high, is_hidden; of one kind of term, in order.
    """
    widest = (frame["days_to"] - frame["days_from"]).iloc[:-1].max()
    far_end = frame["days_to"].fillna(frame["days_from"] + 1.5 * widest).to_numpy()
    highest = frame["rate"].max()
    edge = 1.06 * min(frame["conf_high"].max(), 4 * highest)
    below: dict[str, Any] = {"xycoords": ax.get_xaxis_transform(), "textcoords": "offset points", "fontsize": 8}
    for far, (_, band) in zip(far_end, frame.iterrows(), strict=True):
        if band["is_hidden"]:
            continue
        middle = (band["days_from"] + far) / 2
        ax.plot([far, band["days_from"]], [band["rate"]] * 2, color=ACCENT, linewidth=2.2, solid_capstyle="butt")
        ax.plot([middle] * 2, [band["conf_low"], min(band["conf_high"], edge)], color=ACCENT, linewidth=1.2)
        if band["conf_high"] > edge:
            ax.plot(middle, edge, "^", color=ACCENT, markersize=5, clip_on=False)
        for height, number in ((-44, band["lifetimes"]), (-57, band["events"])):
            ax.annotate(f"{int(number):,}", (middle, 0), xytext=(0, height), ha="center", va="center", **below)
    for height, label in ((-44, at_risk_label), (-57, events_label)):
        ax.annotate(
            label, (0, 0), xycoords="axes fraction", xytext=(-8, height), textcoords="offset points", ha="right",
            va="center", fontsize=8, color=MUTED,
        )  # fmt: skip
    ax.set_xticks(sorted({*frame["days_from"], *frame["days_to"].dropna()}))
    ax.set_xlim(far_end.max(), 0)
    ax.set_ylim(0, edge)
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)


def _step_with_band(ax: Axes, curve: pd.DataFrame, color: str, dashes: Any = "-") -> Line2D:
    ax.fill_between(
        curve["time"], curve["conf_low"], curve["conf_high"], step="post", color=color, alpha=0.13, linewidth=0
    )
    (line,) = ax.step(curve["time"], curve["estimate"], where="post", color=color, linewidth=1.6, linestyle=dashes)
    return line


def _from_the_origin(ax: Axes, frame: pd.DataFrame, x_label: str, years_label: str, y_label: str) -> None:
    """Let both axes start at zero, whatever is drawn, and name what they count."""
    highest = frame[["estimate", "conf_high"]].max(axis=None)
    ax.set_ylim(0, 1.05 * highest if highest > 0 else 1)
    ax.set_xlim(left=0)
    tell_age(ax, frame["time"].max(), x_label, years_label)
    ax.set_ylabel(y_label)


def _beside(ax: Axes, row: float, text: str) -> None:
    """Write at the right of the axes, at the height of a row."""
    ax.annotate(
        text, (1, row), xycoords=ax.get_yaxis_transform(), xytext=(8, 0), textcoords="offset points", va="center",
        fontsize=8, color=MUTED, annotation_clip=False,
    )  # fmt: skip


def _number_rows(ax: Axes, at_risk: pd.DataFrame, groups: list[str], label: str) -> None:
    """Print one row of numbers for each group, aligned with the ticks, at a fixed distance below the axis."""
    below: dict[str, Any] = {
        "xycoords": ax.get_xaxis_transform(),
        "textcoords": "offset points",
        "va": "center",
        "fontsize": 8,
    }
    ax.annotate(label, (0, 0), xytext=(-22, -44), ha="right", color=MUTED, **below)
    for row, (color, group) in enumerate(zip(itertools.cycle(CYCLE), groups, strict=False), start=1):
        height = -44 - 14 * row
        ax.annotate(str(group), (0, 0), xytext=(-22, height), ha="right", color=color, **below)
        for _, entry in at_risk[at_risk["group"] == group].iterrows():
            number = HIDDEN if pd.isna(entry["at_risk"]) else f"{int(entry['at_risk']):,}"
            ax.annotate(number, (entry["time"], 0), xytext=(0, height), ha="center", **below)
