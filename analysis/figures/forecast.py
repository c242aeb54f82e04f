"""Forecasts: the book over time, the outlook by account, and whether such outlooks held before."""

import itertools
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from analysis.figures.labels import draws, legend
from analysis.figures.style import ACCENT, CYCLE, INK, MUTED, WARN, percent

MOST_LABELS = 8


@draws
def draw_book(
    ax: Axes, frame: pd.DataFrame, at_start_label: str = "Accounts at the start", churned_label: str = "of these, left"
) -> None:
    """Draw accounts at the start of each quarter, and those of them that left in it.

    Parameters
    ----------
    frame
        label, at_start, churned_of_start, rate; one row a quarter; missing numbers are hidden, and have no bar.
    """
    places = range(len(frame))
    shown = frame[["at_start", "churned_of_start"]].astype(float).fillna(0)
    named = {
        at_start_label: ax.bar(places, shown["at_start"], color=ACCENT, alpha=0.3, width=0.7),
        churned_label: ax.bar(places, shown["churned_of_start"], color=WARN, width=0.7),
    }
    for place, churned, rate in zip(places, shown["churned_of_start"], frame["rate"], strict=True):
        if rate == rate:
            ax.annotate(
                f"{rate:.1%}", (place, churned), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=8
            )
    every = max(1, -(-len(frame) // MOST_LABELS))
    labelled = slice((len(frame) - 1) % every, None, every)
    ax.set_xticks(places[labelled], frame["label"][labelled])
    ax.grid(axis="x", visible=False)
    legend(ax, named, loc="upper left", bbox_to_anchor=(1.0, 1.0))


@draws
def draw_outlook(
    ax: Axes,
    probabilities: Sequence[float],
    tiers: Sequence[float],
    x_label: str = "Accounts, the most likely to leave first",
    y_label: str = "Probability of leaving within three months",
) -> None:
    """Draw every account's probability in falling order, with the limits of the risk tiers.

    Parameters
    ----------
    probabilities
        In falling order.
    tiers
        Limits between the risk tiers.
    """
    places = range(1, len(probabilities) + 1)
    ax.fill_between(places, probabilities, step="mid", color=ACCENT, alpha=0.25, linewidth=0)
    ax.step(places, probabilities, where="mid", color=ACCENT, linewidth=1.4)
    for limit in tiers:
        ax.axhline(limit, color=WARN, linewidth=0.9, linestyle=(0, (4, 3)))
        ax.annotate(
            percent(limit),
            (1, limit),
            xycoords=("axes fraction", "data"),
            xytext=(2, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=WARN,
        )
    ax.set_xlim(1, max(len(probabilities), 2))
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(percent)
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)


@draws
def draw_calibration(
    ax: Axes,
    frame: pd.DataFrame,
    x_label: str = "Forecast: mean probability in the group",
    y_label: str = "Observed: share that left",
) -> None:
    """Draw observed shares against forecast probabilities, in groups of equal size.

    Parameters
    ----------
    frame
        model, predicted, observed, conf_low, conf_high.
    """
    top = max(frame["predicted"].max(), frame["conf_high"].max()) * 1.05
    ax.plot([0, top], [0, top], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    named = {}
    for color, (model, group) in zip(itertools.cycle(CYCLE), frame.groupby("model", sort=False), strict=False):
        predicted, observed, low, high = group[["predicted", "observed", "conf_low", "conf_high"]].to_numpy(float).T
        named[str(model)] = ax.errorbar(
            predicted,
            observed,
            yerr=[observed - low, high - observed],
            fmt="o-",
            color=color,
            ecolor=color,
            elinewidth=1,
            markersize=4,
            linewidth=1.2,
        )
    ax.set_xlim(0, top)
    ax.set_ylim(0, top)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(percent)
    ax.tick_params(colors=INK)
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)
    legend(ax, named, loc="upper left", bbox_to_anchor=(1.0, 1.0))
