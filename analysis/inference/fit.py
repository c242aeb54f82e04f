"""Inference: the time-varying Cox model of a cohort, fitted so that every column in it can be estimated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd

from analysis.cox.family_ridge import fit_shrunk
from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.identifiability import MIN_SUBJECTS, NotEstimableError
from analysis.cox.risk_sets import risk_sets
from analysis.cox.rows import CountingRows
from analysis.design.matrix import Column, Covariate, Design, DesignMatrix, DroppedColumn, learn_matrix, left_out
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.inference.bounds import FEWEST_EXPECTED, Side, bounds_of, null_hazard, side_of, thin_sides
from analysis.inference.clock import clock_strata
from analysis.inference.frames import BOUNDS
from analysis.wording.remarks import Remark, remark

ENOUGH_A_COLUMN = 5
"""Events a column from which on columns are fitted as they are, and `cluster_errors` hold as they say; with fewer they
are shrunk, and each is told as if it alone were not (`analysis.cox.cluster_errors`)."""
REFUSED = ("inference.refused", "inference.refused_beside")
"""Codes of the reasons why a column that the fit refused was left out."""


@dataclass(frozen=True)
class Inference:
    """A Cox model fitted on the lifetime clock, and the columns that the data could not support.

    Attributes
    ----------
    fit : CoxFit
        Its columns are those of `columns`, in order: per standard deviation or against absence.
    columns : tuple of Column
    design : Design
    dropped : tuple of DroppedColumn
    n_rows : int
    find_bounds : callable
        Returns `bounds`; most fits are never asked for them, and each takes a likelihood to its limits.
    """

    fit: CoxFit
    columns: tuple[Column, ...]
    design: Design
    dropped: tuple[DroppedColumn, ...]
    n_rows: int
    find_bounds: Callable[[], pd.DataFrame] = BOUNDS.empty

    @cached_property
    def bounds(self) -> pd.DataFrame:
        """As `BOUNDS`: what can be told of columns on one side of which hardly anybody left."""
        return self.find_bounds()

    @property
    def notes(self) -> tuple[Remark, ...]:
        """What a reader of the fit must know."""
        if not self.fit.is_penalised:
            return self.fit.notes
        evidence, columns = evidence_in(self.fit.rows), len(self.columns)
        shrunk = remark("inference.shrunk", evidence=evidence, n_columns=columns, least=ENOUGH_A_COLUMN)
        return (shrunk, *(note for note in self.fit.notes if note.code != "cox.few_events"))

    def matrix(self, counting_process: pd.DataFrame) -> DesignMatrix:
        """Return the fitted columns, in order, for these or other intervals."""
        matrix = self.design.apply(counting_process)
        return matrix.without(set(matrix.names) - {column.name for column in self.columns})


def fit_inference(counting_process: pd.DataFrame, covariates: Sequence[Covariate]) -> Inference:
    """Fit the time-varying Cox model with cluster-robust errors.

    Parameters
    ----------
    counting_process
        Intervals ``(start, stop]`` with their covariates.
    covariates
        Those declared for the counting process.

    Raises
    ------
    DesignError, ModelError
        If no covariate varies, nobody churned, or the likelihood has no maximum.
    """
    return fit_matrix(*learn_matrix(counting_process, covariates), counting_process)


def fit_matrix(design: Design, matrix: DesignMatrix, counting_process: pd.DataFrame) -> Inference:
    """Fit the columns of a matrix of the intervals, which may be others than those of its design.

    Raises
    ------
    ModelError
        If nobody churned, no column says enough to be estimated, or the likelihood has no maximum.
    """
    rows = Outcome.from_counting_process(counting_process).counting_rows(clock_strata(counting_process))
    sides = thin_sides(matrix, rows)
    thin = thin_columns(matrix, rows, sides)
    if len(thin) == len(matrix.columns):
        names = tuple(column.name for column in thin)
        why = thin[-1].reason if thin else remark("inference.refused")
        raise ModelError(remark("inference.nothing_left", columns=names, reason=why))
    fit, kept, separating = fit_what_can_be_estimated(matrix.without(column.name for column in thin), rows)
    telling = {name for name, side in sides.items() if side.says_something}
    bounded = [column for column in matrix.columns if column.name in telling]
    refused = {column.name for column in separating if column.reason.code == REFUSED[0]} - telling
    hazard = null_hazard(rows)
    for column in matrix.columns:
        if column.name in refused:
            side = side_of(matrix.values[:, matrix.names.index(column.name)], rows, hazard)
            if side.says_something:
                sides[column.name] = side
                bounded.append(column)
    find_bounds = partial(bounds_of, matrix, bounded, sides, fit.names, rows)
    return Inference(fit, kept.columns, design, design.dropped + thin + separating, len(matrix), find_bounds)


def fit_what_can_be_estimated(
    matrix: DesignMatrix, rows: CountingRows
) -> tuple[CoxFit, DesignMatrix, tuple[DroppedColumn, ...]]:
    """Fit some columns, leaving out one by one those that the fit refuses; of several, one that marks missing values.

    Where there are fewer than `ENOUGH_A_COLUMN` events, or clusters with events, a column, each family's columns are
    shrunk as far as its own data ask for, and marks of missing values apart from them. Two indicators that are nearly
    the same leave the few accounts in which they differ to tell their effects apart.

    Returns
    -------
    fit : CoxFit
    matrix : DesignMatrix
        With the columns that are left.
    dropped : tuple of DroppedColumn
    """
    dropped: list[DroppedColumn] = []
    while True:
        try:
            return fit_as_supported(matrix, rows), matrix, tuple(dropped)
        except NotEstimableError as error:
            if len(matrix.columns) == 1:
                raise
            guilty = least_needed(matrix.columns, error)
            named = [column for column in matrix.columns if column.name in error.columns]
            others = tuple(column.name for column in named if column != guilty)
            reason = remark("inference.refused_beside", columns=others) if others else remark("inference.refused")
            dropped.append(left_out(guilty, reason))
            matrix = matrix.without([guilty.name])


def fit_as_supported(matrix: DesignMatrix, rows: CountingRows) -> CoxFit:
    """Fit the columns, shrunk family by family where events or clusters are few for them.

    Raises
    ------
    ModelError
        As `fit_cox`.
    """
    if evidence_in(rows) < ENOUGH_A_COLUMN * len(matrix.columns):
        groups = [(column.family, column.marks_missing) for column in matrix.columns]
        return fit_shrunk(matrix.values, rows, groups, names=matrix.names)
    return fit_cox(matrix.values, rows, names=matrix.names)


def evidence_in(rows: CountingRows) -> int:
    """Count lifetimes with event, or clusters with one where those are fewer: how much may be asked of the rows."""
    return min(rows.n_subjects_with_event, len(np.unique(rows.cluster[rows.event])))


def refit(fit: CoxFit, matrix: DesignMatrix) -> CoxFit:
    """Fit some of the columns of a fit to its rows again, with other values, shrunk as in it.

    Raises
    ------
    ModelError
        As `fit_cox`.
    """
    ridge = dict(zip(fit.names, fit.ridge, strict=True))
    return fit_cox(matrix.values, fit.rows, names=matrix.names, ridge=[ridge[name] for name in matrix.names])


def least_needed(columns: Sequence[Column], error: NotEstimableError) -> Column:
    """Return the column to leave out of those that a fit refuses: one that marks missing values, or the last."""
    named = [column for column in columns if column.name in error.columns]
    return next((column for column in named if column.marks_missing), named[-1])


def thin_columns(matrix: DesignMatrix, rows: CountingRows, sides: Mapping[str, Side]) -> tuple[DroppedColumn, ...]:
    """Name the columns that set too few apart, those that have a bound, and those alike for all at risk together.

    The last follow from age alone (a window that a young lifetime cannot have): the baseline hazard holds them.
    """
    found = []
    information = _information_of_pairs(matrix, rows)
    for column, own in zip(matrix.columns, information, strict=True):
        side = sides.get(column.name)
        if side and side.says_something:
            reason = remark("inference.bounded")
        elif side:
            expected = side.expected / side.widening
            reason = remark("inference.unexposed", expected=expected, least=round(FEWEST_EXPECTED))
        elif own < MIN_SUBJECTS:
            reason = remark("inference.alike")
        else:
            continue
        found.append(left_out(column, reason))
    return tuple(found)


def _information_of_pairs(matrix: DesignMatrix, rows: CountingRows) -> list[float]:
    """Return, for columns of two values, events times the variance of "has the rarer value" among those at risk.

    Infinite for other columns: they differ wherever two accounts are at risk together.
    """
    sets, one = risk_sets(rows), np.ones(len(rows))
    information = []
    for values in matrix.values.T:
        low, high = values.min(), values.max()
        is_high = values == high
        if not (is_high | (values == low)).all():
            information.append(np.inf)
            continue
        sums = sets.sums(is_high.astype(np.float64)[:, None], one, rows)
        share = sums[:, 1] / sums[:, 0]
        information.append(float((sets.deaths * share * (1 - share)).sum()))
    return information
