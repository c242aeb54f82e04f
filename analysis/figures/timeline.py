"""A source over time: when the rows of each table are dated, against the lifetimes at risk."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MultipleLocator

from analysis.figures.labels import draws
from analysis.figures.style import ACCENT, INK, MUTED, WARN

MONTH = 1 / 12
_PALE, _SHADE, _HEIGHT = "#a9cbe0", "#f1f3f5", 0.78
_LANE = 0.36
"""Height of a lane in inches."""
_LEAST_YEARS = 2.5


def timeline_height(lanes: pd.DataFrame) -> float:
    """Return the height in inches that `draw_timeline` needs for its lanes."""
    return 1.35 + _LANE * len(lanes)


@draws
def draw_timeline(
    ax: Axes,
    lanes: pd.DataFrame,
    cells: pd.DataFrame,
    observed: tuple[float, float],
    words: Mapping[str, str],
) -> None:
    """Draw a lane for each table: its rows by month, as high as its fullest month, in tones by what they lie in.

    Parameters
    ----------
    lanes
        key, label, number (written at the right), before, after (rows beyond the edges, as text), observed_from (in
        years); from the top down. The lane whose key is ``at_risk`` holds lifetimes, not rows.
    cells
        key, place (years, as 2024.5), inside, outside, set_apart; the months of a lane follow each other without a gap.
    observed
        The days, in years, from which and until which the study observes.
    words
        ``before``, ``after`` (above the shaded parts), ``inside`` and ``outside``, or ``rows`` where it is not known
        which they are, ``set_apart``, ``observed_from``, ``number`` (above the numbers at the right).
    """
    left, right = cells["place"].min(), cells["place"].max() + MONTH
    for edges in ((left, observed[0]), (observed[1], right)):
        if edges[0] < edges[1]:
            ax.axvspan(*edges, facecolor=_SHADE, edgecolor="none", zorder=0)
    for edge in observed:
        ax.axvline(edge, color=MUTED, linewidth=0.9, linestyle=(0, (3, 2)), zorder=1)
    for lane, row in enumerate(lanes.itertuples(index=False)):
        _strip(ax, -lane, cells[cells["key"] == row.key], is_table=row.key != "at_risk")
        _beyond(ax, -lane, (left, row.before, "left"), (right, row.after, "right"))
        if row.observed_from == row.observed_from:
            ax.plot([row.observed_from] * 2, [-lane, -lane + _HEIGHT], color=INK, linewidth=1.4, zorder=4)
            ax.plot(row.observed_from, -lane + 0.1, ">", color=INK, markersize=4, zorder=4)
        ax.annotate(
            row.number, (1, -lane + 0.3), xycoords=ax.get_yaxis_transform(), xytext=(6, 0),
            textcoords="offset points", va="center", fontsize=8, annotation_clip=False,
        )  # fmt: skip
    _frame(ax, lanes, (left, right))
    _say_edges(ax, observed, words)
    _explain(ax, words, len(lanes), has_start=bool(lanes["observed_from"].notna().any()))


def _strip(ax: Axes, bottom: float, cells: pd.DataFrame, *, is_table: bool) -> None:
    """Fill one lane: first what lies in a lifetime, on it what does not, on both what was set apart."""
    ax.axhline(bottom, color=MUTED, linewidth=0.5, zorder=2)
    if cells.empty:
        return
    parts = cells[["inside", "outside", "set_apart"]].to_numpy(float)
    edges = np.append(cells["place"].to_numpy(), cells["place"].iloc[-1] + MONTH)
    most = parts.sum(axis=1).max()
    tops = bottom + _HEIGHT * np.cumsum(parts, axis=1) / (most if most else 1)
    floor = np.full(len(parts), float(bottom))
    looks: tuple[dict[str, Any], ...] = (
        {"facecolor": _PALE if is_table else ACCENT, "edgecolor": "none"},
        {"facecolor": WARN, "edgecolor": "none"},
        {"facecolor": "white", "edgecolor": INK, "linewidth": 0, "hatch": "//////"},
    )
    for part, look in enumerate(looks):
        if parts[:, part].any():
            ax.stairs(tops[:, part], edges, baseline=floor, fill=True, zorder=3, **look)
        floor = tops[:, part]


def _beyond(ax: Axes, bottom: float, *edges: tuple[float, str, str]) -> None:
    """Say how many rows lie beyond the edges of the picture."""
    for place, text, side in edges:
        if text:
            shown = f"\N{LEFTWARDS ARROW} {text}" if side == "left" else f"{text} \N{RIGHTWARDS ARROW}"
            ax.text(
                place, bottom + 0.45, shown, ha=side, va="center", fontsize=8, color=WARN, zorder=5,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.6},
            )  # fmt: skip


def _frame(ax: Axes, lanes: pd.DataFrame, edges: tuple[float, float]) -> None:
    ax.set_yticks([-lane + 0.3 for lane in range(len(lanes))], list(lanes["label"]))
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(1 - len(lanes) - 0.12, 1.0)
    ax.set_xlim(*edges)
    if edges[1] - edges[0] > _LEAST_YEARS:
        ax.xaxis.set_major_locator(MultipleLocator(max(1, round((edges[1] - edges[0]) / 9))))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))
    else:
        ax.xaxis.set_major_locator(MultipleLocator(0.25))
        ax.xaxis.set_major_formatter(FuncFormatter(_year_and_month))
    ax.grid(axis="y", visible=False)
    ax.spines[["left", "bottom"]].set_visible(False)


def _year_and_month(place: float, _: object = None) -> str:
    months = round(12 * place)
    return f"{months // 12}-{months % 12 + 1:02d}"


def _say_edges(ax: Axes, observed: tuple[float, float], words: Mapping[str, str]) -> None:
    above: dict[str, Any] = {
        "xycoords": ax.get_xaxis_transform(),
        "textcoords": "offset points",
        "fontsize": 8,
        "color": MUTED,
    }
    ax.annotate(words["before"], (observed[0], 1), xytext=(0, 4), ha="left", **above)
    ax.annotate(words["after"], (observed[1], 1), xytext=(0, 4), ha="right", **above)
    ax.annotate(
        words["number"], (1, 1), xycoords="axes fraction", xytext=(6, 4), textcoords="offset points", fontsize=8,
        color=MUTED, annotation_clip=False,
    )  # fmt: skip


def _explain(ax: Axes, words: Mapping[str, str], n_lanes: int, *, has_start: bool) -> None:
    """Write the legend below, as far under the years whatever the number of lanes."""
    looks: dict[str, Patch | Line2D] = {
        "rows": Patch(facecolor=_PALE, edgecolor="none"),
        "inside": Patch(facecolor=_PALE, edgecolor="none"),
        "outside": Patch(facecolor=WARN, edgecolor="none"),
        "set_apart": Patch(facecolor="white", edgecolor=INK, linewidth=0.6, hatch="//////"),
    }
    if has_start:
        looks["observed_from"] = Line2D([], [], color=INK, marker=">", markersize=4, linewidth=1.4)
    shown = [word for word in looks if word in words]
    ax.legend(
        [looks[word] for word in shown], [words[word] for word in shown], loc="upper left", ncols=2, fontsize=8,
        bbox_to_anchor=(0, -0.24 / (_LANE * n_lanes)), borderaxespad=0.6,
    )  # fmt: skip
