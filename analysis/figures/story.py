"""An account's story: strands on one axis of time, from its contract at the top to its forecasts at the bottom."""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib import dates
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, MaxNLocator

from analysis.figures.labels import draws
from analysis.figures.style import ACCENT, CYCLE, GRID, INK, MUTED, SCORE_COLORS, WARN, WHITE, percent

_WIDTH, _LEFT, _RIGHT = 11.0, 2.05, 2.35
"""Inches: of the picture, of what stands before the strands, and behind them."""
_GAP, _HEAD, _AXIS, _LINE, _ROW = 0.15, 0.5, 0.62, 0.175, 0.19
"""Inches: between strands, above them, below them, for a line of text, for a row of bars."""
_ABOVE_FOOT = 0.15
"""Inches between what the shades mean and the text below."""
_SMALL = 8.0
_BAR = 0.64
_CONTRACT, _PEOPLE, _CARE = CYCLE[5], CYCLE[2], CYCLE[1]
_LEAST_ROWS = 2.4
_LABEL_LETTERS, _KEY_LETTERS, _NOTE_LETTERS = 18, 37, 100
"""On a line of what stands before a strand, behind it, and in it."""

SHADES: dict[str, dict[str, Any]] = {
    "not_logged": {"facecolor": WHITE, "edgecolor": "#c3cad1", "hatch": "////", "linewidth": 0.0},
    "notice": {"facecolor": "#f9e3d8", "edgecolor": "none"},
    "no_contract": {"facecolor": "#e9edf0", "edgecolor": "none"},
}
"""Of days: those beyond a log, those under notice, and those without a contract."""
_SPANS: dict[str, dict[str, Any]] = {
    "paid": {"facecolor": _CONTRACT, "edgecolor": WHITE, "linewidth": 1.2},
    "trial": {"facecolor": WHITE, "edgecolor": _CONTRACT, "hatch": "////", "linewidth": 0.8},
    "champion": {"facecolor": _PEOPLE, "edgecolor": WHITE, "linewidth": 0.6},
    "sponsor": {"facecolor": "#c9b6de", "edgecolor": _PEOPLE, "linewidth": 0.8},
    "ticket": {"facecolor": "#eebfa8", "edgecolor": _CARE, "linewidth": 0.6},
    "escalated": {"facecolor": _CARE, "edgecolor": _CARE, "linewidth": 0.6},
}
_POINTS: dict[str, dict[str, Any]] = {
    "held": {"marker": "o", "color": _CARE, "markersize": 4.5},
    "automated": {"marker": ".", "color": MUTED, "markersize": 4.5},
    "cancelled": {"marker": "o", "color": _CARE, "markerfacecolor": WHITE, "markersize": 4.5},
    "no_show": {"marker": "x", "color": INK, "markersize": 5, "markeredgewidth": 1.4},
    "gone": {"marker": "X", "color": INK, "markersize": 5, "markeredgecolor": WHITE, "markeredgewidth": 0.5},
    "escalation": {"marker": "^", "color": INK, "markersize": 5, "markeredgecolor": WHITE, "markeredgewidth": 0.5},
    "red": {"marker": "v", "color": SCORE_COLORS["red"], "markersize": 5},
    "yellow": {"marker": "s", "color": SCORE_COLORS["yellow"], "markersize": 4, "markeredgecolor": "#8a6a1a"},
    "green": {"marker": "o", "color": SCORE_COLORS["green"], "markersize": 4.5},
    "uncoloured": {"marker": "o", "color": MUTED, "markersize": 4},
}
_LINES: dict[str, dict[str, Any]] = {
    "use": {"color": ACCENT, "linewidth": 1.1},
    "usual": {"color": INK, "linewidth": 1.8},
    "peers": {"color": MUTED, "linewidth": 1.1, "linestyle": (0, (4, 2))},
    "seats": {"color": INK, "linewidth": 1.5, "drawstyle": "steps-post"},
    "active": {"color": ACCENT, "linewidth": 0.8},
    "price": {"color": _CONTRACT, "linewidth": 1.6, "drawstyle": "steps-post"},
    "score": {"color": MUTED, "linewidth": 0.8},
    "forecast": {"color": INK, "linewidth": 1.2, "marker": "o", "markersize": 3.6},
    "book": {"color": MUTED, "linewidth": 1.1, "linestyle": (0, (4, 2))},
}
_FILLED = {"active": 0.25, "price": 0.18}
_BAND: dict[str, Any] = {"color": MUTED, "alpha": 0.2, "linewidth": 0}
_WRITERS: dict[str, Callable[..., str]] = {
    "share": percent,
    "number": lambda value, _=None: f"{value:,.0f}",
}


def story_size(lanes: pd.DataFrame, foot: Sequence[str]) -> tuple[float, float]:
    """Return the width and the height in inches that `draw_story` needs."""
    return _WIDTH, float(_HEAD + sum(_height(lane) + _GAP for lane in lanes.itertuples()) + _AXIS + _foot_height(foot))


