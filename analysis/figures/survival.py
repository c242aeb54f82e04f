"""Survival curves with the numbers at risk below them."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.figures.style import CYCLE, MUTED, percent


def draw_survival(
    ax: Axes,
    curves: pd.DataFrame,
    at_risk: pd.DataFrame,
    x_label: str = "Days since the lifetime began",
    y_label: str = "Share still customers",
    at_risk_label: str = "At risk",
) -> None:
    """Draw step curves with their bands, and a table of numbers at risk under the axis.

    Parameters
    ----------
    curves
        group, time, estimate, conf_low, conf_high; ordered by group and time.
    at_risk
        group, time, at_risk: the numbers to print.
    """
    groups = list(dict.fromkeys(curves["group"]))
    for color, group in zip(CYCLE * 3, groups, strict=False):
        curve = curves[curves["group"] == group]
        ax.fill_between(
            curve["time"], curve["conf_low"], curve["conf_high"], step="post", color=color, alpha=0.13, linewidth=0
        )
        ax.step(curve["time"], curve["estimate"], where="post", color=color, linewidth=1.6, label=str(group))
    ax.set_ylim(0, 1.02)
    ax.set_xlim(left=0)
    times = sorted(set(at_risk["time"]))
    ax.set_xticks(times)
    ax.yaxis.set_major_formatter(percent)
    ax.set_ylabel(y_label)
    ax.set_xlabel(x_label)
    ax.legend(loc="lower left", ncols=min(3, len(groups)))
    _number_rows(ax, at_risk, groups, at_risk_label)


def _number_rows(ax: Axes, at_risk: pd.DataFrame, groups: list[str], label: str) -> None:
    """Print one row of numbers for each group, aligned with the ticks, at a fixed distance below the axis."""
    below: dict[str, Any] = {
        "xycoords": ax.get_xaxis_transform(),
        "textcoords": "offset points",
        "va": "center",
        "fontsize": 8,
    }
    ax.annotate(label, (0, 0), xytext=(-22, -44), ha="right", color=MUTED, **below)
    for row, (color, group) in enumerate(zip(CYCLE * 3, groups, strict=False), start=1):
        height = -44 - 14 * row
        ax.annotate(str(group), (0, 0), xytext=(-22, height), ha="right", color=color, **below)
        for _, entry in at_risk[at_risk["group"] == group].iterrows():
            ax.annotate(f"{int(entry['at_risk']):,}", (entry["time"], 0), xytext=(0, height), ha="center", **below)
