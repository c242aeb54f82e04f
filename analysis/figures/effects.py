"""Effects: hazard ratios by family, and what each family is worth to the forecast."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from analysis.figures.age_axis import tell_age
from analysis.figures.labels import draws
from analysis.figures.style import INK

RATIOS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 10, 20, 50, 100)
"""Hazard ratios that people read; an axis shows some of them."""
_BEYOND, _SAME = 3.0, 1e-9


def forest_height(frame: pd.DataFrame) -> float:
    """Return the height in inches that `draw_hazard_ratios` needs for a frame."""
    return 0.9 + 0.25 * (len(frame) + 1.4 * frame["family"].nunique())


@draws
def draw_hazard_ratios(
    ax: Axes,
    frame: pd.DataFrame,
    colors: Mapping[str, str],
    x_label: str = "Hazard ratio per standard deviation (95% interval)",
    family_labels: Mapping[str, str] | None = None,
) -> None:
    """Draw a forest plot of hazard ratios on a log scale, grouped by family where there are several.

    Parameters
    ----------
    frame
        label, family, hazard_ratio, hazard_ratio_low, hazard_ratio_high; in each family the frame's order. What stands
        beside each is its ``text``, where it has one, else the ratio with its interval.
    colors
        Colour of each family.
    family_labels
        What stands above each group; the family's name by default.
    """
    families = list(dict.fromkeys(frame["family"]))
    ticks: list[tuple[float, str, str | None]] = []
    low, high = readable_reach(frame)
    beside = ax.get_yaxis_transform()
    row = 0.4
    for family in families:
        row -= 0.4
        if len(families) > 1:
            row -= 1
            ticks.append((row, (family_labels or {}).get(family, family), colors[family]))
        for _, term in frame[frame["family"] == family].iterrows():
            row -= 1
            ticks.append((row, term["label"], None))
            _draw_interval(ax, row, term, colors[family], (low, high))
            text = term["text"] if "text" in frame else _ratio_text(term)
            ax.text(1.02, row, text, transform=beside, va="center", fontsize=8)
    ax.axvline(1, color=INK, linewidth=0.8)
    ax.set_xscale("log")
    plain_ticks(ax, low, high)
    ax.set_yticks([place for place, _, _ in ticks], [text for _, text, _ in ticks])
    color_family_ticks(ax, [color for _, _, color in ticks])
    ax.set_ylim(row - 0.6, -0.4)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(x_label)


def readable_reach(frame: pd.DataFrame) -> tuple[float, float]:
    """Return how far an axis reaches: to the ends of the intervals, but at most three times beyond the last dot.

    One interval that knows nothing would press all others into a line.
    """
    dots = frame["hazard_ratio"].replace([0, np.inf], np.nan)
    low = max(frame["hazard_ratio_low"].min(), min(dots.min(), 1) / _BEYOND)
    high = min(frame["hazard_ratio_high"].max(), max(dots.max(), 1) * _BEYOND)
    ends = dots.min(), dots.max(), 1.0  # an interval may lack: one parent's own
    return float(np.nanmin([low, *ends])), float(np.nanmax([high, *ends]))


def _draw_interval(ax: Axes, row: float, term: pd.Series, color: str, reach: tuple[float, float]) -> None:
    """Draw one ratio with its interval, and an arrow where that goes on beyond the axis."""
    low, high = max(reach[0], RATIOS[0]), min(reach[1], RATIOS[-1])
    start, end = term["hazard_ratio_low"], term["hazard_ratio_high"]
    ax.plot([max(start, low), min(end, high)], [row, row], color=color, linewidth=2, solid_capstyle="round")
    if start < low * (1 - _SAME):
        ax.plot(low, row, "<", color=color, markersize=5)
    if end > high * (1 + _SAME):
        ax.plot(high, row, ">", color=color, markersize=5)
    ax.plot(term["hazard_ratio"], row, "o", color=color, markersize=5)


def _ratio_text(term: pd.Series) -> str:
    """Return a ratio and its interval in numbers, which are written alike in any language."""
    if pd.isna(term["hazard_ratio_low"]):
        return f"{term['hazard_ratio']:.2f}"
    return "{:.2f} ({:.2f}–{:.2f})".format(*term[["hazard_ratio", "hazard_ratio_low", "hazard_ratio_high"]])


def color_family_ticks(ax: Axes, colors: Sequence[str | None]) -> None:
    """Write the names of families, which have a colour, larger and in it among the labels of the y axis."""
    ax.tick_params(axis="y", length=0)
    for label, color in zip(ax.get_yticklabels(), colors, strict=True):
        if color:
            label.set_color(color)
            label.set_fontsize(10)


@draws
def draw_coefficient_path(
    ax: Axes,
    frame: pd.DataFrame,
    constant: float,
    label: str,
    color: str,
    x_label: str = "Days since the lifetime began",
    y_label: str = "Hazard ratio",
    years_label: str = "Years since the lifetime began",
) -> None:
    """Draw how a hazard ratio changes over the lifetime, with its pointwise interval, on a log scale.

    Parameters
    ----------
    frame
        time, estimate, conf_low, conf_high (log hazard ratios), as `coefficient_path` gives them.
    constant
        The log hazard ratio of the fit, one for the whole lifetime: a dashed line.
    label
        Name of the covariate.
    """
    # Beyond the ratios that people read the picture is cut; what lies there may be more than a float holds.
    beyond = np.log(RATIOS[-1]) + 1
    ratios = np.exp(frame[["estimate", "conf_low", "conf_high"]].clip(-beyond, beyond))
    ax.fill_between(frame["time"], ratios["conf_low"], ratios["conf_high"], color=color, alpha=0.18)
    ax.plot(frame["time"], ratios["estimate"], color=color, linewidth=2)
    ax.axhline(1, color=INK, linewidth=0.8)
    ax.axhline(np.exp(np.clip(constant, -beyond, beyond)), color=color, linewidth=1, linestyle="--")
    ax.set_yscale("log")
    low, high = np.clip([ratios["conf_low"].min(), ratios["conf_high"].max()], RATIOS[:2], RATIOS[-2:]).tolist()
    ticks = (
        [float(tick) for tick in MaxNLocator(6).tick_values(low, high)] if high < 2 * low else _ratios_within(low, high)
    )
    ax.set_yticks(ticks, [f"{ratio:g}" for ratio in ticks])
    ax.set_ylim(low * 0.98, high * 1.02)
    ax.minorticks_off()
    tell_age(ax, frame["time"].max(), x_label, years_label)
    ax.set_ylabel(y_label)
    ax.set_title(label)


def plain_ticks(ax: Axes, low: float, high: float) -> None:
    """Label a log axis with the ratios people read, as far as the intervals reach; beyond those they are cut."""
    low, high = max(low, RATIOS[0]), min(high, RATIOS[-1])
    shown = _ratios_within(low, high)
    ax.set_xlim(min(low * 0.95, 0.78), max(high * 1.05, 1.28))
    ax.set_xticks(shown, [f"{ratio:g}" for ratio in shown])
    ax.minorticks_off()


def _ratios_within(low: float, high: float) -> list[float]:
    """Return at most nine round ratios, 1 among them, that reach as far as given."""
    shown = [ratio for ratio in RATIOS if min(low * 0.95, 0.78) <= ratio <= max(high * 1.05, 1.28)]
    while len(shown) > 9:
        shown = [ratio for place, ratio in enumerate(shown) if ratio == 1 or (place - shown.index(1)) % 2 == 0]
    return shown
