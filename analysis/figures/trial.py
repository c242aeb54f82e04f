"""Trial: which values a covariate has, and in how many rows of each quarter it has one."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.figures.labels import draws
from analysis.figures.style import HIDDEN, INK, MUTED, percent

MOST_LABELS = 8


@draws
def draw_spread(ax: Axes, frame: pd.DataFrame, color: str, missing: str, x_label: str, y_label: str) -> None:
    """Draw the share of rows by value as bars, what is missing paler.

    Parameters
    ----------
    frame
        value, share (missing where it is hidden); in order of display.
    color
        Of the covariate's family.
    missing
        What the value of rows without one is called.
    """
    shares = frame["share"].to_numpy(np.float64)
    for place, (value, share) in enumerate(zip(frame["value"], shares, strict=True)):
        if np.isnan(share):
            ax.text(place, 0, HIDDEN, ha="center", va="bottom", color=MUTED)
        else:
            ax.bar(place, share, width=0.82, color=MUTED if value == missing else color, linewidth=0)
            ax.text(place, share, percent(round(share, 3)), ha="center", va="bottom", fontsize=8, color=INK)
    ax.set_xticks(range(len(frame)), frame["value"])
    ax.set_xlim(-0.6, len(frame) - 0.4)
    if frame["value"].str.len().sum() > 45:
        ax.tick_params(axis="x", labelrotation=35)
        for label in ax.get_xticklabels():
            label.set_horizontalalignment("right")
    ax.yaxis.set_major_formatter(percent)
    ax.set_ylim(0, 1.12 * max(np.nanmax(shares, initial=0.0), 0.01))
    ax.grid(axis="x", visible=False)
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)


@draws
def draw_shares_by_quarter(ax: Axes, frame: pd.DataFrame, quarters: Sequence[str], color: str, y_label: str) -> None:
    """Draw the share of rows with a value, quarter by quarter; a hidden quarter has no bar.

    Parameters
    ----------
    frame
        share; a row for each of `quarters`, in order.
    """
    ax.bar(range(len(frame)), frame["share"], width=0.82, color=color, linewidth=0)
    for place in np.flatnonzero(frame["share"].isna()).tolist():
        ax.text(place, 0, HIDDEN, ha="center", va="bottom", color=MUTED)
    every = max(1, -(-len(quarters) // MOST_LABELS))
    labelled = slice((len(quarters) - 1) % every, None, every)
    ax.set_xticks(range(len(quarters))[labelled], list(quarters)[labelled])
    ax.yaxis.set_major_formatter(percent)
    ax.set_ylim(0, 1.02)
    ax.grid(axis="x", visible=False)
    ax.set_ylabel(y_label)
