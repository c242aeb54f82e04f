"""Rivals: simple forecasts that a model must beat before anyone listens to it."""

from collections.abc import Sequence
from copy import copy
from typing import Self

import numpy as np
from numpy.typing import NDArray

from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import HORIZON_PARTS, Outcome
from analysis.errors import ModelError
from analysis.models.base import Model, require_landmark_clock, require_same_rows
from analysis.models.cross_fit import Unseen, cross_fit
from analysis.models.timing import parts_by


class LastSettledQuarterRate:
    """The churn rate of the latest quarter whose outcome is settled, the same for every account.

    Half a churn and half a stay are added (Jeffreys): that nobody left of a few does not make leaving impossible.
    With an allowed gap that is the quarter before last: of the last one nobody knows yet who will return.

    Attributes
    ----------
    landmark_ : numpy.datetime64
        The latest quarter-start landmark in training (the latest landmark of any kind if none is marked).
    incidence_ : ndarray, shape (14,)
        Probability of having churned by each thirteenth of the horizon, from 0 to 13; evenly spread where nobody left.
    """

    def fit(self, design: DesignMatrix, outcome: Outcome) -> Self:
        """Take the rate from the rows of the latest landmark.

        Raises
        ------
        ModelError
            If there is no event in training, or the rows carry no risk_date.
        """
        require_same_rows(design, outcome)
        require_landmark_clock(outcome, "LastSettledQuarterRate")
        if "risk_date" not in design.rows:
            raise ModelError(
                "LastSettledQuarterRate needs the rows' risk_date; this design was made from rows without it."
            )
        dates = design.rows["risk_date"].to_numpy("datetime64[D]")
        marked = design.rows.get("is_quarter_start")
        eligible = np.ones(len(dates), bool) if marked is None else marked.to_numpy(bool)
        if not eligible.any():
            eligible[:] = True
        self.landmark_ = dates[eligible].max()
        latest = outcome.take(eligible & (dates == self.landmark_)).on_grid()
        came = latest.stop[latest.event]
        parts = np.arange(HORIZON_PARTS + 1)
        timing = (came[:, None] <= parts).mean(axis=0) if len(came) else parts / HORIZON_PARTS
        self.incidence_ = timing * (len(came) + 0.5) / (len(latest) + 1.0)
        return self

    def predict_incidence(
        self, design: DesignMatrix, times: Sequence[float], cause: str = "churn"
    ) -> NDArray[np.float64]:
        """Return the rate by each time, the same in every row, shape (n_rows, n_times)."""
        if cause != "churn":
            raise ModelError(f"Only the incidence of 'churn' is modelled; {cause!r} was asked for.")
        part = parts_by(times)
        return np.broadcast_to(self.incidence_[part], (len(design), len(part))).copy()


class FamiliesOnly:
    """A model that may see the columns of some families only; with ('contract',) the contract-only rival.

    Parameters
    ----------
    model : Model
        Not fitted yet.
    families : tuple of str
    """

    def __init__(self, model: Model, families: tuple[str, ...]) -> None:
        self.model = model
        self.families = families

    def fit(self, design: DesignMatrix, outcome: Outcome) -> Self:
        """Fit the model to its families' columns."""
        self.model_ = self.model.fit(design.select_families(self.families), outcome)
        return self

    def fit_out_of_fold(self, design: DesignMatrix, outcome: Outcome, fold: NDArray[np.intp]) -> tuple[Self, Unseen]:
        """Fit the model to its families' columns, and return beside it what fits without their fold say of rows."""
        crossed = cross_fit(lambda: copy(self.model), design.select_families(self.families), outcome, fold)
        self.model_ = crossed.model

        def unseen(later: DesignMatrix, its_fold: NDArray[np.intp], cluster: NDArray[np.intp]) -> NDArray[np.float64]:
            return crossed.unseen(later.select_families(self.families), its_fold, cluster)

        return self, unseen

    def predict_incidence(
        self, design: DesignMatrix, times: Sequence[float], cause: str = "churn"
    ) -> NDArray[np.float64]:
        """Return the model's incidence, shape (n_rows, n_times)."""
        return self.model_.predict_incidence(design.select_families(self.families), times, cause)
