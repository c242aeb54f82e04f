"""Money: the yearly revenue over time, the bridge between two days, renewals that fell due and those to come."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from analysis.figures.labels import draws, legend
from analysis.figures.style import ACCENT, HIDDEN, INK, MUTED, WARN, percent

Amount = Callable[[float], str]
"""Writes a sum of money."""
MOST_LABELS = 8
RISK_COLORS = ("#c6dbe9", "#d9a441", "#b23a2e")
"""Of weeks of low, middle and high risk: apart in lightness, too, for those who see no red."""
_PALE = "#a9cbe0"
_BESIDE = 7
"""An amount at either end is as wide as a seventh of the line, above all of which it stands."""


@draws
def draw_arr(ax: Axes, frame: pd.DataFrame, amount: Amount, labels: Sequence[str], y_label: str = "A year") -> None:
    """Draw the yearly revenue at the start of each month, its first and last amounts written out.

    Parameters
    ----------
    frame
        As `analysis.money.frames.ARR`.
    amount
        Writes sums.
    labels
        Of the days, as the axis says them.
    """
    places, revenue = np.arange(len(frame)), frame["arr"].to_numpy(float)
    ax.fill_between(places, revenue, color=ACCENT, alpha=0.15, linewidth=0)
    ax.plot(places, revenue, color=ACCENT, linewidth=1.6)
    beside = 1 + len(frame) // _BESIDE
    for place, align, near in ((0, "left", slice(beside)), (len(frame) - 1, "right", slice(-beside, None))):
        ax.plot(place, revenue[place], "o", color=ACCENT, markersize=4)
        ax.annotate(
            amount(revenue[place]), (place, np.nan_to_num(revenue[near]).max(initial=0)), xytext=(0, 6),
            textcoords="offset points", ha=align, fontsize=8,
        )  # fmt: skip
    _sparse_ticks(ax, labels)
    ax.set_xlim(0, max(len(frame) - 1, 1))
    _money_axis(ax, np.nan_to_num(revenue).max(initial=0), amount)
    ax.set_ylabel(y_label)


@draws
def draw_bridge(ax: Axes, frame: pd.DataFrame, amount: Amount) -> None:
    """Draw what came and went between two amounts: each part a bar that begins where the one above it stopped.

    The axis shows the stretch between them, not the whole: the amounts themselves are marks, which have no length.

    Parameters
    ----------
    frame
        label, amount, is_total: the amount of the first day, the parts, and the amount of the last day.
    amount
        Writes sums.
    """
    at, edges = 0.0, []
    for place, row in enumerate(frame.itertuples(index=False)):
        if row.is_total:
            at = row.amount
            ax.plot(at, -place, "D", color=INK, markersize=6, zorder=3)
            edges.append((at, at))
        else:
            color = ACCENT if row.amount >= 0 else WARN
            ax.barh(-place, row.amount, left=at, height=0.6, color=color, zorder=2)
            edges.append((min(at, at + row.amount), max(at, at + row.amount)))
            at += row.amount
        ax.plot([at, at], [-place - 1, -place], color=MUTED, linewidth=0.7, zorder=1)
    low, high = min(edge[0] for edge in edges), max(edge[1] for edge in edges)
    span = (high - low) or max(abs(high), 1.0)
    for place, (row, (_, right)) in enumerate(zip(frame.itertuples(index=False), edges, strict=True)):
        sign = "" if row.is_total or row.amount < 0 else "+"
        ax.annotate(
            sign + amount(row.amount), (right, -place), xytext=(7, 0), textcoords="offset points", va="center",
            fontsize=8,
        )  # fmt: skip
    ax.set_yticks([-place for place in range(len(frame))], list(frame["label"]))
    ax.set_ylim(-len(frame) + 0.4, 0.6)
    ax.set_xlim(low - 0.06 * span, high + 0.28 * span)
    ax.locator_params(axis="x", nbins=4)
    ax.xaxis.set_major_formatter(lambda value, _: amount(value))
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", visible=False)


@draws
def draw_renewals(
    ax: Axes,
    frame: pd.DataFrame,
    amount: Amount,
    renewed_label: str = "Renewed",
    lost_label: str = "Lost",
    open_label: str = "Open",
) -> None:
    """Draw what became of the money that fell due in each quarter, with the renewal rate above it.

    Parameters
    ----------
    frame
        label, renewed_arr, lost_arr, open_arr, arr_rate.
    amount
        Writes sums.
    """
    places, below = np.arange(len(frame)), np.zeros(len(frame))
    looks: dict[str, tuple[str, dict[str, Any]]] = {
        renewed_label: ("renewed_arr", {"color": _PALE}),
        lost_label: ("lost_arr", {"color": WARN}),
        open_label: ("open_arr", {"facecolor": "white", "edgecolor": MUTED, "hatch": "////", "linewidth": 0.6}),
    }
    named = {}
    for label, (column, look) in looks.items():
        height = frame[column].fillna(0).to_numpy(float)
        if height.any():
            named[label] = ax.bar(places, height, bottom=below, width=0.7, **look)
            below = below + height
    _say_shares(ax, places, below, frame["arr_rate"])
    _sparse_ticks(ax, list(frame["label"]))
    _money_axis(ax, below.max(initial=0), amount)
    ax.grid(axis="x", visible=False)
    legend(ax, named, loc="upper left", bbox_to_anchor=(1.0, 1.0))


@draws
def draw_calendar(
    ax: Axes,
    frame: pd.DataFrame,
    tiers: Sequence[float],
    amount: Amount,
    tier_labels: Sequence[str],
    notice_label: str = "Under notice",
) -> None:
    """Draw the money that falls due in each week, coloured by the mean probability of leaving; hidden weeks as a dot.

    Parameters
    ----------
    frame
        label, and as `analysis.money.frames.AHEAD`.
    tiers
        Limits between the tiers of risk, rising.
    amount
        Writes sums.
    tier_labels
        Of the tiers, one more than limits.
    """
    places = np.arange(len(frame))
    price, notice = (frame[name].fillna(0).to_numpy(float) for name in ("arr", "under_notice_arr"))
    chance = frame["mean_probability"].to_numpy(float)
    colors = risk_colors(len(tier_labels))
    tier = np.where(np.isnan(chance), -1, np.searchsorted(tiers, chance, side="right"))
    own = [colors[number] if number >= 0 else "#d5d9dd" for number in tier]
    ax.bar(places, price, color=own, width=0.75)
    ax.bar(places, notice, bottom=price, width=0.75, facecolor="white", edgecolor=WARN, hatch="////", linewidth=0.6)
    _say_shares(ax, places, price + notice, chance)
    for place in np.flatnonzero(frame["is_hidden"]):
        ax.annotate(HIDDEN, (place, 0), xytext=(0, 3), textcoords="offset points", ha="center")
    _sparse_ticks(ax, list(frame["label"]))
    _money_axis(ax, (price + notice).max(initial=0), amount)
    ax.grid(axis="x", visible=False)
    named = {tier_labels[number]: Patch(facecolor=colors[number]) for number in sorted({*tier} - {-1})}
    if notice.any():
        named[notice_label] = Patch(facecolor="white", edgecolor=WARN, hatch="////", linewidth=0.6)
    if named:
        legend(ax, named, loc="upper left", bbox_to_anchor=(1.0, 1.0))


@draws
def draw_announced(ax: Axes, frame: pd.DataFrame, amount: Amount) -> None:
    """Draw what ends in each month with accounts under notice, how many they are written above it.

    Parameters
    ----------
    frame
        label, and as `analysis.money.frames.ANNOUNCED`.
    amount
        Writes sums.
    """
    places, price = np.arange(len(frame)), frame["arr"].fillna(0).to_numpy(float)
    ax.bar(places, price, color=WARN, width=0.6)
    for place, row in zip(places, frame.itertuples(index=False), strict=True):
        text = HIDDEN if row.is_hidden else amount(row.arr)
        ax.annotate(text, (place, price[place]), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=8)
    ax.set_xticks(places, list(frame["label"]))
    _money_axis(ax, price.max(initial=0), amount)
    ax.set_xlim(-0.6, max(len(frame), 4) - 0.4)
    ax.grid(axis="x", visible=False)


def risk_colors(number: int) -> list[str]:
    """Return a colour for each tier of risk, the lowest first; more than three are mixed from them."""
    if number == len(RISK_COLORS):
        return list(RISK_COLORS)
    if number < len(RISK_COLORS):
        return [RISK_COLORS[0], RISK_COLORS[-1]][:number]
    shades = colormaps["YlOrBr"](np.linspace(0.15, 0.85, number))
    return ["#" + "".join(f"{round(255 * part):02x}" for part in shade[:3]) for shade in shades]


def _say_shares(ax: Axes, places: Iterable[float], tops: Iterable[float], shares: Iterable[float]) -> None:
    """Write a share above each bar; nothing above one of which none is known."""
    for place, top, share in zip(places, tops, shares, strict=True):
        if share == share:
            ax.annotate(
                _rounded_share(share),
                (place, top),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                fontsize=8,
            )


def _rounded_share(share: float) -> str:
    """Write a share as a whole percentage; what is small and not nothing never becomes nothing."""
    return "<1%" if 0 < share < 0.005 else percent(round(share, 2))


def _sparse_ticks(ax: Axes, labels: Sequence[str]) -> None:
    every = max(1, -(-len(labels) // MOST_LABELS))
    places = range((len(labels) - 1) % every, len(labels), every)
    ax.set_xticks(list(places), [labels[place] for place in places])


def _money_axis(ax: Axes, top: float, amount: Amount) -> None:
    ax.set_ylim(0, 1.15 * top or 1.0)
    ax.locator_params(axis="y", nbins=5)
    ax.yaxis.set_major_formatter(lambda value, _: amount(value))