@draws
def draw_story(
    ax: Axes,
    lanes: pd.DataFrame,
    rows: pd.DataFrame,
    spans: pd.DataFrame,
    points: pd.DataFrame,
    lines: pd.DataFrame,
    bands: pd.DataFrame,
    shades: pd.DataFrame,
    marks: pd.DataFrame,
    keys: pd.DataFrame,
    edges: tuple[float, float],
    words: Mapping[str, str],
    head: str,
    foot: Sequence[str] = (),
) -> None:
    """Draw the strands of an account below one another, on one axis of time.

    Parameters
    ----------
    lanes
        key, label, unit (below the label), height (inches, of strands of numbers), rows (of strands of bars and
        points; 0 of numbers), writes (``number`` or ``share``), note (in grey, in place of what is not measured; ''
        where it is); from the top down.
    rows
        What rows are called: lane, row (from 0, the first on top), text.
    spans, points, lines, bands
        What strands hold, by ``lane``: bars (kind, begins, ends, row), signs (kind, day, at: a row or a number), lines
        (kind, day, value; missing where a line breaks), and bands (day, low, high). Days are counted from 1970.
    shades
        kind (of `SHADES`), begins, ends, lane ('' for all).
    marks
        Days that are told in words: day, text, side ('left' or 'right' of the day), kind ('notice', 'end', 'begin' or
        'snapshot'); the first two and the last are lines through all strands.
    keys
        What signs mean, written behind their strand: lane, kind, text.
    edges
        First and last day.
    words
        Of the shades drawn, by kind.
    head
        Whose story it is.
    foot
        Lines of text below.
    """
    width, height = story_size(lanes, foot)
    ticks = _ticks(edges)
    ax.set_axis_off()
    ax.text(0, 1, head, va="top", fontsize=11, transform=ax.transAxes)
    top = height - _HEAD
    for number, lane in enumerate(lanes.itertuples()):
        high = _height(lane)
        top -= high
        own = ax.inset_axes((_LEFT / width, top / height, (width - _LEFT - _RIGHT) / width, high / height))
        ax.text(0, (top + high) / height, lane.label, va="top", fontsize=10, transform=ax.transAxes)
        unit = textwrap.fill(lane.unit, _LABEL_LETTERS)
        ax.text(0, (top + high - 1.1 * _LINE) / height, unit, va="top", color=MUTED, fontsize=_SMALL,
                transform=ax.transAxes)  # fmt: skip
        _shade(own, shades[(shades["lane"] == "") | (shades["lane"] == lane.key)], marks)
        if lane.note:
            _note(own, lane.note)
        held = [frame[frame["lane"] == lane.key] for frame in (spans, points, lines, bands)]
        _hold(own, *held)
        _scale(own, lane, rows[rows["lane"] == lane.key])
        _explain(own, keys[keys["lane"] == lane.key])
        _clock(own, edges, *ticks, is_last=number == len(lanes) - 1)
        if number == 0:
            _tell(own, marks)
        top -= _GAP
    _legend(ax, words, (_LEFT / width, (top + _GAP - _AXIS + 0.1) / height))
    for place, line in enumerate(foot):
        at = (top + _GAP - _AXIS - _ABOVE_FOOT - _LINE * place) / height
        ax.text(0, at, line, va="top", fontsize=_SMALL + 0.5, transform=ax.transAxes)


def _foot_height(foot: Sequence[str]) -> float:
    return _ABOVE_FOOT + _LINE * len(foot) if foot else 0.0


def _note(ax: Axes, note: str) -> None:
    """Say in grey why nothing of a strand is drawn."""
    ground = {"facecolor": WHITE, "edgecolor": "none", "alpha": 0.85, "pad": 2}
    ax.text(
        0.5, 0.5, textwrap.fill(note, _NOTE_LETTERS), transform=ax.transAxes, ha="center", va="center", color=MUTED,
        zorder=6, bbox=ground,
    )  # fmt: skip


def _height(lane: Any) -> float:
    """Return the height of a strand in inches."""
    return float(lane.height if not lane.rows else _ROW * max(lane.rows + 0.6, _LEAST_ROWS))


def _hold(ax: Axes, spans: pd.DataFrame, points: pd.DataFrame, lines: pd.DataFrame, bands: pd.DataFrame) -> None:
    """Draw what one strand holds."""
    for span in spans.itertuples():
        ax.broken_barh([(span.begins, span.ends - span.begins)], (-span.row - _BAR / 2, _BAR), zorder=3,
                       **_SPANS[span.kind])  # fmt: skip
    ax.fill_between(bands["day"], bands["low"], bands["high"], zorder=2, **_BAND)
    for kind, line in lines.groupby("kind", sort=False):
        ax.plot(line["day"], line["value"], zorder=3, **_LINES[kind])
        if kind in _FILLED:
            step: Any = "post" if "drawstyle" in _LINES[kind] else None
            ax.fill_between(line["day"], 0, line["value"], step=step, alpha=_FILLED[kind], linewidth=0,
                            color=_LINES[kind]["color"], zorder=2)  # fmt: skip
    for kind, own in points.groupby("kind", sort=False):
        ax.plot(own["day"], own["at"], linestyle="none", zorder=4, **_POINTS[kind])


