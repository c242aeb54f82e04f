"""Drift: are hazard ratios shown to change over the lifetime, and which?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from analysis.cox.proportional_hazards import GLOBAL, ProportionalHazards, coefficient_path
from analysis.design.matrix import Column
from analysis.inference.hazard_ratios import drifts
from analysis.inference.joint_tests import SHOWN


class Drift(StrEnum):
    """What the tests of proportional hazards show."""

    OF_COLUMNS = "of_columns"
    """Some columns drift, each by itself."""
    TOGETHER = "together"
    """All together drift, though no column stands out."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class DriftVerdict:
    """Whether hazard ratios drift.

    Attributes
    ----------
    terms
        The columns that drift, in the order of the model.
    strongest
        The same, those with the smallest p value first.
    p_value
        Of all columns together.
    """

    drift: Drift
    terms: tuple[str, ...]
    strongest: tuple[str, ...]
    p_value: float


def drift_verdict(result: ProportionalHazards, columns: Sequence[Column]) -> DriftVerdict:
    """Judge the tests of proportional hazards of a fit, its columns in order."""
    together = result.table.loc[result.table["term"] == GLOBAL, "p_value"].iloc[0]
    return judge_drifts(drifts(result, columns), float(together))


def judge_drifts(table: pd.DataFrame, together: float) -> DriftVerdict:
    """Judge the tests of proportional hazards.

    Parameters
    ----------
    table
        As `analysis.inference.frames.DRIFTS`.
    together
        P value of all columns together.
    """
    drifting = table[table["drifts"]]
    of_none = Drift.TOGETHER if together < SHOWN else Drift.NONE
    by_strength = drifting.sort_values(["p_value", "term"], kind="stable")
    return DriftVerdict(
        Drift.OF_COLUMNS if len(drifting) else of_none, tuple(drifting["term"]), tuple(by_strength["term"]), together
    )


@dataclass(frozen=True, slots=True)
class DriftPath:
    """How the hazard ratio of a column changes over the lifetime.

    Attributes
    ----------
    constant
        The log hazard ratio fitted, one for the whole lifetime.
    path
        time (days), estimate, conf_low, conf_high (log hazard ratios), as `coefficient_path` gives them.
    """

    term: str
    family: str
    constant: float
    path: pd.DataFrame


def drift_path(result: ProportionalHazards, columns: Sequence[Column], term: str) -> DriftPath:
    """Return the path of one column of a fit, its columns in order."""
    constant = float(result.table.set_index("term").loc[term, "estimate"])
    family = next(column.family for column in columns if column.name == term)
    return DriftPath(term, family, constant, coefficient_path(result, term))
