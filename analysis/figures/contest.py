"""The contest of families: what each is worth to a forecast, by kind of model."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analysis.figures.effects import color_family_ticks
from analysis.figures.labels import draws, legend
from analysis.figures.points import draw_points
from analysis.figures.style import INK, MUTED

_WIDTHS = (1.0, 0.8)
"""Of the two halves of `draw_both`."""


def values_height(frame: pd.DataFrame) -> float:
    """Return the height in inches that `draw_family_values` needs for a frame."""
    return 1.3 + 0.62 * frame["family"].nunique()


@draws
def draw_family_values(
    ax: Axes,
    frame: pd.DataFrame,
    colors: Mapping[str, str],
    families: Mapping[str, str],
    models: Sequence[str],
    x_label: str,
    noise_label: str,
) -> None:
    """Draw each family's worth with its interval, large by the first kind of model and small by the others.

    Parameters
    ----------
    frame
        model, family, estimate, conf_low, conf_high, noise, text (what stands beside the first model's); families from
        above in the frame's order.
    colors, families
        Colour and name of each family.
    models
        Names of the models, as the frame has them, the first the one that verdicts are taken from.
    """
    names = list(dict.fromkeys(frame["family"]))
    marks = dict(zip(models[1:], ("s", "^", "D"), strict=False))
    for row, family in enumerate(names):
        own = frame[frame["family"] == family].set_index("model")
        for place, model in enumerate(name for name in models if name in own.index):
            line, is_first = own.loc[model], model == models[0]
            color = colors.get(family, INK) if is_first else MUTED
            at = row + 0.2 * place
            ax.plot([line["conf_low"], line["conf_high"]], [at, at], color=color, linewidth=3 if is_first else 1.2,
                    solid_capstyle="round")  # fmt: skip
            ax.plot(line["estimate"], at, "o" if is_first else marks[model], color=color,
                    markersize=8 if is_first else 4)  # fmt: skip
            if is_first:
                ax.plot(line["noise"], at, "|", color=MUTED, markersize=16, markeredgewidth=2)
                ax.annotate(line["text"], (1.01, at), xycoords=("axes fraction", "data"), va="center", color=color,
                            fontsize=9)  # fmt: skip
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_yticks(range(len(names)), [families.get(name, name) for name in names])
    color_family_ticks(ax, [colors.get(name, INK) for name in names])
    ax.set_ylim(len(names) - 0.35, -0.35)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(x_label)
    shapes = {models[0]: Line2D([], [], color=INK, marker="o", linewidth=3)}
    shapes |= {name: Line2D([], [], color=MUTED, marker=mark, markersize=4) for name, mark in marks.items()}
    shapes[noise_label] = Line2D([], [], color=MUTED, marker="|", markersize=14, markeredgewidth=2, linestyle="")
    legend(ax, shapes, loc="upper center", bbox_to_anchor=(0.5, -0.32), ncols=len(shapes), frameon=False)


def both_height(frame: pd.DataFrame) -> float:
    """Return the height in inches that `draw_both` needs for a frame of values."""
    return 1.5 + 0.62 * frame["family"].nunique()


@draws
def draw_both(
    ax: Axes,
    values: pd.DataFrame,
    points: pd.DataFrame,
    colors: Mapping[str, str],
    families: Mapping[str, str],
    models: Sequence[str],
    x_label: str,
    noise_label: str,
    points_label: str,
) -> None:
    """Draw what each family is worth, and on the same rows how many points of churn it makes out.

    Parameters
    ----------
    values
        As `draw_family_values`.
    points
        As `draw_points`, a row for each family of the values, in their order.
    colors, families
        Colour and name of each family.
    models
        As `draw_family_values`.
    x_label, points_label
        Of the two axes.
    noise_label
        What the mark of shuffled columns is called.
    """
    place = ax.get_subplotspec()
    if place is None:
        raise ValueError("Two pictures side by side need an axes that stands in a grid, such as that of subplots().")
    halves = place.subgridspec(1, 2, width_ratios=_WIDTHS)
    ax.set_axis_off()
    left, right = (ax.figure.add_subplot(halves[0, half]) for half in (0, 1))
    draw_family_values(left, values, colors, families, models, x_label, noise_label)
    draw_points(right, points, colors, points_label)
    bottom, top = right.get_ylim()
    left.set_ylim(-bottom, -top)
    right.set_yticks([])
