"""The rate by quarter with its intervals, and what is expected of the next one."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from analysis.figures.labels import draws
from analysis.figures.style import ACCENT, INK, MUTED, WARN, percent
from analysis.wording.remarks import english

_ROOM = 2.5
"""So many times as high as the highest rate the picture may be."""


@draws
def draw_trend(
    ax: Axes,
    rates: pd.DataFrame,
    ahead: Mapping[str, float] | None = None,
    labels: list[str] | None = None,
    *,
    ahead_label: str = "",
    y_label: str = "Share that left",
) -> None:
    """Draw the share that left of each quarter's start, and the forecast behind them.

    Parameters
    ----------
    ax
    rates
        As `analysis.lifetimes.frames.TREND`; a quarter that is hidden leaves its place empty.
    ahead
        What is expected: ``rate``, ``low``, ``high`` and ``narrow_low``, ``narrow_high``; None without a forecast.
    labels
        Of the quarters; by default the month in which each begins.
    ahead_label
        Of the forecast.
    y_label
        Of the axis.
    """
    told = labels or [english().format_field(day, "MMM y") for day in rates["quarter_from"]]
    places = range(len(rates))
    ax.vlines(list(places), rates["conf_low"], rates["conf_high"], color=ACCENT, linewidth=2.2, alpha=0.45)
    ax.plot(list(places), rates["rate"], color=MUTED, linewidth=0.9, zorder=1)
    ax.plot(list(places), rates["rate"], "o", color=ACCENT, markersize=5)
    top = float(rates["conf_high"].max()) if len(rates) else 0.0
    last = len(rates) - 1
    if len(rates) and pd.notna(rates["rate"].iloc[last]):
        _say(ax, last, rates["rate"].iloc[last], INK)
    if ahead is not None:
        place = len(rates)
        ax.vlines([place], ahead["low"], ahead["high"], color=WARN, linewidth=1.4)
        ax.vlines([place], ahead["narrow_low"], ahead["narrow_high"], color=WARN, linewidth=3.4)
        ax.plot([place], [ahead["rate"]], "D", color=WARN, markersize=6)
        _say(ax, place, ahead["rate"], WARN)
        ax.axvline(place - 0.5, color=MUTED, linewidth=0.8, linestyle=(0, (2, 3)))
        told, top = [*told, ahead_label], max(top, ahead["high"])
    _label_places(ax, told)
    highest = max([*rates["rate"].dropna(), ahead["high"] if ahead else 0.0], default=0.0)
    top = min(top, _ROOM * highest)  # the bar of a quarter that began with a handful may run out of the picture
    ax.set_ylim(0, 1.12 * top if top > 0 else 1)
    ax.yaxis.set_major_formatter(FuncFormatter(percent))
    ax.set_ylabel(y_label)
    ax.grid(visible=False, axis="x")
    ax.margins(x=0.03)


def _say(ax: Axes, place: int, rate: float, color: str) -> None:
    ax.annotate(f"{rate:.1%}", (place, rate), xytext=(7, 0), textcoords="offset points", va="center", color=color)


def _label_places(ax: Axes, told: list[str]) -> None:
    """Label every second place, counted from the last, where all would not fit."""
    step = 1 if len(told) <= 10 else 2
    shown = [place for place in range(len(told)) if (len(told) - 1 - place) % step == 0]
    ax.set_xticks(shown, [told[place] for place in shown])


@draws
def draw_record(
    ax: Axes,
    record: pd.DataFrame,
    labels: list[str],
    *,
    y_label: str = "Accounts that left",
    expected_label: str = "forecast",
    observed_label: str = "left",
) -> None:
    """Draw what was forecast of each past quarter, with its intervals, and what came.

    Parameters
    ----------
    ax
    record
        expected, observed, low, high, narrow_low, narrow_high; a line for each quarter.
    labels
        Of the quarters.
    y_label, expected_label, observed_label
        Of the axis and of the two marks, which are named at the last quarter.
    """
    places = list(range(len(record)))
    ax.vlines(places, record["low"], record["high"], color=ACCENT, linewidth=1.4, alpha=0.6)
    ax.vlines(places, record["narrow_low"], record["narrow_high"], color=ACCENT, linewidth=4, alpha=0.5)
    ax.plot(places, record["expected"], "_", color=ACCENT, markersize=13, markeredgewidth=1.6, label=expected_label)
    ax.plot(places, record["observed"], "o", color=INK, markersize=5.5, label=observed_label)
    _label_places(ax, labels)
    ax.set_ylim(bottom=0)
    ax.set_ylabel(y_label)
    ax.grid(visible=False, axis="x")
    ax.margins(x=0.05)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2, fontsize=8.5)
