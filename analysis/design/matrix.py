"""DesignMatrix: covariates as numbers, learned on training rows and replayed on others."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.design.clock import NO_TERM, NONE_AHEAD
from analysis.design.raw_covariates import Covariate, Values, no_rows, readable_values
from analysis.design.transforms import MISSING, Memory, learn, transformed
from analysis.errors import DesignError
from analysis.wording.remarks import Remark, remark

ROW_COLUMNS = (
    "lifetime_id", "account_id", "cluster_id", "risk_date", "horizon_ends_on", "is_quarter_start", "phase",
    "term_months", "tenure_days", "term_kind", "days_before", "renewal_due", "deadline_due", "published_score",
)  # fmt: skip
"""What a design matrix keeps of the rows it was made from, where the frame has it."""

_COLLINEAR = 1e-9
"""Share of a column's variance that must be its own, or it is dropped as a copy of earlier columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a design matrix: its name, the covariate behind it and that covariate's family.

    `marks_missing`: the column says that the value is missing, which is not the factor itself.
    """

    name: str
    covariate: str
    family: str
    marks_missing: bool = False


@dataclass(frozen=True, slots=True)
class DroppedColumn:
    """A column that training rows could not support, and why; `marks_missing` as in `Column`."""

    name: str
    covariate: str
    family: str
    reason: Remark
    marks_missing: bool = False


def left_out(column: Column, reason: Remark) -> DroppedColumn:
    """Return a column as one that is dropped."""
    return DroppedColumn(column.name, column.covariate, column.family, reason, column.marks_missing)


@dataclass(frozen=True, slots=True)
class DesignMatrix:
    """Numbers for a model.

    Attributes
    ----------
    values : ndarray of float, shape (n, p)
        Numeric covariates in training standard deviations from the training mean, indicators as 0 or 1, pieces of a
        clock's curve from 0 to 1; no NaN. Every column is a monotone function of its covariate (a clock's within its
        kind of term), so that trees can use it as it is.
    columns : tuple of Column, length p
    rows : DataFrame, n rows
        Keys and labels of the rows (`ROW_COLUMNS`), in the order of `values`.
    """

    values: NDArray[np.float64]
    columns: tuple[Column, ...]
    rows: pd.DataFrame

    def __len__(self) -> int:
        """Count the rows."""
        return self.values.shape[0]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def families(self) -> tuple[str, ...]:
        """Families present, in order of appearance."""
        return tuple(dict.fromkeys(column.family for column in self.columns))

    def family_columns(self, family: str) -> NDArray[np.intp]:
        """Return the positions of a family's columns (empty where the family is not measured)."""
        return np.flatnonzero([column.family == family for column in self.columns])

    def select_families(self, families: Iterable[str]) -> "DesignMatrix":
        """Keep the columns of these families only.

        Raises
        ------
        DesignError
            If no column is left.
        """
        wanted = set(families)
        kept = [position for position, column in enumerate(self.columns) if column.family in wanted]
        if not kept:
            raise DesignError(_without_families(sorted(wanted), self.families))
        return DesignMatrix(self.values[:, kept], tuple(self.columns[k] for k in kept), self.rows)

    def without(self, names: Iterable[str]) -> "DesignMatrix":
        """Return the matrix without the columns of these names."""
        gone = set(names)
        kept = [position for position, column in enumerate(self.columns) if column.name not in gone]
        return DesignMatrix(self.values[:, kept], tuple(self.columns[k] for k in kept), self.rows)

    def with_values(self, values: NDArray[np.float64]) -> "DesignMatrix":
        """Return the same rows and columns with other numbers (a permutation, say)."""
        return replace(self, values=values)

    def take(self, rows: NDArray) -> "DesignMatrix":
        """Return some rows (a boolean mask or positions), in that order."""
        return DesignMatrix(self.values[rows], self.columns, self.rows.iloc[rows].reset_index(drop=True))


@dataclass(frozen=True, slots=True)
class Design:
    """What training rows taught: medians, means, spreads, levels, and which columns they cannot support.

    Attributes
    ----------
    covariates
        As declared.
    memories
        What was learned of each.
    columns
        Of a design matrix.
    kept
        The place of each among all columns of the covariates.
    dropped
        The others, and why.
    """

    covariates: tuple[Covariate, ...]
    memories: tuple[Memory, ...]
    columns: tuple[Column, ...]
    kept: NDArray[np.intp]
    dropped: tuple[DroppedColumn, ...]

    def apply(self, frame: pd.DataFrame) -> DesignMatrix:
        """Make the design matrix of any rows with what training taught; every row stays.

        Raises
        ------
        DesignError
            If a covariate is missing, or holds text or infinity where numbers are required.
        """
        return self._of(_values(self.covariates, self.memories, readable_values(frame, self.covariates)), frame)

    def _of(self, values: NDArray[np.float64], frame: pd.DataFrame) -> DesignMatrix:
        rows = frame[[column for column in ROW_COLUMNS if column in frame]].reset_index(drop=True)
        return DesignMatrix(np.ascontiguousarray(values[:, self.kept]), self.columns, rows)


