"""Health score: shares with their intervals, leavers beside stayers, and what a score said before they left."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.figures.labels import draws, legend
from analysis.figures.style import ACCENT, INK, MUTED, SCORE_COLORS, WARN, ink_on, percent

_LEAST_TOLD = 0.025
"""Of a bar: a part that is narrower has no room for its number."""
_ROOM = 0.03
"""Of the width, between the axes and the numbers beside them."""
_APART = 0.16
"""Of a row, from its middle to each of two dots."""
COLOUR_FACES = {**SCORE_COLORS, "none": MUTED}
"""Of a score's colours; no score is grey."""


def shares_height(frame: pd.DataFrame) -> float:
    """Return the height in inches that `draw_shares` needs for a frame."""
    return 1.0 + 0.5 * len(frame)


@draws
def draw_shares(
    ax: Axes,
    frame: pd.DataFrame,
    colors: Mapping[str, str],
    x_label: str,
    at: float | None = None,
    from_zero: bool = True,
) -> None:
    """Draw a dot with its interval for each share, and beside it what it comes to in words.

    Parameters
    ----------
    frame
        label, key, estimate, conf_low, conf_high (all three may lack), text, below; in order of display.
    colors
        Colour of each key.
    at
        Where a line stands that shares are held against.
    from_zero
        Whether the axis begins at 0.
    """
    for row, entry in enumerate(frame.itertuples()):
        color = colors[entry.key]
        ax.plot([entry.conf_low, entry.conf_high], [-row, -row], color=color, linewidth=2.6, solid_capstyle="round")
        ax.plot(entry.estimate, -row, "o", color=color, markersize=7)
        beside = ax.get_yaxis_transform()
        has_below = bool(entry.below)
        ax.text(1 + _ROOM, 0.18 * has_below - row, entry.text, transform=beside, va="center", fontsize=9)
        ax.text(1 + _ROOM, -0.2 - row, entry.below, transform=beside, va="center", color=MUTED, fontsize=8.5)
    reach = frame[["estimate", "conf_low", "conf_high"]].to_numpy(np.float64)
    ends = [*reach[np.isfinite(reach)], *([at] if at is not None else []), *([0.0] if from_zero else [])]
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    pad = 0.06 * max(high - low, 0.02)
    if at is not None:
        ax.axvline(at, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
    ax.set_xlim(0.0 if from_zero else low - pad, high + pad)
    _rows(ax, frame["label"], x_label)


def pairs_height(frame: pd.DataFrame) -> float:
    """Return the height in inches that `draw_pairs` needs for a frame."""
    return 1.5 + 0.62 * frame["label"].nunique()


@draws
def draw_pairs(ax: Axes, frame: pd.DataFrame, names: Sequence[str], x_label: str) -> None:
    """Draw two shares with their intervals in each row: of those who left, and of those who stayed.

    Parameters
    ----------
    frame
        label, who (0 for the first of `names`, 1 for the second), estimate, conf_low, conf_high, text; two lines a
        label, in order of display.
    names
        What the two are called.
    """
    labels = list(dict.fromkeys(frame["label"]))
    named: dict[str, Any] = {}
    for entry in frame.itertuples():
        height = -labels.index(entry.label) + (_APART if entry.who == 0 else -_APART)
        color, mark = ((WARN, "o"), (ACCENT, "s"))[entry.who]
        ax.plot([entry.conf_low, entry.conf_high], [height, height], color=color, linewidth=2.4, solid_capstyle="round")
        (dot,) = ax.plot(entry.estimate, height, mark, color=color, markersize=6)
        named.setdefault(names[entry.who], dot)
        beside = ax.get_yaxis_transform()
        ax.text(1 + _ROOM, height, entry.text, transform=beside, va="center", color=color, fontsize=8.5)
    highest = float(frame[["estimate", "conf_high"]].max().max())
    ax.set_xlim(0.0, 1.06 * max(highest, 0.02))
    _rows(ax, pd.Series(labels), x_label)
    legend(ax, named, loc="upper center", bbox_to_anchor=(0.5, -0.75 / pairs_height(frame)), ncols=2)


LEAD_FACES = {"fell": WARN, "always": "#e3b8ac", "above": SCORE_COLORS["green"], "unknown": "#c9d0d6"}
"""Of what the score said before an account left."""


@draws
def draw_leads(ax: Axes, frame: pd.DataFrame, names: Mapping[str, str], x_label: str) -> None:
    """Draw for each limit how many leavers fell below it, always were, were not, or had no score.

    Parameters
    ----------
    frame
        label, text, and a column of numbers for each key of `names`; in order of display.
    names
        What each part of a bar is called, by column.
    """
    named: dict[str, Any] = {}
    for row, (_, entry) in enumerate(frame.iterrows()):
        start = 0.0
        for key, name in names.items():
            width = float(entry[key])
            bar = ax.barh(-row, width, left=start, height=0.5, color=LEAD_FACES[key])
            named.setdefault(name, bar)
            if width > _LEAST_TOLD * entry[list(names)].sum():
                ink = ink_on(LEAD_FACES[key])
                ax.text(start + width / 2, -row, f"{width:,.0f}", ha="center", va="center", color=ink, fontsize=8.5)
            start += width
        ax.text(1 + _ROOM, -row, entry["text"], transform=ax.get_yaxis_transform(), va="center", fontsize=9)
    _rows(ax, frame["label"], x_label, as_share=False)
    legend(ax, named, loc="upper center", bbox_to_anchor=(0.5, -0.32), ncols=2)


@draws
def draw_score_curve(ax: Axes, frame: pd.DataFrame, limits: Sequence[float], x_label: str, y_label: str) -> None:
    """Draw the share that left against the score, with its band, and where the colours change.

    Parameters
    ----------
    frame
        score, rate, conf_low, conf_high; ordered by score.
    limits
        Scores at which a colour begins, two or none.
    """
    ax.fill_between(frame["score"], frame["conf_low"], frame["conf_high"], color=ACCENT, alpha=0.16, linewidth=0)
    ax.plot(frame["score"], frame["rate"], color=ACCENT, linewidth=1.8)
    low, high = float(frame["score"].min()), float(frame["score"].max())
    ends = [low, *limits, high]
    if limits:
        for start, end, face in zip(ends[:-1], ends[1:], list(COLOUR_FACES.values())[:3], strict=True):
            ax.axvspan(max(start, low), max(min(end, high), low), color=face, alpha=0.08, linewidth=0)
    ax.set_xlim(low, high)
    ax.set_ylim(0, 1.05 * float(frame["conf_high"].max()))
    ax.yaxis.set_major_formatter(percent)
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)


def _rows(ax: Axes, labels: pd.Series, x_label: str, as_share: bool = True) -> None:
    ax.set_yticks([-row for row in range(len(labels))], labels)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-len(labels) + 0.4, 0.6)
    ax.grid(axis="y", visible=False)
    if as_share:
        ax.xaxis.set_major_formatter(percent)
    ax.set_xlabel(x_label)