def _scale(ax: Axes, lane: Any, rows: pd.DataFrame) -> None:
    """Give a strand its own scale: of rows by their names, or of numbers from 0."""
    ax.grid(axis="y", visible=not lane.rows)
    if lane.note or lane.rows:
        ax.set_yticks([] if lane.note else list(-rows["row"]), [] if lane.note else list(rows["text"]))
        ax.set_ylim(-max(lane.rows, _LEAST_ROWS - 0.6) + 0.2, 0.8)
    else:
        ax.set_ylim(0, 1.06 * max(float(ax.dataLim.y1), 0.0) or 1.0)
        ax.yaxis.set_major_locator(MaxNLocator(3, integer=lane.writes == "number"))
        ax.yaxis.set_major_formatter(FuncFormatter(_WRITERS[lane.writes]))
    ax.tick_params(axis="y", length=0, labelsize=_SMALL)


def _shade(ax: Axes, shades: pd.DataFrame, marks: pd.DataFrame) -> None:
    for shade in shades.itertuples():
        ax.axvspan(shade.begins, shade.ends, zorder=0.5 if shade.kind == "notice" else 0.6, **SHADES[shade.kind])
    looks = {
        "notice": {"color": WARN, "linestyle": (0, (4, 2)), "linewidth": 1.3},
        "end": {"color": INK, "linewidth": 1.3},
        "snapshot": {"color": MUTED, "linestyle": (0, (1, 2)), "linewidth": 1.2},
        "ahead": {"color": WARN, "linestyle": (0, (1, 2)), "linewidth": 1.2},
    }
    for mark in marks.itertuples():
        if mark.kind in looks:
            ax.axvline(mark.day, zorder=1.5, **looks[mark.kind])  # type: ignore[arg-type]  # a look is several things


def _tell(ax: Axes, marks: pd.DataFrame) -> None:
    """Write above the first strand what happened on the days that are marked."""
    for mark in marks.itertuples():
        color = {"notice": WARN, "ahead": WARN, "snapshot": MUTED}.get(mark.kind, INK)
        away = {"left": -3, "right": 3}.get(mark.side, 0)
        side = {"left": "right", "right": "left"}.get(mark.side, "center")
        ax.annotate(
            mark.text, (mark.day, 1), xycoords=ax.get_xaxis_transform(), xytext=(away, 4 + 11 * mark.line),
            textcoords="offset points", ha=side, fontsize=_SMALL, color=color, annotation_clip=False,
        )  # fmt: skip


def _explain(ax: Axes, keys: pd.DataFrame) -> None:
    """Write behind a strand what its signs mean."""
    handles = [_handle(key.kind) for key in keys.itertuples()]
    if handles:
        texts = [textwrap.fill(text, _KEY_LETTERS) for text in keys["text"]]
        ax.legend(handles, texts, loc="upper left", bbox_to_anchor=(1.005, 1.06), fontsize=_SMALL, borderaxespad=0.3,
                  handlelength=1.5, labelspacing=0.3, handletextpad=0.6)  # fmt: skip


def _handle(kind: str) -> Any:
    if kind == "band":
        return Patch(**_BAND)
    if kind in _SPANS:
        return Patch(**_SPANS[kind])
    if kind in _POINTS:
        return Line2D([], [], linestyle="none", **_POINTS[kind])
    if kind in _FILLED:
        return Patch(facecolor=_LINES[kind]["color"], alpha=0.45)
    return Line2D([], [], **{name: value for name, value in _LINES[kind].items() if name != "drawstyle"})


def _ticks(edges: tuple[float, float]) -> tuple[list[float], list[str]]:
    """Return days between two that are written, and how."""
    locator = dates.AutoDateLocator(minticks=4, maxticks=10)
    found = [float(day) for day in locator.tick_values(*dates.num2date(edges)) if edges[0] <= day <= edges[1]]
    return found, dates.ConciseDateFormatter(locator, show_offset=False).format_ticks(found)


def _clock(ax: Axes, edges: tuple[float, float], ticks: list[float], labels: list[str], *, is_last: bool) -> None:
    """Put a strand on the axis of time that all share; only the last has its days written."""
    ax.set_xlim(*edges)
    ax.xaxis.set_major_locator(FixedLocator(ticks))
    ax.xaxis.set_major_formatter(FixedFormatter(labels))
    ax.tick_params(axis="x", length=3 if is_last else 0, labelbottom=is_last, labelsize=_SMALL + 0.5)
    ax.spines["left"].set_visible(False)
    ax.spines["bottom"].set_color(GRID if not is_last else MUTED)


def _legend(ax: Axes, words: Mapping[str, str], place: tuple[float, float]) -> None:
    if words:
        handles = [Patch(**SHADES[kind]) for kind in words]
        ax.legend(handles, list(words.values()), loc="center left", bbox_to_anchor=place, ncols=len(words),
                  fontsize=_SMALL, borderaxespad=0, handlelength=1.6)  # fmt: skip
