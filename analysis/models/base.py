"""What every model of churn answers."""

from collections.abc import Sequence
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from analysis.design.matrix import Column, DesignMatrix
from analysis.design.outcome import HORIZON_PARTS, Outcome
from analysis.errors import ModelError
from analysis.wording.remarks import remark


class Forecaster(Protocol):
    """What is asked for the probability of churn after a landmark, of rows at risk on it."""

    def predict_incidence(
        self, design: DesignMatrix, times: Sequence[float], cause: str = "churn"
    ) -> NDArray[np.float64]:
        """Return the probability, shape (n_rows, n_times), of having churned by each time.

        Conditional on being at risk at the row's landmark; times in thirteenths of the row's own
        horizon, 13 being its end.
        """
        ...


class Model(Forecaster, Protocol):
    """A forecaster that is fitted to rows at risk."""

    def fit(self, design: DesignMatrix, outcome: Outcome) -> Self:
        """Learn from training rows; row i of `outcome` is row i of `design`."""
        ...


def require_same_rows(design: DesignMatrix, outcome: Outcome) -> None:
    """Refuse a design and an outcome of different lengths, or an outcome without any event."""
    if len(design) != len(outcome):
        raise ModelError(f"Design and outcome must describe the same rows; they have {len(design)} and {len(outcome)}.")
    if not outcome.event.any():
        raise ModelError(remark("models.no_event", rows=len(outcome)))


def require_landmark_clock(outcome: Outcome, model: str) -> None:
    """Refuse rows on the lifetime clock."""
    if outcome.clock != "landmark":
        raise ModelError(
            f"{model} is fitted to landmark rows (Outcome.from_landmarks); these are on the {outcome.clock} clock."
        )


def require_answerable(fitted: tuple[Column, ...], asked: tuple[Column, ...], cause: str) -> None:
    """Refuse another cause than churn, or columns other than those fitted."""
    if cause != "churn":
        raise ModelError(f"Only the incidence of 'churn' is modelled; {cause!r} was asked for.")
    if fitted != asked:
        unknown = sorted({c.name for c in asked} ^ {c.name for c in fitted}) or ["their order"]
        raise ModelError(
            "Predict with the design the model was fitted with (Design.apply); "
            f"columns differ in: {', '.join(unknown[:5])}."
        )


def horizon_risk(model: Forecaster, design: DesignMatrix) -> NDArray[np.float64]:
    """Return each row's probability of churn by the end of its horizon, shape (n,)."""
    return model.predict_incidence(design, [HORIZON_PARTS])[:, 0]
