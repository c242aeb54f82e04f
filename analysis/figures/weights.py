"""Weights of a score: in use, and implied by who left, one row each, with what to do."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analysis.figures.labels import draws, legend
from analysis.figures.style import ACCENT, INK, MUTED, WARN

COLORS = {"keep": ACCENT, "raise": WARN, "lower": WARN, "cannot_tell": MUTED}
"""Of the interval, by verdict."""
_ROOM, _WORD = 1.03, 0.18
"""Of the width: where words begin, and how wide the verdict may be."""


def weights_height(frame: pd.DataFrame) -> float:
    """Return the height in inches that `draw_weights` needs for a frame."""
    return 1.3 + 0.55 * len(frame)


@draws
def draw_weights(ax: Axes, frame: pd.DataFrame, x_label: str, marks: Mapping[str, str]) -> None:
    """Draw each weight as a ring where it is in use, and a dot with its interval where who left puts it.

    Parameters
    ----------
    frame
        label, published, implied (may lack), conf_low, conf_high, verdict, word, text, below; from above.
    x_label
        Of the axis.
    marks
        What the ring (``published``) and the dot (``implied``) are called.
    """
    for row, entry in enumerate(frame.itertuples()):
        color = COLORS[entry.verdict]
        ax.plot([entry.conf_low, entry.conf_high], [row, row], color=color, linewidth=3, solid_capstyle="round")
        ax.plot(entry.implied, row, "o", color=color, markersize=8)
        ax.plot(entry.published, row, "o", markerfacecolor="white", markeredgecolor=INK, markersize=9,
                markeredgewidth=1.6, zorder=3)  # fmt: skip
        beside = ax.get_yaxis_transform()
        up = 0.17 if entry.below else 0.0
        ax.text(_ROOM, row - up, entry.word, transform=beside, va="center", color=color, fontsize=11)
        ax.text(_ROOM + _WORD, row - up, entry.text, transform=beside, va="center", fontsize=9)
        ax.text(_ROOM, row + 0.2, entry.below, transform=beside, va="center", color=MUTED, fontsize=8.5)
    ax.set_xlim(-2, 102)
    ax.set_yticks(range(len(frame)), frame["label"])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(frame) - 0.4, -0.6)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(x_label)
    shapes = {
        marks["published"]: Line2D([], [], linestyle="", marker="o", markerfacecolor="white", markeredgecolor=INK),
        marks["implied"]: Line2D([], [], color=MUTED, marker="o", linewidth=3),
    }
    legend(ax, shapes, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, frameon=False)
