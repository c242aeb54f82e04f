"""Displays of the contest: what forecasts lose without each family, as a table with its picture."""

from collections.abc import Mapping

import pandas as pd

from analysis.figures.display import Display
from analysis.figures.effects import draw_family_losses


def show_losses(losses: pd.DataFrame, colors: Mapping[str, str]) -> Display:
    """Return the losses of explained variation as bars.

    Parameters
    ----------
    losses
        As `analysis.contest.frames.LOSSES`, of that metric.
    colors
        Colour of each family.
    """
    table = losses.reset_index(drop=True)
    table.insert(0, "label", table["family"] + ", " + table["model"])
    return Display(
        "Points of explained variation (IPA) lost without the family",
        table,
        lambda ax: draw_family_losses(ax, table, colors),
        size=(7.0, 1.0 + 0.35 * len(table)),
    )
