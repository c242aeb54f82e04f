"""Cause-specific models: a hazard for each way to end, put together to the incidence of each, all competing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from analysis.design.matrix import DesignMatrix
from analysis.design.outcome import HORIZON_PARTS, Outcome
from analysis.errors import ModelError
from analysis.models.base import Model, require_landmark_clock, require_same_rows
from analysis.models.timing import kaplan_meier_incidence, parts_by

ANY = "any"
"""What is asked for where it does not matter by which cause a row ends."""
FEWEST_ENDS = 10
"""Lifetimes ended by a cause from which on it has a model of its own."""


class CauseSpecific:
    """A model of each cause of ending by itself, and the cumulative incidence that all of them make together.

    For the model of one cause, rows that end by another are censored on that day. A cause of few ends has none: those
    end at their rate, the same for every row.

    Parameters
    ----------
    make : callable
        Returns an unfitted model, which is asked for nothing but the incidence of its 'churn', the cause at hand.
    fewest_ends : int
        Distinct lifetimes ended by a cause from which on it has a model of its own.

    Attributes
    ----------
    models_ : dict of str to Model
        Of each cause in training, by name.
    ends_ : dict of str to int
        Distinct lifetimes ended by each.

    Notes
    -----
    On the grid of thirteen parts of the horizon. q_k(j) = 1 - S_k(j) / S_k(j - 1) is the share of those at risk that
    part j ends by cause k, S_k the survival of that cause's model; S(j) is the product over parts of 1 - sum_k q_k, and
    the incidence of k the sum of S(j - 1) q_k(j): Aalen and Johansen's product with fitted hazards (Cheng, Fine and Wei
    1998, Biometrics 54, 219), and their estimate itself where there are no covariates. Where shares of a row add up to
    more than one, as hazards that were extrapolated far may, they are divided by their sum.
    """

    def __init__(self, make: Callable[[], Model], *, fewest_ends: int = FEWEST_ENDS) -> None:
        self.make = make
        self.fewest_ends = fewest_ends

    def fit(self, design: DesignMatrix, outcome: Outcome) -> Self:
        """Fit a model to each cause.

        Raises
        ------
        ModelError
            If the rows are on another clock, their competing ends do not stop them, nobody churned, or as the models.
        """
        require_same_rows(design, outcome)
        require_landmark_clock(outcome, "CauseSpecific")
        if outcome.competing_ends != "stop":
            raise ModelError(
                "CauseSpecific needs rows that stop at an end of any cause: "
                'read them by Outcome.from_landmarks(frame, competing_ends="stop").'
            )
        self.models_: dict[str, Model] = {}
        self.ends_: dict[str, int] = {}
        for cause in sorted(set(outcome.cause) - {""}):
            own = replace(outcome, event=outcome.cause == cause)
            self.ends_[cause] = own.n_lifetimes_with_event
            model = self.make() if self.ends_[cause] >= self.fewest_ends else EndRate()
            self.models_[cause] = model.fit(design, own)
        return self

    def predict_incidence(
        self, design: DesignMatrix, times: Sequence[float], cause: str = "churn"
    ) -> NDArray[np.float64]:
        """Return the probability of having ended by a cause by each time, shape (n_rows, n_times).

        Parameters
        ----------
        design : DesignMatrix
            From the same `Design` as in training.
        times : sequence of float
            Thirteenths of each row's own horizon; 13 is its end. Between them the incidence stands still.
        cause : str
            One of those in training, or 'any'.

        Raises
        ------
        ModelError
            If nobody in training ended by the cause, or as the models.
        """
        wanted = list(self.models_) if cause == ANY else [cause]
        if cause not in {*self.models_, ANY}:
            raise ModelError(f"Nobody in training ended by {cause!r}; known are {', '.join([*self.models_, ANY])}.")
        parts = parts_by(times)
        incidence = _incidences({name: _shares(model, design) for name, model in self.models_.items()})
        return np.sum([incidence[name] for name in wanted], axis=0)[:, parts]


class EndRate:
    """The share of those at risk that each part of the horizon ends, the same for every row.

    Attributes
    ----------
    incidence_ : ndarray, shape (14,)
        One minus Kaplan-Meier's survival by each thirteenth of the horizon, from 0 to 13.
    """

    def fit(self, design: DesignMatrix, outcome: Outcome) -> Self:
        """Count who ended in each part, of those at risk in it.

        Raises
        ------
        ModelError
            If the rows are on another clock, or nobody ended.
        """
        require_same_rows(design, outcome)
        require_landmark_clock(outcome, "EndRate")
        self.incidence_ = kaplan_meier_incidence(outcome)
        return self

    def predict_incidence(
        self, design: DesignMatrix, times: Sequence[float], cause: str = "churn"
    ) -> NDArray[np.float64]:
        """Return the share ended by each time, the same in every row, shape (n_rows, n_times)."""
        if cause != "churn":
            raise ModelError(f"Only the incidence of 'churn' is modelled; {cause!r} was asked for.")
        parts = parts_by(times)
        return np.broadcast_to(self.incidence_[parts], (len(design), len(parts))).copy()


def _shares(model: Model, design: DesignMatrix) -> NDArray[np.float64]:
    """Return the share of those at risk in each part that ends in it by the model's cause, shape (n, 13)."""
    survival = 1 - model.predict_incidence(design, range(HORIZON_PARTS + 1))
    before = survival[:, :-1]
    stays = np.divide(survival[:, 1:], before, out=np.ones_like(before), where=before > 0)
    return 1 - stays


def _incidences(shares: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Return the incidence of each cause by each part, from 0 to 13, where all compete, shape (n, 14) each."""
    together = np.sum(list(shares.values()), axis=0)
    crowded = np.maximum(together, 1.0)
    survival = np.cumprod(1 - together / crowded, axis=1)
    there = np.column_stack([np.ones(len(survival)), survival[:, :-1]])
    nothing = np.zeros((len(survival), 1))
    return {
        name: np.column_stack([nothing, np.cumsum(there * share / crowded, axis=1)]) for name, share in shares.items()
    }