def learn_design(frame: pd.DataFrame, covariates: Sequence[Covariate]) -> Design:
    """Learn medians, scales and levels from training rows.

    Parameters
    ----------
    frame : DataFrame
        Training rows only.
    covariates : sequence of Covariate
        `transform` 'identity', 'log1p' and 'log_from_one' give a standardised column and an indicator of missing
        values; 'category' gives an indicator for every level but the commonest; 'clock' a curve for each kind of
        term (`analysis.design.clock`).

    Returns
    -------
    Design
        Columns that are constant in training, or a linear combination of earlier ones, are left out
        and listed in `dropped` (indicators give way to values).

    Raises
    ------
    DesignError
        If there are no rows, no covariates, or no column that varies; if a covariate is missing,
        declared twice, or holds text or infinity where numbers are required.
    """
    return learn_matrix(frame, covariates)[0]


def learn_matrix(frame: pd.DataFrame, covariates: Sequence[Covariate]) -> tuple[Design, DesignMatrix]:
    """Learn a design, and return beside it the matrix of the training rows, as `Design.apply` would make it.

    Parameters, errors and what is left out are those of `learn_design`.
    """
    _require_rows_and_covariates(frame, covariates)
    readable = readable_values(frame, covariates, to_learn=True)
    memories = tuple(learn(covariate, readable) for covariate in covariates)
    values, columns = _values(covariates, memories, readable), named_columns(covariates, memories)
    reasons = _reasons_to_drop(values, columns)
    kept = np.flatnonzero([reason is None for reason in reasons])
    if len(kept) == 0:
        raise DesignError(remark("design.nothing_varies", covariates=len(covariates), rows=len(frame)))
    dropped = tuple(
        left_out(column, reason) for column, reason in zip(columns, reasons, strict=True) if reason is not None
    )
    dropped += tuple(
        DroppedColumn(c.name, c.name, c.family, remark("design.one_level"))
        for c in covariates
        if c.transform == "category" and len(set(readable.of[c.name])) == 1
    )
    design = Design(tuple(covariates), memories, tuple(columns[k] for k in kept), kept, dropped)
    return design, design._of(values, frame)


def named_columns(covariates: Sequence[Covariate], memories: Sequence[Memory]) -> list[Column]:
    """Name the columns of all covariates for readers: 'seats', 'seats: missing', 'plan: basic'."""
    nobody, told = no_rows(covariates), zip(covariates, memories, strict=True)
    return [_named(one, level) for one, memory in told for level in transformed(one, memory, nobody)]


def _values(covariates: Sequence[Covariate], memories: Sequence[Memory], of: Values) -> NDArray[np.float64]:
    """Return the same columns of some rows, shape (n, p): each to the bit what it is without the others."""
    told = zip(covariates, memories, strict=True)
    made = [column for one, memory in told for column in transformed(one, memory, of).values()]
    return np.column_stack(made) if made else np.empty((len(next(iter(of.of.values()))), 0))


def _named(covariate: Covariate, level: str) -> Column:
    label = f"{covariate.name}: {level}" if level else covariate.name
    match covariate.transform:
        case "category":
            marks_missing = False
        case "clock":
            marks_missing = level == NO_TERM or level.endswith(NONE_AHEAD)
        case _:
            marks_missing = level == MISSING
    return Column(label, covariate.name, covariate.family, marks_missing)


def _reasons_to_drop(values: NDArray[np.float64], columns: list[Column]) -> list[Remark | None]:
    """Say, per column, why training rows cannot support it, or None."""
    reasons, numbers = [], []
    for column in values.T:
        in_one_piece = column + 0.0  # in which zero has one sign
        reasons.append(remark("design.constant") if np.ptp(in_one_piece) <= 1e-12 else None)
        numbers.append(hashlib.sha256(in_one_piece).digest())
    varying = [k for k, reason in enumerate(reasons) if reason is None]
    varying.sort(key=lambda k: columns[k].marks_missing)
    centred = values[:, varying]
    centred -= centred.mean(axis=0)
    own = centred.T @ centred
    variance = np.diag(own).copy()
    first_with: dict[bytes, str] = {}
    for position, k in enumerate(varying):
        if own[position, position] <= _COLLINEAR * variance[position]:
            equal = first_with.get(numbers[k])
            reasons[k] = remark("design.equal", column=equal) if equal else remark("design.combination")
        else:
            own = own - np.outer(own[:, position], own[position]) / own[position, position]
        first_with.setdefault(numbers[k], columns[k].name)
    return reasons


def _without_families(wanted: Sequence[str], present: Sequence[str]) -> Remark:
    if not present:
        return remark("design.no_family_at_all", families=tuple(wanted))
    return remark("design.no_family", families=tuple(wanted), present=tuple(present))


def _require_rows_and_covariates(frame: pd.DataFrame, covariates: Sequence[Covariate]) -> None:
    if len(covariates) == 0:
        raise DesignError(remark("design.no_covariate"))
    if len(frame) == 0:
        raise DesignError(remark("design.no_rows"))
    names = [covariate.name for covariate in covariates]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DesignError(f"Covariates are declared twice: {', '.join(twice)}.")
