"""Landmark Cox: three-month forecasts by a Cox model of stacked landmark rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.partial_likelihood import linear_predictor
from analysis.design.matrix import Column, DesignMatrix
from analysis.design.outcome import Outcome
from analysis.models.base import require_answerable, require_landmark_clock, require_same_rows
from analysis.models.cross_fit import Unseen
from analysis.models.left_out import CoxLeftOut
from analysis.models.tuning import Shrinkage, ShrinkageChoice, left_out_risk


@dataclass(frozen=True, slots=True, eq=False)
class HazardCourse:
    """What a Cox model forecasts with: of its fit all but the rows.

    Attributes
    ----------
    centre, scale : ndarray, shape (p,)
        What is subtracted from each column, and what it is divided by.
    coefficients : ndarray, shape (p,)
        Of the columns so made.
    shift : float
        Subtracted from the log hazard ratio; the hazard below has it.
    times : ndarray, shape (m,)
        Of the churns in training, rising, in thirteenths of the horizon.
    hazard_to : ndarray, shape (m + 1,)
        Cumulative baseline hazard before the first of them, and from each on.
    """

    centre: NDArray[np.float64]
    scale: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    shift: float
    times: NDArray[np.float64]
    hazard_to: NDArray[np.float64]

    @classmethod
    def of_fit(cls, fit: CoxFit) -> Self:
        """Take it from a fit without strata."""
        end = fit.maximum.end
        hazard_to = end.steps.hazard_to
        return cls(fit.centre, fit.scale, end.coefficients, end.shift, fit.likelihood.sets.time, hazard_to)

    def incidence(self, values: NDArray[np.float64], times: Sequence[float]) -> NDArray[np.float64]:
        """Return the probability of having churned by each time, shape (n_rows, n_times)."""
        passed = np.searchsorted(self.times, np.asarray(times, dtype=np.float64), side="right")
        patterns = (values - self.centre) / self.scale
        # Rows far outside the training range: beyond exp(700), which a float can't hold, the risk is 1 anyway.
        risk = np.exp(np.minimum(linear_predictor(patterns, self.coefficients) - self.shift, 700.0))
        return -np.expm1(-np.outer(risk, self.hazard_to[passed]))


class LandmarkCox:
    """Cox model of time since the landmark, on the grid of thirteen parts of the horizon.

    Parameters
    ----------
    ridge : float or ShrinkageChoice
        Penalty ridge / 2 x sum of squared coefficients on the log partial likelihood; a choice is made, family by
        family, on the training rows.

    Attributes
    ----------
    shrinkage_ : float
        With a choice: how many times what each family's own data ask for; else NaN.
    ridge_ : float or ndarray, shape (p,)
        The penalty of each column.
    columns_ : tuple of Column, length p
    coefficients_ : ndarray, shape (p,)
        Log hazard ratios, per standard deviation (numeric columns) or against absence (indicators).
    course_ : HazardCourse

    Notes
    -----
    van Houwelingen (2007), Scandinavian Journal of Statistics 34, 70.
    """

    def __init__(self, *, ridge: float | ShrinkageChoice = 0.0) -> None:
        self.ridge = ridge

    def fit(self, design: DesignMatrix, outcome: Outcome) -> Self:
        """Maximise the penalised partial likelihood with Efron's ties.

        Raises
        ------
        ModelError
            If the rows are on another clock, there is no event, or the likelihood has no maximum.
        """
        require_same_rows(design, outcome)
        require_landmark_clock(outcome, "LandmarkCox")
        return self._fit_with(
            self.ridge(design, outcome) if isinstance(self.ridge, ShrinkageChoice) else None, design, outcome
        )

    def fit_out_of_fold(self, design: DesignMatrix, outcome: Outcome, fold: NDArray[np.intp]) -> tuple[Self, Unseen]:
        """Fit to all rows, and return beside it what fits without their fold say of rows.

        Raises
        ------
        ModelError
            As `fit`.
        """
        require_same_rows(design, outcome)
        require_landmark_clock(outcome, "LandmarkCox")
        if isinstance(self.ridge, ShrinkageChoice):
            chosen = self.ridge(design, outcome, fold)
            return self._fit_with(chosen, design, outcome), chosen.unseen
        return self.fit(design, outcome), left_out_risk(CoxLeftOut(design.values, outcome, fold), self.ridge)

    def _fit_with(self, chosen: Shrinkage | None, design: DesignMatrix, outcome: Outcome) -> Self:
        self.shrinkage_ = chosen.multiple if chosen else float("nan")
        self.ridge_ = chosen.ridge if chosen else self.ridge
        fit = fit_cox(design.values, outcome.on_grid().counting_rows(), names=design.names, ridge=self.ridge_)
        self.columns_: tuple[Column, ...] = design.columns
        self.coefficients_ = fit.coefficients
        self.course_ = HazardCourse.of_fit(fit)
        return self

    def predict_incidence(
        self, design: DesignMatrix, times: Sequence[float], cause: str = "churn"
    ) -> NDArray[np.float64]:
        """Return the probability of having churned by each time, shape (n_rows, n_times).

        Parameters
        ----------
        design : DesignMatrix
            From the same `Design` as in training.
        times : sequence of float
            Thirteenths of each row's own horizon; 13 is its end.

        Raises
        ------
        ModelError
            If the columns are not those fitted.
        """
        require_answerable(self.columns_, design.columns, cause)
        return self.course_.incidence(design.values, times)
