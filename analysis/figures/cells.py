"""Cells: a map of accounts high and low by each family, coloured by how many left."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from analysis.figures.labels import draws
from analysis.figures.style import HIDDEN, INK, MUTED

HEAT = LinearSegmentedColormap.from_list("leaving", ["#f4f7f9", "#f6cdb8", "#e98a5f"])
"""Ink is read on all of it."""
_GAP, _FRAME = 0.04, 2.6


def map_height(frame: pd.DataFrame) -> float:
    """Return the height in inches that `draw_cells` needs for a frame."""
    return 1.0 + 1.6 * frame["row"].nunique()


@draws
def draw_cells(
    ax: Axes,
    frame: pd.DataFrame,
    row_labels: Sequence[str],
    column_labels: Sequence[Sequence[str]],
    notes: Sequence[str] = (),
) -> None:
    """Draw a cell for each combination of halves: how many left in large, its interval, and who is there now.

    Parameters
    ----------
    frame
        row, column (from 0, the first on top, on the left), estimate (missing where hidden), is_spot, and texts: share,
        interval, of, now, paying.
    row_labels
        What stands beside each row.
    column_labels
        What stands over each column, line by line.
    notes
        What numbers and frames mean, line by line.
    """
    most = frame["estimate"].max()
    for cell in frame.itertuples():
        x, y = cell.column + _GAP, -cell.row + _GAP
        is_known = pd.notna(cell.estimate)
        strength = cell.estimate / most if is_known and most > 0 else 0.0
        face = HEAT(strength) if is_known else "#e9ecef"
        edge, width = (INK, _FRAME) if cell.is_spot else ("white", 1.0)
        side = 1 - 2 * _GAP
        ax.add_patch(Rectangle((x, y), side, side, facecolor=face, edgecolor=edge, linewidth=width))
        middle = cell.column + 0.5
        ax.text(middle, y + 0.77, cell.share if is_known else HIDDEN, ha="center", va="center", color=INK, fontsize=15)
        lines = {0.59: cell.interval, 0.47: cell.of, 0.24: cell.now, 0.12: cell.paying}
        for height, line in lines.items():
            ax.text(middle, y + height, line, ha="center", va="center", color=INK, fontsize=8.5)
    n_rows, n_columns = len(row_labels), len(column_labels)
    ax.set_xlim(0, n_columns)
    ax.set_ylim(-n_rows + 1, 1)
    ax.set_yticks([0.5 - row for row in range(n_rows)], row_labels)
    ax.xaxis.tick_top()
    ax.set_xticks([column + 0.5 for column in range(n_columns)], ["\n".join(lines) for lines in column_labels])
    ax.tick_params(length=0)
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_xlabel("\n".join(notes), color=MUTED, fontsize=8)
    ax.xaxis.set_label_position("bottom")
