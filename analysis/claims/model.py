"""Model: the time-varying Cox model of a study with the product terms that claims ask for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cox.fit import CoxFit
from analysis.declared.claim_tests import ClaimTest, Kind
from analysis.design.matrix import Column, Design, DesignMatrix, DroppedColumn
from analysis.design.outcome import Outcome
from analysis.design.transforms import standardised
from analysis.inference.bounds import thin_sides
from analysis.inference.clock import clock_strata
from analysis.inference.fit import fit_what_can_be_estimated, thin_columns
from analysis.wording.remarks import Remark

EARLY = "early"
"""What a product with the early phases is called after."""
PRODUCTS = "products"
"""The group in which product terms are shrunk where events are few."""


@dataclass(frozen=True, slots=True, eq=False)
class ClaimsModel:
    """A fitted model, and what is needed to put contrasts to it.

    Attributes
    ----------
    frame
        The rows of the fit, as they were given.
    matrix
        Its columns for these rows: those of the study's model, then product terms.
    fit
    design
        Of the study's columns.
    dropped
        Columns that the data could not support.
    """

    frame: pd.DataFrame
    matrix: DesignMatrix
    fit: CoxFit
    design: Design
    dropped: tuple[DroppedColumn, ...]

    @property
    def covariates(self) -> frozenset[str]:
        """Names of those that the model was asked to hold."""
        return frozenset(covariate.name for covariate in self.design.covariates)

    def column_value(self, covariate: str, value: float) -> float:
        """Return what a covariate's column is at a value of the covariate."""
        names = [declared.name for declared in self.design.covariates]
        place = names.index(covariate)
        found = standardised(self.design.covariates[place], self.design.memories[place], np.array([value]))
        return float(found[0])

    def why_not(self, column: str) -> Remark | None:
        """Return why a column is not in the fit; None where it is."""
        if column in self.fit.names:
            return None
        return next(gone.reason for gone in self.dropped if gone.name == column)


def product_name(covariate: str, other: str) -> str:
    """Return the name of a product term."""
    return f"{covariate} x {other}"


def fit_claims(
    frame: pd.DataFrame, design: Design, matrix: DesignMatrix, tests: Sequence[ClaimTest], early_until: int
) -> ClaimsModel:
    """Fit the model of all covariates, and of the product terms that tests ask for.

    Columns are left out, and shrunk, by the rules of `analysis.inference.fit.fit_inference`; product terms, of columns
    in standard deviations from their mean, are shrunk apart from them.

    Parameters
    ----------
    frame
        Intervals ``(start, stop]`` with covariates and event.
    design, matrix
        Of the study's columns, the latter for these rows.
    tests
        Those put to it.
    early_until
        Age in days before which a lifetime is in its early phases.

    Raises
    ------
    DesignError, ModelError
        As `fit_inference`.
    """
    rows = Outcome.from_counting_process(frame).counting_rows(clock_strata(frame))
    matrix = _with_products(matrix, tests, frame["start"].to_numpy(np.float64) < early_until)
    thin = thin_columns(matrix, rows, thin_sides(matrix, rows))
    fit, kept, refused = fit_what_can_be_estimated(matrix.without(column.name for column in thin), rows)
    return ClaimsModel(frame, kept, fit, design, design.dropped + thin + refused)


def _with_products(matrix: DesignMatrix, tests: Sequence[ClaimTest], is_early: NDArray[np.bool_]) -> DesignMatrix:
    place = {name: k for k, name in enumerate(matrix.names)}
    found: dict[str, tuple[Column, NDArray[np.float64]]] = {}
    for test in (test for test in tests if test.kind is Kind.CONTRAST):
        for moved in (move.covariate for move in test.moves if move.covariate in place):
            own = matrix.values[:, place[moved]]
            others = {
                held.covariate: matrix.values[:, place[held.covariate]] for held in test.at if held.covariate in place
            }
            if test.early:
                others[EARLY] = is_early.astype(np.float64)
            for other, values in others.items():
                name = product_name(moved, other)
                found[name] = Column(name, moved, PRODUCTS), own * values
    if not found:
        return matrix
    values = np.column_stack([matrix.values, *(product for _, product in found.values())])
    return replace(matrix, values=values, columns=(*matrix.columns, *(column for column, _ in found.values())))
