"""Logistic twin: plain logistic regression of churn within the horizon, on the columns of the model beside it."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from analysis.design.matrix import Column, DesignMatrix
from analysis.design.outcome import HORIZON_PARTS, Outcome
from analysis.errors import ModelError
from analysis.models.base import require_answerable, require_landmark_clock, require_same_rows
from analysis.models.tuning import ShrinkageChoice
from analysis.wording.remarks import remark


class Logistic:
    """Logistic regression of whether a row churned within its horizon.

    Rows that were neither followed to the horizon nor churned say nothing of that, and are left out.

    Parameters
    ----------
    ridge : float or ShrinkageChoice
        Penalty ridge / 2 x sum of squared coefficients on the log likelihood, chosen as for `LandmarkCox`; the
        intercept is free.

    Attributes
    ----------
    columns_ : tuple of Column, length p
    coefficients_ : ndarray, shape (p,)
        Log odds ratios, per standard deviation (numeric columns) or against absence (indicators).
    intercept_ : float
    timing_ : ndarray, shape (14,)
        Share of the training rows' churns that had come by each thirteenth of the horizon, from 0 to 13.

    Notes
    -----
    It knows of one time only; before the horizon every row's probability grows as all churns in training did.
    """

    def __init__(self, *, ridge: float | ShrinkageChoice = 0.0) -> None:
        self.ridge = ridge

    def fit(self, design: DesignMatrix, outcome: Outcome) -> Self:
        """Maximise the penalised likelihood.

        Raises
        ------
        ModelError
            If the rows are on another clock, or all or none of those followed to the horizon churned.
        """
        require_same_rows(design, outcome)
        require_landmark_clock(outcome, "Logistic")
        told = outcome.event | (outcome.stop >= HORIZON_PARTS)
        if outcome.event[told].all():
            raise ModelError(remark("models.all_left", rows=int(told.sum())))
        ridge = self.ridge(design, outcome).ridge if isinstance(self.ridge, ShrinkageChoice) else self.ridge
        unit = np.sqrt(np.broadcast_to(ridge, len(design.columns))) if np.any(ridge) else np.ones(len(design.columns))
        fit = LogisticRegression(C=1.0 if np.any(ridge) else np.inf, tol=1e-8, max_iter=1000, solver="newton-cholesky")
        fit.fit(design.values[told] / unit, outcome.event[told])
        self.columns_: tuple[Column, ...] = design.columns
        self.coefficients_ = fit.coef_[0] / unit
        self.intercept_ = float(fit.intercept_[0])
        came = outcome.on_grid().stop[outcome.event]
        self.timing_ = (came[:, None] <= np.arange(HORIZON_PARTS + 1)).mean(axis=0)
        return self

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
        part = np.clip(np.floor(np.asarray(times, dtype=np.float64)), 0, HORIZON_PARTS).astype(int)
        log_odds = self.intercept_ + design.values @ self.coefficients_
        return np.outer(1.0 / (1.0 + np.exp(-np.clip(log_odds, -700.0, 700.0))), self.timing_[part])
