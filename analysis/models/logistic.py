"""Logistic twin: plain logistic regression of churn within the horizon, on the columns of the model beside it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from analysis.design.matrix import Column, DesignMatrix
from analysis.design.outcome import Outcome
from analysis.errors import ModelError
from analysis.models.base import require_answerable, require_landmark_clock, require_same_rows
from analysis.models.cross_fit import Unseen, by_fold, held_out
from analysis.models.timing import churn_timing, spread_over_horizon, told_to_the_horizon
from analysis.models.tuning import ShrinkageChoice
from analysis.wording.remarks import remark


class Logistic:
    """Logistic regression of whether a row churned within its horizon.

    Rows that were neither followed to the horizon nor churned say nothing of that, and are left out.

    Parameters
    ----------
    ridge : float, ndarray of shape (p,) or ShrinkageChoice
        Penalty ridge / 2 x sum of squared coefficients on the log likelihood, chosen as for `LandmarkCox`; the
        intercept is free.

    Attributes
    ----------
    columns_ : tuple of Column, length p
    coefficients_ : ndarray, shape (p,)
        Log odds ratios, per standard deviation (numeric columns) or against absence (indicators).
    intercept_ : float
    ridge_ : ndarray, shape (p,)
        The penalty of each column.
    timing_ : ndarray, shape (14,)
        Share of the training rows' churns that had come by each thirteenth of the horizon, from 0 to 13.

    Notes
    -----
    It knows of one time only; before the horizon every row's probability grows as all churns in training did.
    """

    def __init__(self, *, ridge: float | NDArray[np.float64] | ShrinkageChoice = 0.0) -> None:
        self.ridge = ridge

    def fit(self, design: DesignMatrix, outcome: Outcome) -> Self:
        """Maximise the penalised likelihood.

        Raises
        ------
        ModelError
            If the rows are on another clock, or all or none of those followed to the horizon churned.
        """
        return self._fit_with(None, design, outcome)

    def fit_out_of_fold(self, design: DesignMatrix, outcome: Outcome, fold: NDArray[np.intp]) -> tuple[Self, Unseen]:
        """Fit to all rows, and return beside it what fits without their fold say of rows.

        Each of these begins at the coefficients of the whole.

        Raises
        ------
        ModelError
            As `fit`.
        """
        self._fit_with(fold, design, outcome)
        told = told_to_the_horizon(outcome)
        parts: dict[int, Callable[[DesignMatrix], NDArray[np.float64]]] = {}
        for number, out in enumerate(held_out(fold)):
            kept = told & ~out
            if outcome.event[kept].any() and not outcome.event[kept].all():
                parts[number] = partial(_risk, *self._likeliest(design.values[kept], outcome.event[kept], self))
        return self, by_fold(parts)

    def _fit_with(self, fold: NDArray[np.intp] | None, design: DesignMatrix, outcome: Outcome) -> Self:
        require_same_rows(design, outcome)
        require_landmark_clock(outcome, "Logistic")
        told = told_to_the_horizon(outcome)
        if outcome.event[told].all():
            raise ModelError(remark("models.all_left", rows=int(told.sum())))
        chosen = self.ridge
        ridge = chosen(design, outcome, fold).ridge if isinstance(chosen, ShrinkageChoice) else chosen
        self.ridge_ = np.broadcast_to(np.asarray(ridge, dtype=np.float64), len(design.columns))
        self.columns_: tuple[Column, ...] = design.columns
        self.coefficients_, self.intercept_ = self._likeliest(design.values[told], outcome.event[told])
        self.timing_ = churn_timing(outcome)
        return self

    def _likeliest(
        self, values: NDArray[np.float64], event: NDArray[np.bool_], start: "Logistic | None" = None
    ) -> tuple[NDArray[np.float64], float]:
        """Return coefficients and intercept under the penalty."""
        from sklearn.linear_model import LogisticRegression  # who only looks at curves does not wait for it

        is_penalised = bool(self.ridge_.any())
        unit = np.sqrt(self.ridge_) if is_penalised else np.ones(values.shape[1])
        fit = LogisticRegression(
            C=1.0 if is_penalised else np.inf,
            tol=1e-8,
            max_iter=1000,
            solver="newton-cholesky",
            warm_start=start is not None,
        )
        if start is not None:
            fit.classes_ = np.array([False, True])
            fit.coef_, fit.intercept_ = (start.coefficients_ * unit)[None, :], np.array([start.intercept_])
        fit.fit(values / unit, event)
        return fit.coef_[0] / unit, float(fit.intercept_[0])

    def predict_incidence(
        self, design: DesignMatrix, times: Sequence[float], cause: str = "churn"
    ) -> NDArray[np.float64]:
        """Return the probability of having churned by each time, shape (n_rows, n_times).

        Times are thirteenths of each row's own horizon; between grid points the last one before holds.

        Raises
        ------
        ModelError
            If the columns are not those fitted.
        """
        require_answerable(self.columns_, design.columns, cause)
        log_odds = self.intercept_ + design.values @ self.coefficients_
        return spread_over_horizon(1.0 / (1.0 + np.exp(-np.clip(log_odds, -700.0, 700.0))), self.timing_, times)


def _risk(coefficients: NDArray[np.float64], intercept: float, design: DesignMatrix) -> NDArray[np.float64]:
    return expit(intercept + design.values @ coefficients)
