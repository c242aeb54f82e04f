"""Covariates: which columns of a user's table a fit is of, by name or by formula, and the same of other rows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from formulaic import ModelSpec
from numpy.typing import NDArray

from analysis.cox.formula import CoxFormula, learn, replay, terms_of
from analysis.cox.rows import refuse_rows
from analysis.cox.tables import column_names, column_of, read_columns
from analysis.errors import ModelError


@dataclass(frozen=True, slots=True, eq=False)
class Covariates:
    """What the columns of a fit are made of.

    Attributes
    ----------
    names : tuple of str, length p
        Of the columns fitted.
    variables : tuple of str
        The columns of the table that they are made of: themselves, but for a formula.
    terms : mapping of str to tuple of str
        The columns of each term: each by itself, but for a formula.
    formula : str or None
    spec : ModelSpec or None
        What the terms of a formula learned from the rows fitted.
    """

    names: tuple[str, ...]
    variables: tuple[str, ...]
    terms: Mapping[str, tuple[str, ...]]
    formula: str | None = None
    spec: ModelSpec | None = None

    def values(self, table: Any) -> NDArray[np.float64]:
        """Return the columns fitted of other rows, shape (n, p).

        Parameters
        ----------
        table : DataFrame (pandas, polars), Arrow table or array-like
            Columns are found by name, in any order and among others; an array has them in the order of the fit.

        Raises
        ------
        ModelError
            If columns are not there, hold no numbers, or hold categories that the rows fitted have not.
        """
        if self.spec is not None and self.formula is not None:
            return replay(self.formula, self.spec, _frame(table, self.variables)).to_numpy(np.float64)
        frame = nw.from_native(table, eager_only=True, pass_through=True)
        if not isinstance(frame, nw.DataFrame):
            values, arrived = read_columns(table)
            if len(arrived) != len(self.names):
                raise self._others(arrived)
            return values
        given = tuple(map(str, frame.columns))
        if self.names == _positions(len(self.names)) and given == tuple(map(str, range(len(given)))):
            given = _positions(len(given))  # a frame of an array, where an array was fitted
        if not set(self.names) <= set(given):
            raise self._others(given)
        return read_columns(frame[:, [given.index(name) for name in self.names]].to_native())[0]

    def columns_of(self, block: str | Collection[str] | None) -> list[str] | None:
        """Return the columns of a block of terms and columns; None for all.

        Parameters
        ----------
        block : str or collection of str, optional
            Terms of the formula (``C(plan)``: all its levels) or columns.
        """
        if block is None:
            return None
        wanted = [block] if isinstance(block, str) else list(block)
        found = [name for one in wanted for name in self.terms.get(one, (one,))]
        return list(dict.fromkeys(found))

    def _others(self, arrived: tuple[str, ...]) -> ModelError:
        return ModelError(
            f"The model was fitted to the columns {', '.join(self.names)}; these arrived: {', '.join(arrived)}."
        )


def by_name(table: Any, left_out: Collection[str] = ()) -> tuple[Covariates, NDArray[np.float64]]:
    """Return all columns of a table but some as covariates, and their values, shape (n, p).

    Raises
    ------
    ModelError
        If a column holds no numbers.
    """
    frame = nw.from_native(table, eager_only=True, pass_through=True)
    if isinstance(frame, nw.DataFrame) and left_out:
        kept = [k for k, name in enumerate(frame.columns) if str(name) not in left_out]
        table = frame[:, kept].to_native()
    values, names = read_columns(table)
    return Covariates(names, names, {name: (name,) for name in names}), values


def by_formula(formula: CoxFormula, table: Any) -> tuple[Covariates, NDArray[np.float64]]:
    """Return the terms of a formula on a table's rows as covariates, and their values, shape (n, p).

    Raises
    ------
    ModelError
        If the table is none, a column is not there or has missing values, or a term cannot be made.
    """
    variables = formula.columns_in(column_names(table))
    spec, found = learn(formula, _frame(table, variables))
    names = tuple(map(str, found.columns))
    return Covariates(names, variables, terms_of(spec), formula.text, spec), found.to_numpy(np.float64)


def _frame(table: Any, variables: Collection[str]) -> pd.DataFrame:
    """Return columns as formulas take them: numbers and truth values as numbers, all else as it is; none missing."""
    return pd.DataFrame({name: _variable(column_of(table, name, "A covariate"), name) for name in variables})


def _variable(column: Any, name: str) -> Any:
    series = nw.from_native(column, series_only=True)
    missing = (series.is_null() | series.is_nan() if series.dtype.is_float() else series.is_null()).to_numpy()
    refuse_rows(missing, f"Column '{name}' must not be missing. Fill it, with a column that marks the filled rows")
    if series.dtype == nw.Boolean:
        return series.cast(nw.Float64).to_numpy()
    if series.dtype.is_numeric():
        return series.to_numpy()
    if isinstance(column, pd.Series) and isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.remove_unused_categories().array  # in the order of its levels
    return np.array(series.to_list(), dtype=object)


def _positions(p: int) -> tuple[str, ...]:
    return tuple(f"x{k}" for k in range(p))
