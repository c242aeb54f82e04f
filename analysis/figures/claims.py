"""Claims: what practice says, as a forest plot with its numbers beside it, and verdicts over time."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.figures.effects import RATIOS, color_family_ticks, plain_ticks
from analysis.figures.labels import draws
from analysis.figures.style import ACCENT, GRID, INK, MUTED, WARN

COLORS = {"supported": ACCENT, "contradicted": WARN, "inconclusive": MUTED}
"""By verdict, in the order of the groups."""
WIDTH = 9.6
_ROW, _ROUND = 0.27, 5.5


def claims_height(frame: pd.DataFrame) -> float:
    """Return the height in inches that `draw_claims` needs for a frame."""
    return 1.1 + _ROW * (len(frame) + 1.5 * frame["verdict"].nunique())


@draws
def draw_claims(
    ax: Axes,
    frame: pd.DataFrame,
    verdict_labels: Mapping[str, str],
    heading: str,
    x_label: str,
    relevant_label: str,
) -> None:
    """Draw a forest plot of ratios on a log scale, grouped by verdict, with estimate, interval and events in words.

    Ratios are drawn as the claims have them: to the right of the line the claim says more leave. What lies beyond the
    ratios that people read ends in an arrow.

    Parameters
    ----------
    frame
        label, verdict, hazard_ratio, hazard_ratio_low, hazard_ratio_high, relevant_low, relevant_high (the ratios
        between which an effect is too small to matter), told (estimate, interval and events in words).
    verdict_labels
        What stands above each group.
    heading
        Above the words.
    x_label
        Of the axis.
    relevant_label
        What the grey band of each row is.
    """
    ticks: list[tuple[float, str, str | None]] = []
    told: dict[float, str] = {}
    low, high = _reach(frame)
    row = 0.5
    for verdict, color in COLORS.items():
        own = frame[frame["verdict"] == verdict]
        if own.empty:
            continue
        row -= 1.5
        ticks.append((row, verdict_labels[verdict], color))
        for line in own.itertuples():
            row -= 1
            ticks.append((row, line.label, None))
            told[row] = line.told
            _draw_row(ax, row, line, color, (low, high))
    ax.axvline(1, color=INK, linewidth=0.8)
    ax.set_xscale("log")
    plain_ticks(ax, low, high)
    ax.set_xlim(low / 1.08, high * 1.08)
    ax.set_yticks([place for place, _, _ in ticks], [text for _, text, _ in ticks])
    color_family_ticks(ax, [color for _, _, color in ticks])
    ax.set_ylim(row - 0.7, 0.5)
    ax.grid(axis="y", visible=False)
    band = ax.fill_between([], [], color=GRID)
    words = ax.secondary_yaxis("right")
    words.set_yticks([0.0, *told], [heading, *told.values()])
    words.tick_params(length=0)
    words.spines["right"].set_visible(False)
    ax.set_xlabel(x_label)
    ax.legend([band], [relevant_label], loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.1, fontsize=8)


def _draw_row(ax: Axes, row: float, line: Any, color: str, reach: tuple[float, float]) -> None:
    low, high = reach
    ends = np.array([line.hazard_ratio_low, line.hazard_ratio_high])
    estimate = line.hazard_ratio
    band = [line.relevant_low, line.relevant_high]
    ax.fill_between(band, row - 0.42, row + 0.42, color=GRID, linewidth=0)
    if np.isfinite(estimate):
        ax.plot(np.clip(ends, low, high), [row, row], color=color, linewidth=2, solid_capstyle="butt")
        for end, limit, mark in ((ends[0], low, "<"), (ends[1], high, ">")):
            if (end < limit) if mark == "<" else (end > limit):
                ax.plot(limit, row, mark, color=color, markersize=5, clip_on=False)
        if low <= estimate <= high:
            ax.plot(estimate, row, "o", color=color, markersize=_ROUND)


def _reach(frame: pd.DataFrame) -> tuple[float, float]:
    """Return the ratios that the axis reaches from and to: all estimates, and intervals as far as readable."""
    ends = frame[["hazard_ratio", "hazard_ratio_low", "hazard_ratio_high"]].to_numpy(np.float64)
    known = ends[np.isfinite(ends)]
    least, most = (float(known.min()), float(known.max())) if len(known) else (1.0, 1.0)
    return max(min(least, 0.5), RATIOS[3]), min(max(most, 2.0), RATIOS[-4])


@draws
def draw_past_verdicts(ax: Axes, frame: pd.DataFrame, verdict_labels: Mapping[str, str]) -> None:
    """Draw the verdict on each test at each past quarter start and today, a square each.

    Parameters
    ----------
    frame
        label, day (in words), verdict; the days of a label in their order.
    verdict_labels
        For the legend, by verdict.
    """
    labels, days = list(dict.fromkeys(frame["label"])), list(dict.fromkeys(frame["day"]))
    colors = {**COLORS, "inconclusive": GRID, "not_measurable": "none"}
    marks = {}
    for verdict, color in colors.items():
        own = frame[frame["verdict"] == verdict]
        if own.empty:
            continue
        places = [days.index(day) for day in own["day"]], [-labels.index(label) for label in own["label"]]
        (marks[verdict],) = ax.plot(*places, "s", color=color, markeredgecolor=MUTED, markersize=9, markeredgewidth=0.4)
    ax.set_xticks(range(len(days)), days, rotation=30, ha="right", rotation_mode="anchor")
    ax.set_yticks([-place for place in range(len(labels))], labels)
    ax.set_ylim(0.7 - len(labels), 0.7)
    ax.set_xlim(-0.6, len(days) - 0.4)
    ax.grid(visible=False)
    ax.tick_params(length=0)
    ax.legend(
        list(marks.values()), [verdict_labels[verdict] for verdict in marks], ncols=4, loc="lower left",
        bbox_to_anchor=(0.0, 1.0), borderaxespad=0.1, fontsize=8,
    )  # fmt: skip


def past_height(frame: pd.DataFrame) -> float:
    """Return the height in inches that `draw_past_verdicts` needs for a frame."""
    return 1.2 + 0.24 * frame["label"].nunique()
