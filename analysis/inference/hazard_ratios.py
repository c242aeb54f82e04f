"""Hazard ratios: what each column goes with, all others held, and whether that changes over a lifetime."""

from collections.abc import Sequence

import pandas as pd

from analysis.cox.cluster_errors import cluster_errors
from analysis.cox.coefficient_table import coefficient_table
from analysis.cox.fit import CoxFit
from analysis.cox.proportional_hazards import GLOBAL, ProportionalHazards
from analysis.design.matrix import Column
from analysis.inference.frames import DRIFTS, RATIOS
from analysis.inference.joint_tests import SHOWN
from analysis.inference.multiplicity import holm


def hazard_ratios(fit: CoxFit, columns: Sequence[Column], level: float = 0.95) -> pd.DataFrame:
    """Tabulate a fitted Cox model with errors that hold where rows of a cluster depend and clusters are few.

    Parameters
    ----------
    fit : CoxFit
    columns : sequence of Column
        Of the design, in the order of the fit.
    level : float
        Of the intervals.

    Returns
    -------
    DataFrame
        As `RATIOS`, errors and degrees of freedom by `cluster_errors`, so that a p value is below 1 - `level` where the
        interval leaves 1 out. Per standard deviation for numeric columns, against absence for indicators.
    """
    table = coefficient_table(fit, level=level, errors=cluster_errors(fit))
    return RATIOS.checked(_described(columns, table))


def drifts(result: ProportionalHazards, columns: Sequence[Column], level: float = SHOWN) -> pd.DataFrame:
    """Tabulate the tests of proportional hazards by column, with Holm's correction over the columns.

    Parameters
    ----------
    result : ProportionalHazards
    columns : sequence of Column
    level : float
        Of the family-wise error: a column drifts where its adjusted p value is below.

    Returns
    -------
    DataFrame
        As `DRIFTS`.
    """
    table = result.table[result.table["term"] != GLOBAL].reset_index(drop=True)
    table["adjusted_p_value"] = holm(table["p_value"].to_numpy())
    table["drifts"] = table["adjusted_p_value"] < level
    return DRIFTS.checked(_described(columns, table))


def _described(columns: Sequence[Column], table: pd.DataFrame) -> pd.DataFrame:
    """Put a column's covariate and family beside its numbers."""
    table.insert(1, "covariate", [column.covariate for column in columns])
    table.insert(2, "family", [column.family for column in columns])
    table.insert(3, "marks_missing", [column.marks_missing for column in columns])
    return table
