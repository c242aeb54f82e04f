"""Bounds: columns on one side of which hardly anybody left; the strongest findings may be among them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cox.firth import FirthLimits, firth_limits
from analysis.cox.identifiability import MIN_SUBJECTS, carrying_subjects
from analysis.cox.risk_sets import risk_sets
from analysis.cox.rows import CountingRows
from analysis.design.matrix import Column, DesignMatrix
from analysis.errors import ModelError
from analysis.inference.frames import BOUNDS
from analysis.inference.joint_tests import SHOWN
from analysis.inference.multiplicity import holm

FEWEST_EXPECTED = 3.0
"""Expected events on a side, had the column no effect, from which on it says something that there were none: with three
expected, none happens by chance in 5 of 100 (exp(-3))."""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """The rows that a column sets apart from where most events are, and what was to be expected of them.

    Attributes
    ----------
    rows : ndarray of bool, shape (n,)
    is_high, is_low : bool
        Whether all its values lie above, or below, all others.
    n_lifetimes, n_clusters, n_events : int
        Distinct lifetimes and clusters with rows on the side, and lifetimes with event there.
    expected : float
        Events by the hazard of all at risk at the same time, in the same stratum.
    widening : float
        By what less these tell because lifetimes of one cluster leave together, 1 or more.
    """

    rows: NDArray[np.bool_]
    is_high: bool
    is_low: bool
    n_lifetimes: int
    n_clusters: int
    n_events: int
    expected: float
    widening: float

    @property
    def says_something(self) -> bool:
        """Whether so many were to be expected, as if they were independent, that fewer would mean something."""
        return self.expected / self.widening >= FEWEST_EXPECTED


def thin_sides(matrix: DesignMatrix, rows: CountingRows) -> dict[str, Side]:
    """Return the side on which few left of each column that fewer than `MIN_SUBJECTS` lifetimes with event set apart.

    By column name. Whether a column is kept must follow from how many it sets apart, never from how many of them left.
    """
    carried = carrying_subjects(matrix.values, rows)
    hazard = null_hazard(rows)
    return {
        column.name: side_of(values, rows, hazard)
        for column, values, number in zip(matrix.columns, matrix.values.T, carried, strict=True)
        if number < MIN_SUBJECTS
    }


def null_hazard(rows: CountingRows) -> NDArray[np.float64]:
    """Return the hazard that each row passes through if all at risk are alike (Nelson-Aalen), shape (n,)."""
    sets = risk_sets(rows)
    at_risk = sets.sums(np.empty((len(rows), 0)), np.ones(len(rows)), rows)[:, 0]
    return sets.passed(sets.cumulate(sets.deaths / at_risk), rows)


def side_of(column: NDArray[np.float64], rows: CountingRows, hazard: NDArray[np.float64]) -> Side:
    """Return the side of a column on which fewer left: of two values the one, of many all but the commonest at events.

    Parameters
    ----------
    column : ndarray, shape (n,)
    rows : CountingRows
    hazard : ndarray, shape (n,)
        As `null_hazard` gives it.

    Notes
    -----
    Expected: Breslow's martingale compensator. Widening: if clusters share a gamma frailty of variance v, that nobody
    leaves where E_c were expected of each has the probability prod (1 + v E_c)^(-1/v), as if sum log(1 + v E_c) / v
    independent events had been expected in place of sum E_c. The variance is estimated by moments from all clusters:
    sum ((O_c - E_c)^2 - E_c) / sum E_c^2, at least 0.
    """
    levels, sizes = np.unique(column[rows.event], return_counts=True)
    common = levels[np.argmax(sizes)]
    apart = column != common
    passed = np.bincount(rows.cluster, hazard)
    left = np.bincount(rows.cluster, rows.event)
    frailty = max(float(((left - passed) ** 2 - passed).sum() / (passed**2).sum()), 0.0)
    of_side = np.bincount(rows.cluster[apart], hazard[apart])
    expected = float(of_side.sum())
    as_independent = float(np.log1p(frailty * of_side).sum() / frailty) if frailty > 0 else expected
    others = column[~apart]
    return Side(
        rows=apart,
        is_high=bool(column[apart].min() > others.max()) if apart.any() else False,
        is_low=bool(column[apart].max() < others.min()) if apart.any() else False,
        n_lifetimes=len(np.unique(rows.subject[apart])),
        n_clusters=len(np.unique(rows.cluster[apart])),
        n_events=len(np.unique(rows.subject[apart & rows.event])),
        expected=expected,
        widening=max(expected / as_independent, 1.0) if as_independent > 0 else 1.0,
    )


def bounds_of(
    matrix: DesignMatrix, columns: Sequence[Column], sides: dict[str, Side], beside: Sequence[str], rows: CountingRows
) -> pd.DataFrame:
    """Return the bound of each column's hazard ratio, the fitted columns beside it, as `BOUNDS`.

    Columns of which nothing can be told even so (alike among all at risk, given the others) have no line.

    Parameters
    ----------
    matrix : DesignMatrix
        Of all columns.
    columns : sequence of Column
        Whose bounds are wanted.
    sides : mapping of str to Side
        By column name.
    beside : sequence of str
        Names of the columns of the fit.
    rows : CountingRows
    """
    held = matrix.values[:, [matrix.names.index(name) for name in beside]]
    lines = []
    for column in columns:
        side = sides[column.name]
        values = matrix.values[:, matrix.names.index(column.name)]
        is_mark = len(np.unique(values)) == 2
        if is_mark:
            values = (values == values.max()).astype(np.float64)
        try:
            found = firth_limits(values, rows, held, widening=side.widening)
        except ModelError:
            continue
        lines.append(_line(column, is_mark, side, found))
    if not lines:
        return BOUNDS.empty()
    table = pd.DataFrame(lines)
    table["adjusted_p_value"] = holm(table["p_value"].to_numpy())
    table["is_shown"] = table["adjusted_p_value"] < SHOWN
    return BOUNDS.checked(table[BOUNDS.columns])


def _line(column: Column, is_mark: bool, side: Side, found: FirthLimits) -> dict[str, object]:
    says = "between"
    if side.n_events == 0 and (side.is_high or side.is_low):
        says = "at_most" if side.is_high else "at_least"
    return {
        "term": column.name,
        "covariate": column.covariate,
        "family": column.family,
        "marks_missing": column.marks_missing,
        "is_mark": is_mark,
        "says": says,
        "n_lifetimes": side.n_lifetimes,
        "n_clusters": side.n_clusters,
        "n_events": side.n_events,
        "expected": side.expected,
        "widening": side.widening,
        "estimate": found.estimate,
        "conf_low": found.conf_low,
        "conf_high": found.conf_high,
        "p_value": found.p_value,
        "hazard_ratio": _ratio(found.estimate),
        "hazard_ratio_low": _ratio(found.conf_low),
        "hazard_ratio_high": _ratio(found.conf_high),
    }


def _ratio(log_ratio: float) -> float:
    """Return a ratio; infinite where it is more than a float holds."""
    with np.errstate(over="ignore"):
        return float(np.exp(log_ratio))
