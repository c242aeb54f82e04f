"""Effects: hazard ratios by family, and what each family is worth to the forecast."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from analysis.figures.style import INK, MUTED


def draw_hazard_ratios(
    ax: Axes,
    frame: pd.DataFrame,
    colors: Mapping[str, str],
    x_label: str = "Hazard ratio per standard deviation (95% interval)",
) -> None:
    """Draw a forest plot of hazard ratios on a log scale, one row a term, in the frame's order.

    Parameters
    ----------
    frame
        label, family, hazard_ratio, conf_low, conf_high.
    colors
        Colour of each family.
    """
    rows = range(len(frame), 0, -1)
    for row, (_, term) in zip(rows, frame.iterrows(), strict=True):
        color = colors[term["family"]]
        ax.plot([term["conf_low"], term["conf_high"]], [row, row], color=color, linewidth=2, solid_capstyle="round")
        ax.plot(term["hazard_ratio"], row, "o", color=color, markersize=5)
    ax.axvline(1, color=INK, linewidth=0.8)
    ax.set_xscale("log")
    _plain_ticks(ax, frame)
    ax.set_yticks(list(rows), frame["label"])
    ax.set_ylim(0.4, len(frame) + 0.6)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(x_label)


def _plain_ticks(ax: Axes, frame: pd.DataFrame) -> None:
    """Label a log axis with the ratios people read, as far as the intervals reach."""
    ratios = [0.1, 0.2, 0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 10]
    low, high = min(frame["conf_low"].min() * 0.95, 0.78), max(frame["conf_high"].max() * 1.05, 1.28)
    shown = [ratio for ratio in ratios if low <= ratio <= high]
    while len(shown) > 9:
        shown = [ratio for place, ratio in enumerate(shown) if ratio == 1 or (place - shown.index(1)) % 2 == 0]
    ax.set_xlim(low, high)
    ax.set_xticks(shown, [f"{ratio:g}" for ratio in shown])
    ax.minorticks_off()


def draw_family_losses(
    ax: Axes,
    frame: pd.DataFrame,
    colors: Mapping[str, str],
    x_label: str = "Points of explained variation lost when the family is shuffled",
) -> None:
    """Draw how much worse each model forecasts without a family, with intervals.

    Parameters
    ----------
    frame
        label, family, estimate, conf_low, conf_high; one row for each family and model, in order of display.
    colors
        Colour of each family.
    """
    rows = range(len(frame), 0, -1)
    for row, (_, entry) in zip(rows, frame.iterrows(), strict=True):
        color = colors[entry["family"]]
        ax.barh(row, entry["estimate"], height=0.55, color=color, alpha=0.85)
        ax.plot([entry["conf_low"], entry["conf_high"]], [row, row], color=INK, linewidth=1.2)
    ax.axvline(0, color=MUTED, linewidth=0.8)
    ax.set_yticks(list(rows), frame["label"])
    ax.set_ylim(0.4, len(frame) + 0.6)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(x_label)
