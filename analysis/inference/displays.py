"""Displays of the time-varying Cox model: hazard ratios and their drift, as tables with their pictures."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.cox.proportional_hazards import ProportionalHazards, coefficient_path
from analysis.figures.display import Display
from analysis.figures.effects import draw_coefficient_path, draw_hazard_ratios, forest_height
from analysis.wording.remarks import Remark

_RATIOS = ("label", "family", "hazard_ratio", "hazard_ratio_low", "hazard_ratio_high", "p_value", "read_with")
_DRIFTS = ("label", "family", "estimate", "statistic", "df", "p_value", "adjusted_p_value", "drifts")
"""What of each table a notebook shows."""


def show_hazard_ratios(table: pd.DataFrame, colors: Mapping[str, str], notes: Sequence[Remark] = ()) -> Display:
    """Return hazard ratios as a forest plot, the highest of each family first, without indicators of missing values.

    Parameters
    ----------
    table
        As `analysis.inference.frames.RATIOS`, with a label for each column.
    colors
        Colour of each family.
    notes
        What a reader of the ratios must know.
    """
    shown = table[~table["marks_missing"]].sort_values("estimate", ascending=False, kind="stable")
    shown = shown.sort_values("family", key=lambda names: names.map(order_of(table["family"])), kind="stable")
    return Display(
        "Hazard ratios per standard deviation",
        table,
        lambda ax: draw_hazard_ratios(ax, shown, colors),
        size=(8.4, forest_height(shown)),
        notes=tuple(str(note) for note in notes),
        columns=_RATIOS,
    )


def order_of(names: pd.Series) -> dict[str, int]:
    """Return the place of each name in the order in which they first stand."""
    return {name: place for place, name in enumerate(dict.fromkeys(names))}


def show_drifts(table: pd.DataFrame, result: ProportionalHazards, colors: Mapping[str, str]) -> Display:
    """Return which hazard ratios drift over the lifetime, the strongest first, and the path of that one.

    Parameters
    ----------
    table
        As `analysis.inference.frames.DRIFTS`, with a label for each column.
    result
        Of the fit.
    colors
        Colour of each family.
    """
    table = table.sort_values(["p_value", "term"], kind="stable", ignore_index=True)
    strongest = table.iloc[0]
    path = coefficient_path(result, strongest["term"])
    return Display(
        "Do hazard ratios change over the lifetime?",
        table,
        lambda ax: draw_coefficient_path(
            ax, path, strongest["estimate"], strongest["label"], colors[strongest["family"]]
        ),
        size=(7.0, 3.2),
        columns=_DRIFTS,
    )
