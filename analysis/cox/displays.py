"""Displays: a fit's coefficients, and its test of proportional hazards, as they show themselves."""

from analysis.cox.coefficient_table import coefficient_table
from analysis.cox.fit import CoxFit
from analysis.cox.proportional_hazards import GLOBAL, Transform, coefficient_path, proportional_hazards_test
from analysis.cox.silence import silent_notes
from analysis.figures.display import Display
from analysis.figures.effects import draw_coefficient_path, draw_hazard_ratios, forest_height
from analysis.figures.style import ACCENT


def summary_of(fit: CoxFit, *, robust: bool | None = None, level: float = 0.95) -> Display:
    """Return coefficients and hazard ratios with intervals, their forest plot, and what they keep to themselves.

    Parameters
    ----------
    fit : CoxFit
    robust : bool, optional
        As `coefficient_table`; the title says which errors there are, clustered ones only where clusters were given.
    level : float
    """
    table = coefficient_table(fit, robust=robust, level=level)
    shown = table.assign(label=table["term"], family="Columns")
    errors = errors_in_words(fit, robust)
    label = f"Hazard ratio ({level:.0%} interval, {errors} errors)"
    return Display(
        f"Cox model: {fit.rows.n_events:,} events in {len(fit.rows):,} rows, {errors} errors",
        table,
        lambda ax: draw_hazard_ratios(ax, shown, {"Columns": ACCENT}, label),
        size=(7.0, forest_height(shown)),
        notes=tuple(str(note) for note in (*fit.notes, *silent_notes(fit, robust=robust))),
    )


def errors_in_words(fit: CoxFit, robust: bool | None = None) -> str:
    """Return 'cluster-robust', 'robust' or 'model-based': no more than what was given to the fit."""
    if not fit.is_robust(robust):
        return "model-based"
    return "cluster-robust" if fit.rows.has_clusters else "robust"


def proportional_hazards_of(fit: CoxFit, transform: Transform = "km") -> Display:
    """Return the test of proportional hazards by column and for all, and the path of the strongest drift.

    Raises
    ------
    ModelError
        As `proportional_hazards_test`.
    """
    result = proportional_hazards_test(fit, transform)
    columns = result.table[result.table["term"] != GLOBAL]
    strongest = columns.sort_values(["p_value", "term"], kind="stable").iloc[0]
    path = coefficient_path(result, strongest["term"])
    return Display(
        f"Proportional hazards (transform {transform})",
        result.table,
        lambda ax: draw_coefficient_path(
            ax, path, strongest["estimate"], strongest["term"], ACCENT, "Time", years_label=""
        ),
        size=(7.0, 3.2),
    )
