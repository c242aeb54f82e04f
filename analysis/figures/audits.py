"""Audits: how well what was known covers the book, and how effects stand with the factors of earlier days."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.figures.effects import color_family_ticks, plain_ticks
from analysis.figures.labels import draws
from analysis.figures.style import ACCENT, INK, MUTED

STEPS = (0.0, 0.25, 0.5, 0.75, 0.9, 0.99)
"""Limits between the shades of a share: none, up to a quarter, ... and practically all."""
STEP_LABELS = ("0%", "< 25%", "25\N{EN DASH}50%", "50\N{EN DASH}75%", "75\N{EN DASH}90%", "90\N{EN DASH}99%", "> 99%")
MOST_LABELS = 5


def coverage_height(frame: pd.DataFrame) -> float:
    """Return the height in inches that `draw_coverage` needs for a frame."""
    return 0.9 + 0.19 * (frame["label"].nunique() + 1.3 * frame["family"].nunique())


@draws
def draw_coverage(
    ax: Axes,
    frame: pd.DataFrame,
    colors: Mapping[str, str],
    family_labels: Mapping[str, str],
    quarter_labels: Sequence[str],
    legend_title: str = "Rows with a value",
) -> None:
    """Draw the share of rows with a value as a heat map: a row for each covariate, a column for each quarter.

    Parameters
    ----------
    frame
        label, family, place (of the quarter, from 0), share; covariates of a family stand together; a share that is
        missing is hidden, and has no cell.
    colors
        Colour of each family.
    family_labels
        What stands above each family.
    quarter_labels
        Of every quarter, in order.
    """
    shades = _shades()
    ticks: list[tuple[float, str, str | None]] = []
    row = 0.0
    for family in dict.fromkeys(frame["family"]):
        row -= 1.3
        ticks.append((row, family_labels[family], colors[family]))
        for label, cells in frame[frame["family"] == family].groupby("label", sort=False):
            row -= 1
            ticks.append((row, str(label), None))
            step = np.where(cells["share"] == 0, 0, 1 + np.searchsorted(STEPS[1:], cells["share"], side="right"))
            shown = cells["share"].notna().to_numpy()
            for left, width, shade in _runs(cells["place"].to_numpy(int)[shown], step[shown]):
                ax.barh(row, width, left=left - 0.5, height=0.86, color=shades[shade], linewidth=0)
    for place in range(1, len(quarter_labels)):
        ax.axvline(place - 0.5, color="white", linewidth=1)
    ax.set_yticks([place for place, _, _ in ticks], [text for _, text, _ in ticks])
    color_family_ticks(ax, [color for _, _, color in ticks])
    every = max(1, -(-len(quarter_labels) // MOST_LABELS))
    labelled = slice((len(quarter_labels) - 1) % every, None, every)
    ax.set_xticks(range(len(quarter_labels))[labelled], quarter_labels[labelled])
    ax.tick_params(axis="x", length=0)
    ax.set_xlim(-0.5, len(quarter_labels) - 0.5)
    ax.set_ylim(row - 0.7, -0.6)
    ax.grid(visible=False)
    ax.spines[["left", "bottom"]].set_visible(False)
    patches = [Patch(facecolor=shade, edgecolor=MUTED, linewidth=0.4) for shade in shades]
    ax.legend(patches, STEP_LABELS, title=legend_title, loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8)


def _shades() -> list[str]:
    """Return one hue from nearly white to full: the more rows have a value, the darker."""
    dark, light = np.array(to_rgb(ACCENT)), np.array([0.97, 0.98, 0.99])
    weights = [0.0, 0.12, 0.28, 0.45, 0.62, 0.8, 1.0]
    return [to_hex(light + weight * (dark - light)) for weight in weights]


def _runs(places: np.ndarray, steps: np.ndarray) -> list[tuple[int, int, int]]:
    """Join neighbouring cells of one shade: (first place, number of cells, shade)."""
    runs: list[tuple[int, int, int]] = []
    for place, step in zip(places.tolist(), steps.tolist(), strict=True):
        if runs and runs[-1][2] == step and sum(runs[-1][:2]) == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1, step)
        else:
            runs.append((place, 1, step))
    return runs


def ladder_height(frame: pd.DataFrame) -> float:
    """Return the height in inches that `draw_ladder` needs for a frame."""
    return 0.9 + 0.14 * len(frame) + 0.2 * frame["term"].nunique()


@draws
def draw_ladder(
    ax: Axes,
    frame: pd.DataFrame,
    colors: Mapping[str, str],
    lag_labels: Mapping[int, str],
    x_label: str = "Hazard ratio per standard deviation (95% interval)",
) -> None:
    """Draw the hazard ratio of each column by how much earlier the factors were looked at, the paler the earlier.

    Parameters
    ----------
    frame
        term, label, family, lag (days), hazard_ratio, hazard_ratio_low, hazard_ratio_high.
    colors
        Colour of each family.
    lag_labels
        What each lag is called, in order.
    """
    alphas = dict(zip(lag_labels, np.linspace(1, 0.3, len(lag_labels)), strict=True))
    row, ticks = 0.0, []
    for _, lines in frame.groupby("term", sort=False):
        ticks.append((row - 0.5 * (len(lines) - 1), lines["label"].iloc[0]))
        for _, line in lines.sort_values("lag").iterrows():
            style = {"color": colors[line["family"]], "alpha": alphas[line["lag"]]}
            ends = [line["hazard_ratio_low"], line["hazard_ratio_high"]]
            ax.plot(ends, [row, row], linewidth=2, solid_capstyle="round", **style)
            ax.plot(line["hazard_ratio"], row, "o", markersize=5, **style)
            row -= 1
        row -= 1.4
    ax.axvline(1, color=INK, linewidth=0.8)
    ax.set_xscale("log")
    plain_ticks(ax, frame["hazard_ratio_low"].min(), frame["hazard_ratio_high"].max())
    ax.set_yticks([place for place, _ in ticks], [label for _, label in ticks])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(row + 1.4, 1)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(x_label)
    handles = [
        Line2D([], [], color=INK, marker="o", markersize=5, linewidth=2, alpha=alpha) for alpha in alphas.values()
    ]
    ax.legend(handles, list(lag_labels.values()), loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8)
