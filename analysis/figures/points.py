"""Points: estimates with their intervals, and their numbers printed beside them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.figures.labels import draws
from analysis.figures.style import INK, MUTED

_ROOM = 0.04
"""Of the width, between the axes and the numbers beside them."""


def points_height(frame: pd.DataFrame) -> float:
    """Return the height in inches that `draw_points` needs for a frame."""
    return 1.0 + 0.5 * len(frame)


@draws
def draw_points(
    ax: Axes,
    frame: pd.DataFrame,
    colors: Mapping[str, str],
    x_label: str = "Points of churn in three months between the 10th and the 90th percentile (95% interval)",
) -> None:
    """Draw a dot with its interval for each family, and beside it what it comes to in numbers.

    Parameters
    ----------
    frame
        label, family, estimate, conf_low, conf_high (both may lack), text, below; in order of display.
    colors
        Colour of each family.
    """
    for row, entry in enumerate(frame.itertuples()):
        color = colors[entry.family]
        ax.plot([entry.conf_low, entry.conf_high], [-row, -row], color=color, linewidth=2.4, solid_capstyle="round")
        ax.plot(entry.estimate, -row, "o", color=color, markersize=6)
        beside = ax.get_yaxis_transform()
        ax.text(1 + _ROOM, (0.18 if entry.below else 0.0) - row, entry.text, transform=beside, va="center", fontsize=9)
        ax.text(1 + _ROOM, -0.2 - row, entry.below, transform=beside, va="center", color=MUTED, fontsize=8.5)
    ax.axvline(0, color=INK, linewidth=0.8)
    reach = frame[["estimate", "conf_low", "conf_high"]].to_numpy(np.float64)
    low, high = min(float(np.nanmin(reach)), 0.0), max(float(np.nanmax(reach)), 0.0)
    pad = 0.06 * max(high - low, 0.5)
    ax.set_xlim(low - pad, high + pad)
    ax.set_yticks([-row for row in range(len(frame))], frame["label"])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-len(frame) + 0.4, 0.6)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(x_label)
