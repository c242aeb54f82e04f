"""Scores of models, a panel's worth of dots with their intervals."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.figures.labels import draws
from analysis.figures.style import ACCENT, MUTED, percent

SHOWN = "ipa"
"""Of the scores: skill over the rate, in which 0 is no skill and models compare at sight."""


def scores_height(table: pd.DataFrame) -> float:
    """Return the height in inches that a picture of the scores of some models needs."""
    return 0.9 + 0.36 * int((table["metric"] == SHOWN).sum())


@draws
def draw_scores(
    ax: Axes, table: pd.DataFrame, x_label: str = "Explained variation (IPA) of quarters not seen, 95% interval"
) -> None:
    """Draw each model's explained variation with its interval, the best above.

    Parameters
    ----------
    table
        model, metric, estimate, conf_low, conf_high.
    """
    shown = table[table["metric"] == SHOWN].sort_values("estimate", kind="stable").reset_index(drop=True)
    places = np.arange(len(shown))
    ax.hlines(places, shown["conf_low"], shown["conf_high"], color=ACCENT, linewidth=2.2, alpha=0.5)
    ax.plot(shown["estimate"], places, "o", color=ACCENT, markersize=6)
    ax.axvline(0, color=MUTED, linewidth=1)
    ax.set_yticks(places, [name.replace("_", " ") for name in shown["model"]])
    ax.set_ylim(-0.6, len(shown) - 0.4)
    ax.xaxis.set_major_formatter(percent)
    ax.set_xlabel(x_label)
    ax.grid(axis="y", visible=False)
