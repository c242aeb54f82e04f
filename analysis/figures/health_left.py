"""Left out, treated, what if: pictures of what is beside a health score."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.figures.labels import draws, legend
from analysis.figures.style import INK, MUTED, SCORE_COLORS, ink_on, percent


@draws
def draw_gains(
    ax: Axes, frame: pd.DataFrame, names: Mapping[str, str], colors: Mapping[str, str], x_label: str
) -> None:
    """Draw what parts add, as points with intervals, from above in the frame's order.

    Parameters
    ----------
    frame
        name, estimate, conf_low, conf_high, text.
    names, colors
        Label and colour of each part.
    """
    for row, line in enumerate(frame.to_dict("records")):
        color = colors.get(line["name"], INK)
        ax.plot([line["conf_low"], line["conf_high"]], [row, row], color=color, linewidth=3, solid_capstyle="round")
        ax.plot(line["estimate"], row, "o", color=color, markersize=8)
        ax.annotate(line["text"], (1.01, row), xycoords=("axes fraction", "data"), va="center", color=color, fontsize=9)
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_yticks(range(len(frame)), [names.get(name, name) for name in frame["name"]])
    ax.set_ylim(len(frame) - 0.5, -0.5)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(x_label)


@draws
def draw_treated(ax: Axes, frame: pd.DataFrame, names: Mapping[str, str], labels: Sequence[str]) -> None:
    """Draw each colour's risk as seen, hollow, and without interventions, filled, with their intervals.

    Parameters
    ----------
    frame
        As `analysis.health_score.left_frames.TREATED_BANDS`.
    names
        Of the colours.
    labels
        Of the axis, of what is seen, and of what would have been.
    """
    for row, line in enumerate(frame.to_dict("records")):
        color = SCORE_COLORS[line["colour"]]
        for at, kind, face in ((row - 0.14, "risk", "white"), (row + 0.14, "untreated", color)):
            name = "risk" if kind == "risk" else "untreated_risk"
            ax.plot([line[f"{kind}_low"], line[f"{kind}_high"]], [at, at], color=color, linewidth=2.5)
            ax.plot(line[name], at, "o", color=color, markerfacecolor=face, markersize=8)
    ax.set_yticks(range(len(frame)), [names[one] for one in frame["colour"]])
    ax.set_ylim(len(frame) - 0.5, -0.5)
    ax.set_xlim(left=0)
    ax.grid(axis="y", visible=False)
    ax.xaxis.set_major_formatter(percent)
    ax.set_xlabel(labels[0])
    marks = {labels[1]: "white", labels[2]: MUTED}
    shapes = {
        name: Line2D([], [], color=MUTED, marker="o", markerfacecolor=face, markersize=8)
        for name, face in marks.items()
    }
    legend(ax, shapes, loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2, frameon=False)


@draws
def draw_what_if(
    ax: Axes, before: pd.DataFrame, after: pd.DataFrame, names: Mapping[str, str], labels: Sequence[str]
) -> None:
    """Draw the colours' shares of the book and of the leavers, as they are above as they would be.

    Parameters
    ----------
    before, after
        As `analysis.health_score.left_frames.WHAT_IF`.
    names
        Of the colours.
    labels
        Of the four bars, from above: book and leavers as they are, book and leavers as they would be.
    """
    bars = [(frame, column) for frame in (before, after) for column in ("share_of_book", "share_of_leavers")]
    for row, (frame, column) in enumerate(bars):
        share = frame.set_index("colour")[column].fillna(0.0)
        left = np.r_[0.0, np.cumsum(share.to_numpy())[:-1]]
        for start, (colour, width) in zip(left, share.items(), strict=True):
            ax.barh(row, width, left=start, color=SCORE_COLORS[str(colour)], height=0.7, alpha=1.0 if row > 1 else 0.55)
            if width > 0.04:
                ax.annotate(percent(round(width, 2)), (start + width / 2, row), ha="center", va="center",
                            color=ink_on(SCORE_COLORS[str(colour)]) if row > 1 else INK)  # fmt: skip
    ax.set_yticks(range(4), labels)
    ax.set_ylim(3.5, -0.5)
    ax.set_xlim(0, 1)
    ax.grid(visible=False)
    ax.xaxis.set_major_formatter(percent)
    legend(
        ax, {names[one]: Patch(color=color) for one, color in SCORE_COLORS.items()}, loc="upper center",
        bbox_to_anchor=(0.5, -0.12), ncols=3, frameon=False,
    )  # fmt: skip
